"""Suggestions for misspelled words of the policy language."""

from __future__ import annotations

from functools import lru_cache

from iamglue.policy.conditions import OPERATORS, QUANTIFIERS
from iamglue.spelling import did_you_mean, nearest_word

__all__ = ["did_you_mean", "nearest_choice", "operator_hint"]

_CUTOFF = 0.7


@lru_cache(maxsize=1024)
def nearest_choice(word: str, choices: tuple[str, ...]) -> str | None:
    """The element, operator or other word of the policy language most similar to `word`; None if none is similar.

    Stricter than `nearest_word`: rules take the word for a misspelled one.
    """
    return nearest_word(word, choices, _CUTOFF)


def operator_hint(text: str) -> str:
    """A hint for a condition operator that does not exist."""
    head, colon, rest = text.partition(":")
    quantifier = f"{nearest_choice(head, QUANTIFIERS) or QUANTIFIERS[1]}:" if colon else ""
    name = rest if colon else head
    if_exists = "IfExists" if name.lower().endswith("ifexists") else ""
    base = nearest_choice(name[: len(name) - len(if_exists)], OPERATORS)
    if base is None:
        return "valid operators include StringEquals, StringLike, ArnLike, Bool and Null"
    if base == "Null" and if_exists:
        return "remove IfExists: `Null` already tests whether the key is present"
    return f"did you mean `{quantifier}{base}{if_exists}`?"
