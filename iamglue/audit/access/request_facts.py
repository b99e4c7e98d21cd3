"""Known properties of the requests that a function needs to make, added to the required statements as conditions.

Without them, a Deny for requests without TLS would seem to block everything that a function needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.role_facts import is_missing_for_roles, role_facts
from iamglue.engine.solve.access import StatementTerm
from iamglue.model.required_access import NeedOrigin, Reason
from iamglue.model.role_context import RoleContext
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Statement
from iamglue.risk.request_keys import MFA_PRESENT, values_for_some_resource

_ROLE_TAG = "aws:principaltag/"
_REGION, _TLS, _FUNCTION = "aws:requestedregion", "aws:securetransport", "lambda:sourcefunctionarn"
# Lambda makes these calls itself, without the key. Calls by the code, and for logs, traces and mounts, have the key.
# https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
_BY_LAMBDA = (NeedOrigin.VPC, NeedOrigin.TRIGGER)


def add_known_conditions(
    statement: Statement, reasons: Iterable[Reason], function: str, access: RoleAccess, context: RoleContext
) -> Statement:
    """The required statement with conditions for the keys that policies test and whose values are known."""
    fixed_keys = {condition.key.lower() for condition in statement.conditions}
    arn = next((condition.arn for condition in context.functions if condition.name == function), None)
    facts = {**role_facts(context.role, context.account), _TLS: ("true",)}
    facts |= _region_facts(statement, arn)
    absent = {MFA_PRESENT}
    caller = _caller(tuple(reasons))
    if caller == "code" and arn is not None:
        facts[_FUNCTION] = (arn,)
    elif caller == "lambda":
        absent.add(_FUNCTION)
    wanted = [key for key in _tested_keys(access) if key not in fixed_keys and not _may_have_tag(key, context)]
    conditions = [*_known_conditions(wanted, facts, absent, statement.actions.values[0])]
    return replace(statement, conditions=(*statement.conditions, *conditions)) if conditions else statement


def _may_have_tag(key: str, context: RoleContext) -> bool:
    """Whether a key, in lower case, is a tag of a role whose tags are not known."""
    return not context.has_known_tags and key.startswith(_ROLE_TAG)


def undetermined_keys(statement: Statement, access: RoleAccess) -> tuple[str, ...]:
    """The condition keys, as written, that policies test for the statement's actions and that it does not fix."""
    fixed_keys = {condition.key.lower() for condition in statement.conditions}
    actions = [action.lower() for action in statement.actions.values]
    keys = (
        condition.key
        for term in _all_terms(access)
        if any(map(term.prepared.matches_action, actions))
        for condition in term.statement.conditions
    )
    return tuple(sorted({key for key in keys if key.lower() not in fixed_keys}))


def _known_conditions(
    keys: Iterable[str], facts: Mapping[str, tuple[str, ...]], absent: set[str], action: str
) -> Iterator[Condition]:
    """Yield a condition for each key whose value is known, or that the request does not have."""
    for key in keys:
        if key in facts:
            yield build_condition("Bool" if key == _TLS else "StringEquals", key, *facts[key])
        elif key in absent or is_missing_for_roles(key) or values_for_some_resource(key, action) == ():
            yield build_condition("Null", key, "true")


def _tested_keys(access: RoleAccess) -> tuple[str, ...]:
    """The condition keys, in lower case, that some statement tests."""
    return tuple(
        dict.fromkeys(condition.key.lower() for term in _all_terms(access) for condition in term.statement.conditions)
    )


def _all_terms(access: RoleAccess) -> Iterator[StatementTerm]:
    """Yield all statements that decide what the role may do: those of its policies and of its limits."""
    for layer in (access.identity_layer, *access.limits):
        yield from layer.allows
        yield from layer.denies


def _region_facts(statement: Statement, arn: str | None) -> dict[str, tuple[str, ...]]:
    """The requested Region: that of the resource, else of the function."""
    resources = statement.resources.values if statement.resources else ()
    regions = {
        fields[3] for text in resources if len(fields := split_arn_fields(text)) == ARN_FIELD_COUNT and fields[3]
    }
    if len(regions) == 1 and "*" not in (region := next(iter(regions))):
        return {_REGION: (region,)}
    return {_REGION: (split_arn_fields(arn)[3],)} if arn is not None and not regions else {}


def _caller(reasons: tuple[Reason, ...]) -> str:
    """Who makes the calls: "code" or "lambda"; empty if unknown."""
    if any(reason.origin is NeedOrigin.DESTINATION for reason in reasons):
        return ""
    by_service = [reason.origin in _BY_LAMBDA for reason in reasons]
    return "lambda" if all(by_service) else "" if any(by_service) else "code"
