"""Existing resources by name: their role is not known to an export, which is reported and not passed over."""

from __future__ import annotations

from dataclasses import replace

from support.granting import ADMIN, WORKER, allow, case, check, deny, document, role, trust
from support.rows import every_row

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
    (["bedrock-agentcore:InvokeAgentRuntimeCommandShell"], f"arn:aws:bedrock-agentcore:{HERE}:runtime/a", []),
    (["rolesanywhere:UpdateTrustAnchor"], f"arn:aws:rolesanywhere:{HERE}:trust-anchor/a", []),
    (
        ["bedrock-agentcore:StartBrowserSession"],
        f"arn:aws:bedrock-agentcore:{HERE}:browser-custom/a",
        ["bedrock-agentcore:ConnectBrowserAutomationStream"],
    ),
    (["ec2:ModifyInstanceAttribute"], f"arn:aws:ec2:{HERE}:instance/i-1", ["ec2:StopInstances", "ec2:StartInstances"]),
]


def ways(*statements, **more):
    return check(privilege_escalation, case(document("a", *statements), **more))


@every_row("actions, resource, rest", CASES)
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


def ways_with_roles(resource_roles, *statements, others=(ADMIN, WORKER), neighbours=()):
    found = case(document("a", *statements), others=others)
    account = replace(found.account, resource_roles=tuple(resource_roles.items()), neighbours=neighbours)
    return check(privilege_escalation, replace(found, account=account))


@every_row("actions, resource, rest", CASES)
def test_a_resource_whose_role_is_known_leads_to_its_role(actions, resource, rest):
    statements = [allow(actions, resource), *([allow(rest)] if rest else [])]
    (hit,) = ways_with_roles({resource: ADMIN.arn}, *statements)
    assert f"`{resource.split(':', 5)[5]}`" in hit.message
    assert hit.message.endswith("role, `admin` (administrator access)")
    assert (hit.severity, hit.confidence) == (Severity.SECURITY_WARNING, None)
    assert hit.chain[0].target == ADMIN.arn
    assert not ways_with_roles({resource: ADMIN.arn}, *statements, deny(actions[-1]))


def test_a_resource_that_has_no_role_is_not_reported():
    assert not ways_with_roles({PROJECT: ""}, allow("codebuild:StartBuild", PROJECT))


def test_a_resource_whose_role_has_no_more_access_is_not_reported():
    project = allow("codebuild:StartBuild", PROJECT)
    weak = role("weak", document("b", project))
    assert not ways_with_roles({PROJECT: weak.arn}, project, others=(weak,))


def test_a_resource_that_has_the_role_itself_is_not_reported():
    assert not ways_with_roles(
        {PROJECT: "arn:aws:iam::111122223333:role/tested"}, allow("codebuild:StartBuild", PROJECT)
    )


def test_a_resource_leads_on_from_its_role():
    chief = role("chief", document("everything", allow("*")), trusts=trust(AWS="111122223333"))
    builder = role("builder", document("b", allow("sts:AssumeRole", chief.arn)))
    (hit,) = ways_with_roles(
        {PROJECT: builder.arn}, allow("codebuild:StartBuild", PROJECT), others=(chief,), neighbours=(builder,)
    )
    assert "act with its role, `builder`, which can assume `chief` (administrator access)" in hit.message


def test_a_role_of_a_resource_that_was_not_read_is_named_and_its_access_is_not_known():
    arn = "arn:aws:iam::111122223333:role/ci/builder"
    (hit,) = ways_with_roles({PROJECT: arn}, allow("codebuild:StartBuild", PROJECT))
    assert hit.message.endswith("and act with its role, `builder` (not read: its access is unknown)")
    assert (hit.severity, hit.confidence) == (Severity.SUGGESTION, Confidence.MEDIUM)


def test_a_pattern_may_match_other_resources_than_the_one_that_is_known():
    statements = [allow("codebuild:StartBuild", f"{PROJECT}*"), allow("codebuild:StartBuild", PROJECT)]
    (hit,) = ways_with_roles({PROJECT: ""}, *statements)
    assert "`project/shop*`" in hit.message
    assert hit.message.endswith("(which role it has is not known)")
