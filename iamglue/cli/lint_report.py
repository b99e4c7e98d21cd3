"""The report of `lint`, with the texts of its rules where the format has them."""

from __future__ import annotations

from iamglue.findings import Report
from iamglue.formats.reports.report import FORMATS_WITH_RULE_TEXTS, render_report
from iamglue.model.own_rule_set import OwnRules


def render_lint_report(report: Report, format: str, own_rules: OwnRules) -> str:
    """The report in a format; `own_rules` are those of the user's organization."""
    if format not in FORMATS_WITH_RULE_TEXTS:
        return render_report(report, format)
    from iamglue.cli.rule_texts import find_rule_texts  # noqa: PLC0415 - startup: imports every rule

    return render_report(report, format, find_rule_texts(report, format, own_rules=own_rules))
