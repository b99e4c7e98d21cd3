"""`iamglue services`: what a spec may say of a service."""

from __future__ import annotations

import json

import pytest

from iamglue.catalog import services as catalog
from iamglue.catalog.triggers import trigger_names


def test_without_arguments_every_service_is_listed(iamglue):
    lines = iamglue("services").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(catalog.service_prefixes())


def test_a_service_shows_verbs_types_actions_and_keys(iamglue):
    shown = iamglue("services", "dynamodb").stdout
    assert "reads: get" in shown
    assert "\n  table\n    arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}\n" in shown
    assert "Actions: Write" in shown
    assert "PutItem" in shown
    assert "dynamodb:LeadingKeys" in shown


def test_every_service_can_be_shown(iamglue):
    assert [prefix for prefix in catalog.service_prefixes() if iamglue("services", prefix).exit_code] == []


@pytest.mark.parametrize("arguments", [["s3"], ["account"], ["rds"], ["s3", "put"], ["dynamodb", "batch_write_item"]])
def test_only_arns_stand_in_lines_of_more_than_80_characters(iamglue, arguments):
    lines = iamglue("services", *arguments).stdout.splitlines()
    assert [line for line in lines if len(line) > 80 and not line.lstrip().startswith("arn:")] == []


def test_a_verb_shows_what_it_grants(iamglue):
    shown = iamglue("services", "s3", "put").stdout
    assert "writes  PutObject on object (default)" in shown
    assert "s3:PutObject" in shown


@pytest.mark.parametrize("word", ["get_item", "GetItem", "dynamodb:GetItem", "getitem"])
def test_an_operation_or_action_is_found_however_it_is_written(iamglue, word):
    assert "dynamodb:GetItem\n" in iamglue("services", "dynamodb", word).stdout


def test_an_operation_that_stands_for_several_actions_shows_each(iamglue):
    shown = iamglue("services", "dynamodb", "transact_write_items").stdout
    assert "dynamodb:PutItem\n" in shown
    assert "dynamodb:ConditionCheckItem\n" in shown


def test_an_action_without_a_resource_type_says_so(iamglue):
    assert '"*" only' in iamglue("services", "states", "callback").stdout


def test_an_operation_that_needs_no_permission_says_so(iamglue):
    assert "needs no permission" in iamglue("services", "sts", "get_caller_identity").stdout


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["dinamodb"], "did you mean `dynamodb`?"),
        (["stepfunktions"], "did you mean `states`?"),
        (["s3", "getobjct"], "did you mean `GetObject`?"),
        (["s3", "qqqqqqqqqq"], "`iamglue services s3` lists them"),
        (["qqqqqqqqqq"], "`iamglue services` lists them all"),
    ],
)
def test_an_unknown_word_is_2_with_the_nearest(iamglue, arguments, hint):
    result = iamglue("services", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"hint: {hint}\n")


@pytest.mark.parametrize("name", ["states", "stepfunctions", "SFN", "AWS::StepFunctions::StateMachine"])
def test_a_service_may_have_the_name_of_other_tools(iamglue, name):
    assert iamglue("services", name).stdout.startswith("states: AWS Step Functions\n")


def test_an_ambiguous_name_lists_the_services_that_it_may_mean(iamglue):
    result = iamglue("services", "cognito")
    assert result.exit_code == 2
    assert "\n    `cognito-idp`: user pools\n    `cognito-identity`: identity pools\n" in result.stderr


def test_a_trigger_may_have_the_name_of_other_tools(iamglue):
    assert iamglue("services", "--triggers", "MSK").stdout == iamglue("services", "--triggers", "kafka").stdout


def test_the_triggers_are_listed_with_what_invokes_the_function(iamglue):
    lines = iamglue("services", "--triggers").stdout.splitlines()
    assert {line.split()[0] for line in lines if not line.startswith("    ")} == set(trigger_names())
    assert "  sqs                   Messages of an SQS queue" in lines


@pytest.mark.parametrize("name", trigger_names())
def test_a_trigger_shows_examples_and_who_gets_what(iamglue, name):
    shown = iamglue("services", "--triggers", name).stdout
    assert f"  - {name}: " in shown
    assert "\nGrants\n" in shown or name == "self-managed-kafka"


def test_a_service_names_its_triggers_settings_and_options(iamglue):
    shown = iamglue("services", "s3").stdout
    assert "\nTriggers\n  s3  An event in an S3 bucket" in shown
    assert "\nSettings\n  on_failure" in shown
    assert "\n  missing_ok  " in shown
    assert "schedule  An EventBridge rule with a schedule" in iamglue("services", "events").stdout


@pytest.mark.parametrize(
    "arguments", [[], ["s3"], ["s3", "put"], ["--triggers"], ["--triggers", "kafka"], ["dynamodb", "batch_write_item"]]
)
def test_json_says_what_the_text_says(iamglue, arguments):
    data = json.loads(iamglue("services", *arguments, "--format", "json").stdout)
    text = iamglue("services", *arguments).stdout
    assert data["version"] == 1
    names = [item.get("trigger") or item.get("service") or item.get("verb") for item in _items(data)]
    assert [name for name in names if name and name not in text] == []
    assert names


def _items(data):
    return [item for value in data.values() if isinstance(value, list) for item in value]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--triggers", "sns1"], "there is no trigger `sns1`", "did you mean `sns`?"),
        (["--triggers", "qqqqqqqq"], "there is no trigger `qqqqqqqq`", "`iamglue services --triggers` lists them all"),
        (["--triggers", "s3", "put"], "--triggers takes the name of one trigger", "remove put"),
    ],
)
def test_an_unknown_trigger_is_an_error(iamglue, arguments, message, hint):
    result = iamglue("services", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: {message}\n  hint: {hint}\n"
