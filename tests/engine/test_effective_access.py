"""The effective access of layers agrees with the evaluation of single requests."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from iamglue.engine.evaluate.decision import EvaluationDecision
from iamglue.engine.evaluate.layers import Layers, build_layer, build_organization_layers, effective_access
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import Effect, MatchList, Policy, Statement

ACTIONS = ["sqs:*", "sqs:SendMessage", "sqs:Receive*", "*"]
RESOURCES = ["*", "arn:aws:sqs:*:*:a", "arn:aws:sqs:eu-west-1:111122223333:*", "arn:aws:sqs", "arn:aws:sqs:*"]
CONDITIONS = [
    build_condition("StringEquals", "aws:PrincipalTag/t", "1"),
    build_condition("Null", "aws:PrincipalTag/t", "true"),
]

POLICIES = st.lists(
    st.builds(
        Statement,
        st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
        st.builds(MatchList, st.sampled_from(ACTIONS).map(lambda action: (action,)), st.booleans()),
        st.builds(MatchList, st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2).map(tuple), st.booleans()),
        st.lists(st.sampled_from(CONDITIONS), max_size=1).map(tuple),
    ),
    min_size=1,
    max_size=3,
).map(lambda statements: [Policy(tuple(statements))])
REQUESTS = st.builds(
    Request,
    st.sampled_from(["sqs:SendMessage", "sqs:ReceiveMessage", "ec2:RunInstances"]),
    st.sampled_from(["arn:aws:sqs:eu-west-1:111122223333:a", "arn:aws:sqs:us-east-1:111122223333:b", "*"]),
    st.sampled_from([{}, {"aws:PrincipalTag/t": ("1",)}, {"aws:PrincipalTag/t": ("2",)}]),
)
LAYERS = st.builds(
    Layers,
    POLICIES.map(lambda policies: build_layer(PolicyKind.IDENTITY, policies)),
    st.none() | POLICIES.map(lambda policies: build_layer(PolicyKind.BOUNDARY, policies)),
    st.none() | POLICIES.map(lambda policies: build_layer(PolicyKind.SESSION, policies)),
    st.lists(POLICIES, max_size=2).map(lambda levels: build_organization_layers(PolicyKind.SCP, levels)),
)


@given(LAYERS, REQUESTS)
def test_a_request_is_in_the_effective_access_if_and_only_if_it_is_allowed(layers, request):
    assert effective_access(layers).contains(request) is (
        evaluate_request(layers, request).decision is EvaluationDecision.ALLOWED
    )


PRINCIPALS = [
    None,
    "arn:aws:iam::111122223333:user/bob",
    "arn:aws:sts::111122223333:assumed-role/worker/one",
    "arn:aws:iam::444455556666:role/other",
    "arn:aws:iam::111122223333:root",
    "arn:aws:sts::111122223333:federated-user/guest",
    "sns.amazonaws.com",
]


@given(POLICIES, REQUESTS, st.sampled_from(PRINCIPALS), st.sampled_from([None, "111122223333", "444455556666"]))
def test_identity_policies_alone_decide_as_they_do_with_a_layer_that_allows_everything(
    policies, request, principal, account
):
    request = replace(request, principal=principal)
    if request.resource != "*" and account == "444455556666":
        request = replace(request, resource="arn:aws:sqs:::a")
    alone = Layers(build_layer(PolicyKind.IDENTITY, policies))
    everything = Policy((Statement(Effect.ALLOW, MatchList(("*",)), MatchList(("*",))),))
    limited = Layers(alone.identity, scps=build_organization_layers(PolicyKind.SCP, [[everything]]))
    assert evaluate_request(alone, request, account).decision is evaluate_request(limited, request, account).decision


def test_nothing_is_effective_without_identity_policies():
    assert effective_access(Layers()).contains(Request("sqs:SendMessage", "*")) is False
