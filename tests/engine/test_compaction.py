"""Compaction of policies: the meaning stays the same for every action of the catalogue."""

from __future__ import annotations

import json
import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_sentry.writing.minimize import minimize_statement_actions
from support.budget import share
from support.floors import counts, floor
from support.judge import Request as Judged
from support.judge import verdict
from support.managed_policies import managed_documents
from support.seeded import seeded

from iamglue.catalog.services import find_service
from iamglue.engine.compact.compaction import (
    compact_policy,
    deduplicate_policy,
    new_wildcards,
    shorten_policy,
    smallest_policy,
    with_wildcards,
)
from iamglue.engine.compact.equivalence import is_equivalent
from iamglue.engine.compact.name_patterns import find_name_patterns
from iamglue.engine.compact.redundancy import statements_access
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.action_bitsets import element_bitset
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.conditions import build_condition
from iamglue.policy.document import canonical_policy, policy_data, policy_size, read_policy
from iamglue.policy.model import Effect, MatchList, Policy, Statement, allow_statement

SERVICES = ("sqs", "kinesis", "polly")
NAMES = [str(action) for prefix in SERVICES for action in find_service(prefix).actions.values()]
WRITTEN_ACTIONS = [
    *NAMES,
    *(name.upper() for name in NAMES[:3]),
    "sqs:*",
    "sqs:Get*",
    "kinesis:*Stream*",
    "sqs:NoSuchAction",
]
QUEUES = ("arn:aws:sqs:*:*:a", "arn:aws:sqs:*:*:a*", "arn:aws:sqs:*:*:b", "arn:aws:kinesis:*:*:stream/a", "*")
REQUESTED_ARNS = [arn.replace("*:*:", "eu-west-1:111122223333:").replace("a*", "ab") for arn in QUEUES]
CONDITIONS = [
    (),
    (build_condition("StringEquals", "aws:PrincipalTag/team", "x"),),
    (build_condition("StringLike", "aws:PrincipalTag/team", "x", "y*"),),
]
CONTEXTS = [{}, {"aws:PrincipalTag/team": ["x"]}, {"aws:PrincipalTag/team": ["yy"]}]

PREFIXES = (
    *("acm", "apigateway", "athena", "autoscaling", "batch", "cloudformation", "cloudtrail", "codebuild"),
    *("cognito-idp", "dynamodb", "ecr", "ecs", "events", "glue", "iam", "kinesis", "kms", "lambda", "logs", "rds"),
    *("route53", "s3", "secretsmanager", "sns", "sqs"),
)


def element(chance, values, most):
    """As in policies that people write, a value may stand there twice; one element in four is negated."""
    return MatchList(tuple(chance.choices(values, k=chance.randint(1, most))), chance.random() < 0.25)


def random_statement(chance):
    return Statement(
        chance.choice(list(Effect)),
        element(chance, WRITTEN_ACTIONS, 12),
        element(chance, QUEUES, 3),
        chance.choice(CONDITIONS),
        None,
        chance.choice([None, None, None, "One", "Two", "OneAnd1More"]),
    )


STATEMENTS = seeded(random_statement)
POLICIES = st.lists(STATEMENTS, min_size=1, max_size=5).map(lambda statements: Policy(tuple(statements)))
LIMITS = st.integers(100, 1500)


def decisions(policy: Policy) -> list[str]:
    """The decisions of an independent evaluator for every action of the services, resource and context."""
    documents = [policy_data(policy)]
    return [
        verdict(documents, Judged(action, arn, context))
        for action in NAMES
        for arn in REQUESTED_ARNS
        for context in CONTEXTS
    ]


@cache
def managed(name: str) -> Policy:
    return read_policy(json.dumps(managed_documents()[name]), f"{name}.json")


def of(*actions: str, resources=("*",), **kwargs) -> Statement:
    return allow_statement(actions, resources, **kwargs)


def deny(*actions: str, resources=("*",)) -> Statement:
    return Statement(Effect.DENY, MatchList(actions), MatchList(resources))


def s3(*names: str) -> tuple[str, ...]:
    return tuple(f"s3:{name}" for name in names)


@share(0.15)
@given(POLICIES, LIMITS)
def test_compaction_keeps_every_decision_for_catalogue_actions(policy, limit):
    assert decisions(compact_policy(policy, limit)) == decisions(policy)


@share(0.4)
@given(POLICIES, LIMITS)
def test_no_policy_grows(policy, limit):
    assert policy_size(compact_policy(policy, limit)) <= policy_size(policy)


@share(0.4)
@given(POLICIES, LIMITS)
def test_compaction_is_idempotent(policy, limit):
    once = compact_policy(policy, limit)
    assert compact_policy(once, limit) == once


@floor(0.01)
@share(0.4)
@given(POLICIES, LIMITS)
def test_a_policy_that_fits_is_not_changed(policy, limit):
    if counts(policy_size(policy) <= limit):
        assert compact_policy(policy, limit) == canonical_policy(policy)


@share(0.2)
@given(POLICIES)
def test_only_future_actions_may_differ_after_compaction(policy):
    """Allow and Deny statements separately, in both directions: only actions that do not exist yet may differ."""
    smallest = smallest_policy(policy)
    for effect in Effect:
        old, new = (
            statements_access([statement for statement in side.statements if statement.effect is effect], side.version)
            for side in (policy, smallest)
        )
        for first, second in ((new, old), (old, new)):
            comparison = compare(first, second)
            assert comparison.answer is ComparisonAnswer.NO_NEW_ACCESS or comparison.future_only


@share(0.4)
@given(POLICIES)
def test_deduplication_keeps_the_meaning_for_future_actions(policy):
    deduplicated = deduplicate_policy(policy)
    for effect in Effect:
        old, new = (
            statements_access([statement for statement in side.statements if statement.effect is effect], side.version)
            for side in (policy, deduplicated)
        )
        assert compare(new, old).answer is compare(old, new).answer is ComparisonAnswer.NO_NEW_ACCESS


@given(st.sets(st.sampled_from(NAMES), min_size=1))
def test_a_name_pattern_matches_only_wanted_actions(names):
    wanted = frozenset(name.partition(":")[2].lower() for name in names if name.startswith("sqs:"))
    for pattern in find_name_patterns("sqs", wanted):
        matched = {name for name in find_service("sqs").actions if pattern.lower().covers(name)}
        assert matched
        assert matched <= wanted


def test_actions_become_a_pattern_of_words():
    names = ("GetBucketTagging", "GetJobTagging", "GetObjectTagging", "GetObjectVersionTagging")
    rest = ("GetStorageLensConfigurationTagging",)
    assert with_wildcards(of(*s3(*names, *rest))).actions.values == ("s3:Get*Tagging",)


def test_a_new_wildcard_lists_its_actions():
    before = of(*s3("GetObjectTagging", "GetObjectVersionTagging"))
    (wildcard,) = new_wildcards(Policy((with_wildcards(before),)), [before])
    assert wildcard.pattern == "s3:GetObject*Tagging"
    assert wildcard.actions == s3("GetObjectTagging", "GetObjectVersionTagging")


def test_patterns_begin_at_words():
    """`*All*` matches `ListCallerAccessGrants`, but a reader would not expect it."""
    statement = of(*s3("ListCallerAccessGrants", "ListAllMyBuckets"))
    assert not any("*All*" in value for value in with_wildcards(statement).actions.values)


def test_no_more_wildcards_are_used_than_the_limit_requires():
    reads = tuple(str(a) for a in find_service("s3").actions.values() if a.access_level in ("Read", "List"))
    policy = Policy((of(*reads),))
    sizes = {limit: policy_size(compact_policy(policy, limit)) for limit in (3000, 2000, 1000, 0)}
    assert 3000 >= sizes[3000] > 2000 >= sizes[2000] > 1000 >= sizes[1000] >= sizes[0]


def test_an_existing_wildcard_is_kept():
    policy = Policy((of("sqs:Get*", "sqs:ListQueues", "sqs:ListQueueTags"),))
    smallest = smallest_policy(policy)
    assert any(value == "sqs:Get*" for value in smallest.statements[0].actions.values)


def test_an_unknown_action_is_kept():
    assert (
        "sqs:NoSuchAction"
        in smallest_policy(Policy((of("sqs:NoSuchAction", "sqs:GetQueueUrl"),))).statements[0].actions.values
    )


def test_a_deny_of_requests_that_nothing_allows_is_retained():
    policy = Policy((of("sqs:ListQueues"), deny("s3:*")))
    assert deny("s3:*") in smallest_policy(policy).statements


def test_a_widened_policy_is_not_equivalent():
    narrow, wide = Policy((of("s3:GetObject"),)), Policy((of("s3:Get*"),))
    assert not is_equivalent(narrow, wide)
    assert not is_equivalent(wide, narrow)


def test_a_policy_without_its_deny_is_not_equivalent():
    assert not is_equivalent(Policy((of("sqs:*"), deny("s3:*"))), Policy((of("sqs:*"),)))


@pytest.mark.parametrize(
    ("name", "max_size"), [("ReadOnlyAccess", 42_000), ("SecurityAudit", 21_000), ("AWSBackupFullAccess", 6_144)]
)
def test_large_managed_policies_shrink(name, max_size):
    assert policy_size(compact_policy(managed(name), 6_144)) <= max_size


@pytest.mark.parametrize("name", random.Random(3).sample(sorted(managed_documents()), 40))
def test_a_compacted_managed_policy_is_equivalent(name):
    """Compared as a whole: only future actions may differ, and compacting again changes nothing."""
    policy = managed(name)
    smallest = smallest_policy(policy)
    assert smallest_policy(smallest) == smallest
    for first, second in ((smallest, policy), (policy, smallest)):
        comparison = compare(access_of([first]), access_of([second]))
        assert comparison.answer is ComparisonAnswer.NO_NEW_ACCESS or comparison.future_only


def test_readable_wildcards_match_at_least_two_actions():
    before = managed("SecurityAudit")
    assert all(len(wildcard.actions) > 1 for wildcard in new_wildcards(shorten_policy(before), before.statements))


def actions(prefix: str, wanted) -> tuple[str, ...]:
    return tuple(str(action) for action in find_service(prefix).actions.values() if wanted(action))


def test_the_reads_of_25_services_take_a_seventh_of_the_characters():
    before = after = 0
    for prefix in PREFIXES:
        reads = actions(prefix, lambda action: action.access_level in ("Read", "List"))
        element = smallest_policy(Policy((of(*reads),))).statements[0].actions
        assert element_bitset(element) == element_bitset(MatchList(reads))
        before += len(json.dumps(reads))
        after += len(json.dumps(element.values))
    assert after * 7 <= before


def test_actions_alike_in_their_ends_take_half_of_what_policy_sentry_needs():
    everything = {action.lower() for prefix in PREFIXES for action in actions(prefix, lambda _: True)}
    ours = theirs = 0
    for prefix in PREFIXES:
        alike = actions(prefix, lambda action: "Tag" in action.name or "Policy" in action.name)
        if alike:
            ours += len(json.dumps(smallest_policy(Policy((of(*alike),))).statements[0].actions.values))
            theirs += len(json.dumps(minimize_statement_actions(alike, everything)))
    assert ours * 2 < theirs
