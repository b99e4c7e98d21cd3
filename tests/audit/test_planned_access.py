"""Access is compared before Region and account are known: an unknown account is still one account."""

from __future__ import annotations

import json

import pytest
from support.deployed import spec

from iamglue.audit.run import audit
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account

HERE = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
ITEMS = spec("writes:\n- dynamodb: items\nsettings: {logs: false}\n")


def rules(resource):
    """The rules that report a function that writes to the table `items`, and what was not decided."""
    statement = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": {"Fn::Sub": resource}}
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "FunctionName": ITEMS[0].name,
            "Policies": [{"Version": "2012-10-17", "Statement": [statement]}],
        },
    }
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Worker": function}}
    account = read_template_account("t.json", json.dumps(template), ParameterValues())
    report = audit([account], ITEMS).report
    missing = [item for item in report.not_evaluated if "needs" in item.what]
    return {finding.rule for finding in report.findings} & {"missing-access"}, bool(missing)


@pytest.mark.parametrize("name", ["other", "items2", "item?x"])
def test_access_to_another_table_is_missing_access(name):
    assert rules(HERE + name) == ({"missing-access"}, False)


@pytest.mark.parametrize("name", ["items", "item*", "*"])
def test_access_to_the_table_is_not(name):
    assert rules(HERE + name) == (set(), False)


LOG_GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/"


def lacks_logs(granted, name):
    """Whether access to write logs is missing for a function whose role may write to a log group; None: undecided."""
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "Policies": [
                {
                    "PolicyName": "logs",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                                "Resource": {"Fn::Sub": LOG_GROUP + granted},
                            }
                        ],
                    },
                }
            ],
        },
    }
    properties = {"FunctionName": {"Fn::Sub": name}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    resources = {"Role": role, "Worker": {"Type": "AWS::Lambda::Function", "Properties": properties}}
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    settings = ParameterValues((("Region", "eu-west-1"), ("Account", "111122223333")))
    report = audit([read_template_account("t.json", text, settings)]).report
    if report.not_evaluated:
        return None
    return "missing-access" in {finding.rule for finding in report.findings}


@pytest.mark.parametrize("name", ["one-two", "${Stage}", "one-${Stage}-two", "${Stage}${AWS::StackName}"])
@pytest.mark.parametrize("suffix", [":*", "*:*", ":*:*", "*:*:*", ":log-stream:*", "*"])
def test_each_way_to_name_the_streams_of_a_log_group_lets_the_function_log(name, suffix):
    assert lacks_logs(name + suffix, name) is False


@pytest.mark.parametrize("granted", ["*:*:*", "${AWS::StackName}*:*", "one-*:*:*"])
def test_a_pattern_covers_every_value_of_a_parameter_that_it_has_itself(granted):
    assert lacks_logs(granted, granted.partition("*")[0] + "-${Stage}") is False


@pytest.mark.parametrize("granted", ["${Other}*:*", "?*:log-*", "??*:log-*", "${Stage}?*:log-*", "one*:*"])
def test_a_pattern_that_only_some_values_of_a_parameter_match_is_not_decided(granted):
    assert lacks_logs(granted, "${Stage}") is None


@pytest.mark.parametrize("granted", ["one", "two:*"])
def test_another_log_group_or_none_of_its_streams_is_missing_access(granted):
    assert lacks_logs(granted, "one") is True


def test_a_table_whose_name_is_not_known_is_not_decided():
    assert rules(HERE + "${Table}") == (set(), True)


def test_a_source_that_the_deployment_fills_in_fails_no_run():
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}}
    properties = {"FunctionName": {"Ref": "Worker"}, "EventSourceArn": {"Ref": "StreamArn"}}
    mapping = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}
    resources = {"Role": role, "Worker": function, "Mapping": mapping}
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    report = audit([read_template_account("t.json", text, ParameterValues())]).report
    assert any("${StreamArn}" in gap.what for gap in report.not_evaluated)
    assert not report.has_failures


LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


def missing_logs(statements, **properties):
    """The messages about access to write logs, for a function in an unknown place whose role may write every log."""
    allow = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allow, *statements]}
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}} | properties
    role["Policies"] = [{"PolicyName": "logs", "PolicyDocument": document}]
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}}
    resources = {"Role": {"Type": "AWS::IAM::Role", "Properties": role}, "Worker": function}
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    report = audit([read_template_account("t.json", text, ParameterValues())]).report
    assert not report.not_evaluated
    return [item.message for item in report.findings if item.rule == "missing-access"]


@pytest.mark.parametrize(
    "deny",
    [
        {"NotAction": "s3:*", "Resource": "*"},
        {"NotAction": ["s3:*", LOGS[0]], "Resource": "*"},
        {"Action": "logs:Put*", "Resource": {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:*:log-group:*"}},
    ],
)
def test_a_deny_of_the_functions_own_logs_is_missing_access(deny):
    (message,) = missing_logs([{"Effect": "Deny", **deny}])
    assert "statement 2 of `logs` denies this" in message


def test_a_deny_of_all_actions_but_those_for_logs_takes_nothing_from_them():
    assert not missing_logs([{"Effect": "Deny", "NotAction": list(LOGS), "Resource": "*"}])


@pytest.mark.parametrize("partition", ["aws", "${AWS::Partition}"])
def test_a_boundary_that_allows_no_logs_is_missing_access(partition):
    boundary = {"Fn::Sub": f"arn:{partition}:iam::aws:policy/ReadOnlyAccess"}
    (message,) = missing_logs([], PermissionsBoundary=boundary)
    assert "no statement of `ReadOnlyAccess` allows this" in message
