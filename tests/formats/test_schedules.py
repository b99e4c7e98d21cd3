"""Formats that write rules and schedules: with target, permission and role, as their own tools read them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import hcl2
import pytest
from audit.moto_server import moto_server
from click.testing import CliRunner
from execution.sessions import REGION
from formats.reading import cfn
from support.cfn_lint import cfn_lint_rules

from iamglue.cli.main import main

ACCOUNT = "123456789012"
HEAD = f'iamglue: 1\nfunction: report\nregion: {REGION}\naccount: "{ACCOUNT}"\n'
SPEC = f"""{HEAD}triggers:
  - schedule: cron(0 2 * * ? *)
  - schedule: rate(1 day)
    name: daily
  - scheduler: at(2027-01-31T02:00:00)
    name: once
"""
PARAMETRIC = "iamglue: 1\nfunction: report-${Stage}\ntriggers:\n  - schedule: rate(${Hours} hours)\n"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:report"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/once-invoke-role"


def generated(format: str, text: str = SPEC, *options: str) -> str:
    result = CliRunner().invoke(main, ["generate", "-", "--format", format, *options], input=text)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def tool(name: str) -> Path:
    return Path(sys.executable).with_name(name)


LINTED = {
    f"{form}-{name}": (form, text)
    for name, text in {"plain": SPEC, "parametric": PARAMETRIC}.items()
    for form in ("cloudformation", "sam")
}


@pytest.mark.parametrize("name", LINTED)
def test_cfn_lint_finds_nothing_in_a_template_with_schedules(name):
    assert cfn_lint_rules(generated(*LINTED[name]), hints=True) == []


@pytest.mark.parametrize(
    ("format", "target"),
    [
        ("cloudformation", FUNCTION_ARN),
        ("sam", {"Fn::GetAtt": "ReportFunction.Arn"}),
        ("serverless", {"Fn::GetAtt": "ReportLambdaFunction.Arn"}),
    ],
)
def test_a_stack_has_each_rule_with_its_target_and_the_permission_on_it(format, target):
    template = cfn(generated(format))
    resources = template["resources"]["Resources"] if format == "serverless" else template["Resources"]
    rules = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::Events::Rule"]
    permissions = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::Lambda::Permission"]
    assert [(rule["Name"], rule["ScheduleExpression"]) for rule in rules] == [
        ("report-schedule", "cron(0 2 * * ? *)"),
        ("daily", "rate(1 day)"),
    ]
    assert all(rule["Targets"] == [{"Id": "function", "Arn": target}] for rule in rules)
    assert [permission["SourceArn"] for permission in permissions] == [
        f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule['Name']}" for rule in rules
    ]


@pytest.mark.parametrize("format", ["cloudformation", "sam", "serverless"])
def test_a_stack_has_each_schedule_of_scheduler_with_its_role(format):
    template = cfn(generated(format))
    resources = template["resources"]["Resources"] if format == "serverless" else template["Resources"]
    (schedule,) = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::Scheduler::Schedule"]
    assert (schedule["Name"], schedule["GroupName"]) == ("once", "default")
    assert schedule["ScheduleExpression"] == "at(2027-01-31T02:00:00)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["RoleArn"] == {"Fn::GetAtt": "ReportScheduleRole3.Arn"}
    role = resources["ReportScheduleRole3"]["Properties"]
    assert role["RoleName"] == "once-invoke-role"
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["lambda:InvokeFunction"], [FUNCTION_ARN])


def test_sam_translates_a_template_with_schedules(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    from samtranslator.translator.transform import transform

    class NoManagedPolicies:
        def load(self):
            return {}

    types = [item["Type"] for item in transform(cfn(generated("sam")), {}, NoManagedPolicies())["Resources"].values()]
    assert types.count("AWS::Events::Rule") == types.count("AWS::Lambda::Permission") == 2
    assert types.count("AWS::Scheduler::Schedule") == 1


def terraform_resources(text: str) -> dict[str, dict]:
    """TYPE.NAME -> arguments, without the quotes that python-hcl2 keeps."""
    plain = json.loads(json.dumps(hcl2.loads(text)["resource"]).replace('\\"', ""))
    return {
        f"{kind}.{name}": body for resource in plain for kind, named in resource.items() for name, body in named.items()
    }


def test_terraform_has_each_rule_with_its_target():
    resources = terraform_resources(generated("terraform"))
    assert resources["aws_cloudwatch_event_rule.report_1"]["schedule_expression"] == "cron(0 2 * * ? *)"
    assert resources["aws_cloudwatch_event_rule.report_2"]["name"] == "daily"
    assert resources["aws_cloudwatch_event_target.report_1"]["arn"] == FUNCTION_ARN
    assert "aws_cloudwatch_event_rule.report_1.name" in resources["aws_cloudwatch_event_target.report_1"]["rule"]


def test_terraform_has_each_schedule_of_scheduler_with_its_role():
    resources = terraform_resources(generated("terraform"))
    schedule = resources["aws_scheduler_schedule.report_3"]
    assert (schedule["name"], schedule["group_name"]) == ("once", "default")
    (target,) = schedule["target"]
    assert target["arn"] == FUNCTION_ARN
    assert "aws_iam_role.report-schedule-3.arn" in target["role_arn"]
    assert resources["aws_iam_role.report-schedule-3"]["name"] == "once-invoke-role"


def test_terraform_declares_the_data_sources_of_a_schedule():
    text = generated("terraform", PARAMETRIC)
    assert 'data "aws_region" "current"' in text
    assert '"rate(${var.Hours} hours)"' in text


def test_shellcheck_finds_nothing_in_a_script_with_schedules():
    script = generated("aws-cli")
    done = subprocess.run([tool("shellcheck"), "-"], input=script.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_the_script_makes_the_rules_and_schedules_and_may_run_twice(tmp_path):
    script = tmp_path / "script.sh"
    script.write_text(generated("aws-cli"), encoding="utf-8")
    with moto_server() as server:
        make_function(server)
        for _ in range(2):
            done = server.run("bash", script)
            assert (done.returncode, done.stderr) == (0, "")
        events, scheduler = server.client("events"), server.client("scheduler")
        rules = {rule["Name"]: rule["ScheduleExpression"] for rule in events.list_rules()["Rules"]}
        assert rules == {"report-schedule": "cron(0 2 * * ? *)", "daily": "rate(1 day)"}
        targets = events.list_targets_by_rule(Rule="daily")["Targets"]
        assert [(target["Id"], target["Arn"]) for target in targets] == [("function", FUNCTION_ARN)]
        schedule = scheduler.get_schedule(Name="once")
        assert schedule["ScheduleExpression"] == "at(2027-01-31T02:00:00)"
        assert (schedule["Target"]["Arn"], schedule["Target"]["RoleArn"]) == (FUNCTION_ARN, ROLE_ARN)
        policy = json.loads(server.client("lambda").get_policy(FunctionName="report")["Policy"])
        assert len(policy["Statement"]) == 2


def make_function(server) -> None:
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = server.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    server.client("lambda").create_function(
        FunctionName="report", Runtime="python3.12", Role=role, Handler="a.b", Code={"ZipFile": b"x"}
    )


@pytest.mark.parametrize("format", ["cloudformation", "sam", "serverless", "terraform", "aws-cli"])
def test_a_schedule_of_scheduler_is_not_also_a_comment(format):
    assert "Counterpart policy" not in generated(format)


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_a_format_without_rules_asks_for_the_name(format):
    result = CliRunner().invoke(main, ["generate", "-", "--format", format], input=SPEC)
    assert result.exit_code == 2
    assert "<stdin>:6:5: the schedule `cron(0 2 * * ? *)` needs `name` beside it" in result.stderr
    assert "the schedule `rate(1 day)`" not in result.stderr


def test_a_named_rule_has_its_permission_in_json():
    text = f"{HEAD}triggers:\n  - schedule: rate(1 day)\n    name: daily\n"
    (statement,) = json.loads(generated("json", text, "--only", "permissions"))["Statement"]
    assert statement["Condition"]["ArnLike"]["AWS:SourceArn"] == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/daily"


def test_a_rule_by_name_alone_is_not_written():
    assert "AWS::Events::Rule" not in generated("cloudformation", f"{HEAD}triggers:\n  - schedule: nightly\n")


@pytest.mark.parametrize("format", ["cloudformation", "sam", "serverless", "terraform", "aws-cli"])
def test_two_schedules_of_one_name_are_an_error(format):
    text = (
        f'iamglue: 1\nregion: {REGION}\naccount: "{ACCOUNT}"\ntriggers:\n  - schedule: rate(1 day)\n    name: n\n'
        "functions:\n  a: {}\n  b: {}\n"
    )
    result = CliRunner().invoke(main, ["generate", "-", "--format", format], input=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the name `n` of `rate(1 day)` is also that of `rate(1 day)`" in result.stderr


def test_resources_of_terraform_have_distinct_names_whatever_the_functions_names():
    text = (
        f'iamglue: 1\nregion: {REGION}\naccount: "{ACCOUNT}"\nfunctions:\n  report:\n    triggers:\n'
        "      - scheduler: rate(1 day)\n  report-schedule:\n    triggers:\n      - schedule: rate(1 day)\n"
        "        name: other\n  report-schedule-1: {}\n"
    )
    names = re.findall(r'^resource "(\w+)" "([^"]+)"', generated("terraform", text), re.MULTILINE)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("value", ["abc", "1", "0", "1 2"])
def test_an_expression_is_checked_again_with_the_values_of_its_parameters(value):
    result = CliRunner().invoke(
        main,
        ["generate", "-", "--format", "sam", "--set", f"Hours={value}", "--set", "Stage=prod"],
        input=PARAMETRIC,
    )
    assert (result.exit_code, result.stdout) == (2, "")
