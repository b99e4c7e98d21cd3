"""`can --error`: explains a denied request and builds the smallest statement that allows it."""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.catalog import services
from iamglue.catalog.services import Action
from iamglue.engine.evaluate.callers import CallerKind, RequestCaller, parse_caller
from iamglue.errors import IamglueError
from iamglue.model.denial import AccessDenial, DenialExplanation
from iamglue.policy.arns import parse_arn
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import EVERYONE, Principal, Statement, allow_statement
from iamglue.policy.phone_numbers import is_phone_number

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_IDENTITY = "identity-based policy"
_DECODE_NOTE = (
    "the details are encoded: decode them with `aws sts decode-authorization-message --encoded-message TEXT` "
    "(requires sts:DecodeAuthorizationMessage), and pass the output to --error"
)
_NAMES_PRINCIPAL = frozenset({"resource-based policy", "role trust policy", "VPC endpoint policy"})


def with_overrides(
    denial: AccessDenial, action: str | None, resource: str | None, principal: str | None
) -> AccessDenial:
    """The facts of the message, replaced by those that the user supplies."""
    return replace(
        denial,
        action=action or denial.action,
        resource=resource or denial.resource,
        principal=principal or denial.principal,
    )


def explain_denial(denial: AccessDenial) -> DenialExplanation:
    """Explain what would allow the request, as far as the message shows."""
    if denial.action is None:
        return DenialExplanation(denial, "the message does not name the action", notes=_next_steps(denial))
    kind = denial.policy_type or _IDENTITY
    # AWS's page on these messages: a message caused by an SCP may report an explicit deny even if an Allow is missing.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    if denial.is_explicit and kind != "service control policy":
        return DenialExplanation(denial, _deny_text(denial), notes=(*_notes(denial), *_next_steps(denial)))
    if kind == "resource control policy":
        return DenialExplanation(denial, _deny_text(denial), notes=_notes(denial))
    resource, resource_notes = _statement_resource(denial)
    missing = (
        f"no {kind} allows {denial.action}" if denial.policy_type else f"probably no {kind} allows {denial.action}"
    )
    if denial.is_explicit:
        missing = f"{_deny_text(denial)}; or no {kind} at some level allows {denial.action}"
    return DenialExplanation(
        denial,
        missing,
        _target_policy(kind, denial),
        _statement(kind, denial, resource),
        (*resource_notes, *_notes(denial)),
    )


def _deny_text(denial: AccessDenial) -> str:
    """The explanation for an explicit deny."""
    kind = denial.policy_type or ("policy" if denial.policy else "policy of some kind")
    which = f"the {kind} {denial.policy}" if denial.policy else f"a {kind}"
    return f"a Deny statement of {which} denies {denial.action}: no Allow overrides it, so that Deny must be changed"


def _statement(kind: str, denial: AccessDenial, resource: str) -> Statement:
    """The smallest statement that allows the request."""
    action = denial.action or ""
    if kind not in _NAMES_PRINCIPAL:
        return allow_statement((action,), (resource,))
    arn = _durable_principal(denial.principal)
    if kind == "VPC endpoint policy":
        # Gateway endpoints read a principal's ARN as its account, so use the condition key to name the principal:
        # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        limits = (build_condition("ArnEquals", "aws:PrincipalArn", arn),) if arn else ()
        return allow_statement((action,), (resource,), conditions=limits, principals=(EVERYONE,))
    principal = Principal("AWS", arn or "PRINCIPAL")
    return allow_statement((action,), None if kind == "role trust policy" else (resource,), principals=(principal,))


def _target_policy(kind: str, denial: AccessDenial) -> str:
    """The policy to which the statement must be added, in words."""
    owner = _principal_name(denial.principal)
    resource = denial.resource or "the resource"
    return {
        _IDENTITY: f"an identity-based policy of {owner}",
        "permissions boundary": f"the permissions boundary of {owner}",
        "session policy": "the session policy that is passed when the session is created",
        "service control policy": (
            f"an SCP at each level above {_account_name(denial.principal)} that does not allow it yet"
        ),
        "resource-based policy": f"the policy of {resource}",
        "role trust policy": f"the trust policy of {resource if denial.resource else 'the role'}",
        "VPC endpoint policy": "the policy of the VPC endpoint that the request went through",
    }.get(kind, f"a {kind}")


def _statement_resource(denial: AccessDenial) -> tuple[str, tuple[str, ...]]:
    """The Resource of the statement, and a note if it is uncertain."""
    action = services.find_action(denial.action or "")
    resource = denial.resource
    if resource is not None and (resource == "*" or parse_arn(resource)):
        return resource, ()
    if resource is not None and is_phone_number(resource):
        return "*", (
            "a policy can allow messages to phone numbers only with the resource `*`, which includes every topic",
        )
    if action is None:
        return resource or "*", (f"{denial.action} is not in AWS's reference",)
    if action.has_no_resource_types:
        return "*", ()
    arn = _inferred_arn(action, denial.principal, resource)
    problem = f"the message calls the resource `{resource}`" if resource else "the message does not name the resource"
    return arn, (f"{problem}: write its ARN in the statement, or pass --resource",)


def _inferred_arn(action: Action, principal: str | None, resource: str | None) -> str:
    """The narrowest ARN that the reference and the message allow."""
    word, _, name = (resource or "").partition(" ")
    service = services.find_service(action.service)
    types = {
        resource_type.name: resource_type for resource_type in (service.resource_types.values() if service else ())
    }
    chosen = types.get(word) if name else None
    resource_type_facts = chosen or next(
        (types[resource_type.name] for resource_type in action.resource_types if resource_type.name in types), None
    )
    if resource_type_facts is None:
        return "*"
    arn = parse_arn(principal or "")
    known = {"Partition": arn.partition if arn else "aws", "Account": arn.account if arn else "*"}
    unknown = [
        variable
        for variable in _VARIABLE.findall(resource_type_facts.arn_formats[0])
        if variable not in (*known, "Region")
    ]
    if chosen and len(unknown) == 1:
        known[unknown[0]] = name
    return _VARIABLE.sub(lambda match: known.get(match[1], "*"), resource_type_facts.arn_formats[0])


def _notes(denial: AccessDenial) -> tuple[str, ...]:
    notes = [denial.caveat] if denial.caveat else []
    caller = _caller(denial.principal)
    if denial.policy_type in _NAMES_PRINCIPAL and caller and caller.kind is CallerKind.SESSION:
        notes.append("the role's ARN is written without a path: add the path if the role has one")
    if denial.policy_type in _NAMES_PRINCIPAL and not denial.principal:
        notes.append("the message does not name the principal: replace PRINCIPAL by its ARN, or pass --principal")
    if denial.policy_type is None and denial.is_explicit is None:
        notes.append("the message does not name the policy type: policies of other types may also have to allow it")
    if (denial.action or "").startswith("kms:"):
        notes.append("the key policy must also allow it, or delegate to the account's IAM policies")
    return tuple(notes)


def _next_steps(denial: AccessDenial) -> tuple[str, ...]:
    """Notes on how to get an explanation that the message alone does not allow."""
    if denial.encoded_message:
        return (_DECODE_NOTE,)
    if denial.action is None:
        return ("pass the action with --action, and the resource and principal with --resource and --principal",)
    return ()


def _durable_principal(principal: str | None) -> str | None:
    """The ARN of the principal; for a session that of its role, which outlives it."""
    caller = _caller(principal)
    if caller and caller.kind is CallerKind.SESSION and caller.arn:
        return caller.known_keys["aws:PrincipalArn"][0]
    return principal


def _principal_name(principal: str | None) -> str:
    """The principal in words: role or user with its account, otherwise its ARN."""
    caller = _caller(principal)
    if caller is None or caller.arn is None:
        return principal or "the principal"
    name = caller.arn.resource.split("/")
    words = {CallerKind.SESSION: ("role", 1), CallerKind.ROLE: ("role", -1), CallerKind.USER: ("user", -1)}
    noun, at = words.get(caller.kind, ("", 0))
    return f"the {noun} {name[at]} of account {caller.arn.account}" if noun else principal or ""


def _account_name(principal: str | None) -> str:
    arn = parse_arn(principal or "")
    return f"account {arn.account}" if arn else "the principal's account"


def _caller(principal: str | None) -> RequestCaller | None:
    """Parse a principal; None if it is missing or not valid."""
    try:
        return parse_caller(principal) if principal else None
    except IamglueError:
        return None
