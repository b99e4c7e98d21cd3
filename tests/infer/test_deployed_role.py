"""A function with its role, deployed or in a template, as a spec."""

from __future__ import annotations

from support.deployed import HERE, attached, function, of_aws, role

from iamglue.formats.policies.spec_text import commented_spec_text
from iamglue.infer.deployed_role import infer_role
from iamglue.model.account import EventSourceMapping
from iamglue.readers.spec.reader import parse_spec

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/*"}
LOGS = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": f"arn:aws:logs:{HERE}:log-group:/aws/lambda/exif-extractor:*",
}
QUEUE = EventSourceMapping(f"arn:aws:sqs:{HERE}:orders")


def spec_of(result):
    (read,) = parse_spec(commented_spec_text([result.function]), "spec.yaml").functions
    return read


def kinds(result):
    return [str(change.kind) for change in result.changes]


def test_entries_are_what_triggers_and_settings_do_not_need():
    result = infer_role(function(), role(attached("inline", [READ, LOGS])))
    read = spec_of(result)
    assert [entry.resource.text for entry in read.entries] == ["images-bucket"]
    assert (read.name, read.region, read.account) == ("exif-extractor", "eu-west-1", "123456789012")
    assert kinds(result) == []


def test_what_lambda_needs_to_poll_is_the_trigger_and_no_entry():
    polling = {
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "Resource": f"arn:aws:sqs:{HERE}:orders",
    }
    read = spec_of(infer_role(function(event_sources=(QUEUE,)), role(attached("inline", [polling, LOGS]))))
    assert ([trigger.name for trigger in read.triggers], read.entries) == (["sqs"], ())


def test_what_aws_allows_everywhere_for_a_trigger_is_narrowed_to_its_source():
    managed = of_aws("AWSLambdaSQSQueueExecutionRole")
    result = infer_role(function(event_sources=(QUEUE,)), role(managed))
    assert spec_of(result).entries == ()
    assert set(kinds(result)) == {"narrowed"}


def test_the_same_in_a_policy_of_the_user_stays():
    everywhere = {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": f"arn:aws:sqs:{HERE}:*"}
    read = spec_of(infer_role(function(event_sources=(QUEUE,)), role(attached("inline", [everywhere, LOGS]))))
    assert [(entry.service, entry.resource.text) for entry in read.entries] == [("sqs", "*")]


def test_what_the_role_lacks_for_its_settings_is_reported_as_widened():
    assert "widened" in kinds(infer_role(function(), role(attached("inline", [READ]))))


def test_a_role_that_was_not_read_and_a_boundary_are_reported():
    assert "dropped" in kinds(infer_role(function(), None))
    bounded = role(attached("inline", [READ, LOGS]), boundary=attached("limit", [READ]))
    assert kinds(infer_role(function(), bounded)) == ["dropped"]


def test_a_malformed_policy_is_reported():
    assert kinds(infer_role(function(), role(attached("inline", [LOGS]), attached("broken", "{")))) == ["dropped"]
