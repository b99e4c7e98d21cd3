"""Notes on an entry: what AWS requires in addition to it, and what its permissions include: `entry_notes.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamglue.catalog.tables import table_rows
from iamglue.generate.requirements.labels import entry_text
from iamglue.model.required_access import RequiredAccess
from iamglue.model.spec import AccessEntry


def need_notes(entry: AccessEntry, needs: Iterable[RequiredAccess]) -> tuple[str, ...]:
    """The notes on an entry for which `needs` are granted, each with the entry's name."""
    pairs = [(action, resource) for need in needs for action in need.actions for resource in need.resources]
    return tuple(
        f"{entry_text(entry)}: {row['note']}" for row in table_rows("entry_notes") if _applies(row, entry, pairs)
    )


def _applies(row: dict[str, str], entry: AccessEntry, pairs: list[tuple[str, str]]) -> bool:
    """Whether a row of `entry_notes.tsv` applies to an entry and the pairs of action and resource that it needs."""
    actions = row["actions"].split()
    resources = [resource for action, resource in pairs if action in actions]
    if not any(re.search(row["resource"], resource) for resource in resources):
        return False
    if row["when"] and not (row["when"] == entry.access or _has_option(entry, row["when"])):
        return False
    return not (_has_option(entry, row["unless"]) or row["unless"] in {action for action, _ in pairs})


def _has_option(entry: AccessEntry, option: str) -> bool:
    return bool(getattr(entry, option, None))
