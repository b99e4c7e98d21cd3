"""Packing of statements into policies of a limited size."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamglue.engine.compact.bins import fewest_bins
from iamglue.engine.compact.packing import pack_statements
from iamglue.policy.document import policy_size
from iamglue.policy.model import VERSION_2008, MatchList, Policy, allow_statement

names = st.text("abcdefghij", min_size=1, max_size=30)
statements = st.lists(
    st.builds(
        lambda actions, resources: allow_statement(
            tuple(f"s3:{a}" for a in actions), tuple(f"arn:aws:s3:::{r}" for r in resources)
        ),
        st.lists(names, min_size=1, max_size=6, unique=True),
        st.lists(names, min_size=1, max_size=6, unique=True),
    ),
    max_size=8,
)


def pairs(original):
    return sorted((a, r) for s in original for a in s.actions.values for r in s.resources.values)


@given(statements)
def test_packing_preserves_every_grant_once(original):
    policies = pack_statements(original, 400)
    assert pairs(s for policy in policies for s in policy.statements) == pairs(original)


@given(statements)
def test_no_packed_policy_is_over_the_limit(original):
    assert all(policy_size(policy) <= 400 for policy in pack_statements(original, 400))


def test_a_grant_too_long_for_any_policy_raises():
    with pytest.raises(ValueError, match="over 100 characters"):
        pack_statements([allow_statement(("s3:GetObject",), ("arn:aws:s3:::" + "x" * 100,))], 100)


@given(st.lists(st.integers(1, 10), max_size=9))
def test_no_packing_has_fewer_bins(sizes):
    """Compared with every assignment of sizes to bins."""
    bins = fewest_bins(sizes, 10)
    assert sorted(index for bin_items in bins for index in bin_items) == list(range(len(sizes)))
    assert all(sum(sizes[index] for index in bin_items) <= 10 for bin_items in bins)
    assert len(bins) == fewest_by_trying(sizes, 10)


def fewest_by_trying(sizes, capacity):
    best = len(sizes)
    for count in range(best):
        ways = {tuple([0] * count)}
        for size in sizes:
            ways = {
                tuple(sorted((*way[:index], way[index] + size, *way[index + 1 :])))
                for way in ways
                for index in range(count)
                if way[index] + size <= capacity
            }
        if ways:
            return count
    return best


def test_statements_are_not_split_if_that_saves_no_policy():
    whole_statements = [allow_statement((f"s3:{name * 100}",), ("*",)) for name in "abcd"]
    policies = pack_statements(whole_statements, 400)
    assert sorted(s.actions.values for p in policies for s in p.statements) == sorted(
        s.actions.values for s in whole_statements
    )
    assert len(policies) == 2


def test_a_statement_is_split_if_that_saves_a_policy():
    whole_statements = [
        allow_statement(tuple(f"s3:{name * 50}{index}" for index in range(6)), ("*",)) for name in "abc"
    ]
    one_size, two_size = (
        policy_size(Policy(tuple(whole_statements[:1]))),
        policy_size(Policy(tuple(whole_statements[:2]))),
    )
    limit = (one_size + two_size) // 2 + 60
    assert limit < two_size
    assert len(pack_statements(whole_statements, limit)) == 2


def test_parts_of_a_statement_have_unique_sids_in_a_policy():
    actions, resources = (tuple(f"{word}{'x' * 90}{index}" for index in range(9)) for word in ("s3:", "arn:aws:s3:::"))
    for policy in pack_statements([allow_statement(actions, resources, sid="Big")], 600):
        sids = [whole_statements.sid for whole_statements in policy.statements]
        assert len(set(sids)) == len(sids)
        assert policy_size(policy) <= 600


def test_a_negated_list_is_not_split():
    """A part of NotResource would allow what the other part excludes."""
    resources = MatchList(tuple(f"arn:aws:s3:::{'x' * 50}{index}" for index in range(4)), negated=True)
    with pytest.raises(ValueError, match="over 200 characters"):
        pack_statements([replace(allow_statement(("s3:*",), None), resources=resources)], 200)


def test_the_version_is_preserved():
    assert {
        whole_statements.version
        for whole_statements in pack_statements([allow_statement(("s3:*",), ("*",))], 200, VERSION_2008)
    } == {VERSION_2008}
