"""Suggestions for misspelled words."""

from __future__ import annotations

from collections.abc import Iterable

# No word that is suggested is longer, and comparing a long word would be slow.
_LONGEST_WORD = 256


def nearest_word(word: str, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The choice most similar to `word`, ignoring case; None if no choice is at least as similar as `cutoff` (0 to 1).

    In a word of two letters, one may be wrong (`s4`, `d0`).
    """
    if len(word) > _LONGEST_WORD:
        return None
    from difflib import SequenceMatcher, get_close_matches  # noqa: PLC0415 - startup: only for what is wrong

    by_lower = {choice.lower(): choice for choice in sorted(choices, reverse=True)}
    lower = word.lower()
    if lower in by_lower:
        return by_lower[lower]
    close = get_close_matches(lower, by_lower, n=3, cutoff=0.5 if len(lower) == 2 else cutoff)
    if not close:
        return None
    # get_close_matches ranks by ratio alone; among equals, prefer the one with the same first letter.
    best = max(close, key=lambda name: (SequenceMatcher(None, lower, name).ratio(), name[:1] == lower[:1], name))
    return by_lower[best]


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """A hint that names the nearest choice, or None."""
    nearest = nearest_word(word, choices)
    return f"did you mean `{nearest}`?" if nearest else None
