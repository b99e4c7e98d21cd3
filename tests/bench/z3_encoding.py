"""Accesses as formulas of z3, in the plain way: strings and regular expressions.

Action and resource are strings, patterns regular expressions; a condition key is a string, empty where a request does
not carry it. Nothing is known of the catalogue.
"""

from __future__ import annotations

from functools import reduce

import z3

from iamglue.engine.solve.access import Access, SetOperation
from iamglue.policy.arns import is_single_star, pattern_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList
from iamglue.policy.patterns.globs import ANY_CHARACTER, Glob, parse_glob

ACTION, RESOURCE = z3.String("action"), z3.String("resource")
_KNOWN = {"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "Null"}
_KNOWN |= {"ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"}
_LETTER = z3.AllChar(z3.ReSort(z3.StringSort()))
_IN_FIELD = z3.Diff(_LETTER, z3.Re(":"))


def is_sayable(access: Access) -> bool:
    """Whether the encoding can say all conditions of an access."""
    tests = [condition for leaf in access.leaves for condition in leaf.statement.conditions]
    plain = all(not test.operator.quantifier and test.operator.base in _KNOWN for test in tests)
    texts = [value for test in tests for value in test.values]
    resources = [text for leaf in access.leaves for text in (leaf.statement.resources or MatchList(())).values]
    return plain and not any("${" in text for text in (*texts, *resources))


def given(access: Access) -> z3.BoolRef:
    """What may be taken for granted: AWS does not say what ARN operators make of a text that is no ARN."""
    tests = [condition for leaf in access.leaves for condition in leaf.statement.conditions]
    arns = {z3.String(test.key.lower()) for test in tests if test.operator.base.startswith("Arn")}
    return z3.And([z3.Or(text == "", _arn(text, "*:*:*:*:*:*")) for text in arns])


def encoded(access: Access) -> z3.BoolRef:
    """The access as a formula."""
    if access.leaf is not None:
        said = access.leaf.statement
        parts = [_element(said.actions, [_glob(ACTION, value.lower()) for value in said.actions.values])]
        parts += [_condition(condition) for condition in said.conditions]
        if said.resources is not None:
            parts.append(_element(said.resources, [_arn(RESOURCE, value) for value in said.resources.values]))
        return z3.And(parts)
    parts = [encoded(part) for part in access.parts]
    if access.op is SetOperation.NOT:
        return z3.Not(parts[0])
    return z3.Or(parts) if access.op is SetOperation.ANY else z3.And(parts)


def _element(element: MatchList, matched: list[z3.BoolRef]) -> z3.BoolRef:
    return z3.Not(z3.Or(matched)) if element.negated else z3.Or(matched)


def _glob(text: z3.SeqRef, pattern: str) -> z3.BoolRef:
    return z3.InRe(text, _joined(_pieces(parse_glob(pattern), _LETTER)))


def _arn(text: z3.SeqRef, pattern: str) -> z3.BoolRef:
    """Six fields; no wildcard of the first five crosses a colon."""
    fields = pattern_fields(pattern)
    if is_single_star(pattern) or fields is None:
        return z3.BoolVal(is_single_star(pattern))
    pieces = [piece for field in fields[:-1] for piece in (*_pieces(parse_glob(field), _IN_FIELD), z3.Re(":"))]
    return z3.InRe(text, _joined([*pieces, *_pieces(parse_glob(fields[-1]), _LETTER)]))


def _pieces(parsed: Glob, letter: z3.ReRef) -> list[z3.ReRef]:
    pieces = []
    for at, character in enumerate((*parsed.letters, None)):
        if parsed.loops >> at & 1:
            pieces.append(z3.Star(letter))
        if character is not None:
            pieces.append(letter if character == ANY_CHARACTER else z3.Re(character))
    return pieces


def _joined(pieces: list[z3.ReRef]) -> z3.ReRef:
    return reduce(z3.Concat, pieces, z3.Re(""))


def _condition(condition: Condition) -> z3.BoolRef:
    base, key = condition.operator.base, condition.key.lower()
    present, value = z3.Length(z3.String(key)) > 0, z3.String(key)
    if base == "Null":
        return z3.Or([z3.Not(present) if expected == "true" else present for expected in condition.values])
    matches = (
        _arn if base.startswith("Arn") else _glob if base.endswith("Like") else lambda text, expected: text == expected
    )
    held = z3.Or([matches(value, expected) for expected in condition.values])
    if "Not" in base:
        return z3.Or(z3.Not(present), z3.Not(held))
    return z3.Or(z3.Not(present), held) if condition.operator.if_exists else z3.And(present, held)
