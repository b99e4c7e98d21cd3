"""Statements packed into policies of a limited size."""

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


def pairs(given_statements):
    return sorted((a, r) for s in given_statements for a in s.actions.values for r in s.resources.values)


@given(statements)
def test_packing_keeps_every_grant_once(given_statements):
    policies = pack_statements(given_statements, 400)
    assert pairs(s for policy in policies for s in policy.statements) == pairs(given_statements)


@given(statements)
def test_no_packed_policy_is_over_the_limit(given_statements):
    assert all(policy_size(policy) <= 400 for policy in pack_statements(given_statements, 400))


def test_a_grant_too_long_for_any_policy_is_refused():
    with pytest.raises(ValueError, match="over 100 characters"):
        pack_statements([allow_statement(("s3:GetObject",), ("arn:aws:s3:::" + "x" * 100,))], 100)


@given(st.lists(st.integers(1, 10), max_size=9))
def test_no_packing_has_fewer_bins(sizes):
    """Held against every way to give each size one of the bins."""
    found = fewest_bins(sizes, 10)
    assert sorted(at for each in found for at in each) == list(range(len(sizes)))
    assert all(sum(sizes[at] for at in each) <= 10 for each in found)
    assert len(found) == fewest_by_trying(sizes, 10)


def fewest_by_trying(sizes, room):
    best = len(sizes)
    for count in range(best):
        ways = {tuple([0] * count)}
        for size in sizes:
            ways = {
                tuple(sorted((*way[:at], way[at] + size, *way[at + 1 :])))
                for way in ways
                for at in range(count)
                if way[at] + size <= room
            }
        if ways:
            return count
    return best


def test_whole_statements_are_kept_where_dividing_saves_no_policy():
    each = [allow_statement((f"s3:{name * 100}",), ("*",)) for name in "abcd"]
    policies = pack_statements(each, 400)
    assert sorted(s.actions.values for p in policies for s in p.statements) == sorted(s.actions.values for s in each)
    assert len(policies) == 2


def test_a_statement_is_divided_where_that_saves_a_policy():
    each = [allow_statement(tuple(f"s3:{name * 50}{at}" for at in range(6)), ("*",)) for name in "abc"]
    one, both = policy_size(Policy(tuple(each[:1]))), policy_size(Policy(tuple(each[:2])))
    limit = (one + both) // 2 + 60
    assert limit < both
    assert len(pack_statements(each, limit)) == 2


def test_parts_of_a_statement_have_sids_that_differ_in_a_policy():
    actions, resources = (tuple(f"{word}{'x' * 90}{at}" for at in range(9)) for word in ("s3:", "arn:aws:s3:::"))
    for policy in pack_statements([allow_statement(actions, resources, sid="Big")], 600):
        sids = [each.sid for each in policy.statements]
        assert len(set(sids)) == len(sids)
        assert policy_size(policy) <= 600


def test_a_list_that_is_negated_is_not_divided():
    """A part of NotResource would allow what the other part excludes."""
    resources = MatchList(tuple(f"arn:aws:s3:::{'x' * 50}{at}" for at in range(4)), negated=True)
    with pytest.raises(ValueError, match="over 200 characters"):
        pack_statements([replace(allow_statement(("s3:*",), None), resources=resources)], 200)


def test_the_version_is_kept():
    assert {each.version for each in pack_statements([allow_statement(("s3:*",), ("*",))], 200, VERSION_2008)} == {
        VERSION_2008
    }
