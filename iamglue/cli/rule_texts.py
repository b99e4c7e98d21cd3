"""The documentation of the rules that a report names, for formats that show it."""

from __future__ import annotations

import inspect

from iamglue.audit.rule_table import role_rules
from iamglue.findings import Report
from iamglue.formats.reports.own_rule_page import own_rule_page_of
from iamglue.formats.reports.report import FORMATS_WITH_RULE_TEXTS
from iamglue.lint.own_rules.installed import load_installed_rule
from iamglue.lint.rule_table import import_all_rules
from iamglue.model.own_rule_set import NO_OWN_RULES, InstalledRule, OwnRules


def find_rule_texts(
    report: Report, format: str, *, is_audit: bool = False, own_rules: OwnRules = NO_OWN_RULES
) -> dict[str, str]:
    """The documentation of each rule of the report's findings; none for a format that does not show it.

    A rule of `audit` may have the name of a rule of `lint`. Of a rule of a rule file it is the message and the help.
    """
    if format not in FORMATS_WITH_RULE_TEXTS:
        return {}
    slugs = sorted({finding.rule for finding in report.findings})
    modules = {**import_all_rules(), **(role_rules() if is_audit else {})}
    texts = {slug: inspect.cleandoc(modules[slug].__doc__ or "") for slug in slugs if slug in modules}
    own = {rule.slug: own_rule_page_of(rule).text for rule in own_rules.rules}
    own |= {rule.slug: _text_of_installed(rule) for rule in own_rules.installed if rule.slug in slugs}
    return {slug: text for slug in slugs if (text := texts.get(slug) or own.get(slug))}


def _text_of_installed(rule: InstalledRule) -> str:
    """The docstring of a rule in Python; empty if it cannot be loaded, which is reported where it runs."""
    try:
        return inspect.cleandoc(load_installed_rule(rule).__doc__ or "")
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - whatever its module raises
        return ""
