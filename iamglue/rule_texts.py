"""The documentation of the rules that a report names, for formats that show it."""

from __future__ import annotations

import inspect

from iamglue.audit.rule_table import role_rules
from iamglue.findings import Report
from iamglue.formats.reports.report import FORMATS_WITH_RULE_TEXTS
from iamglue.lint.rule_table import import_all_rules


def find_rule_texts(report: Report, format: str, *, is_audit: bool = False) -> dict[str, str]:
    """The documentation of each rule of the report's findings; none for a format that does not show it.

    A rule of `audit` may have the name of a rule of `lint`. A rule of the user's own has no documentation.
    """
    if format not in FORMATS_WITH_RULE_TEXTS:
        return {}
    slugs = sorted({finding.rule for finding in report.findings})
    modules = {**import_all_rules(), **(role_rules() if is_audit else {})}
    return {slug: inspect.cleandoc(modules[slug].__doc__ or "") for slug in slugs if slug in modules}
