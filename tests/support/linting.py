"""What tests of lint share: a text linted, and moto's copies of AWS's managed policies."""

from __future__ import annotations

import json
from datetime import date
from functools import cache, lru_cache

from iamglue.findings import Report
from iamglue.lint.autofix import FixResult, apply_fixes
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.readers.policy_texts import read_policies
from iamglue.readers.suppression_comments import suppression_comments

TODAY = date(2026, 11, 25)
EVERYTHING = RuleSelection(pedantic=True)


@lru_cache(maxsize=8)
def read(
    text: str, path: str = "policy.json", type: PolicyType | None = None, values: tuple[tuple[str, str], ...] = ()
) -> ParsedFile:
    """The file of a text. Many tests read a text again at once: fixed safely and then with all fixes, say."""
    file = read_policies(path, text, type, ParameterValues(values))
    file.suppressions = suppression_comments(path, text)
    return file


def linted(
    text: str, path: str = "policy.json", type: PolicyType | None = None, selection: RuleSelection = EVERYTHING
) -> Report:
    return lint_file(read(text, path, type), selection, TODAY)


def rules_of(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def mended_text(text: str, path: str = "policy.json", *, unsafe: bool = False, **values: str) -> FixResult:
    pairs = tuple(values.items())
    return apply_fixes(text, lambda new: read(new, path, values=pairs), RuleSelection(), TODAY, unsafe=unsafe)


@cache
def managed_policies() -> dict[str, str]:
    """The text of every AWS managed policy that moto knows, indented as the console shows it."""
    from support.managed_policies import managed_documents

    return {name: json.dumps(document, indent=4) for name, document in sorted(managed_documents().items())}
