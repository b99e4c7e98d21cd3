"""What AWS refuses, delays or loses is told, each with the permission it needs, and the rest is read."""

from __future__ import annotations

import json

import pytest
from aws.deployed import OWN_ARN, REGION, ROLE_ARN, client, deploy, deploy_resources, deploy_role
from aws.door import error, opened, raised
from aws.resources import SERVICE_ANSWER, deploy_named_resources
from botocore.exceptions import (
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from moto import mock_aws

from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.failures import sanitize_text
from iamglue.aws.subject_reader import DELETED_WHILE_READ
from iamglue.catalog.audit_operations import audit_operations
from iamglue.errors import NotEvaluatedError
from iamglue.findings import NotEvaluatedKind
from iamglue.model.account import Account

ROOTS = {"lambda:GetFunctionConfiguration", "iam:GetRole"}
ELSEWHERE = {
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
    "iam:GenerateServiceLastAccessedDetails",
    "iam:GetServiceLastAccessedDetails",
    "lambda:GetFunctionUrlConfig",
    "lambda:ListFunctions",
    "iam:ListRoles",
}
ORGANIZATION = {each for each in audit_operations() if each.startswith("organizations:")}
PLAIN = sorted(set(audit_operations()) - ROOTS - ELSEWHERE - ORGANIZATION)
DENIED = error("AccessDeniedException", "User is not authorized to perform this")


@pytest.fixture(scope="module")
def resources():
    """Everything deployed once: what is read changes nothing."""
    with mock_aws():
        deploy()
        deploy_named_resources()
        yield deploy_resources()


@pytest.fixture(scope="module")
def kept():
    return {}


@pytest.fixture
def door(resources, kept, shared_clients, monkeypatch):
    door = opened(monkeypatch, kept)
    door.answers["apprunner:DescribeService"] = lambda _: SERVICE_ANSWER
    # moto has no route for the policy of a layer version: no policy is what most have.
    door.answers["lambda:GetLayerVersionPolicy"] = error("ResourceNotFoundException", "No policy is associated")
    return door


def photos(resources=()) -> Account:
    return collect(CollectRequest(functions=("photos",), region=REGION, resources=resources))


def failed(account: Account) -> set[str]:
    return {each.what for each in account.gaps if each.kind is NotEvaluatedKind.FAILED}


@pytest.mark.parametrize("action", PLAIN)
def test_a_permission_that_is_missing_is_named_and_the_rest_is_read(action, door, resources):
    door.answers[action] = DENIED
    account = photos(resources)
    failures = [each for each in account.gaps if each.kind is NotEvaluatedKind.FAILED]
    (gap,) = {(each.what, each.reason.partition(" (")[0].split(": ")[-1]) for each in failures}
    assert gap == (action, f"the permission {action} is missing")
    assert ([each.name for each in account.functions], [each.name for each in account.roles]) == (
        ["photos"],
        ["photos-role"],
    )


@pytest.mark.parametrize("action", PLAIN)
def test_a_call_that_is_throttled_to_the_end_or_times_out_is_told(action, door, resources, monkeypatch):
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")  # which slows down nothing by itself
    monkeypatch.setattr("time.sleep", lambda _seconds: None)  # what botocore waits between its tries
    door.answers[action] = error("ThrottlingException", "Rate exceeded")
    assert failed(photos(resources)) == {action}
    door.answers[action] = raised(ReadTimeoutError(endpoint_url="https://example.com"))
    assert failed(photos(resources)) == {action}


@pytest.mark.parametrize(("action", "kind"), [("lambda:ListFunctions", "functions"), ("iam:ListRoles", "roles")])
def test_a_list_that_is_denied_leaves_what_is_named(action, kind, door):
    door.answers[action] = DENIED
    account = collect(CollectRequest(everything=True, functions=("photos",)))
    assert failed(account) == {action}
    assert len(getattr(account, kind)) == 1


@pytest.mark.parametrize("action", sorted(ROOTS))
def test_without_a_function_or_role_itself_the_other_is_read(action, door):
    door.answers[action] = DENIED
    account = collect(CollectRequest(functions=("photos",), roles=("photos-role",)))
    assert failed(account) == {action}
    assert len(account.functions) + len(account.roles) == 1


def test_the_account_is_known_though_sts_is_denied(door):
    door.answers["sts:GetCallerIdentity"] = DENIED
    account = photos()
    assert account.id == "123456789012"
    assert failed(account) == {"sts:GetCallerIdentity"}


@pytest.mark.parametrize(
    ("action", "unknown"),
    [
        ("iam:ListRolePolicies", True),
        ("iam:ListAttachedRolePolicies", True),
        ("iam:GetRolePolicy", False),
        ("iam:GetPolicyVersion", False),
        ("lambda:ListAliases", False),
    ],
)
def test_a_list_of_policies_that_is_denied_means_that_there_may_be_unknown_ones(action, unknown, door):
    door.answers[action] = DENIED
    assert {each.policies_unknown for each in photos().gaps} == {unknown}


def test_a_gap_names_the_role_it_is_about(door):
    door.answers["iam:GetPolicyVersion"] = DENIED
    assert {each.subject.arn for each in photos().gaps} == {ROLE_ARN}


def test_a_policy_that_cannot_be_read_is_still_known_by_name(door):
    door.answers["iam:GetPolicyVersion"] = DENIED
    (role,) = photos().roles
    assert [(each.name, each.text, each.policy) for each in role.policies[1:]] == [
        ("own", "", None),
        ("shared", "", None),
    ]
    assert role.boundary.policy is None


def test_a_policy_that_many_roles_have_is_told_for_each(door):
    deploy_role("second-role")
    door.answers["iam:GetPolicyVersion"] = DENIED
    account = collect(CollectRequest(roles=("photos-role", "second-role")))
    assert {each.subject.name for each in account.gaps} == {"photos-role", "second-role"}


def test_what_came_before_a_failure_of_a_list_is_kept(door):
    aliases = iter([{"Aliases": [{"Name": "a", "FunctionVersion": "1"}], "NextMarker": "more"}])

    def page(given):
        found = next(aliases, None)
        return found or DENIED(given)

    door.answers["lambda:ListAliases"] = page
    account = photos()
    assert failed(account) == {"lambda:ListAliases"}
    assert "1" in [each.qualifier for each in account.functions[0].permissions]


@pytest.mark.parametrize("action", ["iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"])
def test_a_role_that_is_deleted_while_it_is_read_is_no_role(action, door):
    door.answers[action] = error("NoSuchEntity", "The role cannot be found")
    account = photos()
    assert account.roles == ()
    assert [(each.what, each.reason, each.subject.name) for each in account.gaps] == [
        (action, DELETED_WHILE_READ, "photos-role")
    ]


@pytest.mark.parametrize("action", ["lambda:ListAliases", "lambda:ListFunctionEventInvokeConfigs", "lambda:ListTags"])
def test_a_function_that_is_deleted_while_it_is_read_is_no_function(action, door):
    door.answers[action] = error("ResourceNotFoundException", "Function not found")
    account = collect(CollectRequest(functions=("photos",), roles=("photos-role",)))
    assert account.functions == ()
    assert [(each.what, each.reason) for each in account.gaps] == [(action, DELETED_WHILE_READ)]


def test_a_role_that_is_deleted_between_two_calls_is_told(door):
    iam = client("iam")
    iam.create_role(RoleName="brief", AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    door.before["iam:ListRolePolicies"] = lambda: iam.delete_role(RoleName="brief")
    account = collect(CollectRequest(functions=("photos",), roles=("brief",), workers=1))
    assert [each.reason for each in account.gaps if each.subject.name == "brief"] == [DELETED_WHILE_READ]
    assert [each.name for each in account.roles] == ["photos-role"]


@pytest.mark.parametrize("text", ["", "{", '{"Statement": 3}', '{"Statement": [{"Effect": "Maybe"}]}', "null", "\x00"])
def test_a_malformed_document_is_kept_as_text_and_told(text, door):
    answer = {"RoleName": "r", "PolicyName": "inline", "PolicyDocument": text}
    door.answers["iam:GetRolePolicy"] = lambda _: answer
    account = photos()
    inline = account.roles[0].policies[0]
    assert (inline.name, inline.text, inline.policy) == ("inline", text, None)
    (gap,) = account.gaps
    assert (gap.kind, gap.what) == (NotEvaluatedKind.FAILED, "iam:GetRolePolicy")
    assert "malformed" in gap.reason


def test_a_document_with_a_key_twice_is_malformed_and_not_half_read(door):
    text = '{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    door.answers["iam:GetRolePolicy"] = lambda _: {"PolicyDocument": text}
    assert photos().roles[0].policies[0].policy is None


def test_variables_that_cannot_be_decrypted_are_undecidable(door):
    found = client("lambda").get_function_configuration(FunctionName="photos")
    found["Environment"] = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "no"}}
    door.answers["lambda:GetFunctionConfiguration"] = lambda _: found
    assert [(each.kind, each.what) for each in photos().gaps] == [(NotEvaluatedKind.UNDECIDABLE, "kms:Decrypt")]


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidToken"])
def test_credentials_that_are_no_good_from_the_start_end_the_run(code, door):
    door.answers["sts:GetCallerIdentity"] = error(code, "The security token FwoGZXIvYXdzEBYaD is expired")
    with pytest.raises(NotEvaluatedError, match="credentials") as caught:
        photos()
    assert caught.value.exit_code == 3
    assert "FwoGZXIvYXdzEBYaD" not in str(caught.value)
    assert door.asked == ["sts:GetCallerIdentity"]


@pytest.mark.parametrize(
    "found",
    [
        NoCredentialsError(),
        CredentialRetrievalError(provider="custom-process", error_msg="secret-output"),
        EndpointConnectionError(endpoint_url="https://user:secret-output@sts.example.com/"),
        ReadTimeoutError(endpoint_url="https://sts.example.com/"),
    ],
)
def test_without_credentials_or_network_nothing_is_evaluated(found, door):
    door.answers["sts:GetCallerIdentity"] = raised(found)
    with pytest.raises(NotEvaluatedError) as caught:
        photos()
    assert "secret-output" not in str(caught.value)


def test_credentials_that_expire_on_the_way_leave_what_was_read_and_stop_the_rest(door):
    door.answers["iam:ListAttachedRolePolicies"] = error("ExpiredToken", "The token is expired")
    account = photos()
    assert (len(account.functions), len(account.roles)) == (1, 1)
    assert all(each.reason.endswith("the credentials have expired (ExpiredToken)") for each in account.gaps)
    assert account.gaps
    assert door.asked[-1] == "iam:ListAttachedRolePolicies"


def test_what_is_never_answered_is_given_up(door):
    for number in range(8):
        deploy_role(f"lost-{number}")
    door.answers["iam:GetRole"] = raised(EndpointConnectionError(endpoint_url="https://iam.example.com/"))
    roles = tuple(f"lost-{number}" for number in range(8))
    account = collect(CollectRequest(functions=("photos",), roles=roles, workers=1))
    assert door.asked.count("iam:GetRole") == 3
    assert len({each.subject.name for each in account.gaps}) == 9


def test_an_answer_that_is_no_answer_of_awss_is_told(door):
    door.answers["iam:GetRolePolicy"] = raised(ResponseParserError("<html>"))
    account = photos()
    assert failed(account) == {"iam:GetRolePolicy"}
    assert "html" not in account.gaps[0].reason


def test_when_nothing_could_be_read_the_reasons_are_all_told(door):
    door.answers["lambda:GetFunctionConfiguration"] = DENIED
    with pytest.raises(NotEvaluatedError, match="permission lambda:GetFunctionConfiguration is missing"):
        photos()


def test_what_is_no_fault_of_awss_is_not_taken_for_one(door):
    door.answers["iam:GetRole"] = raised(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        photos()


def test_words_from_aws_are_one_short_line_without_access_keys():
    said = sanitize_text("no\x1b[31m\n\x07 AKIAIOSFODNN7EXAMPLE \u202e" + "x" * 1000)
    assert "AKIA" not in said
    assert said.isprintable()
    assert len(said) <= 300


def test_a_boundary_that_cannot_be_read_is_still_there(door):
    door.answers["iam:GetPolicy"] = DENIED
    assert photos().roles[0].boundary.arn == OWN_ARN
