"""Every rule by its slug: a literal table, in the order of the rule pages."""

from __future__ import annotations

from iamglue.rules import (
    duplicate_key,
    empty_list,
    inline_policies_too_large,
    syntax_error,
    unknown_action,
    unused_suppression,
)
from iamglue.rules.rule import FileRuleModule, RuleModule

RULES: dict[str, RuleModule] = {
    "empty-list": empty_list,
    "unknown-action": unknown_action,
}

FILE_RULES: dict[str, FileRuleModule] = {
    "duplicate-key": duplicate_key,
    "inline-policies-too-large": inline_policies_too_large,
    "syntax-error": syntax_error,
    "unused-suppression": unused_suppression,
}


def every_rule() -> dict[str, RuleModule | FileRuleModule]:
    """All tables as one, by slug."""
    found: dict[str, RuleModule | FileRuleModule] = {**RULES, **FILE_RULES}
    return dict(sorted(found.items()))
