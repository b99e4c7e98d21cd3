"""IAM patterns as strings: `*` and `?` are wildcards; `${*}`, `${?}` and `${$}` are the literal characters.

A policy variable or deployment parameter `${...}` in a pattern is one unknown text: only itself or a star covers it,
and it may overlap anything. Every other character is literal, including `[` and `.`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamglue.policy.patterns.globs import parse_glob
from iamglue.policy.patterns.inclusion import glob_includes, globs_intersect
from iamglue.policy.patterns.matching import Matcher, build_matcher
from iamglue.policy.patterns.variables import TokenKind, tokenize

_SPECIAL = re.compile(r"[*?$]")
_WILDCARDS = re.compile(r"[*?]+")
_WILD_OR_VARIABLE = re.compile(r"[*?]|\$\{")


@lru_cache(maxsize=16384)
def compile_pattern(pattern: str) -> Matcher:
    """Compile `pattern` to a function that tests whether a text matches it."""
    return build_matcher(parse_glob(pattern))


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of `text` matches `pattern`, case-sensitive."""
    if "*" not in pattern and "?" not in pattern and "$" not in pattern:
        return pattern == text
    return pattern == "*" or compile_pattern(pattern)(text)


@lru_cache(maxsize=65536)
def covers(general: str, specific: str) -> bool:
    """Whether every text that `specific` matches is also matched by `general`."""
    if general in ("*", specific):
        return True
    general_head, specific_head = _literal_head(general), _literal_head(specific)
    if not specific_head.startswith(general_head):
        return False
    if len(specific_head) == len(specific):  # no wildcard
        return compile_pattern(general)(specific)
    if len(general_head) == len(general):
        return False
    # Two cheap tests decide nearly every pair without automata.
    if general == f"{general_head}*":
        return True
    return _has_pieces(specific, general) and glob_includes(parse_glob(general), parse_glob(specific))


@lru_cache(maxsize=65536)
def intersects(first: str, second: str) -> bool:
    """Whether some text matches both patterns."""
    if first == second:
        return True
    first_head, second_head = _literal_head(first), _literal_head(second)
    if not (first_head.startswith(second_head) or second_head.startswith(first_head)):
        return False
    if len(first_head) == len(first):
        return (
            compile_pattern(second)(first)
            if "$" not in second
            else globs_intersect(parse_glob(first), parse_glob(second))
        )
    if len(second_head) == len(second):
        return (
            compile_pattern(first)(second)
            if "$" not in first
            else globs_intersect(parse_glob(first), parse_glob(second))
        )
    return _is_overlap_trivial(first, first_head, second, second_head) or globs_intersect(
        parse_glob(first), parse_glob(second)
    )


def _has_pieces(specific: str, general: str) -> bool:
    """Whether `specific` contains all texts between the wildcards of `general`, which is necessary to be covered."""
    return "$" in general or all(piece in specific for piece in _literal_pieces(general))


@lru_cache(maxsize=4096)
def _literal_pieces(pattern: str) -> tuple[str, ...]:
    """The texts between the wildcards of a pattern."""
    return tuple(_WILDCARDS.split(pattern))


def _is_overlap_trivial(first: str, first_head: str, second: str, second_head: str) -> bool:
    """Whether a star after the common prefix of one pattern matches all of the other, which itself ends with a star.

    The final star of the latter matches whatever follows the star in the former. `first_head` and `second_head` are the
    literal prefixes; one must be a prefix of the other.
    """
    if len(first_head) <= len(second_head) and second.endswith("*") and first.startswith(("*", "?*"), len(first_head)):
        return True
    return (
        len(second_head) <= len(first_head) and first.endswith("*") and second.startswith(("*", "?*"), len(second_head))
    )


@lru_cache(maxsize=16384)
def _literal_head(pattern: str) -> str:
    """The text before the first wildcard or variable; the whole pattern if there is none."""
    return _SPECIAL.split(pattern, maxsplit=1)[0]


def has_wildcard(text: str) -> bool:
    """Whether `text` has a wildcard; escaped wildcards do not count."""
    if "*" not in text and "?" not in text:
        return False
    return any(token.kind is TokenKind.LITERAL and ("*" in token.text or "?" in token.text) for token in tokenize(text))


def matches_action(pattern: str, action: str) -> bool:
    """Like `matches`, for actions: IAM compares them without case, including the service prefix.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    return matches(pattern.lower(), action.lower())


def covers_action(general: str, specific: str) -> bool:
    """Like `covers`, for actions."""
    return covers(general.lower(), specific.lower())


def intersects_action(first: str, second: str) -> bool:
    """Like `intersects`, for actions."""
    return intersects(first.lower(), second.lower())


@lru_cache(maxsize=16384)
def literal_prefix(pattern: str) -> str:
    """The literal prefix of `pattern`: the text before the first wildcard or `${`."""
    return _WILD_OR_VARIABLE.split(pattern, maxsplit=1)[0]
