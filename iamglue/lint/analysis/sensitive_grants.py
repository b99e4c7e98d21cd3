"""Actions of a sourced table that a policy allows on every resource they are for; two rules share this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.catalog.sensitive_actions import SensitiveAction
from iamglue.lint.analysis.open_grants import find_resource_covering_type, has_no_resource_condition, survives_denies
from iamglue.lint.analysis.risky_grants import risky_grants
from iamglue.lint.rule import RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

_HELP = "name the resources in a statement of its own"


def exposed_action_violations(
    policy: ParsedPolicy, table: Mapping[str, SensitiveAction], verb: str
) -> Iterator[RuleViolation]:
    """Each Action that matches some of the table, allowed on all that it is for; one hit an Action."""
    for grant in risky_grants(policy):
        text = grant.node.text
        if not text.partition(":")[2].strip("*"):
            continue  # a whole service has a rule of its own
        known = [table[name] for name in grant.actions if name in table]
        if not known or not has_no_resource_condition(grant.statement):
            continue
        for each in known:
            wide = find_resource_covering_type(grant.statement, each.resource_pattern)
            if wide is not None and survives_denies(grant.statement, each.action, each.resource_pattern):
                named = f"`{text}`" if text.lower() == each.action.lower() else f"`{text}` (`{each.action}`)"
                yield RuleViolation(
                    grant.node, f"{named} on `{wide.text}` {verb} {each.effect_text}, whichever they are", help=_HELP
                )
                break
