"""Checks a policy of a file against the rules of rule files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.principal_keys import PRINCIPAL_KEYS
from iamglue.findings import NotEvaluatedKind
from iamglue.lint.own_rules.forbidden_by_rule import forbidden_requests, without_allowed_principals
from iamglue.lint.own_rules.policy_statements import policy_statements
from iamglue.lint.rule import RuleViolation
from iamglue.model.own_rules import OwnRule, OwnRuleKind
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import has_unknown_part
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source_size import source_size
from iamglue.risk.forbidden_requests import ForbiddenGrant, find_forbidden_grant

# An endpoint policy limits which requests may pass; it does not grant access.
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
_ENDPOINT_TYPE = "AWS::EC2::VPCEndpoint"
_UNKNOWN_PRINCIPAL = "the policy does not say which principal it is attached to"
_TYPES_WITH_PRINCIPAL = (PolicyType.RESOURCE, PolicyType.TRUST)


@dataclass(frozen=True, slots=True)
class UndecidedRule:
    """A statement of which it is not known whether it breaks a rule, and why."""

    node: Node
    reason: str
    kind: NotEvaluatedKind = NotEvaluatedKind.UNDECIDABLE


def check_policy(rule: OwnRule, policy: ParsedPolicy) -> Iterator[RuleViolation | UndecidedRule]:
    """Where a policy breaks a rule that applies to its type, and where that is not known."""
    if rule.kind is OwnRuleKind.MAXIMUM_SIZE:
        yield from _check_size(rule, policy)
    elif policy.resource_type != _ENDPOINT_TYPE:
        yield from _check_access(rule, policy)


def _check_access(rule: OwnRule, policy: ParsedPolicy) -> Iterator[RuleViolation | UndecidedRule]:
    """Yield each statement that allows something forbidden, and what is not known of the policy."""
    statements = policy_statements(policy)
    for unread in statements.unread:
        yield UndecidedRule(unread.node, unread.reason)
    values = [term.statement for _, term in (*statements.allows, *statements.denies)]
    forbidden = forbidden_requests(rule, values, of_one_resource=policy.type in _TYPES_WITH_PRINCIPAL)
    for statement, whole in statements.allows:
        value = without_allowed_principals(rule, whole.statement)
        if value is None:
            continue
        term = whole if value is whole.statement else whole.with_statement(value)
        grant = find_forbidden_grant(term, statements.evaluated_with(statement, term), (), forbidden)
        if grant is not None:
            yield _result(rule, policy, statement.node, grant)


def _result(rule: OwnRule, policy: ParsedPolicy, node: Node, grant: ForbiddenGrant) -> RuleViolation | UndecidedRule:
    """The violation, or why it is not decided; an identity-based policy does not say which principal it is for."""
    if grant.witness is None:
        kind = NotEvaluatedKind.of(is_failure=grant.is_failure)
        return UndecidedRule(node, grant.reason, kind)
    if rule.kind is OwnRuleKind.RESTRICT_RESOURCES and policy.type not in _TYPES_WITH_PRINCIPAL:
        return UndecidedRule(node, f"the statement allows {describe_request(grant.witness)}: {_UNKNOWN_PRINCIPAL}")
    is_trust = policy.type is PolicyType.TRUST
    return RuleViolation(
        node, violation_message(rule, "the statement allows", grant, with_resource=not is_trust), rule.help
    )


def violation_message(rule: OwnRule, subject: str, grant: ForbiddenGrant, *, with_resource: bool = True) -> str:
    """The rule's message, with the request that shows the violation. `subject` is a subject with its verb."""
    request = "" if grant.witness is None else describe_request(grant.witness, with_resource=with_resource)
    note = " (an action that AWS may add)" if grant.future_only else ""
    note = note or (" (a resource that AWS's reference does not list)" if grant.unlisted_only else "")
    return f"{rule.message}: {subject} {request}{note}"


def describe_request(request: Request, *, with_resource: bool = True) -> str:
    """A request in words: action, resource, principal and condition keys."""
    parts = [f"`{request.action}`"]
    if with_resource:
        parts.append(f"on `{request.resource}`")
    if request.principal is not None:
        parts.append("by anyone" if request.principal == "*" else f"by `{request.principal}`")
    keys = [
        f"`{key}` = {', '.join(f'`{value}`' for value in values)}"
        for key, values in request.context.items()
        if request.principal is None or key.lower() not in PRINCIPAL_KEYS
    ]
    return " ".join([*parts, f"with {' and '.join(keys)}"] if keys else parts)


def _check_size(rule: OwnRule, policy: ParsedPolicy) -> Iterator[RuleViolation | UndecidedRule]:
    """Yield the sizes that are too large; a smaller one is not known if deployment may add text."""
    has_unread = any(node.kind is NodeKind.UNKNOWN for node in policy.statement_nodes)
    has_open_text = has_unread or policy.has_unresolved or has_unknown_part(policy.node)
    sizes = (
        ("characters without white space", source_size(policy), rule.characters, has_open_text),
        ("statements", len(policy.statement_nodes), rule.statements, has_unread),
    )
    for unit, size, maximum, is_open in sizes:
        if maximum is not None and size > maximum:
            text = f"{rule.message}: the policy has {size:,} {unit}, and {maximum:,} are allowed"
            yield RuleViolation(policy.node, text, rule.help, detail=unit)
        elif maximum is not None and is_open:
            reason = f"the policy has at least {size:,} {unit}; parts of it are not known before deployment"
            yield UndecidedRule(policy.node, reason)
