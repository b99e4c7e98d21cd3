"""`iamglue rules`: the rules there are, and the page of one."""

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
    """List the rules of lint and audit, or with a SLUG show its page.

    A code of IAM Access Analyzer stands for the rule that covers it.
    """
    known, of_roles = import_all_rules(), role_rules()
    if slug is None:
        print_data(f"lint:\n\n{rules_text(known)}\naudit:\n\n{role_rules_text(of_roles)}", "text")
        return ExitCode.OK
    name = slug.lower().replace("_", "-")
    pages = [role_rule_page(name, of_roles[name])] if name in of_roles else []
    if name in known or not pages:
        found = _found(slug)
        pages.insert(0, rule_page(found, known[found]))
    print_data("\n".join(pages), "text")
    return ExitCode.OK


def _found(name: str) -> str:
    known = import_all_rules()
    slug = name.lower().replace("_", "-")
    if slug in known:
        return slug
    by_code = {code: each for each, module in known.items() for code in module.RULE.codes}
    if name.upper() in by_code:
        return by_code[name.upper()]
    hint = did_you_mean(slug, [*known, *role_rules(), *by_code]) or "`iamglue rules` lists them"
    raise IamglueError(f"there is no rule {name}", hint=hint)
