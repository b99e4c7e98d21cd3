"""`iamglue rules`: lists the rules, or shows the page of one."""

from __future__ import annotations

import click

from iamglue.audit.rule_table import role_rules
from iamglue.catalog.spelling import did_you_mean
from iamglue.cli.output import print_data
from iamglue.errors import ExitCode, IamglueError
from iamglue.formats.reports.rule_page import role_rule_page, role_rules_text, rule_page, rules_text
from iamglue.lint.rule_table import import_all_rules


@click.command()
@click.argument("slug", required=False)
def rules(slug: str | None) -> ExitCode:
    """List the rules of lint and audit, or show the page of the rule SLUG.

    SLUG can also be a check of IAM Access Analyzer, for the rule that covers it.
    """
    lint_rules, audit_rules = import_all_rules(), role_rules()
    if slug is None:
        print_data(f"lint:\n\n{rules_text(lint_rules)}\naudit:\n\n{role_rules_text(audit_rules)}", "text")
        return ExitCode.OK
    name = slug.lower().replace("_", "-")
    pages = [role_rule_page(name, audit_rules[name])] if name in audit_rules else []
    if name in lint_rules or not pages:
        lint_slug = _find_slug(slug)
        pages.insert(0, rule_page(lint_slug, lint_rules[lint_slug]))
    print_data("\n".join(pages), "text")
    return ExitCode.OK


def _find_slug(name: str) -> str:
    """Slug of the lint rule for a slug or an Access Analyzer check. Raises IamglueError if there is none."""
    known = import_all_rules()
    slug = name.lower().replace("_", "-")
    if slug in known:
        return slug
    by_code = {code: rule for rule, module in known.items() for code in module.RULE.codes}
    if name.upper() in by_code:
        return by_code[name.upper()]
    hint = did_you_mean(slug, [*known, *role_rules(), *by_code]) or "`iamglue rules` lists them"
    raise IamglueError(f"{name} is not a rule", hint=hint)
