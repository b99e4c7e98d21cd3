"""A usage from a part of the records never makes an audit say that the rest was not used."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from infer.trail.trail_records import ACCOUNT, create_table, get_object, record, session

from iamglue.cli.main import main

ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders-role"
TEMPLATE = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: orders-role
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: images
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::images/*"}
              - {Effect: Allow, Action: "s3:PutBucketPolicy", Resource: "arn:aws:s3:::images"}
  Orders:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: orders, Handler: a.b, Runtime: python3.13, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}
"""
READ = get_object("in/1.jpg", userIdentity=session("orders", ROLE))
MANAGEMENT = record("ListBuckets", "s3", userIdentity=session("orders", ROLE), eventID="2")
OTHER = session("worker", f"arn:aws:iam::{ACCOUNT}:role/worker")
# Writes of another role show that the trail records them.
WRITES = [create_table(userIdentity=OTHER), get_object(eventName="PutObject", userIdentity=OTHER)]


@pytest.fixture
def unused(trail, tmp_path):
    """The message and the undecided checks of an audit's `unused-access`, with a usage of records and options."""

    def run(records, *options):
        (tmp_path / "log.json").write_text(json.dumps({"Records": records}))
        (tmp_path / "template.yaml").write_text(TEMPLATE)
        usage = tmp_path / "usage.json"
        ran = trail(tmp_path / "log.json", *options, "-o", usage)
        assert ran.code == 0, ran.notes
        arguments = ("audit", "--template", tmp_path / "template.yaml", "--usage", usage, "--format", "json")
        report = json.loads(CliRunner().invoke(main, list(map(str, arguments))).stdout)
        messages = [item["message"] for item in report["findings"] if item["rule"] == "unused-access"]
        return messages, [item["reason"] for item in report["not_evaluated"] if "whether the role uses" in item["what"]]

    return run


def test_a_role_of_a_template_has_the_records_of_the_deployed_role(unused):
    ((message,), _) = unused([READ, MANAGEMENT, *WRITES])
    assert "s3:PutBucketPolicy" in message
    assert "s3:GetObject" not in message


def test_a_condition_of_what_no_record_shows_is_part_of_the_claim(unused):
    ((message,), _) = unused([READ, MANAGEMENT, *WRITES])
    assert (
        "(CloudTrail in eu-west-1, until 2026-01-05, if the trail records all data events of these resources)"
        in message
    )


@pytest.mark.parametrize("role", ["orders-role", ROLE])
def test_the_usage_of_one_role_decides_about_this_role(unused, role):
    (messages, _) = unused([READ, MANAGEMENT, *WRITES], "--role", role)
    assert len(messages) == 1


@pytest.mark.parametrize("options", [("--role", "other-role"), ("--function", "other"), ("--function", "orders")])
def test_the_usage_of_one_role_or_function_decides_nothing_about_others(unused, options):
    messages, reasons = unused([READ, MANAGEMENT, *WRITES], *options)
    assert messages == []
    assert reasons


def test_data_events_alone_decide_nothing_about_management_events(unused):
    messages, reasons = unused([READ])
    assert messages == []
    assert reasons == ["only data events were recorded, and these calls may be management events"]
