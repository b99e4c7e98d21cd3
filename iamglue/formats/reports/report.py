"""A report of findings in the formats that `iamglue lint` writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from iamglue.findings import Report

# Each format is a module that is imported on demand.
_WRITERS = {
    "text": "iamglue.formats.reports.report_text:report_text",
    "json": "iamglue.formats.reports.report_json:report_json",
    "sarif": "iamglue.formats.reports.report_sarif:report_sarif",
    "junit": "iamglue.formats.reports.report_junit:report_junit",
    "github": "iamglue.formats.reports.report_github:report_github",
    "gitlab": "iamglue.formats.reports.report_gitlab:report_gitlab",
    "markdown": "iamglue.formats.reports.report_markdown:report_markdown",
}
FORMATS = tuple(_WRITERS)
FORMATS_WITH_EDITS = frozenset({"json", "sarif"})  # those that show what each fix replaces
FORMATS_WITH_RULE_TEXTS = frozenset({"sarif"})  # those that show the documentation of rules


def render_report(report: Report, format: str, rule_texts: Mapping[str, str] | None = None) -> str:
    """`report` in one of `FORMATS`; `rule_texts` has the documentation of rules, for formats that show it."""
    module, _, name = _WRITERS[format].partition(":")
    writer: Callable[..., str] = getattr(import_module(module), name)
    return writer(report, rule_texts or {}) if format in FORMATS_WITH_RULE_TEXTS else writer(report)
