"""Statements packed into policies of a limited size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamglue.access.packing import packed
from iamglue.iam.document import policy_size
from iamglue.iam.policies import allow

names = st.text("abcdefghij", min_size=1, max_size=30)
statements = st.lists(
    st.builds(
        lambda actions, resources: allow(
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
    policies = packed(given_statements, 400)
    assert pairs(s for policy in policies for s in policy.statements) == pairs(given_statements)


@given(statements)
def test_no_packed_policy_is_over_the_limit(given_statements):
    assert all(policy_size(policy) <= 400 for policy in packed(given_statements, 400))


def test_a_grant_too_long_for_any_policy_is_refused():
    with pytest.raises(ValueError, match="over 100 characters"):
        packed([allow(("s3:GetObject",), ("arn:aws:s3:::" + "x" * 100,))], 100)
