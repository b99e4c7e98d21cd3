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


def test_a_table_whose_name_is_not_known_is_not_decided():
    assert rules(HERE + "${Table}") == (set(), True)
