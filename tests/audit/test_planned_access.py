"""Access is compared before Region and account are known: an unknown account is still one account."""

from __future__ import annotations

import json
from functools import partial

import pytest
from support.deployed import spec

from iamglue.audit.run import audit
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account

HERE = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
ITEMS = spec("writes:\n- dynamodb: items\nsettings: {logs: false}\n")


def report(*statements, specs=ITEMS, **settings):
    """The report on a function that writes to the table `items`, and whose role has these statements."""
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "FunctionName": ITEMS[0].name,
            "Policies": [{"Version": "2012-10-17", "Statement": list(statements)}],
        },
    }
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Worker": function}}
    account = read_template_account("t.json", json.dumps(template), ParameterValues(tuple(settings.items())))
    return audit([account], specs).report


def granting(*names, effect="Allow", element="Resource", prefix=HERE):
    """A statement on tables."""
    return {"Effect": effect, "Action": "dynamodb:PutItem", element: [{"Fn::Sub": prefix + name} for name in names]}


def rules(name):
    """Whether access to the table `items` is missing with access to a table, and whether that was not decided."""
    result = report(granting(name))
    missing = [item for item in result.not_evaluated if "needs" in item.what]
    return {finding.rule for finding in result.findings} & {"missing-access"}, bool(missing)


@pytest.mark.parametrize("name", ["other", "items2", "item?x"])
def test_access_to_another_table_is_missing_access(name):
    assert rules(name) == ({"missing-access"}, False)


@pytest.mark.parametrize("name", ["items", "item*", "*"])
def test_access_to_the_table_is_not(name):
    assert rules(name) == (set(), False)


KNOWN = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
KNOWN_ITEMS = spec("region: eu-west-1\naccount: '111122223333'\nwrites:\n- dynamodb: items\nsettings: {logs: false}\n")
on_tables = partial(granting, prefix=KNOWN)


def excess(*statements):
    """Whether the role has excess access to DynamoDB; None if that was not decided."""
    result = report(*statements, specs=KNOWN_ITEMS, Region="eu-west-1", Account="111122223333", Partition="aws")
    if any(finding.rule == "excess-access" and "dynamodb" in finding.message for finding in result.findings):
        return True
    return None if any("more than" in item.what for item in result.not_evaluated) else False


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ([on_tables("${Table}")], None),
        ([on_tables("${Stage}-items")], True),
        ([on_tables("item${Suffix}")], None),
        ([on_tables("item${Suffix}", "${Table}")], None),
        ([on_tables("${Table}", "other")], True),
        ([on_tables("${Table}", "items*")], True),
        ([on_tables("${Table}/index/x")], True),
        ([on_tables("other${Suffix}")], True),
        ([on_tables("*"), on_tables("${Table}", effect="Deny")], None),
        ([on_tables("*"), on_tables("${Table}", effect="Deny", element="NotResource")], None),
        ([on_tables("items"), on_tables("${Table}", effect="Deny")], False),
        ([on_tables("items")], False),
    ],
)
def test_access_to_a_table_that_a_parameter_names_is_excess_only_if_it_is_so_for_every_value(statements, answer):
    assert excess(*statements) is answer


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
    assert rules("${Table}") == (set(), True)


def test_a_table_whose_name_can_not_be_that_of_the_other_table_is_missing_access():
    assert rules("orders${Suffix}") == ({"missing-access"}, False)


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


@pytest.mark.parametrize(
    ("account", "named"), [("999999999999", "`999999999999`"), ({"Ref": "AWS::AccountId"}, "the account")]
)
def test_the_account_whose_buckets_may_invoke_a_function_is_named(account, named):
    permission = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Worker"},
            "Principal": "s3.amazonaws.com",
            "SourceAccount": account,
        },
    }
    function = {"Type": "AWS::Serverless::Function", "Properties": {}}
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Worker": function, "Invoke": permission}}
    findings = audit([read_template_account("t.json", json.dumps(template), ParameterValues())]).report.findings
    (finding,) = [each for each in findings if each.rule == "unconfined-invoke"]
    assert finding.message.endswith(f"may invoke the function for any bucket of {named}")
