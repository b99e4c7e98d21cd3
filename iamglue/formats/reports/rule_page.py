"""The page of a rule, and the table of all: Markdown, made of what the rules' modules say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from iamglue.findings import Confidence
from iamglue.model.rule import RoleRule, Rule, RuleExample
from iamglue.policy.parsed_policy import PolicyType

# What is longer shows a size, and says nothing to a reader.
_LONGEST = 1500


class DocumentedRule(Protocol):
    """A rule's module, as its page needs it."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def RULE(self) -> Rule: ...  # noqa: D102, N802

    @property
    def GOOD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802

    @property
    def BAD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802


class DocumentedRoleRule(Protocol):
    """The module of a rule of `audit`, as its page needs it."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def RULE(self) -> RoleRule: ...  # noqa: D102, N802


def role_rules_text(rules: Mapping[str, DocumentedRoleRule]) -> str:
    """A line for each rule of `audit`, for a terminal."""
    width = max(map(len, rules))
    lines = [f"{slug:<{width}}  {module.RULE.severity:<16}  {_first_line(module)}" for slug, module in rules.items()]
    return "".join(f"{line}\n" for line in lines)


def role_rule_page(slug: str, module: DocumentedRoleRule) -> str:
    """The whole page of one rule of `audit`."""
    rule = module.RULE
    facts = [f"- severity: {rule.severity}", f"- adds at most {rule.risk} of 100 to a role's risk"]
    facts += [f"- confidence: {rule.confidence}"] if rule.confidence is not Confidence.HIGH else []
    facts += ["- needs a spec of the role's functions"] if rule.needs_spec else []
    return "\n".join([f"## {slug}", "", (module.__doc__ or "").strip(), "", *facts, ""])


def role_rules_page(rules: Mapping[str, DocumentedRoleRule]) -> str:
    """One document with a table of all rules of `audit` and the page of each."""
    rows = [f"| [{slug}](#{slug}) | {m.RULE.severity} | {m.RULE.risk} |" for slug, m in rules.items()]
    told = [
        "# Rules of `iamglue audit`",
        "",
        "Written by `make docs` from the rules themselves; `iamglue rules SLUG` prints one of them. They judge all",
        "policies of a role together, with its boundary and SCPs; besides, `audit` tells what the rules of `lint` that",
        "are not about breadth find in the documents.",
        "",
        "| rule | severity | risk |",
        "|---|---|---:|",
        *rows,
        "",
    ]
    return "\n".join([*told, *(role_rule_page(slug, module) for slug, module in rules.items())])


def rules_text(rules: Mapping[str, DocumentedRule]) -> str:
    """A line for each rule, for a terminal."""
    width = max(map(len, rules))
    lines = [f"{slug:<{width}}  {module.RULE.severity:<16}  {_first_line(module)}" for slug, module in rules.items()]
    return "".join(f"{line}\n" for line in lines)


def rule_page(slug: str, module: DocumentedRule) -> str:
    """The whole page of one rule."""
    lines = [f"## {slug}", "", (module.__doc__ or "").strip(), "", *_facts(module.RULE), ""]
    lines += _cases("Not this", module.BAD)
    lines += _cases("This is fine", module.GOOD)
    return "\n".join(lines)


def rules_page(rules: Mapping[str, DocumentedRule]) -> str:
    """One document with a table of all rules and the page of each."""
    rows = [
        f"| [{slug}](#{slug}) | {module.RULE.severity} | {_kinds(module)} | {_codes(module.RULE.codes)} |"
        for slug, module in rules.items()
    ]
    return "\n".join(
        [
            "# Rules of `iamglue lint`",
            "",
            "Written by `make docs` from the rules themselves; `iamglue rules SLUG` prints one of them.",
            "",
            "| rule | severity | kind | checks of IAM Access Analyzer |",
            "|---|---|---|---|",
            *rows,
            "",
            *(rule_page(slug, module) for slug, module in rules.items()),
        ]
    )


def _first_line(module: DocumentedRule | DocumentedRoleRule) -> str:
    return (module.__doc__ or "").strip().splitlines()[0]


def _kinds(module: DocumentedRule) -> str:
    rule = module.RULE
    fixed = any(case.fixed is not None for case in module.BAD)
    named = ("pedantic" if rule.pedantic else "", "breadth" if rule.breadth else "", "fix" if fixed else "")
    return ", ".join(filter(None, named))


def _facts(rule: Rule) -> Iterator[str]:
    yield f"- severity: {rule.severity}"
    if rule.confidence is not Confidence.HIGH:
        yield f"- confidence: {rule.confidence}"
    if rule.types != frozenset(PolicyType):
        yield f"- policies: {', '.join(kind.value for kind in PolicyType if kind in rule.types)}"
    if rule.codes:
        yield f"- checks of IAM Access Analyzer: {_codes(rule.codes)}"
    if rule.pedantic:
        yield "- runs only with `--pedantic` or when it is selected by name"
    if rule.breadth:
        yield "- one of the rules about breadth, which `--ignore breadth` switches off together"


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _cases(title: str, cases: tuple[RuleExample, ...]) -> Iterator[str]:
    yield f"{title}:"
    yield ""
    for case in cases:
        text = case.text.strip("\n")
        if len(text) > _LONGEST:
            continue
        kind = "json" if text[:1] in ("{", "[") else "yaml"
        yield from (f"```{kind}", text, "```", "")
        if case.fixed is not None:
            yield from ("fixed:", "", f"```{kind}", case.fixed.strip("\n"), "```", "")
