"""The own rules of a run. Apart from the rules themselves, since most runs have none: see `own_rules`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # startup
    from iamglue.model.own_rules import OwnRule


@dataclass(frozen=True, slots=True)
class InstalledRule:
    """A rule in Python that an installed package provides: the entry point's name, its object, and its package."""

    slug: str
    value: str
    package: str = ""


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The own rules of a run: those of rule files, and those of installed packages."""

    rules: tuple[OwnRule, ...] = ()
    installed: tuple[InstalledRule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules or self.installed)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The names of all rules."""
        return (*(rule.slug for rule in self.rules), *(rule.slug for rule in self.installed))

    def on(self, day: date) -> OwnRules:
        """The rules without the exceptions that have ended before a day."""
        return replace(self, rules=tuple(rule.on(day) for rule in self.rules))


NO_OWN_RULES = OwnRules()
