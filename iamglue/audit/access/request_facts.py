"""Known properties of the requests that a function needs to make, added to the required statements as conditions.

Without them, a Deny for requests without TLS would seem to block everything that a function needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from iamglue.audit.access.context_facts import MFA_PRESENT, role_facts, values_for_any_resource
from iamglue.audit.access.role_access import RoleAccess
from iamglue.engine.solve.access import StatementTerm
from iamglue.model.required_access import NeedOrigin, Reason
from iamglue.model.role_context import RoleContext
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Statement

_REGION, _TLS, _FUNCTION = "aws:requestedregion", "aws:securetransport", "lambda:sourcefunctionarn"
# A named resource may have any tags.
_OF_RESOURCES = ("resourcetag/", "existingobjecttag/")
# Lambda makes these calls itself, without the key. Calls by the code, and for logs, traces and mounts, have the key.
# https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
_BY_LAMBDA = (NeedOrigin.VPC, NeedOrigin.TRIGGER)


def add_known_conditions(
    statement: Statement, reasons: Iterable[Reason], function: str, access: RoleAccess, case: RoleContext
) -> Statement:
    """The required statement with conditions for the keys that policies test and whose values are known."""
    given = {each.key.lower() for each in statement.conditions}
    arn = next((each.arn for each in case.functions if each.name == function), None)
    facts = {**role_facts(case.role, case.account), _TLS: ("true",)}
    facts |= _place(statement, arn)
    absent = {MFA_PRESENT}
    made = _made_by(tuple(reasons))
    if made == "code" and arn is not None:
        facts[_FUNCTION] = (arn,)
    elif made == "lambda":
        absent.add(_FUNCTION)
    wanted = [key for key in _asked_for(access) if key not in given]
    found = [*_conditions(wanted, facts, absent, statement.actions.values[0])]
    return replace(statement, conditions=(*statement.conditions, *found)) if found else statement


def undetermined_keys(statement: Statement, access: RoleAccess) -> tuple[str, ...]:
    """The condition keys, as written, that policies test for the statement's actions and that it does not fix."""
    given = {each.key.lower() for each in statement.conditions}
    actions = [action.lower() for action in statement.actions.values]
    keys = (
        each.key
        for leaf in _leaves(access)
        if any(map(leaf.prepared.matches_action, actions))
        for each in leaf.statement.conditions
    )
    return tuple(sorted({key for key in keys if key.lower() not in given}))


def _conditions(
    keys: Iterable[str], facts: Mapping[str, tuple[str, ...]], absent: set[str], action: str
) -> Iterator[Condition]:
    for key in keys:
        if key in facts:
            yield build_condition("Bool" if key == _TLS else "StringEquals", key, *facts[key])
        elif key in absent or (
            not any(part in key for part in _OF_RESOURCES) and values_for_any_resource(key, action) == ()
        ):
            yield build_condition("Null", key, "true")


def _asked_for(access: RoleAccess) -> tuple[str, ...]:
    """The condition keys, in lower case, that some statement tests."""
    return tuple(dict.fromkeys(each.key.lower() for leaf in _leaves(access) for each in leaf.statement.conditions))


def _leaves(access: RoleAccess) -> Iterator[StatementTerm]:
    for part in (access.identity_layer, *access.limits):
        yield from part.allows
        yield from part.denies


def _place(statement: Statement, arn: str | None) -> dict[str, tuple[str, ...]]:
    """The requested Region: that of the resource, else of the function."""
    resources = statement.resources.values if statement.resources else ()
    regions = {
        fields[3] for text in resources if len(fields := split_arn_fields(text)) == ARN_FIELD_COUNT and fields[3]
    }
    if len(regions) == 1 and "*" not in (region := next(iter(regions))):
        return {_REGION: (region,)}
    return {_REGION: (split_arn_fields(arn)[3],)} if arn is not None and not regions else {}


def _made_by(reasons: tuple[Reason, ...]) -> str:
    """Who makes the calls: "code" or "lambda"; empty if unknown."""
    if any(reason.origin is NeedOrigin.DESTINATION for reason in reasons):
        return ""
    by_lambda = [reason.origin in _BY_LAMBDA for reason in reasons]
    return "lambda" if all(by_lambda) else "" if any(by_lambda) else "code"
