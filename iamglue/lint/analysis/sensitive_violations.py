"""Violations about actions of a table with sources that a policy allows on every resource; shared by two rules."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.lint.analysis.deployed_text import deployed_text
from iamglue.lint.analysis.policy_access import policy_access
from iamglue.lint.analysis.wide_statements import wildcard_resources
from iamglue.lint.rule import RuleViolation
from iamglue.policy.arns import resource_matches
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.source.nodes import Node
from iamglue.risk.sensitive_grants import SensitiveActionTable, SensitiveGrant, sensitive_grants_of_statement

_HELP = "name the resources, in a separate statement if other actions need more"


def exposed_action_violations(policy: ParsedPolicy, table: SensitiveActionTable, verb: str) -> Iterator[RuleViolation]:
    """One violation for each Action value that allows an action of the table on every resource of its type.

    `verb` is what the caller can do with the `effect_text` of the action: "read", "obtain". A value for a whole service
    is not reported: the rule about broad access does that.
    """
    access = policy_access(policy)
    for term in access.certain.identity_layer.on_any_resource.allows:
        grants = sorted(
            sensitive_grants_of_statement(access.certain, term, table), key=lambda granted: granted[0].action
        )
        statement = access.statement(term)
        for node in statement.action.values if grants and statement.action else ():
            if node.text.partition(":")[2].strip("*"):
                actions = pattern_bitset(node.text)
                granted = next((granted for granted in grants if pattern_bitset(granted[0].action) & actions), None)
                if granted is not None:
                    yield _violation(statement, node, granted, verb)


def _violation(statement: ParsedStatement, node: Node, granted: SensitiveGrant, verb: str) -> RuleViolation:
    """The violation of an action of the statement, which may be a pattern that matches the sensitive action."""
    sensitive, grant = granted
    resource = next(
        node.text
        for node in wildcard_resources(statement)
        if resource_matches(deployed_text(node) or node.text, grant.witness.resource)
    )
    is_named = node.text.lower() == sensitive.action.lower()
    action_text = f"`{node.text}`" if is_named else f"`{node.text}` (`{sensitive.action}`)"
    return RuleViolation(
        node,
        f"the statement allows {action_text} on every resource (`{resource}`):"
        f" the caller can {verb} {sensitive.effect_text}",
        help=_HELP,
    )
