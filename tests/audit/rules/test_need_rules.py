"""The rules that compare a role with what is needed and used: what is found, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.deployed import (
    ACCOUNT,
    HERE,
    ORGANIZATION,
    REGION,
    ROLE_ARN,
    attached,
    audited,
    found,
    function,
    invoking,
    of_aws,
    permitting,
    role,
    spec,
)

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.model.account import EventSourceMapping
from iamglue.model.usage import ActionUsage, LastAccessed, TrailCoverage, Usage, UsageGap

EXIF = spec((Path(__file__).parents[3] / "examples/exif-pipeline/spec.yaml").read_text(encoding="utf-8"))
TABLE = f"arn:aws:dynamodb:{HERE}:table/exifDataTable"
GROUP = f"arn:aws:logs:{HERE}:log-group:/aws/lambda/exif-extractor:*"
BUCKET = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::images-bucket"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}
PERMISSIONS = permitting(invoking({"Service": "s3.amazonaws.com"}, BUCKET))
DEPLOYED = function(permissions=PERMISSIONS)


def exact():
    bundle = generate(EXIF[0], DeploymentTarget(REGION, ACCOUNT))
    return [attached(each.name, each.policy) for each in bundle.policies]


def allowing(*actions, on="*", name="more", **rest):
    return attached(name, [{"Effect": "Allow", "Action": list(actions), "Resource": on, **rest}])


def denying(*actions, on="*"):
    return attached("guard", [{"Effect": "Deny", "Action": list(actions), "Resource": on}])


# excess-access


def test_the_exif_function_with_what_people_attach_has_excess_in_both_policies():
    result = audited(role(of_aws("AWSLambdaExecute"), of_aws("AmazonDynamoDBFullAccess")), DEPLOYED, EXIF)
    excess = found(result, "excess-access")
    assert {each.span.path.rpartition("/")[2] for each in excess} == {"AWSLambdaExecute", "AmazonDynamoDBFullAccess"}
    assert all(" such as `" in each.message for each in excess)
    assert found(result, "missing-access") == []


def test_the_exif_function_with_the_generated_policy_is_clean():
    result = audited(role(*exact()), DEPLOYED, EXIF)
    assert (result.report.findings, result.report.not_evaluated) == ((), ())
    assert (
        result.role_results[0].risk,
        result.role_results[0].granted_count,
        result.role_results[0].required_count,
    ) == (0, 5, 5)


def test_excess_is_ranked_by_what_it_can_do():
    more = (
        allowing("s3:ListBucket", name="list"),
        allowing("iam:PassRole", name="pass"),
        allowing("sqs:SendMessage", name="send"),
    )
    excess = found(audited(role(*exact(), *more), DEPLOYED, EXIF), "excess-access")
    assert [each.span.path for each in excess] == ["pass", "send", "list"]


def test_the_pointer_leads_to_the_statement():
    policy = attached(
        "two", [*json.loads(exact()[0].text)["Statement"], json.loads(allowing("s3:PutObject").text)["Statement"][0]]
    )
    (excess,) = found(audited(role(policy), DEPLOYED, EXIF), "excess-access")
    assert excess.span.pointer == f"/Statement/{len(json.loads(policy.text)['Statement']) - 1}"


@pytest.mark.parametrize(
    "limit",
    [
        {"policies": (denying("sqs:*"),)},
        {"boundary": attached("boundary", [{"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}])},
        {"scps": ((attached("full", [{"Effect": "Allow", "Action": "*", "Resource": "*"}]), denying("sqs:*")),)},
    ],
    ids=["deny", "boundary", "scp"],
)
def test_what_a_limit_forbids_is_no_excess(limit):
    own = role(*exact(), allowing("sqs:SendMessage"), *limit.get("policies", ()), boundary=limit.get("boundary"))
    assert found(audited(own, DEPLOYED, EXIF, scps=limit.get("scps")), "excess-access") == []


def test_what_the_configuration_needs_is_no_excess():
    deployed = function(permissions=PERMISSIONS, event_sources=(EventSourceMapping(f"arn:aws:sqs:{HERE}:orders"),))
    queue = allowing(
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", on=f"arn:aws:sqs:{HERE}:orders"
    )
    assert found(audited(role(*exact(), queue), deployed, EXIF), "excess-access") == []


@pytest.mark.parametrize("resource", ["*", "arn:aws:sqs:*:*:*", "arn:aws:sqs:*:*:jobs"])
def test_excess_is_shown_by_a_resource_of_the_role_s_account_in_the_function_s_region(resource):
    (excess,) = found(
        audited(role(*exact(), allowing("sqs:SendMessage", on=resource)), DEPLOYED, EXIF), "excess-access"
    )
    assert f"such as `sqs:SendMessage` on `arn:aws:sqs:{HERE}:" in excess.message
    assert "allows it too" not in excess.message


def test_excess_in_another_region_is_excess_all_the_same():
    more = allowing("dynamodb:PutItem", on="arn:aws:dynamodb:*:*:table/exifDataTable")
    (excess,) = found(audited(role(*exact(), more), DEPLOYED, EXIF), "excess-access")
    assert f"on `arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/exifDataTable`" in excess.message


def test_excess_on_another_account_s_resource_is_said_to_need_that_account_s_consent():
    more = allowing("sqs:SendMessage", on="arn:aws:sqs:eu-west-1:999999999999:jobs")
    (excess,) = found(audited(role(*exact(), more), DEPLOYED, EXIF), "excess-access")
    assert "on `arn:aws:sqs:eu-west-1:999999999999:jobs` (if account 999999999999 allows it too)" in excess.message


def test_excess_on_a_resource_that_the_reference_does_not_list_is_found_and_said_so():
    more = allowing("ssm:SendCommand", on="arn:aws:ssm:eu-west-1::document/AWS-RunShellScript")
    (excess,) = found(audited(role(*exact(), more), DEPLOYED, EXIF), "excess-access")
    assert "AWS's reference does not list this resource type for the action" in excess.message


def test_without_a_spec_nothing_is_called_excess():
    result = audited(role(of_aws("AmazonDynamoDBFullAccess")), DEPLOYED)
    assert result.role_results[0].context.is_spec_inferred
    assert result.role_results[0].required_count is None
    assert found(result, "excess-access") == []


def test_a_function_of_the_role_without_a_spec_makes_excess_undecidable():
    result = audited(role(of_aws("AmazonDynamoDBFullAccess")), (DEPLOYED, function("other")), EXIF)
    assert found(result, "excess-access") == []
    (gap,) = [each for each in result.report.not_evaluated if "more than its functions need" in each.what]
    assert (gap.kind.value, "`other`" in gap.reason) == ("undecidable", True)


def test_what_the_algebra_cannot_tell_is_not_clean():
    own = role(*exact(), allowing("s3:GetObject", on="arn:aws:s3:::${aws:PrincipalTag/bucket}/*"))
    result = audited(own, DEPLOYED, EXIF)
    undecided = [check.what for check in result.report.not_evaluated]
    assert found(result, "excess-access") or any("more than its functions need" in what for what in undecided)


# missing-access


def test_a_need_is_undecided_where_policies_of_the_role_are_unknown():
    gap = NotEvaluated(
        NotEvaluatedKind.FAILED,
        Subject("role", "exif-role", ROLE_ARN),
        "iam:ListRolePolicies",
        "the permission is missing",
        policies_unknown=True,
    )
    result = audited(role(), DEPLOYED, EXIF, gaps=(gap,))
    assert found(result, "missing-access") == []
    reason = "not all policies of the role are known: iam:ListRolePolicies: the permission is missing"
    assert reason in {check.reason for check in result.report.not_evaluated}


@pytest.mark.parametrize(
    ("policies", "rest", "says"),
    [
        ((), {}, "no statement of the role's own policies allows this"),
        ((*exact(), denying("dynamodb:*")), {}, "statement 1 of `guard` denies this"),
        ((*exact(),), {"boundary": allowing("s3:*", "logs:*", name="edge")}, "no statement of `edge` allows this"),
    ],
    ids=["nothing", "deny", "boundary"],
)
def test_a_need_that_the_role_does_not_allow_is_found_with_its_reason(policies, rest, says):
    missing = found(audited(role(*policies, **rest), DEPLOYED, EXIF), "missing-access")
    (finding,) = [each for each in missing if "dynamodb:PutItem" in each.message]
    assert (finding.severity.value, finding.subject.kind) == ("error", "function")
    assert says in finding.message
    assert "spec.yaml:" in finding.message


def test_an_scp_that_forbids_a_need_is_named():
    full = attached("full", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    result = audited(role(*exact()), DEPLOYED, EXIF, scps=((full,), (full, denying("dynamodb:PutItem"))))
    (finding,) = found(result, "missing-access")
    assert "`guard` denies this" in finding.message


def test_only_a_part_of_what_is_needed_is_said_to_be_missing():
    own = role(
        attached("p", [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/in/*"}])
    )
    missing = found(audited(own, DEPLOYED, EXIF), "missing-access")
    assert any("only part of this" in each.message for each in missing if "s3:GetObject" in each.message)


def test_a_policy_of_the_resource_lets_the_role_in():
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ROLE_ARN},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::images-bucket/*",
    }
    own = role(allowing("dynamodb:PutItem", on=TABLE), allowing("logs:*", on=GROUP, name="logs"))
    policies = (("arn:aws:s3:::images-bucket", attached("bucket policy", [statement])),)
    assert len(found(audited(own, DEPLOYED, EXIF), "missing-access")) == 1
    assert found(audited(own, DEPLOYED, EXIF, resource_policies=policies), "missing-access") == []


@pytest.mark.parametrize(
    ("configured", "action"),
    [
        ({"in_vpc": True}, "ec2:CreateNetworkInterface"),
        ({"tracing": True}, "xray:PutTraceSegments"),
        ({"dead_letter": f"arn:aws:sqs:{HERE}:dead"}, "sqs:SendMessage"),
        ({"on_success": f"arn:aws:sns:{HERE}:done"}, "sns:Publish"),
        ({"on_failure": "arn:aws:s3:::failed"}, "s3:PutObject"),
        ({"event_sources": (EventSourceMapping(f"arn:aws:kinesis:{HERE}:stream/clicks"),)}, "kinesis:GetRecords"),
        (
            {"file_systems": (f"arn:aws:elasticfilesystem:{HERE}:access-point/fsap-1",)},
            "elasticfilesystem:ClientMount",
        ),
        (
            {"file_systems": (f"arn:aws:s3files:{HERE}:file-system/fs-1/access-point/fsap-1",)},
            "s3files:ClientMount",
        ),
        ({"durable": True}, "lambda:CheckpointDurableExecution"),
    ],
)
@pytest.mark.parametrize("declared", [EXIF, ()], ids=["spec", "no spec"])
def test_what_the_configuration_asks_of_the_role_is_missed(configured, action, declared):
    deployed = function(permissions=PERMISSIONS, **configured)
    missing = found(audited(role(*exact()), deployed, declared), "missing-access")
    assert any(each.severity.value == "error" and action in each.message for each in missing)


def test_what_functions_in_a_vpc_run_without_is_a_warning():
    older = ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces")
    attaching = attached("vpc", [{"Effect": "Allow", "Action": older, "Resource": "*"}])
    (finding,) = found(audited(role(*exact(), attaching), function(in_vpc=True), ()), "missing-access")
    assert (finding.severity.value, "ec2:DescribeSubnets" in finding.message) == ("warning", True)


def test_the_key_of_durable_executions_is_not_missed_as_its_policy_may_allow_the_role():
    key = f"arn:aws:kms:{HERE}:key/1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47"
    deployed = function(permissions=PERMISSIONS, durable=True, durable_key=key)
    (finding,) = found(audited(role(*exact()), deployed, ()), "missing-access")
    assert ("CheckpointDurableExecution" in finding.message, "kms" in finding.message) == (True, False)


def test_logs_that_are_lost_are_a_warning_unless_the_spec_says_none():
    (finding,) = found(audited(role(), DEPLOYED), "missing-access")
    assert (finding.severity.value, "CreateLogGroup" in finding.message) == ("warning", False)
    quiet = spec("settings: {logs: false}\n")
    assert found(audited(role(), DEPLOYED, quiet), "missing-access") == []


def test_the_key_of_environment_variables_asks_nothing_of_the_role():
    deployed = function(key_arn=f"arn:aws:kms:{HERE}:key/1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47")
    own = role(allowing("logs:*", on=GROUP))
    assert found(audited(own, deployed), "missing-access") == []


def test_with_a_malformed_policy_what_seems_missing_is_not_evaluated():
    result = audited(role(attached("broken", "{")), DEPLOYED, EXIF)
    assert found(result, "missing-access") == []
    assert result.report.has_failures
    assert any("`exif-extractor` needs" in each.what for each in result.report.not_evaluated)


def guarded(condition, actions=("*",), effect="Deny", **rest):
    return attached(
        "guard", [{"Effect": effect, "Action": list(actions), "Resource": "*", "Condition": condition, **rest}]
    )


FULL = attached("full", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"StringNotEquals": {"aws:RequestedRegion": [REGION]}},
        {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        {"ArnNotEquals": {"aws:PrincipalArn": ROLE_ARN}},
        {"ArnNotEquals": {"lambda:SourceFunctionArn": f"arn:aws:lambda:{HERE}:function:exif-extractor"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
    ],
    ids=lambda each: next(iter(next(iter(each.values())))),
)
@pytest.mark.parametrize("place", ["own", "scp"])
def test_a_guard_that_the_functions_requests_pass_hides_nothing(condition, place):
    deny = guarded(condition)
    own = role(*exact(), deny) if place == "own" else role(*exact())
    scps = ((FULL, deny),) if place == "scp" else None
    result = audited(own, DEPLOYED, EXIF, scps=scps)
    assert (found(result, "missing-access"), result.report.not_evaluated) == ([], ())


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}},
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-other"}},
    ],
    ids=["Region", "second factor", "organization"],
)
def test_a_guard_that_stops_the_function_is_found(condition):
    missing = found(audited(role(*exact(), guarded(condition)), DEPLOYED, EXIF), "missing-access")
    assert any("`guard` denies this" in each.message for each in missing)


def test_what_depends_on_the_network_is_not_known():
    result = audited(role(*exact(), guarded({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})), DEPLOYED, EXIF)
    assert found(result, "missing-access") == []
    doubts = [each for each in result.report.not_evaluated if "aws:SourceIp" in each.reason]
    assert doubts
    assert {each.kind.value for each in doubts} == {"undecidable"}


NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


def test_a_deny_of_network_interfaces_for_the_code_leaves_them_to_lambda():
    arn = f"arn:aws:lambda:{HERE}:function:exif-extractor"
    guard = guarded({"ArnEquals": {"lambda:SourceFunctionArn": [arn]}}, NETWORK)
    deployed = function(permissions=PERMISSIONS, in_vpc=True)
    own = role(*exact(), allowing(*NETWORK), guard)
    assert found(audited(own, deployed, EXIF), "missing-access") == []


def test_a_deny_of_what_the_code_does_is_found():
    arn = f"arn:aws:lambda:{HERE}:function:exif-extractor"
    guard = guarded({"ArnEquals": {"lambda:SourceFunctionArn": [arn]}}, ["dynamodb:PutItem"])
    (finding,) = found(audited(role(*exact(), guard), DEPLOYED, EXIF), "missing-access")
    assert "dynamodb:PutItem" in finding.message


# unused-access

FROM, TO = "2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z"
S3 = allowing("s3:GetObject", "s3:PutObject", "s3:CreateBucket", name="s3")


def unused(usage, *policies):
    result = audited(role(*policies), function(), usage=usage)
    doubts = [each for each in result.report.not_evaluated if "uses" in each.what]
    assert all(each.kind.value == "undecidable" for each in doubts)
    return found(result, "unused-access"), doubts


def test_without_usage_nothing_is_said_of_use():
    assert unused(Usage(), S3) == ([], [])


def test_what_cloudtrail_would_have_shown_is_unused():
    findings, doubts = unused(Usage(coverage=(TrailCoverage("s3", FROM, TO, data_events=True),)), S3)
    assert [each.message.startswith("no action of `s3` was used since 2026-01-01") for each in findings] == [True]
    assert doubts == []


def test_without_data_events_reading_and_writing_are_not_knowable():
    (finding,), (doubt,) = unused(Usage(coverage=(TrailCoverage("s3", FROM, TO),)), S3)
    assert "s3:CreateBucket" in finding.message
    assert "s3:GetObject" not in finding.message
    assert "s3:GetObject" in doubt.what


def test_what_was_used_is_neither_unused_nor_unknown():
    usage = Usage((ActionUsage("exif-role", "s3:GetObject"),), (TrailCoverage("s3", FROM, TO, data_events=True),))
    (finding,), doubts = unused(usage, S3)
    assert ("`s3:GetObject`" in finding.message, doubts) == (False, [])


def test_an_action_whose_requests_were_all_denied_is_neither_used_nor_unused():
    usage = Usage(
        (ActionUsage("exif-role", "s3:GetObject", count=3, denied=3),),
        (TrailCoverage("s3", FROM, TO, data_events=True),),
    )
    (finding,), (doubt,) = unused(usage, S3)
    assert "`s3:GetObject`" not in finding.message
    assert ("`s3:GetObject`" in doubt.what, "denied" in doubt.reason) == (True, True)


def test_the_use_of_another_role_does_not_count():
    usage = Usage((ActionUsage("other-role", "s3:GetObject"),), (TrailCoverage("s3", FROM, TO, data_events=True),))
    (finding,), _ = unused(usage, S3)
    assert finding.message.startswith("no action of `s3`")


def test_the_coverage_of_another_account_is_none():
    other, own = (TrailCoverage("s3", FROM, TO, data_events=True, account=name) for name in ("999999999999", ACCOUNT))
    assert unused(Usage(coverage=(other,)), S3)[0] == []
    assert len(unused(Usage(coverage=(other, own)), S3)[0]) == 1


def test_a_usage_that_is_not_complete_is_not_evaluated_as_a_whole():
    usage = Usage(coverage=(TrailCoverage("s3", FROM, TO, data_events=True),), gaps=(UsageGap("a.gz", "cut off"),))
    report = audited(role(S3), function(), usage=usage).report
    failed = [gap.what for gap in report.not_evaluated if gap.kind.value == "failed"]
    assert (failed, [finding for finding in report.findings if finding.rule == "unused-access"]) == (["a.gz"], [])


def test_iam_knows_that_a_service_was_never_used():
    (finding,), doubts = unused(Usage(last_accessed=(LastAccessed(ROLE_ARN, "s3", None, None, FROM),)), S3)
    assert "IAM's last-accessed data" in finding.message
    assert doubts == []


def test_iam_knows_some_actions_of_a_used_service():
    usage = Usage(
        last_accessed=(
            LastAccessed("exif-role", "s3", None, TO, FROM),
            LastAccessed("exif-role", "s3", "CreateBucket", None, FROM),
        )
    )
    (finding,), (doubt,) = unused(usage, S3)
    assert ("s3:CreateBucket" in finding.message, "s3:PutObject" in doubt.what) == (True, True)


def test_passing_a_role_leaves_no_trace():
    findings, doubts = unused(
        Usage(coverage=(TrailCoverage("iam", FROM, TO, data_events=True),)), allowing("iam:PassRole")
    )
    assert (findings, len(doubts)) == ([], 1)


@pytest.mark.parametrize(
    ("actions", "severity"),
    [
        (["xray:PutTelemetryRecords"], "error"),
        (["xray:PutTraceSegments"], "warning"),
        (["xray:PutTraceSegments", "xray:PutTelemetryRecords"], None),
        (["sqs:ReceiveMessage"], "error"),
    ],
)
def test_lambda_refuses_a_traced_function_that_may_not_send_traces(actions, severity):
    own = role(allowing("logs:CreateLogStream", "logs:PutLogEvents", on=GROUP, name="logs"), allowing(*actions))
    findings = found(audited(own, function(tracing=True)), "missing-access")
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


# shared-role


def test_a_role_of_one_function_in_two_regions_is_not_shared():
    there = function()
    again = type(there)(there.name, there.arn.replace(REGION, "eu-central-1"), there.role_arn)
    assert found(audited(role(), (there, again)), "shared-role") == []


def test_a_role_of_several_functions_is_shared():
    (finding,) = found(audited(role(), (function("a"), function("b"))), "shared-role")
    assert (finding.subject.kind, "`a`, `b`" in finding.message) == ("role", True)


def test_what_only_others_need_is_told_where_all_is_declared():
    head = f'iamglue: 1\nregion: {REGION}\naccount: "{ACCOUNT}"\nfunctions:\n'
    both = spec(head + "  a: {}\n  b:\n    writes:\n    - dynamodb: tbl\n")
    (finding,) = found(audited(role(), (function("a"), function("b")), both), "shared-role")
    assert "`a` has 1 action that only other functions need, such as `dynamodb:PutItem`" in finding.message
