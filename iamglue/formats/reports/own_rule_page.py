"""An organization's own rules, for `iamglue rules`: as a list, a page and data."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.findings import Severity
from iamglue.model.own_rules import KIND_DESCRIPTIONS, OwnRule, OwnRuleKind, RuleException
from iamglue.policy.parsed_policy import PolicyType

_PYTHON = "python"


@dataclass(frozen=True, slots=True)
class OwnRulePage:
    """An own rule for people: `text` describes it, `details` are facts about it, `kind` is that of a rule file.

    `source` is where it is written, or the package that provides it.
    """

    slug: str
    severity: Severity
    text: str
    source: str
    types: frozenset[PolicyType]
    kind: OwnRuleKind | None = None
    details: tuple[str, ...] = ()

    @property
    def policy_types(self) -> list[str]:
        """The names of the policy types that the rule is about."""
        return [kind.value for kind in PolicyType if kind in self.types]


def own_rule_page_of(rule: OwnRule) -> OwnRulePage:
    """The page of a rule of a rule file."""
    text = "\n\n".join(filter(None, (rule.message, rule.help, rule.url)))
    source = f"{rule.path}, line {rule.line}"
    return OwnRulePage(rule.slug, rule.severity, text, source, rule.types, rule.kind, tuple(_details(rule)))


def own_rules_text(pages: Sequence[OwnRulePage]) -> str:
    """One line per rule, for a terminal."""
    width = max((len(page.slug) for page in pages), default=0)
    lines = (f"{page.slug:<{width}}  {page.severity:<16}  {_first_line(page)}" for page in pages)
    return "".join(f"{line}\n" for line in lines)


def own_rule_page(page: OwnRulePage) -> str:
    """The page of one rule, as Markdown."""
    facts = [f"- severity: {page.severity}"]
    facts += [f"- kind: {page.kind}. {KIND_DESCRIPTIONS[page.kind]}"] if page.kind is not None else []
    facts += [f"- policies: {', '.join(page.policy_types)}", *(f"- {detail}" for detail in page.details)]
    return "\n".join([f"## {page.slug}", "", page.text, "", *facts, f"- from {page.source}", ""])


def own_rules_data(pages: Iterable[OwnRulePage]) -> list[dict[str, Any]]:
    """The rules as data for JSON."""
    return [
        {
            "rule": page.slug,
            "summary": _first_line(page),
            "description": page.text,
            "severity": page.severity.value,
            "kind": _PYTHON if page.kind is None else page.kind.value,
            "policy_types": page.policy_types,
            "source": page.source,
        }
        for page in pages
    ]


def _first_line(page: OwnRulePage) -> str:
    return inspect.cleandoc(page.text).partition("\n")[0]


def _details(rule: OwnRule) -> Iterator[str]:
    """What the rule names, and its exceptions."""
    every = ("*",)
    for name, values in (
        ("actions", rule.actions if rule.actions != every else ()),
        ("resources", rule.resources if rule.resources != every else ()),
        ("principals", rule.principals),
        ("accounts", rule.accounts),
        ("organizations", rule.organizations),
    ):
        if values:
            yield f"{name}: {_join_quoted(values)}"
    for condition in rule.conditions:
        yield f"condition: {condition.operator} `{condition.key}`: {_join_quoted(condition.values)}"
    for name, limit in (("characters", rule.characters), ("statements", rule.statements)):
        if limit is not None:
            yield f"at most {limit:,} {name}"
    yield from (f"except {_exception_text(exception)}" for exception in rule.exceptions)


def _join_quoted(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _exception_text(exception: RuleException) -> str:
    """Where a rule does not apply, until when, and why."""
    names = (("role", exception.role), ("function", exception.function), ("account", exception.account))
    subjects = [f"{name} `{value}`" for name, value in (*names, ("path", exception.path)) if value is not None]
    until = f" until {exception.until}" if exception.until else ""
    return f"{', '.join(subjects)}{until}: {exception.reason}"
