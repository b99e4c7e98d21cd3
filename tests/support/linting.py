"""What tests of lint share: a text linted, and moto's copies of AWS's managed policies."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

from iamglue.findings import Report
from iamglue.lint.autofix import Mended, mended
from iamglue.lint.run import lint
from iamglue.lint.selection import Selection
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import PolicyType, Settings
from iamglue.readers.policy_texts import read_written
from iamglue.readers.suppression_comments import suppression_comments

TODAY = date(2026, 11, 25)
EVERYTHING = Selection(pedantic=True)


def read(
    text: str, path: str = "policy.json", type: PolicyType | None = None, values: tuple[tuple[str, str], ...] = ()
) -> WrittenFile:
    file = read_written(path, text, type, Settings(values))
    file.suppressions = suppression_comments(path, text)
    return file


def linted(
    text: str, path: str = "policy.json", type: PolicyType | None = None, selection: Selection = EVERYTHING
) -> Report:
    return lint(read(text, path, type), selection, TODAY)


def rules_of(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def mended_text(text: str, path: str = "policy.json", *, unsafe: bool = False, **values: str) -> Mended:
    pairs = tuple(values.items())
    return mended(text, lambda new: read(new, path, values=pairs), Selection(), TODAY, unsafe=unsafe)


@cache
def managed_policies() -> dict[str, str]:
    """The text of every AWS managed policy that moto knows, indented as the console shows it."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    known = json.loads(aws_managed_policies_data)
    return {name: json.dumps(policy["Document"], indent=4) for name, policy in sorted(known.items())}
