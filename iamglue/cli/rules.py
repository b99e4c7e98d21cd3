"""`iamglue rules`: the rules there are, and the page of one."""

from __future__ import annotations

import click

from iamglue.catalog.suggest import did_you_mean
from iamglue.cli.output import print_data
from iamglue.errors import ExitCode, IamglueError
from iamglue.render.rule_page import rule_page, rules_text
from iamglue.rules.table import every_rule


@click.command()
@click.argument("slug", required=False)
def rules(slug: str | None) -> ExitCode:
    """List the rules of lint, or with a SLUG show its page.

    A code of IAM Access Analyzer stands for the rule that covers it.
    """
    known = every_rule()
    if slug is None:
        print_data(rules_text(known))
        return ExitCode.OK
    found = _found(slug)
    print_data(rule_page(found, known[found]))
    return ExitCode.OK


def _found(name: str) -> str:
    known = every_rule()
    slug = name.lower().replace("_", "-")
    if slug in known:
        return slug
    by_code = {code: each for each, module in known.items() for code in module.RULE.codes}
    if name.upper() in by_code:
        return by_code[name.upper()]
    hint = did_you_mean(slug, [*known, *by_code]) or "`iamglue rules` lists them"
    raise IamglueError(f"there is no rule {name}", hint=hint)
