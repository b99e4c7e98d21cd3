"""The rules of `lint` and `audit` for programs, as data for JSON."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from iamglue.model.rule import DocumentedRoleRule, DocumentedRule, RuleExample
from iamglue.policy.parsed_policy import PolicyType

RULES_VERSION = 1
_Data = dict[str, Any]


def rules_data(
    lint_rules: Iterable[tuple[str, DocumentedRule]],
    audit_rules: Iterable[tuple[str, DocumentedRoleRule]],
    *,
    with_examples: bool = False,
) -> _Data:
    """The rules with their metadata and documentation; `with_examples` adds the good and bad examples of lint rules."""
    return {
        "version": RULES_VERSION,
        "lint": [_lint_rule_data(slug, module, with_examples) for slug, module in lint_rules],
        "audit": [_audit_rule_data(slug, module) for slug, module in audit_rules],
    }


def _lint_rule_data(slug: str, module: DocumentedRule, with_examples: bool) -> _Data:
    """An item of `lint`; a rule has a fix if one of its bad examples has a fixed version."""
    rule = module.RULE
    examples: _Data = {
        "bad": [_example_data(example) for example in module.BAD],
        "good": [_example_data(example) for example in module.GOOD],
    }
    return {
        "rule": slug,
        **_texts(module.__doc__),
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "codes": list(rule.codes),
        "policy_types": [kind.value for kind in PolicyType if kind in rule.types],
        "pedantic": rule.pedantic,
        "breadth": rule.breadth,
        "has_fix": any(example.fixed is not None for example in module.BAD),
        **(examples if with_examples else {}),
    }


def _audit_rule_data(slug: str, module: DocumentedRoleRule) -> _Data:
    """An item of `audit`; `risk` is what the rule adds at most to that of a role."""
    rule = module.RULE
    return {
        "rule": slug,
        **_texts(module.__doc__),
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "risk": rule.risk,
        "breadth": rule.breadth,
        "needs_spec": rule.needs_spec,
    }


def _texts(docstring: str | None) -> _Data:
    """The first line of a rule's documentation as its summary, and the whole as its description."""
    description = inspect.cleandoc(docstring or "")
    return {"summary": description.partition("\n")[0], "description": description}


def _example_data(example: RuleExample) -> _Data:
    return {"text": example.text.strip("\n"), "policy_type": example.type.value, "fixed": example.fixed}
