"""What an access denied message leads to: the smallest statement, and where it belongs."""

from __future__ import annotations

import pytest

from iamglue.engine.evaluate.layers import Layers, build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.explain_denial.explain import explain_denial, with_overrides
from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.policy.model import Policy
from iamglue.policy.source.policy_writer import policy_data

USER = "arn:aws:iam::123456789012:user/bob"
SESSION = "arn:aws:sts::123456789012:assumed-role/worker/one"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q"


def denial(kind=None, principal=SESSION, action="sqs:SendMessage", resource=QUEUE, **more) -> AccessDenial:
    policy_type = None if kind is None else DenialPolicyType(kind)
    return AccessDenial(principal, action, resource, policy_type, more.pop("explicit", False), **more)


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


def test_an_action_that_aws_checks_without_listing_it_is_allowed_by_its_name():
    found = explain_denial(
        denial(action="apigateway:TagResource", resource="arn:aws:apigateway:eu-west-3::/apis/a/stages")
    )
    assert written(found)["Action"] == ["apigateway:TagResource"]
    assert any("not in AWS's reference, but AWS checks it" in note for note in found.notes)


def test_a_service_is_named_as_a_service_in_a_policy_of_the_resource():
    found = explain_denial(denial(None, "events.amazonaws.com", explicit=None, source_arn="arn:aws:events:r:1:rule/n"))
    assert found.where == f"the policy of {QUEUE}"
    assert written(found)["Principal"] == {"Service": "events.amazonaws.com"}
    assert written(found)["Condition"] == {"ArnEquals": {"aws:SourceArn": "arn:aws:events:r:1:rule/n"}}


def test_a_key_policy_gets_a_star_for_the_key():
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    found = explain_denial(denial("resource-based policy", "sns.amazonaws.com", "kms:Decrypt", key))
    assert found.where == f"the key policy of {key}"
    assert written(found)["Resource"] == ["*"]


def test_actions_with_and_without_resources_get_a_statement_each():
    stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
    found = explain_denial(
        denial(action="kinesis:GetRecords", resource=stream, additional_actions=("kinesis:ListStreams",))
    )
    assert [statement.resources.values for statement in found.statements] == [(stream,), ("*",)]


def test_an_identity_provider_is_a_placeholder_that_must_be_limited():
    found = explain_denial(denial("role trust policy", None, "sts:AssumeRoleWithWebIdentity", None))
    assert written(found)["Principal"] == {"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/PROVIDER"}
    assert written(found)["Condition"] == {"StringEquals": {"PROVIDER:aud": "AUDIENCE", "PROVIDER:sub": "SUBJECT"}}


@pytest.mark.parametrize(
    "unclear",
    [
        AccessDenial(principal="*", action="execute-api:Invoke"),
        AccessDenial(action="ec2:RunInstances", encoded_message="x" * 20),
        AccessDenial(action="glue:GetTable", other_cause="Lake Formation denied it"),
        AccessDenial(action="s3:GetObject", policy_type="zone policy", is_explicit=False),
    ],
)
def test_no_statement_is_proposed_where_none_is_known_to_help(unclear):
    assert explain_denial(unclear).statements == ()


def test_the_other_account_must_allow_it_too():
    found = explain_denial(denial(resource="arn:aws:sqs:eu-west-1:210987654321:q"))
    assert any("the resource is of account 210987654321" in note for note in found.notes)
    found = explain_denial(denial(action="sts:AssumeRole", resource="arn:aws:iam::123456789012:role/r"))
    assert any("the trust policy of the role must allow it, too" in note for note in found.notes)


def test_a_type_that_is_one_of_many_is_not_guessed():
    found = explain_denial(denial(action="glue:GetTags", resource=None))
    assert written(found)["Resource"] == ["RESOURCE"]
    assert any("glue:GetTags acts on one of: " in note for note in found.notes)


def test_an_authorization_id_comes_with_the_command_that_uses_it():
    found = explain_denial(denial(authorization_id="0a1b2c3d"))
    assert any("get-request-authorization-details --authorization-id 0a1b2c3d" in note for note in found.notes)


def test_a_statement_for_a_request_without_credentials_is_said_to_be_public():
    found = explain_denial(denial("resource-based policy", "*"))
    assert any("would allow it to anyone" in note for note in found.notes)
