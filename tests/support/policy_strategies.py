"""Random policies, built as values."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st
from support.seeded import seeded

from iamglue.policy.conditions import OPERATORS, QUANTIFIERS, Condition, Operator
from iamglue.policy.model import (
    EVERYONE,
    VERSION_2008,
    VERSION_2012,
    Effect,
    MatchList,
    Policy,
    Principal,
    Principals,
    Statement,
)

T = TypeVar("T")
# Everything that a JSON text can carry, lone surrogates too: a document is refused later, never a crash.
ANY_TEXT = st.text(st.characters(), max_size=12)
_LETTERS = "aZ09 \t\n\"'\\/:*?${},\u00e9\u00df\u0130\u2028\u6f22\U0001f600\ud800\udfff\0\x7f"


def random_text(chance: random.Random) -> str:
    """A text of up to 12 letters, odd ones as often as plain ones; every letter may be any of Unicode's."""
    letters = [
        chance.choice(_LETTERS) if chance.random() < 0.7 else chr(chance.randrange(0x110000))
        for _ in range(chance.randint(0, 12))
    ]
    # Two surrogates that make a pair are one letter in JSON.
    return "".join(letters).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _action(chance: random.Random) -> str:
    name = "".join(chance.choice("Gea*?") for _ in range(chance.randint(0, 5)))
    return chance.choice(["*", *(f"{service}:{name}" for service in ("s3", "SQS", "a*"))])


def _several(chance: random.Random, make: Callable[[random.Random], T]) -> tuple[T, ...]:
    """Up to four values."""
    return tuple(make(chance) for _ in range(chance.randint(0, 4)))


def _match_list(chance: random.Random, make: Callable[[random.Random], str]) -> MatchList:
    return MatchList(_several(chance, make), chance.random() < 0.5)


def _condition(chance: random.Random) -> Condition:
    quantifier = chance.choice(["", *QUANTIFIERS])
    name = "Null" if chance.random() < 0.3 else chance.choice([name for name in OPERATORS if name != "Null"])
    operator = Operator(name, quantifier, name != "Null" and chance.random() < 0.5)
    return Condition(operator, random_text(chance), _several(chance, random_text))


def _principal(chance: random.Random) -> Principal:
    return Principal(chance.choice(["AWS", "Service", "Federated", "CanonicalUser"]), random_text(chance))


def random_statement(chance: random.Random) -> Statement:
    """A statement of an identity-based or a resource-based policy."""
    conditions = [_condition(chance) for _ in range(chance.randint(0, 3))]
    of_resource = chance.random() < 0.5
    named = (EVERYONE,) if chance.random() < 0.5 else _several(chance, _principal)
    return Statement(
        chance.choice(list(Effect)),
        _match_list(chance, _action),
        None if of_resource and chance.random() < 0.5 else _match_list(chance, random_text),
        tuple({(condition.operator, condition.key): condition for condition in conditions}.values()),
        Principals(named, chance.random() < 0.5) if of_resource else None,
        chance.choice([None, random_text(chance)]),
    )


def random_policy(chance: random.Random) -> Policy:
    """A policy of up to four statements."""
    return Policy(
        _several(chance, random_statement),
        chance.choice([None, VERSION_2012, VERSION_2008]),
        chance.choice([None, random_text(chance)]),
    )


POLICIES = seeded(random_policy)
