"""What is seen of a role's access without a proof is what proofs say."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.floors import counts, floor
from support.granting import allow, case, deny, document, role_access

from iamglue.audit.access.fast_decisions import find_trivial_denial, is_trivially_allowed
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.policy.model import Effect, MatchList, Policy, Statement

ACTIONS = ["s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "sqs:*", "s3:Get*", "ec2:DescribeInstances", "s3:NoSuch"]
RESOURCES = [
    "*",
    "arn:aws:s3:::images",
    "arn:aws:s3:::images/*",
    "arn:aws:s3:::images/a?",
    "arn:aws:sqs:*:111122223333:jobs",
    "arn:aws:sqs:eu-west-1:111122223333:jobs",
    "arn:aws:s3",
    "arn:aws:s3:::${aws:username}/*",
]
STATEMENTS = st.builds(
    lambda make, action, resource, test: make(action, resource, test),
    st.sampled_from([allow, allow, allow, deny]),
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
    st.sampled_from([None, None, {"Bool": {"aws:SecureTransport": "true"}}]),
)
WANTED = st.builds(
    lambda action, resource: Statement(Effect.ALLOW, MatchList((action,)), MatchList((resource,))),
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
)
GET_ALL = Statement(Effect.ALLOW, MatchList(("s3:Get*",)), MatchList(("arn:aws:s3:::images/*",)))


def of(wanted):
    return access_of([Policy((wanted,))])


@floor(0.01)
@settings(deadline=None, max_examples=300)
@given(st.lists(STATEMENTS, min_size=1, max_size=3), WANTED)
def test_what_is_plainly_refused_is_asked_for_and_never_allowed(statements, wanted):
    access = role_access(case(document("a", *statements)))
    asked = find_trivial_denial(access, wanted)
    if counts(asked is not None):
        assert of(wanted).contains(asked)
        assert prove_empty(of(wanted)).verdict is Verdict.NON_EMPTY
        assert prove_empty(of(wanted) & access.access).verdict is Verdict.EMPTY


@floor(0.01)
@settings(deadline=None, max_examples=300)
@given(st.lists(STATEMENTS, min_size=1, max_size=3), WANTED)
@example([allow("s3:Get*"), deny("s3:GetObject")], GET_ALL)
def test_what_is_plainly_allowed_lacks_nothing(statements, wanted):
    access = role_access(case(document("a", *statements)))
    if counts(is_trivially_allowed(access, wanted)):
        assert prove_empty(of(wanted) - access.access).verdict is Verdict.EMPTY


def test_an_action_on_resources_of_another_type_is_not_plainly_refused():
    wanted = Statement(Effect.ALLOW, MatchList(("sqs:SendMessage",)), MatchList(("arn:aws:s3:::images",)))
    assert find_trivial_denial(role_access(case(document("a", allow("s3:GetObject")))), wanted) is None
