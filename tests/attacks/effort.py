"""How many attacks to make: 2,000, always the same, and 100,000 others under `make fuzz`."""

from __future__ import annotations

import os
from random import Random, SystemRandom

_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
_ATTACKS = 100_000 if _NIGHTLY else 2_000


def attacks(share: float) -> int:
    """A share of all attacks."""
    return int(_ATTACKS * share)


def fresh_random(name: str) -> Random:
    """A source of random numbers for a test: the same in each run, or a new one under `make fuzz`."""
    return Random(f"{name} {SystemRandom().randrange(2**64)}" if _NIGHTLY else name)
