"""What other tools call services and triggers, in a spec: accepted as synonyms, or errors that list the choices."""

from __future__ import annotations

from dataclasses import replace

import pytest
from readers.bad_specs import HEAD

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.model.spec import SpecFunction
from iamglue.readers.spec.canonical_text import canonical_spec_text
from iamglue.readers.spec.reader import parse_spec


def function_of(body: str) -> SpecFunction:
    (function,) = parse_spec(HEAD + body, "spec.yaml").functions
    return function


def error_of(body: str) -> IamglueError:
    with pytest.raises(MultipleErrors) as caught:
        parse_spec(HEAD + body, "spec.yaml")
    (error,) = caught.value.problems
    return error


@pytest.mark.parametrize(
    ("item", "service", "resource_type"),
    [
        ("AWS::SQS::Queue: jobs", "sqs", None),
        ("{AWS::SQS::Queue: jobs}", "sqs", None),
        ("aws_sqs_queue: jobs", "sqs", None),
        ("SQS: jobs", "sqs", None),
        ("eventbridge: bus", "events", None),
        ("'@aws-sdk/client-sqs': jobs", "sqs", None),
        ("{AWS::Glue::Table: {DatabaseName: a, TableName: b}, do: UpdateTable}", "glue", "table"),
        ("{StepFunctions/statemachine: m, do: UpdateStateMachine}", "states", "statemachine"),
    ],
)
def test_an_entry_may_name_its_service_as_other_tools_do(item, service, resource_type):
    (entry,) = function_of(f"writes:\n  - {item}\n").entries
    assert (entry.service, entry.resource_type) == (service, resource_type)
    assert (entry.location.line, entry.location.column) == (5, 6 if item.startswith("{") else 5)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("SQS: jobs", "sqs"),
        ("{HttpApi: a1b2c3}", "apigateway"),
        ("CloudWatchLogs: /a/b", "logs"),
        ("stepfunctions: m", "states"),
        ("aws_cloudwatch_metric_alarm: a", "alarm"),
    ],
)
def test_a_trigger_may_have_the_name_of_other_tools(item, name):
    (trigger,) = function_of(f"triggers:\n  - {item}\n").triggers
    assert trigger.name == name


def test_destinations_may_have_the_names_of_other_tools():
    function = function_of(
        "triggers:\n  - kinesis: s\n    on_failure: {AWS::SNS::Topic: failed}\n"
        "settings: {dead_letter: {aws_sqs_queue: failed}}\n"
    )
    (trigger,) = function.triggers
    assert trigger.on_failure is not None
    assert trigger.on_failure.service == "sns"
    assert function.settings.dead_letter is not None
    assert function.settings.dead_letter.service == "sqs"


@pytest.mark.parametrize(
    ("body", "choices"),
    [
        ("triggers:\n  - api: a1b2c3\n", ["apigateway", "function-url"]),
        ("triggers:\n  - http: a1b2c3\n", ["apigateway", "function-url", "elasticloadbalancing"]),
        ("triggers:\n  - stream: a\n", ["dynamodb", "kinesis"]),
        ("triggers:\n  - eventbridge: a\n", ["events", "schedule", "scheduler"]),
        ("triggers:\n  - cron: a\n", ["schedule", "scheduler"]),
        ("reads:\n  - stream: a\n", ["kinesis", "firehose", "dynamodb"]),
        ("writes:\n  - dlq: a\n", ["sqs", "dead_letter", "on_failure"]),
        ("settings: {on_failure: {queue: a}}\n", ["sqs", "mq", "batch"]),
    ],
)
def test_an_ambiguous_word_is_an_error_with_a_line_for_each_choice(body, choices):
    error = error_of(body)
    assert [choice.split("`")[1] for choice in error.choices] == choices
    assert all(": " in choice for choice in error.choices)


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("triggers:\n  - parameter: a\n", "the valid triggers are"),
        ("reads:\n  - parameter: a\n", "did you mean `ssm`?"),
        ("triggers:\n  - AWS::SQS::QueuePolicy: a\n", "did you mean `sqs`?"),
        ("triggers:\n  - AWS::Lambda::Permission: a\n", "name the service that invokes the function"),
        ("triggers:\n  - rekognition: a\n", "`rekognition` invokes no function"),
        ("triggers:\n  - aws_dynamodb_tag: a\n", "did you mean `dynamodb`?"),
        ("reads:\n  - schedule: a\n", "`schedule` is a trigger"),
        ("settings: {VpcConfig: true}\n", "write `vpc`"),
        ("settings: {dlq: {sqs: a}}\n", "write `dead_letter`"),
    ],
)
def test_another_word_is_an_error_that_says_what_to_write(body, hint):
    assert hint in (error_of(body).advice or "")


def test_a_second_name_of_the_same_service_is_a_second_service():
    assert "is a second one" in error_of("reads:\n  - {sqs: a, AWS::SQS::Queue: b}\n").message


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("s3://images/in/photo.jpg", "images/in/photo.jpg"),
        ("s3://images/in/*", "images/in/*"),
        ("s3://images", "images"),
        ("images/in/*", "images/in/*"),
    ],
)
def test_an_s3_uri_names_its_bucket_and_key(written, name):
    (entry,) = function_of(f"reads:\n  - s3: {written}\n").entries
    assert entry.resource.text == name


def test_a_trigger_may_be_the_uri_of_a_bucket():
    (trigger,) = function_of("triggers:\n  - s3: s3://images\n").triggers
    assert trigger.resource.text == "images"


OTHER_NAMES = f"""{HEAD}triggers:
  - AWS::SQS::Queue: jobs   # the queue
  - {{HttpApi: a1b2c3}}
reads:
  - "S3": 's3://images/in/*'
    do: [GetObjectCommand]   # one
  - &table
    aws_dynamodb_table: tbl

  - s3: "s3://*/x"
calls:
- StepFunctions:   m
settings: {{dead_letter: {{ AWS::SNS::Topic: failed }}}}
"""


def test_the_canonical_text_differs_in_the_names_alone():
    text = canonical_spec_text(OTHER_NAMES, "spec.yaml")
    assert text == (
        OTHER_NAMES.replace("AWS::SQS::Queue", "sqs")
        .replace("HttpApi", "apigateway")
        .replace('"S3"', '"s3"')
        .replace("s3://", "")
        .replace("aws_dynamodb_table", "dynamodb")
        .replace("StepFunctions", "states")
        .replace("AWS::SNS::Topic", "sns")
    )


def test_the_canonical_text_of_a_canonical_text_is_the_same():
    text = canonical_spec_text(OTHER_NAMES, "spec.yaml")
    assert canonical_spec_text(text, "spec.yaml") == text


def test_the_canonical_text_means_the_same():
    text = canonical_spec_text(OTHER_NAMES, "spec.yaml")
    before, after = (parse_spec(version, "spec.yaml").functions[0] for version in (OTHER_NAMES, text))
    location = before.location

    def without_locations(function: SpecFunction) -> SpecFunction:
        return replace(
            function,
            triggers=tuple(replace(trigger, location=location) for trigger in function.triggers),
            entries=tuple(replace(entry, location=location) for entry in function.entries),
            settings=replace(function.settings, dead_letter=None),
        )

    assert without_locations(before) == without_locations(after)


@pytest.mark.parametrize(
    ("item", "line", "column"),
    [
        ("s3: bkt\n    do: gett", 6, 9),
        ("s3: bkt\n    do: [get, gett]", 6, 15),
        ("s3: bkt\n    do:\n      - get\n      - put", 8, 9),
        ("{s3: bkt, do: [get, delete_object]}", 5, 25),
        ("{s3: bkt, do: [kms:Decrypt]}", 5, 20),
        ("{states: m, do: callback}", 5, 21),
    ],
)
def test_an_error_in_do_is_at_its_word(item, line, column):
    error = error_of(f"reads:\n  - {item}\n")
    assert error.location is not None
    assert (error.location.line, error.location.column) == (line, column)


@pytest.mark.parametrize(
    ("access", "item", "message", "choices"),
    [
        ("calls", "sns: t", "`sns` belongs in `writes`", ["in `writes`: `publish`, which allows sns:Publish"]),
        ("reads", "lambda: f", "`lambda` belongs in `calls`", ["in `calls`: `invoke`, which allows lambda:Invoke"]),
        ("calls", "s3: bkt", "belongs in `reads` or `writes`", ["in `reads`: `get`", "in `writes`: `put`"]),
        ("calls", "kms: k", "`kms` in `calls` needs `do`", ["`do: sign` allows kms:Sign", "`do: verify`"]),
        ("reads", "rekognition: '*'", "`rekognition` in `reads` needs `do`", ["`do: "]),
        ("reads", "opensearch: d", "`opensearch` in `reads` needs `do`", ["`do: "]),
    ],
)
def test_an_entry_without_do_that_needs_one_says_which_or_where_it_belongs(access, item, message, choices):
    error = error_of(f"{access}:\n  - {item}\n")
    assert message in error.message
    for choice, start in zip(error.choices, choices, strict=False):
        assert choice.startswith(start)
    assert len(error.choices) >= len(choices)


@pytest.mark.parametrize(
    ("access", "item"),
    [
        ("calls", "sts: deployer"),
        ("calls", "execute-api: a1b2c3"),
        ("calls", "sagemaker: ranking"),
        ("calls", "codebuild: site"),
        ("calls", "ecs: report"),
        ("writes", "iot: alerts"),
        ("writes", "cloudfront: E1A2B3"),
        ("writes", "route53: Z123"),
        ("reads", "personalize: films"),
        ("reads", 'translate: "*"'),
    ],
)
def test_do_may_be_left_out_where_one_action_is_the_obvious_one(access, item):
    (entry,) = function_of(f"{access}:\n  - {item}\n").entries
    assert entry.do == ()
