"""Actions of a table with sources that a policy allows on every resource of their type, for two rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.catalog.sensitive_actions import SensitiveAction
from iamglue.lint.analysis.open_grants import find_resource_covering_type, has_no_resource_condition, survives_denies
from iamglue.lint.analysis.risky_grants import risky_grants
from iamglue.lint.rule import RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

_HELP = "name the resources, in a separate statement if other actions need more"


def exposed_action_violations(
    policy: ParsedPolicy, table: Mapping[str, SensitiveAction], verb: str
) -> Iterator[RuleViolation]:
    """One violation for each Action element that allows an action of the table on every resource of its type.

    `verb` is what the caller can do with the `effect_text` of the action: "read", "obtain".
    """
    for grant in risky_grants(policy):
        text = grant.node.text
        if not text.partition(":")[2].strip("*"):
            continue  # another rule reports a whole service
        sensitive_actions = [table[name] for name in grant.actions if name in table]
        if not sensitive_actions or not has_no_resource_condition(grant.statement):
            continue
        for sensitive_action in sensitive_actions:
            resource = find_resource_covering_type(grant.statement, sensitive_action.resource_pattern)
            if resource is not None and survives_denies(
                grant.statement, sensitive_action.action, sensitive_action.resource_pattern
            ):
                action_text = (
                    f"`{text}`"
                    if text.lower() == sensitive_action.action.lower()
                    else f"`{text}` (`{sensitive_action.action}`)"
                )
                yield RuleViolation(
                    grant.node,
                    f"the statement allows {action_text} on every resource (`{resource.text}`):"
                    f" the caller can {verb} {sensitive_action.effect_text}",
                    help=_HELP,
                )
                break
