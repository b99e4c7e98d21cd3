"""Suggestions for a word that is being typed: which names match it, the best first, and how many at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# More would be slow to send and to show; the editor asks again with every letter.
MAX_SUGGESTIONS = 200


class SuggestionKind(StrEnum):
    """What a suggestion is, for the symbol that the editor shows."""

    ACTION = "action"
    SERVICE = "service"
    RESOURCE = "resource"
    CONDITION_KEY = "condition-key"
    OPERATOR = "operator"
    TRIGGER = "trigger"
    VERB = "verb"
    KEY = "key"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name to insert. `detail` is a short text beside it, `description` a longer one below.

    `is_key`: it is a key of a mapping. `is_partial`: more is to be typed after it, as after the `s3:` of an action.
    """

    name: str
    kind: SuggestionKind
    detail: str = ""
    description: str = ""
    is_key: bool = False
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best suggestions, in order. `is_complete` is False if there are more."""

    items: tuple[Suggestion, ...] = ()
    is_complete: bool = True


def best_suggestions(candidates: Iterable[Suggestion], typed: str) -> Suggestions:
    """The candidates that match what was typed, in any case: those that begin with it, then those that contain it."""
    word = typed.lower()
    ranked: tuple[list[Suggestion], list[Suggestion]] = ([], [])
    for candidate in candidates:
        name = candidate.name.lower()
        if name.startswith(word):
            ranked[0].append(candidate)
        elif word in name or word.replace(":", "") in name.partition(":")[2]:
            ranked[1].append(candidate)
    unique: dict[str, Suggestion] = {}
    for candidate in (*ranked[0], *ranked[1]):
        unique.setdefault(candidate.name, candidate)
    return Suggestions(tuple(unique.values())[:MAX_SUGGESTIONS], len(unique) <= MAX_SUGGESTIONS)
