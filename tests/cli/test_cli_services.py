"""`iamglue services`: what a spec may say of a service."""

from __future__ import annotations

import pytest

from iamglue.catalog import services as catalog


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
        (["stepfunctions"], "the IAM prefix of the SDK client `stepfunctions` is `states`"),
        (["s3", "getobjct"], "did you mean `GetObject`?"),
        (["s3", "qqqqqqqqqq"], "`iamglue services s3` lists them"),
        (["qqqqqqqqqq"], "`iamglue services` lists them all"),
    ],
)
def test_an_unknown_word_is_2_with_the_nearest(iamglue, arguments, hint):
    result = iamglue("services", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"hint: {hint}\n")
