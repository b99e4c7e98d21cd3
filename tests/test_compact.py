"""`compact`: which way a policy is brought within its limit, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamglue.catalog.services import find_service
from iamglue.compact import CompactOptions, compact, future_action_notes, policy_count_notes
from iamglue.engine.compact.equivalence import is_equivalent
from iamglue.errors import IamglueError
from iamglue.policy.document import canonical_policy, policy_size
from iamglue.policy.model import EVERYONE, VERSION_2008, Effect, MatchList, Policy, Statement, allow_statement

READS = tuple(str(a) for a in find_service("s3").actions.values() if a.access_level in ("Read", "List"))
WRITES = tuple(str(a) for a in find_service("s3").actions.values() if a.access_level == "Write")
POLICY = Policy(
    (allow_statement(READS, ("*",), sid="Reads"), allow_statement(WRITES, ("arn:aws:s3:::b/*",), sid="Writes"))
)
TWO_TAGS = ("s3:GetObjectTagging", "s3:GetObjectVersionTagging")


def joined(policies) -> Policy:
    return Policy(tuple(each for policy in policies for each in policy.statements))


def has_wildcards(found) -> bool:
    return any("*" in value for policy in found.policies for each in policy.statements for value in each.actions.values)


@settings(max_examples=40, deadline=None)
@given(st.integers(300, 9000), st.booleans(), st.booleans(), st.booleans())
def test_whatever_is_asked_for_fits_and_says_the_same(limit, smallest, exact, drop_sids):
    found = compact(POLICY, CompactOptions(limit, smallest, exact, drop_sids))
    assert max(found.sizes) <= limit
    assert is_equivalent(joined(found.policies), POLICY)


def test_a_policy_that_fits_is_only_written_in_order():
    assert compact(POLICY, CompactOptions(100_000)).policies == (canonical_policy(POLICY),)


def test_what_is_said_twice_goes_before_wildcards_come():
    policy = Policy((*POLICY.statements, replace(POLICY.statements[0], sid="Again")))
    found = compact(policy, CompactOptions(policy_size(POLICY) + 20))
    assert not has_wildcards(found)
    assert len(found.policies) == 1


def test_wildcards_come_before_splitting():
    found = compact(POLICY, CompactOptions(4000))
    assert has_wildcards(found)
    assert len(found.policies) == 1


def test_exact_is_split_and_has_no_wildcards():
    found = compact(POLICY, CompactOptions(4000, exact=True))
    assert not has_wildcards(found)
    assert len(found.policies) == 2
    assert found.new_wildcards == ()


def test_splitting_has_no_wildcards_that_save_no_policy():
    actions = tuple(f"s3:Unknown{'x' * 60}{at:03}" for at in range(100))
    policy = Policy((allow_statement((*actions, *TWO_TAGS), ("*",)),))
    found = compact(policy, CompactOptions(6144))
    assert len(found.policies) == 2
    assert not has_wildcards(found)


def test_smallest_goes_on_below_the_limit():
    assert compact(POLICY, CompactOptions(100_000, smallest=True)).sizes < compact(POLICY, CompactOptions(2000)).sizes


def test_sids_go_when_asked_for():
    assert {each.sid for each in compact(POLICY, CompactOptions(drop_sids=True)).policies[0].statements} == {None}


def test_a_split_policy_keeps_its_version():
    found = compact(replace(POLICY, version=VERSION_2008), CompactOptions(4000, exact=True))
    assert {each.version for each in found.policies} == {VERSION_2008}


def test_a_policy_with_principals_is_never_split():
    """A resource has one policy, so the parts could not both be there."""
    each = tuple(
        replace(s, principals=allow_statement((), None, principals=(EVERYONE,)).principals) for s in POLICY.statements
    )
    with pytest.raises(IamglueError, match="cannot be split"):
        compact(Policy(each), CompactOptions(300))


def test_what_fits_in_no_way_is_told_with_the_sizes_reached():
    with pytest.raises(IamglueError, match="in its smallest form") as error:
        compact(POLICY, CompactOptions(50))
    assert f"{policy_size(POLICY):,}" in error.value.message
    assert "--drop-sids" in str(error.value.hint)


def test_a_policy_of_2008_with_a_dollar_sign_is_not_taken_for_one_with_variables():
    statement = allow_statement(READS, ("arn:aws:s3:::${aws:username}",))
    found = compact(Policy((statement,), VERSION_2008), CompactOptions(1000))
    assert found.policies[0].statements[0].resources == statement.resources


@pytest.mark.parametrize(
    ("effect", "negated", "words"),
    [
        (Effect.ALLOW, False, "would also allow any new AWS action"),
        (Effect.DENY, False, "would also deny any new AWS action"),
        (Effect.ALLOW, True, "would also exclude from the Allow"),
        (Effect.DENY, True, "would also exclude from the Deny"),
    ],
)
def test_what_a_wildcard_does_to_actions_of_the_future_is_told(effect, negated, words):
    statement = Statement(effect, MatchList(TWO_TAGS, negated), MatchList(("*",)))
    found = compact(Policy((statement,)), CompactOptions(smallest=True))
    (note,) = future_action_notes(found.new_wildcards)
    assert words in note
    assert "`s3:GetObject*Tagging` (2 actions)" in note


def test_more_managed_policies_than_a_role_may_have_are_told():
    assert policy_count_notes(10) == ()
    assert "11 managed policies" in policy_count_notes(11)[0]
