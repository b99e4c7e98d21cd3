"""The right word of the policy language for a wrong one."""

from __future__ import annotations

from functools import lru_cache

from iamglue.policy.conditions import OPERATORS, QUANTIFIERS

# A longer word is no misspelt element, and comparing it would take long.
_LONGEST_WORD = 64


@lru_cache(maxsize=1024)
def nearest_choice(word: str, choices: tuple[str, ...]) -> str | None:
    """The choice most like `word`, compared without case; None when none is near."""
    if len(word) > _LONGEST_WORD:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - startup: only for what is wrong

    by_lower = {choice.lower(): choice for choice in choices}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, choices: tuple[str, ...]) -> str | None:
    """A hint that names the nearest choice, or None."""
    found = nearest_choice(word, choices)
    return f"did you mean `{found}`?" if found else None


def operator_hint(text: str) -> str:
    """A hint for a condition operator that does not exist."""
    head, colon, rest = text.partition(":")
    quantifier = f"{nearest_choice(head, QUANTIFIERS) or QUANTIFIERS[1]}:" if colon else ""
    name = rest if colon else head
    if_exists = "IfExists" if name.lower().endswith("ifexists") else ""
    base = nearest_choice(name[: len(name) - len(if_exists)], OPERATORS)
    if base is None:
        return "operators are StringEquals, StringLike, ArnLike, Bool, Null and the like"
    if base == "Null" and if_exists:
        return "`Null` takes no IfExists: it tests itself whether a key is there"
    return f"did you mean `{quantifier}{base}{if_exists}`?"
