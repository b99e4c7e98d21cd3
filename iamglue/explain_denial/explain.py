"""`can --error`: explains a denied request and builds the smallest statements that allow it."""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog import services
from iamglue.catalog.unlisted_actions import is_denial_message_action
from iamglue.engine.evaluate.callers import CallerKind
from iamglue.explain_denial.principals import (
    account_of,
    endpoint_principal,
    find_caller,
    is_service,
    principal_name,
    statement_principal,
)
from iamglue.explain_denial.resources import statement_resources
from iamglue.model.denial import AccessDenial, DenialExplanation, DenialPolicyType
from iamglue.policy.arns import parse_arn
from iamglue.policy.model import Statement, allow_statement

_DECODE_NOTE = (
    "the details are encoded: decode them with `aws sts decode-authorization-message --encoded-message TEXT` "
    "(requires sts:DecodeAuthorizationMessage), and pass the output to --error"
)
_ANONYMOUS = (
    "the request has no credentials, so no identity-based policy applies: sign the request; a resource-based policy "
    "that allows it makes the resource public"
)


def with_overrides(
    denial: AccessDenial, action: str | None, resource: str | None, principal: str | None
) -> AccessDenial:
    """The facts of the message, replaced by those that the user supplies."""
    return replace(
        denial,
        action=action or denial.action,
        additional_actions=() if action else denial.additional_actions,
        resource=resource or denial.resource,
        principal=principal or denial.principal,
    )


def explain_denial(denial: AccessDenial) -> DenialExplanation:
    """Explain what would allow the request, as far as the message shows."""
    notes = (*denial.caveats, *_next_steps(denial))
    unknown = _unknown_cause(denial)
    if unknown is not None:
        return DenialExplanation(denial, unknown, notes=notes)
    kind = denial.policy_type or _usual_kind(denial)
    # AWS's page on these messages: a message caused by an SCP may report an explicit deny even if an Allow is missing.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    if (denial.is_explicit and kind is not DenialPolicyType.SCP) or kind is DenialPolicyType.RCP:
        return DenialExplanation(denial, _deny_text(denial), notes=(*notes, *_notes(kind, denial)))
    missing = f"no {kind} allows {_action_names(denial)}"
    if denial.policy_type is None:
        missing = f"probably {missing}"
    elif denial.is_explicit:
        missing = f"{_deny_text(denial)}; or no {kind} at some level allows {denial.action}"
    if not isinstance(kind, DenialPolicyType):
        return DenialExplanation(denial, missing, notes=(*notes, f"`{kind}` is not a policy type that is known here"))
    statements, resource_notes = _statements(kind, denial)
    return DenialExplanation(
        denial, missing, _target_policy(kind, denial), statements, (*resource_notes, *notes, *_notes(kind, denial))
    )


def _unknown_cause(denial: AccessDenial) -> str | None:
    """Why no statement can be proposed: the message says too little, or no policy of the caller decides; or None."""
    if denial.other_cause or denial.action is None:
        return denial.other_cause or "the message does not name the action"
    if denial.encoded_message and denial.policy_type is None and denial.is_explicit is None:
        return f"the message does not say what denies {denial.action}, or another action that the operation requires"
    if denial.principal == "*" and denial.policy_type is None and not denial.is_explicit:
        return _ANONYMOUS
    return None


def _usual_kind(denial: AccessDenial) -> DenialPolicyType:
    """The kind of policy that must allow a request whose message does not name it; services have no identities."""
    if not is_service(denial.principal):
        return DenialPolicyType.IDENTITY
    return DenialPolicyType.TRUST if (denial.action or "").startswith("sts:") else DenialPolicyType.RESOURCE


def _deny_text(denial: AccessDenial) -> str:
    """The explanation for an explicit deny."""
    kind = denial.policy_type or ("policy" if denial.policy else "policy of some kind")
    which = f"the {kind} {denial.policy}" if denial.policy else f"a {kind}"
    return f"a Deny statement of {which} denies {denial.action}: no Allow overrides it, so that Deny must be changed"


def _action_names(denial: AccessDenial) -> str:
    """The actions of the message, joined for a sentence."""
    *first, last = denial.actions
    return f"{', '.join(first)} or {last}" if first else last


def _statements(kind: DenialPolicyType, denial: AccessDenial) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """The smallest statements that allow the request, one for each list of resources, and notes on the resources."""
    actions_by_resources: dict[tuple[str, ...], list[str]] = {}
    notes: list[str] = []
    for action in denial.actions:
        resources, resource_notes = statement_resources(action, denial)
        # In a key policy, `*` is the key: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
        if kind is DenialPolicyType.RESOURCE and action.startswith("kms:"):
            resources, resource_notes = ("*",), ()
        actions_by_resources.setdefault(resources, []).append(action)
        notes += resource_notes
    statements = tuple(
        _statement(kind, denial, tuple(actions), resources) for resources, actions in actions_by_resources.items()
    )
    return statements, tuple(dict.fromkeys(notes)) if kind is not DenialPolicyType.TRUST else ()


def _statement(
    kind: DenialPolicyType, denial: AccessDenial, actions: tuple[str, ...], resources: tuple[str, ...]
) -> Statement:
    """The statement for one list of resources. Policies of a resource, a role or an endpoint name the principal."""
    if not kind.names_principal:
        return allow_statement(actions, resources)
    principal, conditions = (
        endpoint_principal(denial) if kind is DenialPolicyType.ENDPOINT else statement_principal(denial)
    )
    return allow_statement(
        actions, None if kind is DenialPolicyType.TRUST else resources, conditions=conditions, principals=(principal,)
    )


def _target_policy(kind: DenialPolicyType, denial: AccessDenial) -> str:
    """The policy to which the statement must be added, in words."""
    owner = principal_name(denial)
    resource = denial.resource if denial.resource not in (None, "*") else None
    is_key = (denial.action or "").startswith("kms:")
    account_id = account_of(denial.principal)
    account = f"account {account_id}" if account_id else "the account of the principal"
    resource_type = "key" if is_key else "resource"
    policy = "key policy" if is_key else "policy"
    return {
        DenialPolicyType.IDENTITY: f"an identity-based policy of {owner}",
        DenialPolicyType.BOUNDARY: f"the permissions boundary of {owner}",
        DenialPolicyType.SESSION: "the session policy that is passed when the session is created",
        DenialPolicyType.SCP: f"an SCP at each level above {account} that does not allow it yet",
        DenialPolicyType.RESOURCE: f"the {policy} of {resource or f'the {resource_type}'}",
        DenialPolicyType.TRUST: f"the trust policy of {resource or 'the role'}",
        DenialPolicyType.ENDPOINT: "the policy of the VPC endpoint that the request went through",
    }[kind]


def _notes(kind: DenialPolicyType | str, denial: AccessDenial) -> tuple[str, ...]:
    """What a user should know about the proposed statement: what the message leaves open, and what else AWS checks."""
    notes = [_unlisted_note(action) for action in denial.actions if services.find_action(action) is None]
    caller, names_principal = find_caller(denial.principal), isinstance(kind, DenialPolicyType) and kind.names_principal
    if names_principal and caller and caller.kind is CallerKind.SESSION:
        notes.append("the role's ARN is written without a path: add the path if the role has one")
    if names_principal and denial.principal == "*":
        notes.append(
            "the request has no credentials: the statement would allow it to anyone, so rather sign the request"
        )
    if names_principal and caller is None:
        known = "does not name the principal" if not denial.principal else f"calls the principal `{denial.principal}`"
        notes.append(f"the message {known}: replace the words in capital letters, or pass --principal")
    if denial.policy_type is None and denial.is_explicit is None:
        notes.append("the message does not name the policy type: policies of other types may also have to allow it")
    if (denial.action or "").startswith("kms:") and kind is not DenialPolicyType.RESOURCE:
        notes.append("the key policy must also allow it, or delegate to the account's IAM policies")
    return (*notes, *_other_account_notes(kind, denial))


def _unlisted_note(action: str) -> str:
    """The note for an action that AWS's reference does not list, which may be spelled right all the same."""
    if is_denial_message_action(action):
        return f"{action} is not in AWS's reference, but AWS checks it: a policy must allow it by this name"
    return f"{action} is not in AWS's reference: if AWS's message names it, a policy must allow it by this name"


def _other_account_notes(kind: DenialPolicyType | str, denial: AccessDenial) -> tuple[str, ...]:
    """What must also be allowed on the other side.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
    """
    arn, account = parse_arn(denial.resource or ""), account_of(denial.principal)
    if arn and account and arn.account.isdecimal() and arn.account != account:
        both = f"the resource is of account {arn.account}, the principal of account {account}: "
        return (f"{both}an identity-based policy of the principal and the policy of the resource must both allow it",)
    if denial.action == "sts:AssumeRole" and kind is DenialPolicyType.IDENTITY:
        return ("the trust policy of the role must allow it, too",)
    return ()


def _next_steps(denial: AccessDenial) -> tuple[str, ...]:
    """Notes on how to get an explanation that the message alone does not allow."""
    if denial.encoded_message:
        return (_DECODE_NOTE,)
    if denial.authorization_id:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
        command = f"aws iam-toolbox get-request-authorization-details --authorization-id {denial.authorization_id}"
        required = "requires iam:GetRequestAuthorizationDetails"
        return (f"AWS keeps the evaluation of this request for at least 24 hours: `{command}` ({required})",)
    if denial.action is None and denial.other_cause is None:
        return ("pass the action with --action, and the resource and principal with --resource and --principal",)
    return ()
