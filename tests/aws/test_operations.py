"""Only what reads is ever called, and the policy of --print-policy allows just that."""

from __future__ import annotations

import pytest
from aws.deployed import ACCOUNT, FUNCTION_ARN, REGION, ROLE_ARN, deploy, deploy_resources, deploy_role
from aws.door import opened
from aws.resources import ENDPOINT, NOTEBOOK, PROJECT, SERVICE, STACK
from support.rows import every_row

from iamglue.audit.audit_policy import audit_policy, audit_spec
from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.catalog import services
from iamglue.catalog.audit_operations import audit_operations
from iamglue.catalog.audit_responses import audit_responses
from iamglue.engine.evaluate.layers import Layers, build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.policy.document import policy_json, policy_size
from iamglue.policy.patterns.wildcards import has_wildcard

# Written out, so that no change of the table alone lets anything else be called.
READ_ONLY = {
    "apprunner:DescribeService",
    "cloudformation:DescribeStacks",
    "codebuild:BatchGetProjects",
    "dynamodb:GetResourcePolicy",
    "ec2:DescribeInstances",
    "glue:GetDevEndpoint",
    "iam:GenerateServiceLastAccessedDetails",
    "iam:GetInstanceProfile",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:GetServiceLastAccessedDetails",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:ListRoles",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionUrlConfig",
    "lambda:GetLayerVersionPolicy",
    "lambda:GetPolicy",
    "lambda:ListAliases",
    "lambda:ListEventSourceMappings",
    "lambda:ListFunctionEventInvokeConfigs",
    "lambda:ListFunctionUrlConfigs",
    "lambda:ListFunctions",
    "lambda:ListTags",
    "lambda:ListVersionsByFunction",
    "organizations:DescribeOrganization",
    "organizations:DescribePolicy",
    "organizations:ListParents",
    "organizations:ListPoliciesForTarget",
    "s3:GetBucketPolicy",
    "sagemaker:DescribeNotebookInstance",
    "secretsmanager:GetResourcePolicy",
    "sns:GetTopicAttributes",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
}
UNGRANTED = {"lambda:GetFunctionUrlConfig", "sts:AssumeRole", "sts:GetCallerIdentity"}
POLICY = audit_policy(ACCOUNT, REGION)

# A resource of the account for each action that takes one.
ON = {
    "apprunner:DescribeService": SERVICE,
    "cloudformation:DescribeStacks": STACK,
    "codebuild:BatchGetProjects": PROJECT,
    "dynamodb:GetResourcePolicy": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/exif",
    "glue:GetDevEndpoint": ENDPOINT,
    "iam:GetInstanceProfile": f"arn:aws:iam::{ACCOUNT}:instance-profile/runner",
    "iam:GetPolicy": "arn:aws:iam::aws:policy/AWSLambdaExecute",
    "iam:GetPolicyVersion": f"arn:aws:iam::{ACCOUNT}:policy/own",
    "kms:DescribeKey": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234",
    "kms:GetKeyPolicy": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234",
    "lambda:GetLayerVersionPolicy": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:tools:1",
    "organizations:DescribePolicy": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
    "organizations:ListParents": f"arn:aws:organizations::210987654321:account/o-exampleorgid/{ACCOUNT}",
    "organizations:ListPoliciesForTarget": "arn:aws:organizations::210987654321:root/o-exampleorgid/r-ab12",
    "s3:GetBucketPolicy": "arn:aws:s3:::images",
    "sagemaker:DescribeNotebookInstance": NOTEBOOK,
    "secretsmanager:GetResourcePolicy": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:token-AbCdEf",
    "sns:GetTopicAttributes": f"arn:aws:sns:{REGION}:{ACCOUNT}:news",
    "sqs:GetQueueAttributes": f"arn:aws:sqs:{REGION}:{ACCOUNT}:work",
    "sqs:GetQueueUrl": f"arn:aws:sqs:{REGION}:{ACCOUNT}:work",
}


def resource_of(action: str) -> str:
    if services.find_action(action).has_no_resource_types:
        return "*"
    return ON.get(action) or (ROLE_ARN if action.startswith("iam:") else FUNCTION_ARN)


def test_the_operations_that_may_be_called_are_these_and_no_others():
    assert set(audit_operations()) == READ_ONLY


@pytest.mark.usefixtures("aws")
def test_a_whole_run_calls_nothing_else(monkeypatch):
    deploy()
    deploy_role("other")
    resources = deploy_resources()
    door = opened(monkeypatch)
    collect(CollectRequest(everything=True, functions=("photos",), roles=("other",), resources=resources))
    assert set(door.asked) <= READ_ONLY
    assert len(set(door.asked)) > 20


@every_row("action", sorted(READ_ONLY))
def test_an_operation_needs_the_action_of_its_name_which_changes_nothing(action):
    found = services.find_action(action)
    assert str(found) == action
    assert found.access_level in ("Read", "List") or action == "sts:AssumeRole"


@every_row("action", sorted(READ_ONLY - UNGRANTED))
def test_the_policy_allows_every_operation(action):
    layers = Layers(build_layer(PolicyKind.IDENTITY, [POLICY], ["policy"]))
    assert evaluate_request(layers, Request(action, resource_of(action))).allowed


def test_the_policy_allows_no_action_but_those_named():
    actions = {action for statement in POLICY.statements for action in statement.actions.values}
    assert actions == READ_ONLY - UNGRANTED
    assert not any(map(has_wildcard, actions))


def test_only_actions_that_take_no_resource_are_allowed_on_any():
    loose = {
        action
        for statement in POLICY.statements
        for action in statement.actions.values
        if "*" in statement.resources.values
    }
    assert all(services.find_action(action).has_no_resource_types for action in loose)


def test_the_policy_is_of_one_account_and_region():
    text = policy_json(POLICY)
    assert "eu-west-1:123456789012" in text
    assert ":*:*:" not in text


def test_without_account_and_region_it_is_of_all_and_as_small():
    anywhere = audit_policy(partition="aws-cn")
    assert "arn:aws-cn:lambda:*:*:function:*" in policy_json(anywhere)
    assert policy_size(POLICY) < 6144


def test_what_every_answer_holds_is_known_for_every_operation():
    assert set(audit_responses()) == set(audit_operations())
    assert all(answer.required_members for answer in audit_responses().values())


def test_the_spec_of_the_audit_reads_and_writes_nothing():
    spec = audit_spec(ACCOUNT, REGION, "aws")
    assert {entry.access for entry in spec.entries} == {"reads"}
    assert not spec.triggers
    assert not spec.settings.logs.enabled
