"""Rules in Python that installed packages provide: entry points of the group `iamglue.rules`."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from iamglue.errors import IamglueError
from iamglue.lint.rule import Rule, RuleModule
from iamglue.lint.rule_table import rule_slugs
from iamglue.model.own_rule_set import InstalledRule

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

# The group has the name of the module with the API of such rules, which is above this one and not imported.
GROUP = f"{__name__.partition('.')[0]}.rules"
# Until then (in ns) a package that makes its folder may not have written all files.
_INSTALLATION_TIME = 60 * 10**9
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def find_installed_rules() -> tuple[InstalledRule, ...]:
    """The rules of all installed packages, by name. They are not imported.

    Raises IamglueError for a name that is not valid, that a rule of iamglue has, or that two packages use.
    """
    rules: dict[str, InstalledRule] = {}
    for entry in sorted(_entry_points(), key=lambda entry: entry.name):
        package = entry.dist.name if entry.dist is not None else ""
        owner = f"the package {package or entry.value}"
        if not _SLUG.fullmatch(entry.name):
            raise IamglueError(
                f"{owner}: `{entry.name}` is not a valid name of a rule",
                hint="a name has lower-case letters, digits and single hyphens: `no-public-buckets`",
            )
        if entry.name in rule_slugs():
            raise IamglueError(f"{owner}: iamglue itself has a rule `{entry.name}`", hint="give the rule another name")
        known = rules.get(entry.name)
        if known is not None and known.value != entry.value:
            raise IamglueError(f"{owner} and the package {known.package} both have a rule `{entry.name}`")
        rules[entry.name] = InstalledRule(entry.name, entry.value, package)
    return tuple(rules.values())


def _entry_points() -> tuple[EntryPoint, ...]:
    """The entry points of the group; fast if there are none, as in most environments."""
    if not any(map(_may_have_rules, dict.fromkeys(sys.path))):
        return ()
    from importlib.metadata import entry_points  # noqa: PLC0415 - startup: it imports `email`, 70 ms

    return tuple(entry_points(group=GROUP))


def _may_have_rules(folder: str) -> bool:
    """Whether a package in a folder of `sys.path` may have rules; True for what only importlib can read."""
    try:
        status = os.stat(folder or ".")  # noqa: PTH116 - for 150 packages, a Path of each takes longer than to read it
        if time.time_ns() - status.st_mtime_ns < _INSTALLATION_TIME:
            return _read_has_rules(folder or ".")
        return _has_rules(folder or ".", (status.st_dev, status.st_ino, status.st_mtime_ns))
    except NotADirectoryError:  # a zip file
        return True
    except OSError:
        return False


@cache
def _has_rules(folder: str, state: tuple[int, int, int]) -> bool:  # noqa: ARG001 - `state` is part of the cache's key
    """The same for a folder, read once while it does not change: the servers of editors ask for each document."""
    return _read_has_rules(folder)


def _read_has_rules(folder: str) -> bool:
    entries = tuple(os.scandir(folder))
    return any(entry.name.endswith(".egg") for entry in entries) or any(
        map(_mentions_group, _metadata_folders(entries))
    )


def _metadata_folders(entries: tuple[os.DirEntry[str], ...]) -> Iterator[str]:
    return (entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))


def _mentions_group(folder: str) -> bool:
    """Whether a package may have rules; to parse the metadata of every package would be slow."""
    try:
        with open(f"{folder}/entry_points.txt", "rb") as file:  # noqa: PTH123 - as above
            return GROUP.encode() in file.read()
    except OSError:  # most packages have no entry points
        return False


@cache
def load_installed_rule(rule: InstalledRule) -> RuleModule:
    """Import a rule. Raises TypeError if it is not one, and whatever its module raises."""
    from importlib.metadata import EntryPoint  # noqa: PLC0415 - startup: as above

    from iamglue.lint.own_rules.checked_results import checked_rule  # noqa: PLC0415 - startup: the engine

    loaded: Any = EntryPoint(rule.slug, rule.value, GROUP).load()
    if not isinstance(getattr(loaded, "RULE", None), Rule):
        raise TypeError(f"{rule.value} has no attribute RULE that is an iamglue Rule")
    if not any(callable(getattr(loaded, name, None)) for name in ("check", "check_role")):
        raise TypeError(f"{rule.value} has neither a function check(policy) nor check_role(role)")
    checked_rule(loaded.RULE)
    module: RuleModule = loaded
    return module


def checks_roles(rule: InstalledRule) -> bool:
    """Whether a rule has a check of roles; False if it cannot be loaded, which is reported where it runs."""
    try:
        return callable(getattr(load_installed_rule(rule), "check_role", None))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - whatever its module raises
        return False
