"""The own rules of a run: those of rule files, and those of installed packages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from iamglue.errors import IamglueError, Location
from iamglue.files.configured_paths import ConfigFolder
from iamglue.model.own_rule_set import NO_OWN_RULES, InstalledRule, OwnRules

if TYPE_CHECKING:  # startup: most runs have no rule file
    from iamglue.model.own_rules import OwnRule


def read_rules(
    paths: Sequence[str], installed: tuple[InstalledRule, ...] = (), base: ConfigFolder | None = None
) -> OwnRules:
    """The rules of rule files, as they are today, with those of installed packages.

    The paths of exceptions are relative to `base`. Raises IamglueError if a file cannot be read, for each error in it,
    and if two rules have the same name.
    """
    if not paths:
        return OwnRules((), installed) if installed else NO_OWN_RULES
    from iamglue.readers.own_rules.reader import read_own_rules  # noqa: PLC0415 - startup: most runs have no rule file

    rules = tuple(rule.from_folder(base) for path in dict.fromkeys(paths) for rule in read_own_rules(path))
    _check_names(rules, OwnRules((), installed).slugs)
    return OwnRules(rules, installed).on(date.today())  # noqa: DTZ011 - the day that the writer of `until` meant


def _check_names(rules: Sequence[OwnRule], installed: Sequence[str]) -> None:
    """Raise IamglueError for a rule of a rule file with the ID of another rule, wherever that one comes from."""
    from iamglue.audit.rule_table import SLUGS  # noqa: PLC0415 - startup: as above
    from iamglue.lint.rule_table import rule_slugs  # noqa: PLC0415

    owners = dict.fromkeys((*rule_slugs(), *SLUGS), "iamglue itself has a rule with this ID")
    owners |= dict.fromkeys(installed, "an installed package has a rule with this ID")
    for rule in rules:
        if rule.slug in owners:
            location = Location(rule.path, rule.line)
            raise IamglueError(f"`{rule.slug}`: {owners[rule.slug]}", hint="give it another ID", location=location)
        owners[rule.slug] = f"the rule in {rule.path}, line {rule.line}, has this ID too"
