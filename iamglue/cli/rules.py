"""`iamglue rules`: lists the rules, or shows the page of one."""

from __future__ import annotations

import json

import click

from iamglue.audit.rule import RoleRuleModule
from iamglue.audit.rule_table import role_rules
from iamglue.cli.output import print_data
from iamglue.errors import ExitCode, IamglueError
from iamglue.formats.reports.rule_json import rules_data
from iamglue.formats.reports.rule_page import role_rule_page, role_rules_text, rule_page, rules_text
from iamglue.lint.rule import FileRuleModule, RuleModule
from iamglue.lint.rule_table import import_all_rules
from iamglue.spelling import did_you_mean


@click.command()
@click.argument("slug", required=False)
@click.option(
    "--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="The format of the output."
)
def rules(slug: str | None, format: str) -> ExitCode:
    """List the rules of lint and audit, or show the page of the rule SLUG.

    SLUG can also be a check of IAM Access Analyzer, for the rule that covers it.
    """
    lint_rules, audit_rules = import_all_rules(), role_rules()
    if slug is not None:
        lint_rules, audit_rules = _selected_rules(slug)
    if format == "json":
        data = rules_data(lint_rules.items(), audit_rules.items(), with_examples=slug is not None)
        print_data(json.dumps(data, indent=2) + "\n", "json")
    elif slug is None:
        print_data(f"lint:\n\n{rules_text(lint_rules)}\naudit:\n\n{role_rules_text(audit_rules)}", "text")
    else:
        pages = [rule_page(name, module) for name, module in lint_rules.items()]
        pages += [role_rule_page(name, module) for name, module in audit_rules.items()]
        print_data("\n".join(pages), "text")
    return ExitCode.OK


def _selected_rules(
    slug: str,
) -> tuple[dict[str, RuleModule | FileRuleModule], dict[str, RoleRuleModule]]:
    """The rules of lint and audit with this name or check. Raises IamglueError if there is none."""
    name = slug.lower().replace("_", "-")
    audit_rules = {name: role_rules()[name]} if name in role_rules() else {}
    lint_rules = import_all_rules()
    if name not in lint_rules and audit_rules:
        return {}, audit_rules
    lint_slug = _find_slug(slug)
    return {lint_slug: lint_rules[lint_slug]}, audit_rules


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
