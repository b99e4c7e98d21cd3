"""What an access denied message leads to: the smallest statement, and where it belongs."""

from __future__ import annotations

import pytest

from iamglue.engine.evaluate.layers import Layers, build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.explain_denial.explain import explain_denial, with_overrides
from iamglue.model.denial import AccessDenial
from iamglue.policy.model import Policy
from iamglue.policy.source.policy_writer import policy_data

USER = "arn:aws:iam::123456789012:user/bob"
SESSION = "arn:aws:sts::123456789012:assumed-role/worker/one"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q"


def denial(kind=None, principal=SESSION, action="sqs:SendMessage", resource=QUEUE, **more) -> AccessDenial:
    return AccessDenial(principal, action, resource, kind, more.pop("explicit", False), **more)


def written(found):
    return policy_data(Policy((found.statements[0],)))["Statement"][0]


@pytest.mark.parametrize(
    ("kind", "layered"),
    [
        ("identity-based policy", PolicyKind.IDENTITY),
        (None, PolicyKind.IDENTITY),
        ("resource-based policy", PolicyKind.RESOURCE),
    ],
)
def test_the_statement_grants_what_was_denied_and_no_other_action_or_resource(kind, layered):
    statement = explain_denial(denial(kind)).statements[0]
    given = build_layer(layered, [Policy((statement,))])
    layers = Layers(identity=given) if layered is PolicyKind.IDENTITY else Layers(resource=given)
    assert evaluate_request(layers, Request("sqs:SendMessage", QUEUE, principal=SESSION)).allowed
    assert not evaluate_request(layers, Request("sqs:ReceiveMessage", QUEUE, principal=SESSION)).allowed
    assert not evaluate_request(layers, Request("sqs:SendMessage", QUEUE + "2", principal=SESSION)).allowed


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("identity-based policy", "an identity-based policy of the role worker of account 123456789012"),
        ("permissions boundary", "the permissions boundary of the role worker of account 123456789012"),
        ("session policy", "the session policy that is passed when the session is created"),
        ("service control policy", "an SCP at each level above account 123456789012 that does not allow it yet"),
        ("resource-based policy", f"the policy of {QUEUE}"),
        ("VPC endpoint policy", "the policy of the VPC endpoint that the request went through"),
    ],
)
def test_the_statement_has_its_place(kind, where):
    assert explain_denial(denial(kind)).where == where


def test_a_trust_policy_gets_the_principal_and_no_resource():
    found = explain_denial(denial("role trust policy", USER, "sts:AssumeRole", "arn:aws:iam::1:role/r"))
    assert written(found) == {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": ["sts:AssumeRole"]}


def test_an_endpoint_policy_names_the_principal_by_a_condition():
    assert written(explain_denial(denial("VPC endpoint policy"))) == {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["sqs:SendMessage"],
        "Resource": [QUEUE],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/worker"}},
    }


@pytest.mark.parametrize("kind", ["identity-based policy", "resource control policy", None])
def test_no_statement_helps_against_a_deny(kind):
    found = explain_denial(denial(kind, explicit=True, policy="arn:aws:iam::1:policy/p"))
    assert not found.statements
    assert "arn:aws:iam::1:policy/p denies sqs:SendMessage: no Allow overrides it" in found.missing


def test_scps_may_lack_an_allow_even_where_the_message_speaks_of_a_deny():
    found = explain_denial(denial("service control policy", explicit=True))
    assert found.statements
    assert "or no service control policy at some level allows sqs:SendMessage" in found.missing


def test_a_resource_that_is_not_named_is_taken_as_narrow_as_the_reference_allows():
    found = explain_denial(denial(action="secretsmanager:GetSecretValue", resource=None))
    assert written(found)["Resource"] == ["arn:aws:secretsmanager:REGION:123456789012:secret:SECRET"]
    assert "does not name the resource" in found.notes[0]
    assert written(explain_denial(denial(action="s3:ListAllMyBuckets", resource=None)))["Resource"] == ["*"]
    named = explain_denial(denial(action="iam:GetRole", resource="role worker"))
    assert written(named)["Resource"] == ["arn:aws:iam::123456789012:role/worker"]


def test_a_message_to_a_phone_number_is_allowed_on_a_star_only():
    found = explain_denial(denial("identity-based policy", action="sns:Publish", resource="+4915112345678"))
    assert written(found)["Resource"] == ["*"]
    assert any("phone numbers" in note for note in found.notes)


def test_an_encoded_message_comes_with_the_way_to_decode_it():
    found = explain_denial(AccessDenial(encoded_message="x" * 20))
    assert not found.statements
    assert "aws sts decode-authorization-message" in found.notes[0]


def test_what_the_user_says_fills_the_message_up():
    found = with_overrides(AccessDenial(action="s3:GetObject"), None, "arn:aws:s3:::b/k", USER)
    assert (found.action, found.resource, found.principal) == ("s3:GetObject", "arn:aws:s3:::b/k", USER)
    assert written(explain_denial(found))["Resource"] == ["arn:aws:s3:::b/k"]


def test_a_key_needs_its_own_policy_too():
    assert any(
        "key policy must also allow it" in note
        for note in explain_denial(denial(action="kms:Decrypt", resource=None)).notes
    )
