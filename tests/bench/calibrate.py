"""How fast this machine is at plain Python work, against the machine on which the limits in seconds were set.

The work knows nothing of iamglue, so that no change here can move the limits.
"""

from __future__ import annotations

import time

# Seconds of one core that `_work` took there: a virtual machine with a server's processor of 2024, CPython 3.11.
REFERENCE = 0.030
# The fastest of so many is the one that was disturbed least.
_ROUNDS = 15


def factor() -> float:
    """Times the reference that this machine takes: a limit in seconds is multiplied by it."""
    return min(_seconds() for _ in range(_ROUNDS)) / REFERENCE


def _seconds() -> float:
    begin = time.process_time()
    _work()
    return time.process_time() - begin


def _work() -> int:
    """What the algebra does most, in small: integers of many bits, dictionaries and strings."""
    seen: dict[str, int] = {}
    mask = (1 << 20_000) - 1
    for at in range(60_000):
        mask = (mask >> 1) ^ at
        text = f"service{at % 97}:Action{at % 1009}"
        seen[text] = seen.get(text, 0) + len(text.partition(":")[2])
    return len(seen) + mask.bit_count()


if __name__ == "__main__":
    here = factor()
    print(f"{here * REFERENCE * 1000:.1f} ms, {here:.2f} times the reference machine")  # noqa: T201 - it prints
