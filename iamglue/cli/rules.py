"""`iamglue rules`: lists the rules, or shows the page of one."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from iamglue.audit.rule import RoleRuleModule
from iamglue.audit.rule_table import role_rules
from iamglue.cli.completion_values import complete_rules
from iamglue.cli.config import read_config
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data
from iamglue.cli.own_rules import read_run_rules
from iamglue.cli.stderr import print_error, print_note
from iamglue.errors import ExitCode, IamglueError
from iamglue.formats.reports.own_rule_page import (
    OwnRulePage,
    own_rule_page,
    own_rule_page_of,
    own_rules_data,
    own_rules_text,
)
from iamglue.formats.reports.rule_json import rules_data
from iamglue.formats.reports.rule_page import role_rule_page, role_rules_text, rule_page, rules_text
from iamglue.lint.own_rules.installed import load_installed_rule
from iamglue.lint.own_rules.unbreakable_parts import unbreakable_parts
from iamglue.lint.rule import FileRuleModule, RuleModule
from iamglue.lint.rule_table import import_all_rules
from iamglue.model.own_rule_set import OwnRules
from iamglue.spelling import did_you_mean


@click.command(cls=HelpCommand)
@click.argument("slug", required=False, shell_complete=complete_rules)
@click.option(
    "--rules", "rule_files", metavar="FILE", multiple=True, help="Also list the rules of this rule file; repeatable."
)
@click.option(
    "--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="The format of the output."
)
def rules(slug: str | None, rule_files: tuple[str, ...], format: str) -> ExitCode:
    """List the rules of lint and audit, or show the page of the rule SLUG.

    SLUG can also be a check of IAM Access Analyzer, for the rule that covers it.
    The list includes your own rules: those of rule files, and those of installed
    packages.
    """
    own_rules = read_run_rules(rule_files, read_config())
    own, failures = _own_rule_pages(own_rules)
    lint_rules, audit_rules = import_all_rules(), role_rules()
    if slug is not None:
        own = [page for page in own if page.slug == slug]
        lint_rules, audit_rules = ({}, {}) if own or slug in failures else _selected_rules(slug, own_rules.slugs)
    if format == "json":
        data = rules_data(lint_rules.items(), audit_rules.items(), with_examples=slug is not None)
        print_data(json.dumps({**data, "own": own_rules_data(own)}, indent=2) + "\n", "json")
    elif slug is None:
        own_text = f"\nown:\n\n{own_rules_text(own)}" if own else ""
        print_data(f"lint:\n\n{rules_text(lint_rules)}\naudit:\n\n{role_rules_text(audit_rules)}{own_text}", "text")
    else:
        pages = [rule_page(name, module) for name, module in lint_rules.items()]
        pages += [role_rule_page(name, module) for name, module in audit_rules.items()]
        print_data("\n".join([*pages, *map(own_rule_page, own)]), "text")
    for rule in own_rules.rules:
        for part in unbreakable_parts(rule) if slug in (None, rule.slug) else ():
            print_note(f"{rule.path}:{rule.line}: the rule {rule.slug}: no policy can break it by {part}")
    shown = {name: reason for name, reason in failures.items() if slug in (None, name)}
    for name, reason in shown.items():
        print_error(f"the rule {name} could not be loaded: {reason}")
    return ExitCode.NOT_EVALUATED if shown else ExitCode.OK


def _own_rule_pages(own_rules: OwnRules) -> tuple[list[OwnRulePage], dict[str, str]]:
    """The pages of the own rules, and why rules of packages could not be loaded, by their names."""
    pages, failures = [own_rule_page_of(rule) for rule in own_rules.rules], {}
    for installed in own_rules.installed:
        try:
            module = load_installed_rule(installed)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a module of another author raises when it is imported
            failures[installed.slug] = f"{type(error).__name__}: {error}"
        else:
            text, source = (module.__doc__ or "").strip(), f"the package {installed.package}"
            pages.append(OwnRulePage(installed.slug, module.RULE.severity, text, source, module.RULE.types))
    return pages, failures


def _selected_rules(
    slug: str, own_slugs: Sequence[str]
) -> tuple[dict[str, RuleModule | FileRuleModule], dict[str, RoleRuleModule]]:
    """The rules of lint and audit with this name or check. Raises IamglueError if there is none."""
    name = slug.lower().replace("_", "-")
    audit_rules = {name: role_rules()[name]} if name in role_rules() else {}
    lint_rules = import_all_rules()
    if name not in lint_rules and audit_rules:
        return {}, audit_rules
    lint_slug = _find_slug(slug, own_slugs)
    return {lint_slug: lint_rules[lint_slug]}, audit_rules


def _find_slug(name: str, own_slugs: Sequence[str]) -> str:
    """Slug of the lint rule for a slug or an Access Analyzer check. Raises IamglueError if there is none."""
    known = import_all_rules()
    slug = name.lower().replace("_", "-")
    if slug in known:
        return slug
    by_code = {code: rule for rule, module in known.items() for code in module.RULE.codes}
    if name.upper() in by_code:
        return by_code[name.upper()]
    hint = did_you_mean(slug, [*known, *role_rules(), *own_slugs, *by_code]) or "`iamglue rules` lists them"
    raise IamglueError(f"there is no rule `{name}`", hint=hint)
