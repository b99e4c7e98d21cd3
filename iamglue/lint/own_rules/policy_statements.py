"""The statements of a policy in a file for the solver, with a parameter for each part that is not known yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.engine.solve.access import StatementTerm, statement_terms
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Effect, MatchList, Policy, Principal, Principals, Statement
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedMatchList, has_unknown_part
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.risk.forbidden_requests import StatementTerms

# A deployment parameter, for a part that is not known before deployment.
_UNKNOWN = "${Unknown}"
_UNKNOWN_CONDITION = build_condition("StringEquals", _UNKNOWN, _UNKNOWN)


@dataclass(frozen=True, slots=True)
class UnreadStatement:
    """A statement, or a document, that cannot be evaluated, and why."""

    node: Node
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class PolicyStatements:
    """The statements of a policy that can be evaluated, each Allow with its term, and those that cannot."""

    allows: tuple[tuple[ParsedStatement, StatementTerm], ...]
    denies: tuple[tuple[ParsedStatement, StatementTerm], ...]
    unread: tuple[UnreadStatement, ...]

    def evaluated_with(self, allow: ParsedStatement, term: StatementTerm) -> StatementTerms:
        """One Allow statement with the Deny statements; uncertain are those that a deployment may have without it."""
        uncertain = (
            deny_term
            for deny, deny_term in self.denies
            if not all(node.is_present_with(allow.node) for node in deny.node.walk())
        )
        return StatementTerms((term,), tuple(deny for _, deny in self.denies), frozenset(uncertain))


# Several rules evaluate the same policy in turn.
@lru_cache(maxsize=4)
def policy_statements(policy: ParsedPolicy) -> PolicyStatements:
    """The statements of a policy of a file."""
    known: list[tuple[ParsedStatement, Statement]] = []
    unread = list(_unread_document(policy))
    for statement in policy.statements:
        value = _statement_value(statement)
        if isinstance(value, str):
            unread.append(UnreadStatement(statement.node, value))
        else:
            known.append((statement, value))
    terms = statement_terms([Policy(tuple(value for _, value in known), policy.version)])
    pairs = [(statement, term) for (statement, _), term in zip(known, terms, strict=True)]
    return PolicyStatements(
        tuple(pair for pair in pairs if pair[1].statement.effect is Effect.ALLOW),
        tuple(pair for pair in pairs if pair[1].statement.effect is Effect.DENY),
        tuple(unread),
    )


def _unread_document(policy: ParsedPolicy) -> Iterator[UnreadStatement]:
    """Statements that are not maps, and a document without any."""
    for node in policy.statement_nodes:
        if node.kind is NodeKind.UNKNOWN:
            yield UnreadStatement(node, "the statement is not known before deployment")
        elif node.kind is not NodeKind.MAP:
            yield UnreadStatement(node, "it is not a valid statement")
    if not policy.statement_nodes and policy.node.get("Statement") is None:
        is_unknown = policy.node.kind is NodeKind.UNKNOWN
        reason = "the document is not known before deployment" if is_unknown else "the document has no statements"
        yield UnreadStatement(policy.node, reason)


def _statement_value(statement: ParsedStatement) -> Statement | str:
    """The statement for the engine, or why there is none."""
    if statement.value is not None:
        return statement.value
    if not has_unknown_part(statement.node):
        return "the statement is malformed"
    if statement.effect is None or statement.action is None:
        return "the statement is not known before deployment"
    principal = statement.principal
    if any(condition.operator is None for condition in statement.conditions):
        return "a condition operator of the statement is not valid"
    principals = None
    if principal is not None:
        principals = principal.to_principals()
        if has_unknown_part(principal.node):
            principals = Principals((*principals.values, Principal("AWS", _UNKNOWN)), principals.negated)
    return Statement(
        statement.effect,
        _match_list(statement.action),
        None if statement.resource is None else _match_list(statement.resource),
        tuple(_conditions(statement)),
        principals,
    )


def _match_list(element: ParsedMatchList) -> MatchList:
    known = element.to_match_list()
    return known if not has_unknown_part(element.node) else replace(known, values=(*known.values, _UNKNOWN))


def _conditions(statement: ParsedStatement) -> Iterator[Condition]:
    """Yield the conditions of a statement; what is not known before deployment is a value that no policy has."""
    node = statement.get("Condition")
    if node is not None and (
        node.kind is NodeKind.UNKNOWN or any(keys.kind is NodeKind.UNKNOWN for _, keys in node.pairs)
    ):
        yield _UNKNOWN_CONDITION
    for condition in statement.conditions:
        known = condition.to_condition()
        is_known = not has_unknown_part(condition.node)
        yield known if is_known else replace(known, values=(*known.values, _UNKNOWN))
