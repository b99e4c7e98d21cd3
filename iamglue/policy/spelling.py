"""Suggestions for misspelled words of the policy language."""

from __future__ import annotations

from functools import lru_cache

from iamglue.policy.conditions import OPERATORS, QUANTIFIERS

# A longer word is not a misspelled element, and comparing it would be slow.
_LONGEST_WORD = 64


@lru_cache(maxsize=1024)
def nearest_choice(word: str, choices: tuple[str, ...]) -> str | None:
    """The choice most similar to `word`, ignoring case; None if no choice is similar."""
    if len(word) > _LONGEST_WORD:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - startup: only for what is wrong

    by_lower = {choice.lower(): choice for choice in choices}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, choices: tuple[str, ...]) -> str | None:
    """A hint that names the nearest choice, or None."""
    nearest = nearest_choice(word, choices)
    return f"did you mean `{nearest}`?" if nearest else None


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
