"""Schedules in a spec: an expression is checked, and names its rule or lets iamglue name it."""

from __future__ import annotations

import pytest
from readers.bad_specs import HEAD
from support.generated import bundle_of
from support.rows import every_row

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.formats.policies.spec_text import spec_text
from iamglue.model.spec import Trigger
from iamglue.readers.spec.reader import parse_spec


def triggers_of(body: str) -> tuple[Trigger, ...]:
    (function,) = parse_spec(HEAD + body, "spec.yaml").functions
    return function.triggers


def error_of(body: str) -> IamglueError:
    with pytest.raises(MultipleErrors) as caught:
        parse_spec(HEAD + body, "spec.yaml")
    (error,) = caught.value.problems
    return error


@pytest.mark.parametrize("trigger", ["schedule", "scheduler", "ScheduleV2"])
@pytest.mark.parametrize("expression", ["rate(1 day)", "cron(0 2 * * ? *)"])
def test_an_expression_has_its_rules_name_beside_it(trigger, expression):
    (schedule,) = triggers_of(f"triggers:\n  - {trigger}: {expression}\n    name: nightly\n")
    assert (schedule.expression, schedule.resource.text, schedule.has_derived_name) == (expression, "nightly", False)


def test_schedules_without_names_are_named_after_the_function():
    triggers = triggers_of(
        "triggers:\n  - schedule: rate(1 day)\n  - schedule: other\n  - scheduler: rate(5 minutes)\n"
    )
    assert [trigger.resource.text for trigger in triggers] == ["f-schedule", "other", "f-schedule-2"]
    assert [trigger.has_derived_name for trigger in triggers] == [True, False, True]


def test_a_name_is_no_expression():
    (schedule,) = triggers_of("triggers:\n  - schedule: nightly\n")
    assert (schedule.expression, schedule.resource.text) == (None, "nightly")


@every_row(
    "item, line, column, message",
    [
        ("events: cron(0 2 * * ? *)", 5, 13, "not the name of a rule"),
        ("{schedule: rate(1 day), name: bus/x}", 5, 35, "made beside the function"),
        ("{scheduler: rate(1 day), name: group/x}", 5, 36, "made beside the function"),
        ("schedule: rate(1 days)", 5, 22, "`days` after `1`"),
        ("schedule: cron(0 25 * * ? *)", 5, 22, "`25`"),
        ('schedule: "cron(0 25 * * ? *)"', 5, 23, "`25`"),
        ("{schedule: rate(5 hour), name: a}", 5, 23, "`hour`"),
        ("schedule: cron(0 2 * * * *)", 5, 28, "must be `?`"),
        ("schedule: at(2027-01-31T02:00:00)", 5, 15, "`at(...)` is not supported"),
        ("scheduler: at(2027-13-31T02:00:00)", 5, 19, "not a valid time"),
        ("schedule: 0 2 * * *", 5, 15, "is not the name of a rule"),
        ("schedule: 5 minutes", 5, 15, "is not the name of a rule"),
        ("schedule: night-*", 5, 15, "wildcards are not allowed"),
        ("{schedule: nightly, name: a}", 5, 25, "`name` is only valid beside an expression"),
        ("{sqs: jobs, name: a}", 5, 17, "`name` is only valid beside an expression"),
        ("{schedule: rate(1 day), name: a b}", 5, 35, "`a b` is not a valid name of an EventBridge rule"),
        ("{schedule: rate(1 day), region: us-east-1}", 5, 29, "`region` is not allowed with an expression"),
    ],
)
def test_an_error_in_a_schedule_is_at_the_wrong_word(item, line, column, message):
    error = error_of(f"triggers:\n  - {item}\n")
    assert message in error.message
    assert error.location is not None
    assert (error.location.line, error.location.column) == (line, column)


@pytest.mark.parametrize(
    ("item", "hint"),
    [
        ("schedule: 0 2 * * *", "write `cron(0 2 * * ? *)`"),
        ("schedule: night-*", "rate(1 day)"),
        ("s3: images/*", "which objects invoke the function is written in the bucket's notification"),
        ("events: order-*", "a permission is for one rule"),
        ("{apigateway: {api: a1b2c3, path: /items/*}}", "as `{id}`"),
        ("dynamodb: orders-*", "matches all its streams"),
        ("sqs: jobs-*", "a trigger is one source"),
        ("{kinesis: s, on_failure: {sqs: q*}}", "Lambda sends to one destination"),
    ],
)
def test_a_wildcard_is_answered_with_what_was_meant(item, hint):
    assert hint in (error_of(f"triggers:\n  - {item}\n").hint or "")


@pytest.mark.parametrize(
    "item",
    ["{schedule: rate(1 day), name: nightly}", "schedule: rate(1 day)", "{scheduler: 'at(2027-01-31T02:00:00)'}"],
)
def test_a_schedule_survives_being_written_and_read(item):
    (function,) = parse_spec(f"{HEAD}triggers:\n  - {item}\n", "spec.yaml").functions
    (again,) = parse_spec(spec_text([function]), "spec.yaml").functions
    (before,), (after,) = function.triggers, again.triggers
    assert (before.expression, before.resource, before.has_derived_name) == (
        after.expression,
        after.resource,
        after.has_derived_name,
    )


def test_a_rules_permission_is_for_the_rule_that_is_written():
    permission_set = bundle_of("triggers:\n  - schedule: cron(0 2 * * ? *)\n")
    (permission,), (schedule,) = permission_set.invoke_permissions, permission_set.schedules
    assert permission.source_arn == f"arn:aws:events:eu-west-1:111122223333:rule/{schedule.name}"
    assert (schedule.name, schedule.role) == ("f-schedule", None)


def test_a_schedule_of_scheduler_has_a_role_that_invokes_the_function():
    permission_set = bundle_of("triggers:\n  - scheduler: rate(1 day)\n    name: nightly\n")
    (schedule,) = permission_set.schedules
    assert schedule.role is not None
    assert (schedule.group, schedule.role.name) == ("default", "nightly-invoke-role")
    (statement,) = schedule.role.policy.statements
    assert statement.resources is not None
    assert statement.resources.values == ("arn:aws:lambda:eu-west-1:111122223333:function:f",)
    assert [peer.in_documents for peer in permission_set.counterparts] == [False, False]


def test_a_long_function_name_leaves_the_rule_a_valid_name():
    head = f"iamglue: 1\nfunction: {'f' * 64}\nregion: eu-west-1\naccount: '111122223333'\n"
    (schedule,) = bundle_of("triggers:\n  - schedule: rate(1 day)\n", head=head).schedules
    assert len(schedule.name) == 64
    assert schedule.name.endswith("-schedule")
