"""Existing resources by name: their role is not known to an export, which is reported and not passed over."""

from __future__ import annotations

import pytest
from support.granting import allow, case, check, deny, document

from iamglue.audit.rules import privilege_escalation
from iamglue.findings import Confidence, Severity

HERE = "eu-west-1:111122223333"
PROJECT = f"arn:aws:codebuild:{HERE}:project/shop"
# Each with its actions, the resource that they are allowed on, and the actions that any resource will do for.
CASES = [
    (["codebuild:StartBuild"], PROJECT, []),
    (["codebuild:StartBuildBatch"], PROJECT, []),
    (["ssm:SendCommand"], f"arn:aws:ec2:{HERE}:instance/i-1", []),
    (["ssm:StartSession"], f"arn:aws:ec2:{HERE}:instance/i-1", []),
    (["ssm:CreateAssociation"], f"arn:aws:ec2:{HERE}:instance/i-1", []),
    (["ec2-instance-connect:SendSSHPublicKey"], f"arn:aws:ec2:{HERE}:instance/i-1", []),
    (["cloudformation:UpdateStack"], f"arn:aws:cloudformation:{HERE}:stack/shop/*", []),
    (
        ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
        f"arn:aws:cloudformation:{HERE}:stack/a/b",
        [],
    ),
    (["glue:UpdateDevEndpoint"], f"arn:aws:glue:{HERE}:devEndpoint/a", []),
    (["glue:RunStatement"], f"arn:aws:glue:{HERE}:session/a", []),
    (["sagemaker:CreatePresignedNotebookInstanceUrl"], f"arn:aws:sagemaker:{HERE}:notebook-instance/a", []),
    (["apprunner:UpdateService"], f"arn:aws:apprunner:{HERE}:service/a/1", []),
    (["ecs:ExecuteCommand"], f"arn:aws:ecs:{HERE}:task/shop/*", []),
    (["batch:SubmitJob"], f"arn:aws:batch:{HERE}:job-definition/a:1", []),
    (
        ["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"],
        f"arn:aws:bedrock-agentcore:{HERE}:code-interpreter-custom/a",
        [],
    ),
    (["ec2:ModifyInstanceAttribute"], f"arn:aws:ec2:{HERE}:instance/i-1", ["ec2:StopInstances", "ec2:StartInstances"]),
]


def ways(*statements, **more):
    return check(privilege_escalation, case(document("a", *statements), **more))


@pytest.mark.parametrize(("actions", "resource", "rest"), CASES, ids=[case[0][0] for case in CASES])
def test_a_named_resource_is_reported_with_what_is_not_known(actions, resource, rest):
    statements = [allow(actions, resource), *([allow(rest)] if rest else [])]
    (hit,) = ways(*statements)
    assert f"`{resource.split(':', 5)[5]}`" in hit.message
    assert hit.message.endswith("(which role it has is not known)")
    assert (hit.severity, hit.confidence) == (Severity.SUGGESTION, Confidence.MEDIUM)
    assert hit.chain[0].target == resource
    assert not ways(*statements, deny(actions[0]))
    assert not ways(*statements, boundary=document("limit", allow("s3:*")))
    assert not ways(
        *([allow(actions, resource)][: len(rest)]), *([allow(actions[1:], resource)] if actions[1:] else [])
    )


def test_resources_by_a_part_of_their_name_are_reported():
    (hit,) = ways(allow("codebuild:StartBuild", f"arn:aws:codebuild:{HERE}:project/shop-*"))
    assert "run its own commands in `project/shop-*`, and act with its role" in hit.message


def test_every_resource_is_one_finding_of_its_own():
    (hit,) = ways(allow("codebuild:StartBuild"))
    assert "any build project" in hit.message
    assert hit.severity is Severity.SECURITY_WARNING


def test_resources_of_one_statement_are_one_finding():
    (hit,) = ways(allow("codebuild:StartBuild", [PROJECT, f"{PROJECT}-2"]))
    assert hit.message.endswith("the same applies to `shop-2`")


def test_paths_of_several_services_by_one_statement_are_one_finding():
    (hit,) = ways(allow(["codebuild:StartBuild", "ssm:SendCommand"]))
    assert hit.message.endswith("; the same statements open 1 more path, with `ssm:SendCommand`")
