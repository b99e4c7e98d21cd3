"""How long it takes to compare two policies, and how often that is not decided: `make bench`.

AWS's managed policies in ordered pairs, and seeded random policies with three to five conditions a statement. Times
are those of one process on one core, and do not hold the reading of the policies. The limits, scaled to the machine,
are for the first round: it begins with a process that has compared nothing, so it reads the catalogue and fills the
caches. The second round shows what they are worth.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.calibrate import factor
from support.access_strategies import ACTION_PATTERNS, KEYS, RESOURCE_PATTERNS

from iamglue.engine.solve.access import Access, access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.conditions import Condition, Operator
from iamglue.policy.document import read_policy
from iamglue.policy.model import Effect, MatchList, Policy, Statement

MANAGED = 100
RANDOM_PAIRS = 2_000
# What no operator can read is left out: AWS does not say what becomes of it.
_UNREADABLE = {"no number", "someday", "300.1.1.1", "no arn", "", "${aws:username}"}


def managed() -> list[tuple[Access, Access]]:
    """All ordered pairs of the managed policies that a seed chooses."""
    known = {name: row["Document"] for name, row in json.loads(aws_managed_policies_data).items()}
    chosen = random.Random(100).sample(sorted(known), MANAGED)
    accesses = [access_of([read_policy(json.dumps(known[name]), name)]) for name in chosen]
    return [(new, old) for new in accesses for old in accesses if new is not old]


def drawn(count: int = RANDOM_PAIRS, keys: Sequence[str] = tuple(sorted(KEYS))) -> list[tuple[Access, Access]]:
    """Seeded random pairs; each statement has three to five conditions on some of the keys."""
    chance = random.Random(1)
    return [(access_of([_policy(chance, keys)]), access_of([_policy(chance, keys)])) for _ in range(count)]


def _policy(chance: random.Random, keys: Sequence[str]) -> Policy:
    return Policy(tuple(_statement(chance, keys) for _ in range(chance.randint(1, 3))))


def _statement(chance: random.Random, keys: Sequence[str]) -> Statement:
    conditions: dict[tuple[Operator, str], Condition] = {}
    wanted = chance.randint(3, 5)
    while len(conditions) < wanted:
        condition = _condition(chance, chance.choice(keys))
        conditions[condition.operator, condition.key] = condition
    return Statement(
        chance.choice([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
        MatchList(tuple(chance.sample(ACTION_PATTERNS, 2)), chance.random() < 0.2),
        MatchList(tuple(chance.sample(RESOURCE_PATTERNS, 2)), chance.random() < 0.2),
        tuple(conditions.values()),
    )


def _condition(chance: random.Random, key: str) -> Condition:
    bases, values, _ = KEYS[key]
    quantifier = chance.choice(["ForAllValues", "ForAnyValue"]) if key == "aws:TagKeys" else ""
    if chance.random() < 0.15:
        return Condition(Operator("Null"), key, (chance.choice(["true", "false"]),))
    readable = [value for value in values if value not in _UNREADABLE]
    chosen = tuple(chance.sample(readable, chance.randint(1, min(3, len(readable)))))
    return Condition(Operator(chance.choice(bases), quantifier, chance.random() < 0.2), key, chosen)


def is_undecided(new: Access, old: Access) -> bool:
    """Whether it is unknown if one access has a request that can exist and that the other has not."""
    return compare(new, old).answer is ComparisonAnswer.UNKNOWN


def is_undecided_for_any_keys(new: Access, old: Access) -> bool:
    """The same for requests whose keys may have any value: drawn ones need not be possible, such as a user `a*`."""
    return prove_empty(new - old, any_context=True).verdict is Verdict.UNKNOWN


def measured(
    pairs: list[tuple[Access, Access]], ask: Callable[[Access, Access], bool] = is_undecided
) -> tuple[list[float], float]:
    """Milliseconds of each pair, sorted, and the share of pairs that are not decided."""
    times = []
    unknown = 0
    for new, old in pairs:
        begin = time.process_time()
        unknown += ask(new, old)
        times.append((time.process_time() - begin) * 1000)
    return sorted(times), unknown / len(pairs)


def main() -> int:
    """Print figures and verdicts; 1 when a limit is missed."""
    scale = factor()
    pairs = managed()
    times, unknown = measured(pairs)
    again, _ = measured(pairs)
    mean, late = _figures(times)
    others, open_ones = measured(drawn(), is_undecided_for_any_keys)
    possible, open_possible = measured(drawn())
    verdicts = [
        (f"{len(times):,} managed pairs: mean {mean:.2f} ms, at most {scale:.2f}", mean <= scale),
        (f"99th percentile {late:.2f} ms, at most {10 * scale:.2f}; slowest {times[-1]:.0f} ms", late <= 10 * scale),
        (f"{unknown:.2%} unknown, at most 0.1 %", unknown <= 0.001),
        (f"{len(others):,} random pairs: {open_ones:.2%} unknown, at most 2 %", open_ones <= 0.02),
    ]
    for text, holds in verdicts:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")  # noqa: T201 - a program that prints
    print(f"     random pairs with keys that agree: {open_possible:.2%} unknown")  # noqa: T201
    for name, milliseconds in (
        ("managed pairs again", again),
        ("random pairs", others),
        ("with keys that agree", possible),
    ):
        mean, late = _figures(milliseconds)
        print(f"     {name}: mean {mean:.2f} ms, 99th percentile {late:.2f} ms, slowest {milliseconds[-1]:.0f} ms")  # noqa: T201
    return 0 if all(holds for _, holds in verdicts) else 1


def _figures(times: list[float]) -> tuple[float, float]:
    """The mean and the 99th percentile."""
    return sum(times) / len(times), times[len(times) * 99 // 100]


if __name__ == "__main__":
    sys.exit(main())
