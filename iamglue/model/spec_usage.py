"""Where a spec names a service: triggers, settings and options of entries."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.catalog.trigger_reference import TriggerReference


@dataclass(frozen=True, slots=True)
class SpecUsage:
    """The triggers, settings and entry options of one service; settings and options have a name and a description."""

    triggers: tuple[TriggerReference, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
