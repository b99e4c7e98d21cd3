"""Policies with parameters of a deployment in place of some of their words, and values to put in again.

It imports nothing from iamglue.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Policy = dict[str, Any]
_WORDS = ("arn:aws:s3:::b", "arn:aws:s3:::", "b", "home", "k", "home/k", "111122223333", "aws", "eu-west-1", "s3", "a")
_VALUES = ("", "*", "?", "x", "b", "b/home", "*/k", "/", "b*", "arn:aws:s3:::b", "arn:aws:s3:::b/home", "a", "ab")


def with_parameter(old: Policy, new: Policy, random: Random) -> tuple[Policy, Policy, list[str]]:
    """Both policies with `${P}` for a word wherever a draw says so, equal texts staying equal; and values for it."""
    drawn: dict[str, str] = {}
    present = [word for word in _WORDS if any(word in text for side in (old, new) for text in _texts(side))]
    word = random.choice(present or ["b"])

    def change(text: str) -> str:
        if text not in drawn:
            wanted = word in text and "${" not in text and random.random() < 0.7
            drawn[text] = text.replace(word, "${P}", 1) if wanted else text
        return drawn[text]

    values = [word, *random.sample(_VALUES, 3)]
    return _changed(old, change), _changed(new, change), values


def filled(policy: Policy, value: str) -> Policy:
    """The policy with a value in place of the parameter."""
    return _changed(policy, lambda text: text.replace("${P}", value))


def _changed(policy: Policy, change: Callable[[str], str]) -> Policy:
    after = copy.deepcopy(policy)
    for holder, key in _places(after):
        values = holder[key]
        holder[key] = change(values) if isinstance(values, str) else [change(value) for value in values]
    return after


def _texts(policy: Policy) -> Iterator[str]:
    for holder, key in _places(policy):
        values = holder[key]
        yield from [values] if isinstance(values, str) else values


def _places(policy: Policy) -> Iterator[tuple[dict[str, Any], str]]:
    """Where texts stand that a parameter may be a part of: resources and the values of conditions."""
    for statement in policy["Statement"]:
        yield from ((statement, name) for name in ("Resource", "NotResource") if name in statement)
        for operator, keys in statement.get("Condition", {}).items():
            if operator.split(":")[-1].startswith(("String", "Arn")):
                yield from ((keys, key) for key in keys)
