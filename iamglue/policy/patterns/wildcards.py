"""IAM patterns as strings: `*` and `?` are wildcards, `${*}`, `${?}` and `${$}` the characters themselves.

A policy variable or deployment parameter `${...}` in a pattern is one unknown text: only itself or a star covers
it, and it may meet anything. Any other character, `[` and `.` too, stands for itself.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamglue.policy.patterns.globs import ANY_CHARACTER, parse_glob
from iamglue.policy.patterns.inclusion import glob_includes, globs_intersect
from iamglue.policy.patterns.matching import Matcher, build_matcher

_SIGN = re.compile(r"[*?$]")
_WILD = re.compile(r"[*?]+")
_WILD_OR_VARIABLE = re.compile(r"[*?]|\$\{")


@lru_cache(maxsize=16384)
def compile_pattern(pattern: str) -> Matcher:
    """A function that tells whether a text matches `pattern`."""
    return build_matcher(parse_glob(pattern))


def matches(pattern: str, text: str) -> bool:
    """Whether `text` as a whole matches `pattern`, upper and lower case being different."""
    if "*" not in pattern and "?" not in pattern and "$" not in pattern:
        return pattern == text
    return pattern == "*" or compile_pattern(pattern)(text)


@lru_cache(maxsize=65536)
def covers(general: str, specific: str) -> bool:
    """Whether every text that `specific` matches is matched by `general` too."""
    if general in ("*", specific):
        return True
    head, other = _head(general), _head(specific)
    if not other.startswith(head):
        return False
    if len(other) == len(specific):  # no wildcard in it
        return compile_pattern(general)(specific)
    if len(head) == len(general):
        return False
    # Two questions that need no automata settle nearly every pair.
    if general == f"{head}*":
        return True
    return _has_pieces(specific, general) and glob_includes(parse_glob(general), parse_glob(specific))


@lru_cache(maxsize=65536)
def intersects(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    if one == other:
        return True
    head, tail = _head(one), _head(other)
    if not (head.startswith(tail) or tail.startswith(head)):
        return False
    if len(head) == len(one):
        return compile_pattern(other)(one) if "$" not in other else globs_intersect(parse_glob(one), parse_glob(other))
    if len(tail) == len(other):
        return compile_pattern(one)(other) if "$" not in one else globs_intersect(parse_glob(one), parse_glob(other))
    return _run_together(one, head, other, tail) or globs_intersect(parse_glob(one), parse_glob(other))


def _has_pieces(specific: str, general: str) -> bool:
    """Whether the texts between the wildcards of one pattern stand in another, as they do where it covers the other."""
    return "$" in general or all(piece in specific for piece in _pieces(general))


@lru_cache(maxsize=4096)
def _pieces(pattern: str) -> tuple[str, ...]:
    return tuple(_WILD.split(pattern))


def _run_together(one: str, head: str, other: str, tail: str) -> bool:
    """Whether a star of one pattern, behind what both begin with, takes in all of the other, and that ends with a star.

    What follows the star in the former is matched by the star that the latter ends with. `head` and `tail` are what
    the patterns begin with, one of them the beginning of the other.
    """
    if len(head) <= len(tail) and other.endswith("*") and one.startswith(("*", "?*"), len(head)):
        return True
    return len(tail) <= len(head) and one.endswith("*") and other.startswith(("*", "?*"), len(tail))


@lru_cache(maxsize=16384)
def _head(pattern: str) -> str:
    """What comes before the first sign that may stand for something else; all of it where there is none."""
    return _SIGN.split(pattern, maxsplit=1)[0]


def has_wildcard(text: str) -> bool:
    """Whether `text` has a wildcard, escaped ones left out."""
    if "*" not in text and "?" not in text:
        return False
    if "$" not in text:
        return True
    parsed = parse_glob(text)
    return bool(parsed.star_bits) or ANY_CHARACTER in parsed.letters


def matches_action(pattern: str, action: str) -> bool:
    """`matches` for actions, which IAM compares without case, the service prefix included.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    return matches(pattern.lower(), action.lower())


def covers_action(general: str, specific: str) -> bool:
    """`covers` for actions."""
    return covers(general.lower(), specific.lower())


def intersects_action(one: str, other: str) -> bool:
    """`intersects` for actions."""
    return intersects(one.lower(), other.lower())


@lru_cache(maxsize=16384)
def literal_prefix(pattern: str) -> str:
    """What every text that matches begins with, as far as the pattern's first wildcard or `${`."""
    return _WILD_OR_VARIABLE.split(pattern, maxsplit=1)[0]
