"""The algebra against z3 on the same questions: `make bench`, where z3-solver is installed.

A plain encoding: action and resource are strings, patterns regular expressions, a condition key an optional string.
Pairs whose conditions it cannot say (anything but strings compared or present) are left out for both.
"""

from __future__ import annotations

import random
import sys
import time
from functools import reduce
from pathlib import Path

import z3

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.algebra import managed

from iamglue.access.comparison import Answer, compare
from iamglue.access.sets import Access, Op
from iamglue.iam.globs import ANY, glob
from iamglue.iam.policies import Patterns

PAIRS = 40
TIMEOUT_MS = 3_000
_ACTION, _RESOURCE = z3.String("action"), z3.String("resource")
_KNOWN = {"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "ArnLike", "ArnEquals", "Null"}
_ANSWERS = {"unsat": Answer.NO_NEW_ACCESS, "sat": Answer.NEW_ACCESS, "unknown": Answer.UNKNOWN}
_Formula = z3.BoolRef


def is_sayable(access: Access) -> bool:
    """Whether the encoding can say all conditions of an access."""
    tests = [condition for leaf in access.leaves for condition in leaf.statement.conditions]
    plain = all(not test.operator.quantifier and test.operator.base in _KNOWN for test in tests)
    texts = [value for test in tests for value in test.values]
    resources = [text for leaf in access.leaves for text in (leaf.statement.resources or Patterns(())).values]
    return plain and not any("${" in text for text in (*texts, *resources))


def encoded(access: Access) -> _Formula:
    """The access as a formula."""
    if access.leaf is not None:
        said = access.leaf.statement
        parts = [_element(_ACTION, said.actions, lower=True), *[_condition(each) for each in said.conditions]]
        if said.resources is not None:
            parts.append(_element(_RESOURCE, said.resources, lower=False))
        return z3.And(parts)
    parts = [encoded(part) for part in access.parts]
    if access.op is Op.NOT:
        return z3.Not(parts[0])
    return z3.Or(parts) if access.op is Op.ANY else z3.And(parts)


def _element(text: z3.SeqRef, element: Patterns, *, lower: bool) -> _Formula:
    matched = z3.Or([_matches(text, value.lower() if lower else value) for value in element.values])
    return z3.Not(matched) if element.negated else matched


def _matches(text: z3.SeqRef, pattern: str) -> _Formula:
    parsed = glob(pattern)
    any_letter = z3.AllChar(z3.ReSort(z3.StringSort()))
    pieces = []
    for at, letter in enumerate((*parsed.letters, None)):
        if parsed.loops >> at & 1:
            pieces.append(z3.Star(any_letter))
        if letter is not None:
            pieces.append(any_letter if letter == ANY else z3.Re(letter))
    if not pieces:
        return text == ""
    return z3.InRe(text, pieces[0] if len(pieces) == 1 else reduce(z3.Concat, pieces))


def _condition(condition) -> _Formula:
    operator, key = condition.operator, condition.key.lower()
    present, value = z3.Bool(f"has {key}"), z3.String(key)
    if operator.base == "Null":
        return z3.Or([z3.Not(present) if each == "true" else present for each in condition.values])
    like = operator.base not in ("StringEquals", "StringNotEquals")
    held = z3.Or([_matches(value, each) if like else value == each for each in condition.values])
    negated = "Not" in operator.base
    absent_holds = negated or operator.if_exists
    found = z3.And(present, z3.Not(held) if negated else held)
    return z3.Or(z3.Not(present), found) if absent_holds else found


def main() -> int:
    """Print both times and where the answers differ; 1 when z3 is faster."""
    pairs = [pair for pair in managed() if is_sayable(pair[0]) and is_sayable(pair[1])]
    ours = theirs = 0.0
    agreed = undecided = 0
    for new, old in random.Random(3).sample(pairs, PAIRS):
        begin = time.process_time()
        answer = compare(new, old).answer
        ours += time.process_time() - begin
        begin = time.process_time()
        solver = z3.Solver()
        solver.set("timeout", TIMEOUT_MS)
        solver.add(encoded(new - old))
        other = _ANSWERS[str(solver.check())]
        theirs += time.process_time() - begin
        agreed += answer is other
        undecided += other is Answer.UNKNOWN
    ratio = theirs / ours
    print(f"{PAIRS} pairs: the algebra {ours * 1000:.0f} ms, z3 {theirs * 1000:.0f} ms")  # noqa: T201 - it prints
    print(f"same answer {agreed}, z3 undecided {undecided}, other answer {PAIRS - agreed - undecided}")  # noqa: T201
    print(f"{'ok  ' if ratio > 1 else 'FAIL'} the algebra is {ratio:.0f} times faster")  # noqa: T201
    return 0 if ratio > 1 else 1


if __name__ == "__main__":
    sys.exit(main())
