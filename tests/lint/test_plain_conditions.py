"""Conditions that are settled by a look are settled as the proofs settle them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from support.budget import share
from support.floors import counts, floor

from iamglue.lint.analysis.condition_cover import condition_covers
from iamglue.lint.rules.document.ineffective_statement import _has_contradiction, _may_have_contradiction
from iamglue.lint.rules.statements.redundant_statement import _is_cover_proved
from iamglue.policy.document import read_nodes
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType

KEY = "aws:TagKeys"
TEXTS = ("a", "b", "ab", "a*", "*", "${aws:username}")
ARNS = ("arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::*")
NAMES = [
    f"{quantifier}{base}{ending}"
    for quantifier in ("", "ForAnyValue:", "ForAllValues:")
    for base in ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "ArnLike", "ArnEquals")
    for ending in ("", "IfExists")
]


def values(name: str) -> st.SearchStrategy[list[str]]:
    known = ("true", "false") if name == "Null" else ARNS if "Arn" in name else TEXTS
    return st.lists(st.sampled_from(known), min_size=1, max_size=1 if name == "Null" else 2, unique=True)


def conditions(most: int) -> st.SearchStrategy[dict]:
    """Conditions on the key, at most so many."""
    return st.lists(st.sampled_from(["Null", *NAMES]), min_size=1, max_size=most, unique=True).flatmap(with_operators)


def with_operators(names: Sequence[str]) -> st.SearchStrategy[dict]:
    """Conditions on the key with these operators."""
    return st.fixed_dictionaries({name: st.fixed_dictionaries({KEY: values(name)}) for name in names})


def pairs() -> st.SearchStrategy[tuple[dict, dict]]:
    """Conditions, and one more, which often has an operator of theirs."""
    return conditions(3).flatmap(
        lambda general: st.tuples(st.just(general), conditions(1) | with_operators(sorted(general)[:1]))
    )


def statements(*written: dict) -> tuple[ParsedStatement, ...]:
    found = [{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": one} for one in written]
    document = {"Version": "2012-10-17", "Statement": found}
    node = read_nodes(json.dumps(document), "policy.json").documents[0]
    policy = ParsedPolicy(node, PolicyType.IDENTITY)
    HELD.append(policy)
    return policy.statements


HELD: list[ParsedPolicy] = []  # statements hold their policy weakly


@share(0.5)
@given(conditions(3))
def test_conditions_that_plainly_go_together_do_not_contradict_each_other(together):
    (statement,) = statements(together)
    assert _may_have_contradiction(statement) or not _has_contradiction(statement)


@floor(0.01)
@given(pairs())
def test_a_condition_that_plainly_does_not_cover_others_is_not_proved_to(pair):
    one, other = statements(*pair)
    uncovered = any(condition_covers(each, other) is False for each in one.conditions)
    if counts(uncovered and not _has_contradiction(other)):
        assert not _is_cover_proved(one, other)
