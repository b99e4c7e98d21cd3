"""Agreement with moto's policy evaluator, for the elements that moto evaluates correctly.

moto evaluates these elements differently from AWS; a case below shows each difference:
- it ignores NotResource, so the statement applies to every resource, for Deny as well as Allow;
- it compares actions case-sensitively;
- `?`, `.`, `[` and `$` in patterns have their meaning in regular expressions, and `*` crosses fields of an ARN;
- a condition on a key that the request does not have is true, and a false condition is an explicit denial;
- it has no policy variables and no versions.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.iam.access_control import IAMPolicy, PermissionResult

from iamglue.engine.evaluate.identity_evaluation import evaluate
from iamglue.engine.evaluate.request import Request
from iamglue.policy.document import policy_data, read_policy
from iamglue.policy.model import Effect, MatchList, Policy, Statement

THEIRS = {
    PermissionResult.PERMITTED: "allowed",
    PermissionResult.DENIED: "explicitly-denied",
    PermissionResult.NEUTRAL: "implicitly-denied",
}
ACTIONS = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*Object", "*", "sqs:*"])
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::*", "arn:aws:s3:::c/*x*"])
STATEMENTS = st.builds(
    Statement,
    st.sampled_from(Effect),
    st.builds(MatchList, st.lists(ACTIONS, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(MatchList, st.lists(RESOURCES, min_size=1, max_size=3).map(tuple)),
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "sqs:SendMessage"]),
    st.sampled_from(["*", "arn:aws:s3:::b/k", "arn:aws:s3:::b/other", "arn:aws:s3:::c/axb", "arn:aws:s3:::b"]),
)


def moto(text, action, resource):
    return THEIRS[IAMPolicy(text).is_action_permitted(action, resource)]


@given(st.lists(STATEMENTS, min_size=1, max_size=4).map(tuple), REQUESTS)
def test_moto_agrees_on_actions_resources_and_effects(statements, request):
    policy = Policy(statements)
    theirs = moto(json.dumps(policy_data(policy)), request.action, request.resource)
    assert evaluate([policy], request).decision.value == theirs


@pytest.mark.parametrize(
    ("elements", "ours", "theirs"),
    [
        ({"Effect": "Deny", "NotResource": "arn:aws:s3:::b/*"}, "implicitly-denied", "allowed"),
        ({"Action": "s3:getobject"}, "allowed", "implicitly-denied"),
        ({"Resource": "arn:aws:s3:::b/?"}, "allowed", "implicitly-denied"),
        ({"Resource": "arn:a*:::b/k"}, "implicitly-denied", "allowed"),
        ({"Condition": {"StringEquals": {"aws:x": "1"}}}, "implicitly-denied", "allowed"),
        ({"Resource": "arn:aws:s3:::${aws:x, 'b'}/k"}, "allowed", "implicitly-denied"),
    ],
)
def test_cases_that_moto_evaluates_differently(elements, ours, theirs):
    document = {"Effect": "Allow", "Action": "s3:GetObject", **elements}
    if "NotResource" not in document:
        document.setdefault("Resource", "*")
    text = json.dumps({"Version": "2012-10-17", "Statement": [document]})
    request = Request("s3:GetObject", "arn:aws:s3:::b/k")
    try:
        decision = moto(text, request.action, request.resource)
    except Exception as error:  # noqa: BLE001 - any error means that there is no answer
        decision = type(error).__name__
    assert (evaluate([read_policy(text, "policy.json")], request).decision.value, decision) == (ours, theirs)
