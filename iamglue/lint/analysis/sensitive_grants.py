"""Actions of a sourced table that a policy allows on every resource they are for; two rules share this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.catalog.sensitive_actions import SensitiveAction
from iamglue.lint.analysis.open_grants import is_open, survives, wide_over
from iamglue.lint.analysis.risky_grants import risky_grants
from iamglue.lint.rule import Hit
from iamglue.policy.parsed_policy import WrittenPolicy

_HELP = "name the resources in a statement of its own"


def exposures(policy: WrittenPolicy, table: Mapping[str, SensitiveAction], verb: str) -> Iterator[Hit]:
    """Each Action that matches some of the table, allowed on all that it is for; one hit an Action."""
    for grant in risky_grants(policy):
        text = grant.node.text
        if not text.partition(":")[2].strip("*"):
            continue  # a whole service has a rule of its own
        known = [table[name] for name in grant.actions if name in table]
        if not known or not is_open(grant.statement):
            continue
        for each in known:
            wide = wide_over(grant.statement, each.shape)
            if wide is not None and survives(grant.statement, each.action, each.shape):
                named = f"`{text}`" if text.lower() == each.action.lower() else f"`{text}` (`{each.action}`)"
                yield Hit(grant.node, f"{named} on `{wide.text}` {verb} {each.gives}, whichever they are", help=_HELP)
                break
