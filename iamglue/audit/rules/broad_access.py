"""The role may change every resource of a type, or use a whole service.

`"Resource": "*"` is not the only way to write this: `arn:aws:s3:::*`, `arn:aws:dynamodb:*:*:table/*` and
`NotResource` with one name are as broad. All policies of the role count together, within its boundary and SCPs.
Actions that accept only `*` as their Resource are not reported, and neither are actions that only read, list or
describe. Reading data, obtaining credentials and privilege escalation have rules of their own. Changing who may use a
resource counts as severe: it opens every bucket, key or queue to external principals.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from iamglue.audit.access.policy_owners import find_cdk_grant, policy_help
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.sensitive_violations import sensitive_grant_texts
from iamglue.audit.access.statement_location import (
    statement_contents,
    statement_list_text,
    statement_values,
    statements_allow_text,
)
from iamglue.audit.access.usual_policies import USUAL_RISK, is_attached_by_framework, is_usual_policy, usual_actions
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.sensitive_actions import exposing_actions
from iamglue.catalog.services import changing_actions
from iamglue.catalog.verbs import limiting_condition_keys
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.action_bitsets import actions_in, by_service, pattern_bitset
from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import format_first_names
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.risk.any_resource import has_wildcard_resource
from iamglue.risk.broad_statements import BroadStatement, broad_resource_pattern, find_broad_statements
from iamglue.risk.policy_layer import is_full_access
from iamglue.risk.sample_resources import is_wildcard_shape, resource_shapes
from iamglue.risk.sensitive_grants import find_sensitive_grants

RULE = RoleRule(Severity.WARNING, risk=50, breadth=True)

_EVERYTHING, _SENSITIVE, _WHOLE, _OTHER = 100, 50, 30, 20
_SHOWN = 3
_SENSITIVE_SERVICES = frozenset(
    {"dynamodb", "ec2", "ecr", "iam", "kms", "lambda", "organizations", "rds", "s3", "secretsmanager", "ssm", "sts"}
)
_HELP = "list the resources in `Resource`"


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each statement that allows such actions."""
    access = audit.role_access(context)
    if access.allows_everything:
        yield _administrator_violation(access)
        return
    seen: set[int] = set()
    in_open_paths = (grant.action for opening in audit.open_paths(context) for grant in opening.step.grants)
    for broad in find_broad_statements(access, (*exposing_actions(), *in_open_paths)):
        seen.add(id(broad.term))
        if not is_usual_policy(access.identity_layer.statement_location(broad.term).policy):
            yield _violation(context, access, broad)
    for term in access.identity_layer.allows:
        if (
            id(term) not in seen
            and any(map(_is_whole_service, term.statement.actions.values))
            and has_wildcard_resource(term)
        ):
            yield from _whole_service_violations(access, term)
    yield from _exposure_violations(access)


def _administrator_violation(access: RoleAccess) -> RoleViolation:
    """One violation for all statements that allow everything."""
    locations = [
        access.identity_layer.statement_location(term) for term in access.identity_layer.allows if is_full_access(term)
    ]
    return RoleViolation(
        f"{statements_allow_text(locations)} every action on every resource: the role has administrator access",
        help=policy_help(
            locations[0].policy,
            None,
            "list the actions that the functions need in `Action`, and the resources in `Resource`",
        ),
        location=statement_values(locations, "iam:PutRolePolicy"),
        severity=Severity.SECURITY_WARNING,
        risk=_EVERYTHING,
        about=(),
    )


def _violation(context: RoleContext, access: RoleAccess, broad: BroadStatement) -> RoleViolation:
    """The violation of a statement; only a suggestion if its actions are usual, or the CDK or SAM wrote it."""
    location = access.identity_layer.statement_location(broad.term)
    wide = broad_resource_pattern(broad.term, broad.grant.witness.resource)
    actions, risk = _actions_text(broad.action_bitset, broad.term.action_bitset)
    message = f"{statement_list_text([location])} allows {actions} on `{wide}`"
    grant = find_cdk_grant(location.policy, context.role, broad.action_bitset)
    is_usual = grant is not None or is_attached_by_framework(location.policy, context.role)
    is_usual = is_usual or not broad.action_bitset & ~usual_actions()
    return RoleViolation(
        message,
        help=policy_help(location.policy, grant, f"{_HELP}{_key_help(broad.term)}"),
        location=statement_values([location], broad.grant.action, "Resource"),
        severity=Severity.SUGGESTION if is_usual else None,
        risk=USUAL_RISK if is_usual else risk,
        about=statement_contents([location]),
    )


def _key_help(term: StatementTerm) -> str:
    """Which actions of a statement a condition key limits, because no resource can; empty if there are none."""
    tested = {condition.key.lower() for condition in term.statement.conditions}
    pairs = [
        f"`{action}` with a condition on `{key}`"
        for action, key in limiting_condition_keys().items()
        if term.action_bitset & pattern_bitset(action) and key.lower() not in tested
    ]
    return f", and limit {' and '.join(pairs)}" if pairs else ""


# The policies of many roles contain the same few combinations of actions.
@lru_cache(maxsize=2048)
def _actions_text(mask: int, allowed: int) -> tuple[str, int]:
    """The text and the risk of a bitset of actions; `allowed` has all actions of their statement."""
    services = {service for service, _ in by_service(mask)}
    whole = sorted(name for name in services if _is_whole(allowed, name))
    risk = _SENSITIVE if services & _SENSITIVE_SERVICES else _WHOLE if whole else _OTHER
    number = mask.bit_count()
    if whole:
        all_of = format_first_names(tuple(f"{name}:*" for name in whole))
        return f"{all_of} ({number} {'actions' if number > 1 else 'action'} with write access)", risk
    names = sorted(str(action) for action in islice(actions_in(mask), 64))
    more = f" and {number - _SHOWN} more" if number > _SHOWN else ""
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    return f"{shown}{more}", risk


def _is_whole(allowed: int, service: str) -> bool:
    mask = pattern_bitset(f"{service}:*")
    return bool(mask) and allowed & mask == mask


def _whole_service_violations(access: RoleAccess, term: StatementTerm) -> Iterator[RoleViolation]:
    """Yield a violation for each whole service whose actions other rules report."""
    if term.statement.actions.negated:
        return
    for text in filter(_is_whole_service, term.statement.actions.values):
        prefix = text.lower().partition(":")[0]
        actions = (f"{prefix}:{name}" for name in changing_actions(prefix).values())
        action = next((action for action in actions if _is_granted_on_all(access, term, action)), None)
        if action is not None:
            location = access.identity_layer.statement_location(term)
            message = f"{statement_list_text([location])} allows `{text}`, every action of the service"
            yield RoleViolation(
                message,
                help=policy_help(location.policy, None, "list the actions that the functions need in `Action`"),
                location=statement_values([location], action),
                risk=_WHOLE,
                about=(text, *statement_contents([location])),
            )


def _is_granted_on_all(access: RoleAccess, term: StatementTerm, action: str) -> bool:
    """Whether a statement allows an action on every resource of a type; the Glue catalog of an account is only one."""
    shapes = (shape for shape in resource_shapes(action) if is_wildcard_shape(action, shape))
    return any(access.grant_by_statement(term, action, shape) is not None for shape in shapes)


def _is_whole_service(action: str) -> bool:
    """Whether a pattern matches all actions of exactly one service."""
    if action[-1:] != "*":
        return False
    prefix, _, name = action.partition(":")
    return bool(name) and not name.strip("*") and not has_wildcard(prefix)


def _exposure_violations(access: RoleAccess) -> Iterator[RoleViolation]:
    """Yield one violation for each group of statements that can make all resources of a type public."""
    for group in find_sensitive_grants(access, exposing_actions):
        first = group[0][1]
        opened = list(dict.fromkeys(sensitive.effect_text for sensitive, _ in group))
        more = f" and {len(opened) - _SHOWN} more resource types" if len(opened) > _SHOWN else ""
        actions = format_first_names(tuple(sensitive.action for sensitive, _ in group))
        statements = access.statements(first)
        text = statements_allow_text(statements)
        message = f"{text} {actions}: the role can grant others access to all {', '.join(opened[:_SHOWN])}{more}"
        yield RoleViolation(
            message,
            help=policy_help(statements[0].policy, None, _HELP),
            location=statement_values(statements, first.action),
            risk=_SENSITIVE,
            about=sensitive_grant_texts(access, group),
        )
