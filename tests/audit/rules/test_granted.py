"""What a role is granted agrees with evaluating requests one by one, and with proofs of the algebra."""

from __future__ import annotations

from functools import reduce
from operator import and_

from hypothesis import given, settings
from hypothesis import strategies as st
from support.floors import counts, floor
from support.granting import allow, case, deny, document, role_access

from iamglue.audit.access.account_access import AccountAccess
from iamglue.engine.evaluate.identity_evaluation import evaluate
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import Effect, MatchList, Policy, Statement
from iamglue.risk.request_keys import UNUSED_NAME

ARN = "arn:aws:s3:::images/a"
CONDITIONS = [
    None,
    {"Bool": {"aws:SecureTransport": "true"}},
    {"BoolIfExists": {"aws:SecureTransport": "false"}},
    {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
    {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    {"StringLike": {"aws:UserAgent": "a*"}},
    {"StringNotLike": {"aws:UserAgent": "a*"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"Null": {"aws:UserAgent": "true"}},
]
TAGGED = [
    {"StringEquals": {"aws:ResourceTag/team": "mail"}},
    {"StringNotEquals": {"s3:ExistingObjectTag/team": "mail"}},
    {"StringEquals": {"aws:PrincipalTag/team": "mail"}},
]


def statements(conditions):
    return st.builds(
        lambda make, action, resource, test: make(action, resource, test),
        st.sampled_from([allow, allow, deny]),
        st.sampled_from(["s3:GetObject", "s3:Get*", "s3:PutObject", "*"]),
        st.sampled_from(
            ["*", "arn:*", "arn:aws:s3:::*", "arn:aws:s3:::images/*", "arn:aws:s3:::images/a", "arn:aws:s3:::b/*"]
        ),
        st.sampled_from(conditions),
    )


STATEMENTS = statements(CONDITIONS)
POLICIES = st.lists(st.lists(STATEMENTS, min_size=1, max_size=3), min_size=1, max_size=2)
BOUNDARIES = st.none() | st.lists(STATEMENTS, min_size=1, max_size=2)


def made(policies, boundary):
    named = [document(f"p{at}", *each) for at, each in enumerate(policies)]
    return case(*named, boundary=document("limit", *boundary) if boundary else None)


def layers(found):
    yield [each.policy for each in found.role.policies]
    if found.role.boundary:
        yield [found.role.boundary.policy]


@floor(0.01)
@settings(deadline=None, max_examples=200)
@given(POLICIES, BOUNDARIES)
def test_what_is_granted_is_allowed_by_every_layer_with_its_witness(policies, boundary):
    found = made(policies, boundary)
    grant = role_access(found).grant_on("s3:GetObject", ARN)
    if counts(grant is not None):
        assert grant.terms
        for layer in layers(found):
            assert evaluate(layer, Request("s3:GetObject", ARN, grant.witness.context)).allowed


@floor(0.01)
@settings(deadline=None, max_examples=200)
@given(POLICIES, BOUNDARIES)
def test_what_is_not_granted_is_proved_to_be_empty(policies, boundary):
    found = made(policies, boundary)
    here = role_access(found)
    if counts(here.grant_on("s3:GetObject", ARN) is None and not here.unknown):
        known = (build_condition("StringEquals", "aws:PrincipalArn", found.role.arn),)
        probe = Policy((Statement(Effect.ALLOW, MatchList(("s3:GetObject",)), MatchList((ARN,)), known),))
        asked = reduce(and_, map(access_of, layers(found)), access_of([probe]))
        assert prove_empty(asked).verdict is Verdict.EMPTY


@floor(0.01)
@settings(deadline=None, max_examples=150)
@given(POLICIES, BOUNDARIES)
def test_what_is_granted_on_all_is_granted_on_some(policies, boundary):
    here = role_access(made(policies, boundary))
    if counts(here.grant_on_all("s3:GetObject", "s3:*/*") is not None):
        assert here.grant_on_some_resource("s3:GetObject") is not None


def test_answers_are_kept_for_a_role_of_the_account():
    found = case(document("a", allow("s3:GetObject")))
    accesses = AccountAccess(found.account)
    assert accesses.evaluated_role(found) is accesses.evaluated_role(found)
    assert accesses.other_role(found.role) is accesses.other_role(found.role)


def test_what_others_ask_of_a_role_leaves_no_doubt_in_its_own_case():
    found = case(document("a", allow("s3:GetObject")))
    accesses = AccountAccess(found.account)
    accesses.other_role(found.role).record_unknown("asked from another role")
    assert accesses.evaluated_role(found).unknown == ()


@settings(deadline=None, max_examples=100)
@given(POLICIES, BOUNDARIES)
def test_what_is_allowed_of_one_action_is_the_same_without_the_statements_about_others(policies, boundary):
    here = role_access(made(policies, boundary))
    asked = access_of([Policy((Statement(Effect.ALLOW, MatchList(("s3:GetObject",)), MatchList(("*",))),))])
    about = asked & here.access_to_action("s3:GetObject")
    whole = asked & here.access
    assert prove_empty(about - whole).verdict is Verdict.EMPTY
    assert prove_empty(whole - about).verdict is Verdict.EMPTY


def test_an_action_that_does_not_exist_yet_is_matched_by_its_name():
    here = role_access(case(document("a", allow("s3:GetNothingYet"))))
    assert here.grant_on_some_resource("s3:GetNothingYet") is not None
    assert here.grant_on_some_resource("s3:GetSomethingElse") is None


def told(grant):
    return grant and [(term.ref.policy, term.ref.statement) for term in grant.terms]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(statements(CONDITIONS + TAGGED), min_size=1, max_size=3), min_size=1, max_size=2), BOUNDARIES)
def test_what_is_granted_on_all_is_what_is_granted_on_one_that_nobody_names(policies, boundary):
    here = role_access(made(policies, boundary))
    for action, shape in (("s3:GetObject", "s3:*/*"), ("s3:PutObject", "s3:*/*"), ("s3:ListBucket", "s3:*")):
        nobodys = f"arn:aws:s3:::{shape[3:].replace('*', UNUSED_NAME)}"
        assert told(here.grant_on_all(action, shape)) == told(here.grant_on(action, nobodys))
