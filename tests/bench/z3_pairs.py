"""The algebra against z3 on the same questions: `make bench`, which installs z3-solver.

Pairs that the encoding cannot say are left out for both: policy variables, set operators, anything but texts compared
or present. z3 may find requests that AWS has no action for; such a request is told from one that the algebra misses.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

import z3

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.algebra import drawn, managed
from bench.z3_encoding import encoded, given, is_sayable

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access
from iamglue.engine.solve.action_bitsets import ANY_RESOURCE, actions_in, all_actions_bitset, formats_of
from iamglue.engine.solve.arn_classes import arn_pattern, arn_set_of_format, pattern_coverage
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer, compare

PAIRS = 40  # of each kind
TIMEOUT_MS = 3_000
KEYS = ("aws:PrincipalTag/team", "aws:SourceArn", "aws:username")
_ANSWERS = {
    "unsat": ComparisonAnswer.NO_NEW_ACCESS,
    "sat": ComparisonAnswer.NEW_ACCESS,
    "unknown": ComparisonAnswer.UNKNOWN,
}
_MISSED = "the algebra misses z3's request"


def solved(access: Access) -> tuple[ComparisonAnswer, Request | None]:
    """z3's answer to whether the access is empty, and the request that it found."""
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(given(access), encoded(access))
    answer = _ANSWERS[str(solver.check())]
    if answer is not ComparisonAnswer.NEW_ACCESS:
        return answer, None
    values = {str(name): solver.model()[name].as_string() for name in solver.model().decls()}
    action, resource = values.pop("action", ""), values.pop("resource", "")
    return answer, Request(action, resource, {key: (value,) for key, value in values.items() if value})


def is_outside(request: Request) -> bool:
    """Whether the catalogue has no action of that name that is asked for on such a resource."""
    all_actions_bitset()
    forms = (item for own in formats_of(all_actions_bitset()).values() for item in own.items())
    takers = [mask for form, mask in forms if _may_be(request.resource, form)]
    return not any(str(action).lower() == request.action for mask in takers for action in actions_in(mask))


def _may_be(resource: str, form: str) -> bool:
    if not resource.startswith("arn:") or form == ANY_RESOURCE:
        return form == resource
    return (
        pattern_coverage(arn_pattern(resource, escapes=False), arn_set_of_format(form, resource.split(":")[1]))
        is not False
    )


def verdict(pair: tuple[Access, Access], ours: Comparison, theirs: ComparisonAnswer, request: Request | None) -> str:
    """How two answers go together."""
    if ours.answer is theirs:
        return f"both say {theirs}"
    if theirs is ComparisonAnswer.UNKNOWN or request is None:
        return f"z3 says {theirs}, the algebra {ours.answer}"
    if not (pair[0] - pair[1]).contains(request):
        return f"z3's request is not in the difference; the algebra says {ours.answer}"
    return "z3's request is one for no action of AWS's" if is_outside(request) else _MISSED


def main() -> int:
    """Print both times and where the answers differ; 1 when z3 is faster or the algebra is wrong."""
    chance = random.Random(3)
    kinds = [[pair for pair in pairs if all(map(is_sayable, pair))] for pairs in (managed(), drawn(2_000, KEYS))]
    ours = theirs = 0.0
    seen: Counter[str] = Counter()
    for new, old in [pair for pairs in kinds for pair in chance.sample(pairs, PAIRS)]:
        begin = time.process_time()
        comparison = compare(new, old)
        between = time.process_time()
        answer, request = solved(new - old)
        theirs += time.process_time() - between
        ours += between - begin
        said = verdict((new, old), comparison, answer, request)
        seen[said] += 1
        if answer is not ComparisonAnswer.UNKNOWN and answer is not comparison.answer:
            print(f"      {said}: {request or comparison.reason}")  # noqa: T201 - it prints
    print(f"{2 * PAIRS} pairs: the algebra {ours * 1000:.0f} ms, z3 {theirs * 1000:.0f} ms")  # noqa: T201
    for text, count in seen.most_common():
        print(f"{count:>5} {text}")  # noqa: T201
    faster, wrong = theirs > ours, seen[_MISSED]
    print(f"{'ok  ' if faster else 'FAIL'} the algebra is {theirs / ours:.0f} times faster")  # noqa: T201
    return 0 if faster and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
