"""One-click policies: by name, by content, by the console's names and templates, counted against what is needed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.granting import allow, case, check, document
from support.rows import every_row

from iamglue.audit.rules import broad_access, one_click_policy
from iamglue.catalog.broad_policies import broad_managed_policies
from iamglue.catalog.maintain import refresh
from iamglue.catalog.managed_policies import find_managed_policy
from iamglue.catalog.services import changing_actions, find_action
from iamglue.catalog.tables import table_rows
from iamglue.findings import Severity
from iamglue.model.account import AttachedPolicy
from iamglue.model.permission_set import NamedPolicy, PermissionSet
from iamglue.policy.document import read_policy
from iamglue.policy.model import Policy
from iamglue.policy.model import allow_statement as allowing

ITEMS = ("DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem")
MICROSERVICE = allow([f"dynamodb:{name}" for name in ITEMS], "arn:aws:dynamodb:eu-west-1:111122223333:table/*")


def managed(name, called=None):
    """A policy of AWS's, attached, or its text under another name."""
    known = find_managed_policy(name)
    text = json.dumps(known.document)
    return AttachedPolicy(called or name, text, read_policy(text, "policy.json"), None if called else known.arn)


def said(*policies, **more):
    return check(one_click_policy, case(*policies, **more))


@pytest.mark.parametrize("name", ["AWSLambdaExecute", "AmazonDynamoDBFullAccess", "AdministratorAccess"])
def test_policies_of_the_table_are_named_with_what_they_allow(name):
    (hit,) = said(managed(name))
    assert broad_managed_policies()[name].allows in hit.message
    assert hit.location.span.path == managed(name).arn


@pytest.mark.parametrize("name", ["AWSLambdaBasicExecutionRole", "AWSLambdaBasicDurableExecutionRolePolicy"])
def test_what_every_function_gets_is_one_suggestion(name):
    found = case(managed(name))
    (hit,) = check(one_click_policy, found)
    assert hit.severity is Severity.SUGGESTION
    assert not check(broad_access, found)


def test_a_copy_of_it_is_the_owners_and_broad():
    assert check(broad_access, case(managed("AWSLambdaBasicExecutionRole", "mine")))


@every_row(
    "name",
    [
        "AWSXRayDaemonWriteAccess",
        "AWSLambdaVPCAccessExecutionRole",
        "AWSLambdaENIManagementAccess",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
        "CloudWatchAgentServerPolicy",
        "AmazonSSMManagedInstanceCore",
        "AmazonECSTaskExecutionRolePolicy",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSClusterPolicy",
        "AmazonEKSWorkerNodePolicy",
        "AWSGlueServiceRole",
        "AWSCodePipeline_ReadOnlyAccess",
        "AmazonPollyReadOnlyAccess",
    ],
)
def test_a_policy_that_is_fit_for_its_use_is_not_reported(name):
    assert not said(managed(name))


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("AdministratorAccess-Amplify", "AWS Amplify Admin"),
        ("AmazonECS_FullAccess", "Amazon Elastic Container Service"),
        ("BedrockAgentCoreFullAccess", "Amazon Bedrock Agentcore"),
        ("NeptuneFullAccess", "Amazon Neptune"),
        ("AmazonTimestreamFullAccess", "Amazon Timestream"),
        ("AmazonRDSDataFullAccess", "Amazon RDS Data API"),
        ("AWSCodePipeline_FullAccess", "AWS CodePipeline"),
        ("AmazonPollyFullAccess", "Amazon Polly"),
        ("AmazonTranscribeFullAccess", "Amazon Transcribe"),
        ("ComprehendFullAccess", "Amazon Comprehend"),
        ("TranslateFullAccess", "Amazon Translate"),
    ],
)
def test_a_policy_for_a_whole_service_is_reported_by_its_document(name, service):
    (hit,) = said(managed(name))
    assert "allows all write and data actions of" in hit.message
    assert service in hit.message


def _of_aws(actions, resource="*", name="NewerThanTheSnapshot", path="/", **more):
    made = document(name, allow(actions, resource, **more))
    return replace(made, arn=f"arn:aws:iam::aws:policy{path}{name}")


def test_a_policy_that_is_newer_than_the_snapshot_is_decided_by_its_document():
    (hit,) = said(_of_aws("polly:*"))
    assert (
        hit.help
        == "replace it with: the required actions on the required resources, for example polly:SynthesizeSpeech"
    )
    assert not said(_of_aws("polly:*", "arn:aws:polly:eu-west-1:111122223333:lexicon/one"))


def test_a_wildcard_for_every_resource_of_a_type_is_every_resource():
    assert said(_of_aws("sqs:*", "arn:aws:sqs:*:*:*"))


def test_half_of_the_actions_are_broad_and_less_are_not():
    pipeline = [f"codepipeline:{name}" for name in changing_actions("codepipeline").values()]
    assert len(pipeline) == 20
    (hit,) = said(_of_aws(pipeline[:10]))
    assert "allows 10 of the 20 write and data actions of AWS CodePipeline, on every resource" in hit.message
    assert not said(_of_aws(pipeline[:9]))


def test_a_condition_or_the_path_of_a_service_role_makes_a_policy_not_broad():
    assert not said(_of_aws("polly:*", condition={"StringEquals": {"aws:ResourceTag/a": "b"}}))
    assert not said(_of_aws("polly:*", path="/service-role/"))


def test_the_table_of_broad_policies_has_what_the_documents_say():
    policies = refresh.managed_policies()
    rows = {row["name"]: (row["digest"], row["shares"]) for row in table_rows("broad_managed_policies")}
    assert {name: (digest, shares) for name, digest, shares in refresh.broad_policy_rows(policies)} == rows


def test_a_customers_policy_of_the_same_name_is_not_awss():
    assert not said(document("AmazonS3FullAccess", allow("s3:GetObject", "arn:aws:s3:::images/*")))


def test_a_copy_under_another_name_is_recognised():
    (hit,) = said(managed("AmazonS3FullAccess", "mine"))
    assert "`mine` (a copy of `AmazonS3FullAccess`)" in hit.message


def test_a_copy_of_every_broad_policy_is_recognised():
    names = {row["name"] for row in table_rows("broad_managed_policies")} & broad_managed_policies().keys()
    messages = {name: [hit.message for hit in said(managed(name, "mine"))] for name in sorted(names)}
    assert [name for name, lines in messages.items() if not any("`mine` (a copy of `" in line for line in lines)] == []


def test_an_inline_policy_with_the_consoles_name_is_recognised():
    name = "oneClick_lambda_basic_execution_1464814276130"
    (hit,) = said(document(name, allow("logs:*", "arn:aws:logs:*:*:*")))
    assert name in hit.message
    assert not said(document("oneClick_mine", allow("logs:*", "arn:aws:logs:*:*:*")))


def test_a_template_is_recognised_whatever_its_region_and_account():
    (hit,) = said(document("micro", MICROSERVICE))
    assert "Simple Microservice permissions" in hit.message
    assert hit.location.span.pointer == "/Statement/0"


@every_row("row", table_rows("console_templates"))
def test_every_template_is_recognised(row):
    assert all(find_action(name) for name in row["actions"].split())
    (hit,) = said(document("x", allow(row["actions"].split(), row["resource"])))
    assert row["template"] in hit.message


POLLER = ["sqs:DeleteMessage", "sqs:ReceiveMessage"]
SEARCH = ["rekognition:ListFaces", "rekognition:SearchFaces", "rekognition:SearchFacesByImage"]


@pytest.mark.parametrize(
    ("actions", "resource", "template"),
    [
        ([*POLLER, "sqs:GetQueueAttributes"], "*", "SQS Poller permissions"),
        ([*POLLER, "sqs:GetQueueAttributes"], "arn:aws:sqs:*", "SQS Poller permissions"),
        (SEARCH, "*", "Amazon Rekognition read-only permissions"),
    ],
)
def test_a_template_with_one_action_more_or_less_is_recognised(actions, resource, template):
    (hit,) = check(one_click_policy, case(document("AWSLambdaSQSPollerExecutionRole-1", allow(actions, resource))))
    assert f'(like the console template "{template}")' in hit.message


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        ([*POLLER, "sqs:GetQueueAttributes"], "arn:aws:sqs:eu-west-1:111122223333:work"),
        ([*POLLER, "sqs:GetQueueAttributes", "sqs:SendMessage"], "*"),
        ([*POLLER, "s3:GetObject"], "*"),
        (["sqs:ReceiveMessage", "sqs:GetQueueAttributes"], "*"),
        (["logs:CreateLogStream", "logs:PutLogEvents"], "*"),
    ],
)
def test_other_statements_are_no_template(actions, resource):
    assert not check(one_click_policy, case(document("a", allow(actions, resource))))


def test_a_template_that_was_narrowed_is_none():
    assert not said(document("x", allow("s3:GetObject", "arn:aws:s3:::images/*")))
    assert not said(document("x", allow("kms:Decrypt", condition={"StringEquals": {"aws:ResourceTag/a": "b"}})))


def test_what_a_boundary_leaves_nothing_of_is_not_reported():
    assert not said(managed("AmazonDynamoDBFullAccess"), boundary=document("limit", allow("s3:*")))


LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


def _needing(actions, resource):
    return PermissionSet("f", "", "f-role", Policy(()), (NamedPolicy("f", Policy((allowing(actions, (resource,)),))),))


def test_what_is_not_needed_is_counted_and_what_is_needed_is_named():
    table = "arn:aws:dynamodb:eu-west-1:111122223333:table/exif"
    bundle = _needing(("dynamodb:PutItem",), table)
    found = replace(case(document("micro", MICROSERVICE)), required_by_spec=(("f", bundle),))
    (hit,) = check(one_click_policy, found)
    assert hit.message.endswith("5 actions, 4 of them not needed")
    assert f"`dynamodb:PutItem` on `{table}`" in hit.help
    (all_of_it,) = check(
        one_click_policy,
        replace(case(managed("AWSLambdaBasicExecutionRole")), required_by_spec=(("f", _needing(LOGS, "*")),)),
    )
    assert all_of_it.message.endswith("3 actions, all of them needed, but not on all these resources")
    (other,) = check(one_click_policy, replace(case(managed("AmazonSQSFullAccess")), required_by_spec=(("f", bundle),)))
    assert other.help == "remove it: the functions do not need any of its actions"
