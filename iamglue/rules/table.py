"""Every rule by its slug: a literal table, in the order of the rule pages."""

from __future__ import annotations

from iamglue.rules import empty_list, unknown_action
from iamglue.rules.rule import RuleModule

RULES: dict[str, RuleModule] = {
    "empty-list": empty_list,
    "unknown-action": unknown_action,
}
