"""Notes on what an entry may also need, where neither the entry nor AWS's pages say it."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.generate.requirements.athena_queries import query_notes
from iamglue.generate.requirements.bedrock_notes import bedrock_notes
from iamglue.generate.requirements.joint_resources import joint_notes
from iamglue.generate.requirements.passed_roles import pass_role_notes
from iamglue.model.spec import AccessEntry


def entry_notes(entry: AccessEntry, entries: tuple[AccessEntry, ...]) -> tuple[str, ...]:
    """The notes on an entry, each with its location; `entries` are all entries of the function."""
    return tuple(f"{entry.location}: {note}" for note in _notes(entry, entries))


def _notes(entry: AccessEntry, entries: tuple[AccessEntry, ...]) -> Iterator[str]:
    """Yield the notes of each kind, without locations."""
    if entry.service == "bedrock":
        yield from bedrock_notes(entry, entries)
    yield from query_notes(entry)
    yield from joint_notes(entry, entries)
    yield from pass_role_notes(entry, entries)
