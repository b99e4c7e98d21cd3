"""`can --error`: what a denied request lacks, the smallest statement that gives it, and where it belongs."""

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

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_IDENTITY = "identity-based policy"
_DECODE = (
    "the rest is encoded: `aws sts decode-authorization-message --encoded-message TEXT` tells it (it takes "
    "sts:DecodeAuthorizationMessage); its output can be given to --error again"
)
_NAMES_PRINCIPAL = frozenset({"resource-based policy", "role trust policy", "VPC endpoint policy"})


def with_overrides(
    denial: AccessDenial, action: str | None, resource: str | None, principal: str | None
) -> AccessDenial:
    """What the message says, and what the user knows besides; the user's word wins."""
    return replace(
        denial,
        action=action or denial.action,
        resource=resource or denial.resource,
        principal=principal or denial.principal,
    )


def explain_denial(denial: AccessDenial) -> DenialExplanation:
    """What would make the request allowed, as far as the message tells."""
    if denial.action is None:
        return DenialExplanation(denial, "the message does not name the action", notes=_ways_on(denial))
    kind = denial.policy_type or _IDENTITY
    # The page on these messages: one that SCPs cause may speak of an explicit deny even if they only lack an Allow.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    if denial.is_explicit and kind != "service control policy":
        return DenialExplanation(denial, _forbidden(denial), notes=(*_notes(denial), *_ways_on(denial)))
    if kind == "resource control policy":
        return DenialExplanation(denial, _forbidden(denial), notes=_notes(denial))
    resource, doubts = _resource(denial)
    missing = (
        f"no {kind} allows {denial.action}" if denial.policy_type else f"probably no {kind} allows {denial.action}"
    )
    if denial.is_explicit:
        missing = f"{_forbidden(denial)}; or no {kind} of some level allows {denial.action}"
    return DenialExplanation(
        denial, missing, _where(kind, denial), _statement(kind, denial, resource), (*doubts, *_notes(denial))
    )


def _forbidden(denial: AccessDenial) -> str:
    kind = denial.policy_type or ("policy" if denial.policy else "policy of some kind")
    which = f"the {kind} {denial.policy}" if denial.policy else f"a {kind}"
    return f"a Deny statement of {which} forbids {denial.action}: no Allow can lift it, only a change of that Deny"


def _statement(kind: str, denial: AccessDenial, resource: str) -> Statement:
    action = denial.action or ""
    if kind not in _NAMES_PRINCIPAL:
        return allow_statement((action,), (resource,))
    arn = _lasting(denial.principal)
    if kind == "VPC endpoint policy":
        # Gateway endpoints read a principal's ARN as its account, so the key names it:
        # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        limits = (build_condition("ArnEquals", "aws:PrincipalArn", arn),) if arn else ()
        return allow_statement((action,), (resource,), conditions=limits, principals=(EVERYONE,))
    principal = Principal("AWS", arn or "PRINCIPAL")
    return allow_statement((action,), None if kind == "role trust policy" else (resource,), principals=(principal,))


def _where(kind: str, denial: AccessDenial) -> str:
    who = _owner(denial.principal)
    resource = denial.resource or "the resource"
    return {
        _IDENTITY: f"an identity-based policy of {who}",
        "permissions boundary": f"the permissions boundary of {who}",
        "session policy": "the session policy that is passed when the session is made",
        "service control policy": f"an SCP at each level above {_account(denial.principal)} that does not allow it yet",
        "resource-based policy": f"the policy of {resource}",
        "role trust policy": f"the trust policy of {resource if denial.resource else 'the role'}",
        "VPC endpoint policy": "the policy of the VPC endpoint that the request went through",
    }.get(kind, f"a {kind}")


def _resource(denial: AccessDenial) -> tuple[str, tuple[str, ...]]:
    """The resource of the statement, and what is doubtful about it."""
    action = services.find_action(denial.action or "")
    given = denial.resource
    if given is not None and (given == "*" or parse_arn(given)):
        return given, ()
    if action is None:
        return given or "*", (f"AWS's reference knows no action {denial.action}",)
    if action.has_no_resource_types:
        return "*", ()
    widest = _widest(action, denial.principal, given)
    said = f"the message calls the resource `{given}`" if given else "the message does not name the resource"
    return widest, (f"{said}: put its own ARN in the statement (or say it with --resource)",)


def _widest(action: Action, principal: str | None, given: str | None) -> str:
    """The narrowest ARN that the reference and the message's words allow."""
    word, _, name = (given or "").partition(" ")
    service = services.find_service(action.service)
    types = {each.name: each for each in (service.resource_types.values() if service else ())}
    chosen = types.get(word) if name else None
    first = chosen or next((types[each.name] for each in action.resource_types if each.name in types), None)
    if first is None:
        return "*"
    arn = parse_arn(principal or "")
    known = {"Partition": arn.partition if arn else "aws", "Account": arn.account if arn else "*"}
    own = [variable for variable in _VARIABLE.findall(first.arn_formats[0]) if variable not in (*known, "Region")]
    if chosen and len(own) == 1:
        known[own[0]] = name
    return _VARIABLE.sub(lambda found: known.get(found[1], "*"), first.arn_formats[0])


def _notes(denial: AccessDenial) -> tuple[str, ...]:
    found = [denial.caveat] if denial.caveat else []
    who = _caller(denial.principal)
    if denial.policy_type in _NAMES_PRINCIPAL and who and who.kind is CallerKind.SESSION:
        found.append("the role's ARN is written without a path: add it if the role has one")
    if denial.policy_type in _NAMES_PRINCIPAL and not denial.principal:
        found.append("the message does not name the principal: put its ARN for PRINCIPAL (or say it with --principal)")
    if denial.policy_type is None and denial.is_explicit is None:
        found.append("the message does not say what kind of policy is at fault: others may lack it too")
    if (denial.action or "").startswith("kms:"):
        found.append("the key's own policy must allow it too, or let the account's policies decide")
    return tuple(found)


def _ways_on(denial: AccessDenial) -> tuple[str, ...]:
    if denial.encoded_message:
        return (_DECODE,)
    if denial.action is None:
        return ("say the action with --action, and the resource and principal with --resource and --principal",)
    return ()


def _lasting(principal: str | None) -> str | None:
    """The ARN that outlives a session: that of its role."""
    who = _caller(principal)
    if who and who.kind is CallerKind.SESSION and who.arn:
        return who.known_keys["aws:PrincipalArn"][0]
    return principal


def _owner(principal: str | None) -> str:
    who = _caller(principal)
    if who is None or who.arn is None:
        return principal or "the principal"
    name = who.arn.resource.split("/")
    words = {CallerKind.SESSION: ("role", 1), CallerKind.ROLE: ("role", -1), CallerKind.USER: ("user", -1)}
    noun, at = words.get(who.kind, ("", 0))
    return f"the {noun} {name[at]} of account {who.arn.account}" if noun else principal or ""


def _account(principal: str | None) -> str:
    arn = parse_arn(principal or "")
    return f"account {arn.account}" if arn else "the principal's account"


def _caller(principal: str | None) -> RequestCaller | None:
    try:
        return parse_caller(principal) if principal else None
    except IamglueError:
        return None
