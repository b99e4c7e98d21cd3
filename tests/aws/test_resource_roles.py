"""The roles of resources that policies name, and who may use layer versions: read live, or said not to be known."""

from __future__ import annotations

import json

import pytest
from aws.deployed import ACCOUNT, allow, client, deploy, deploy_role
from aws.door import error, opened
from aws.resources import (
    ACTIONS,
    HERE,
    PROJECT,
    RUNNER_ARN,
    SERVICE_ANSWER,
    STACK,
    allow_each,
    deploy_layer,
    deploy_resources_with_role,
    deploy_runner,
    start_instance,
)
from click.testing import CliRunner

from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.saved_account import account_text, read_account
from iamglue.cli.main import main
from iamglue.findings import NotEvaluatedKind

REQUEST = CollectRequest(roles=("photos-role",))


@pytest.fixture
def door(aws, monkeypatch):
    """A role that may be started from, and the resources, all with one administrator's role."""
    del aws
    door = opened(monkeypatch)
    door.answers["apprunner:DescribeService"] = lambda _: SERVICE_ANSWER
    deploy_role()
    deploy_runner(allow("*"))
    deploy_resources_with_role()
    return door


def name(actions: dict[str, str]) -> None:
    """Let the role start what is named."""
    client("iam").put_role_policy(RoleName="photos-role", PolicyName="inline", PolicyDocument=allow_each(actions))
    client("iam").delete_role_permissions_boundary(RoleName="photos-role")


def audited(*options: str):
    run = CliRunner().invoke(main, ["audit", "--role", "photos-role", "--format", "json", *options])
    report = json.loads(run.stdout)
    return [finding for finding in report["findings"] if finding["rule"] == "privilege-escalation"], report, run


def test_the_role_of_each_kind_of_resource_is_read(door):
    actions = {**ACTIONS, start_instance(): "ssm:SendCommand"}
    name(actions)
    account = collect(REQUEST)
    assert account.gaps == ()
    assert dict(account.resource_roles) == dict.fromkeys(actions, RUNNER_ARN)
    assert [role.name for role in account.neighbours] == ["runner"]
    assert [role.name for role in account.roles] == ["photos-role"]


def test_a_saved_account_has_the_roles_of_resources(door):
    name(ACTIONS)
    account = collect(REQUEST)
    assert read_account(account_text(account), "saved.json").resource_roles == account.resource_roles


def test_resources_without_a_role_have_none(door):
    instance = start_instance(None)
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    client("cloudformation").create_stack(StackName="bare", TemplateBody=template)
    stack = STACK.replace("shop", "bare")
    name({instance: "ssm:SendCommand", stack: "cloudformation:UpdateStack"})
    assert dict(collect(REQUEST).resource_roles) == {instance: "", stack: ""}
    assert audited()[0] == []


def test_the_role_of_a_build_project_decides_the_finding(door):
    name({PROJECT: "codebuild:StartBuild"})
    (finding,), _, _ = audited()
    assert finding["severity"] == "security-warning"
    assert (
        "run its own commands in `project/shop`, and act with its role, `runner` (administrator" in finding["message"]
    )
    assert finding["chain"][0]["to"] == RUNNER_ARN


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_a_resource_that_cannot_be_read_is_said_and_its_role_is_not_known(door, code):
    name({PROJECT: "codebuild:StartBuild"})
    door.answers["codebuild:BatchGetProjects"] = error(code)
    (finding,), report, run = audited()
    assert run.exit_code == 3
    assert "codebuild:BatchGetProjects" in [gap["what"] for gap in report["not_evaluated"]]
    assert finding["message"].endswith("(which role it has is not known)")


def test_a_role_of_a_resource_that_cannot_be_read_is_said_and_its_access_is_not_known(door):
    name({PROJECT: "codebuild:StartBuild"})
    client("iam").delete_role_policy(RoleName="runner", PolicyName="all")
    client("iam").remove_role_from_instance_profile(InstanceProfileName="runner", RoleName="runner")
    client("iam").delete_role(RoleName="runner")
    (finding,), report, run = audited()
    assert run.exit_code == 3
    assert [gap["subject"]["name"] for gap in report["not_evaluated"]] == ["runner"]
    assert finding["message"].endswith("and act with its role, `runner` (not read: its access is unknown)")


@pytest.mark.parametrize(
    ("arn", "action"),
    [
        (PROJECT, "codebuild:StartBuild"),
        (STACK, "cloudformation:UpdateStack"),
        (f"arn:aws:ec2:{HERE}:instance/i-0123456789abcdef0", "ssm:SendCommand"),
        (f"arn:aws:glue:{HERE}:devEndpoint/shop", "glue:UpdateDevEndpoint"),
    ],
)
def test_a_resource_that_does_not_exist_is_not_known_and_said(door, arn, action):
    missing = arn.replace("shop", "gone")
    name({missing: action})
    account = collect(REQUEST)
    assert account.resource_roles == ()
    (gap,) = account.gaps
    assert (gap.kind, gap.subject.name) == (NotEvaluatedKind.UNDECIDABLE, missing)
    assert "does not exist" in gap.reason


@pytest.mark.parametrize(
    ("arn", "action"),
    [
        (PROJECT.replace("shop", "sh*"), "codebuild:StartBuild"),
        (PROJECT.replace(ACCOUNT, "999999999999"), "codebuild:StartBuild"),
        (PROJECT.replace("shop", "${aws:username}"), "codebuild:StartBuild"),
        (PROJECT, "codebuild:BatchGetBuilds"),
        ("*", "codebuild:StartBuild"),
    ],
)
def test_resources_that_no_path_names_are_not_read(door, arn, action):
    name({arn: action})
    door.asked.clear()
    assert collect(REQUEST).resource_roles == ()
    assert "codebuild:BatchGetProjects" not in door.asked


def audited_function():
    run = CliRunner().invoke(main, ["audit", "--function", "photos", "--format", "json"])
    report = json.loads(run.stdout)
    return [finding for finding in report["findings"] if finding["rule"] == "shared-layer"], report, run


@pytest.fixture
def photos(aws, monkeypatch):
    del aws
    deploy()
    return opened(monkeypatch)


@pytest.mark.parametrize(
    ("principal", "who", "severity"),
    [
        ("*", "everyone with an AWS account", "security-warning"),
        ("arn:aws:iam::999999999999:root", "the account `999999999999`", "warning"),
    ],
)
def test_a_layer_version_that_others_may_use_is_reported(photos, principal, who, severity):
    arn = deploy_layer(principal)
    (finding,), _, _ = audited_function()
    assert finding["message"] == f"{who} may use and download the layer version `{arn}`"
    assert (finding["severity"], finding["subject"]["name"]) == (severity, "photos")


def test_a_layer_version_that_the_account_alone_may_use_is_not_reported(photos):
    deploy_layer(f"arn:aws:iam::{ACCOUNT}:root")
    assert audited_function()[0] == []


def test_a_layer_policy_that_cannot_be_read_is_said(photos):
    deploy_layer("*")
    photos.answers["lambda:GetLayerVersionPolicy"] = error("AccessDeniedException")
    findings, report, run = audited_function()
    assert (findings, run.exit_code) == ([], 3)
    assert "lambda:GetLayerVersionPolicy" in [gap["what"] for gap in report["not_evaluated"]]


def test_a_layer_without_policy_is_not_reported(photos):
    deploy_layer("*")
    photos.answers["lambda:GetLayerVersionPolicy"] = error("ResourceNotFoundException")
    findings, report, _ = audited_function()
    assert findings == []
    assert "lambda:GetLayerVersionPolicy" not in [gap["what"] for gap in report["not_evaluated"]]


def test_a_layer_of_another_account_has_no_policy_that_could_be_read(photos):
    layer = {"Arn": "arn:aws:lambda:eu-west-1:999999999999:layer:tools:1", "CodeSize": 1}
    answer = client("lambda").get_function_configuration(FunctionName="photos")
    photos.answers["lambda:GetFunctionConfiguration"] = lambda _: {**answer, "Layers": [layer]}
    audited_function()
    assert "lambda:GetLayerVersionPolicy" not in photos.asked
