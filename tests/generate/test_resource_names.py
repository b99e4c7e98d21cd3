"""Names in a spec follow the rules of their services: errors for what never was, notes for what only old ones have."""

from __future__ import annotations

import pytest
from support.generated import HEAD, bundle_of, grants, problems_of
from support.rows import every_row

from iamglue.catalog.name_patterns import patterned_names
from iamglue.catalog.service_arn_formats import service_arn_formats
from iamglue.catalog.tables import table_rows
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.readers.spec.reader import parse_spec

R = "eu-west-1:111122223333"
STACK = DeploymentTarget("eu-west-1", "111122223333", allow_parameters=True)
BAD = [
    ("reads:\n- s3: My_Bucket!", "`My_Bucket!` is not a valid name of an S3 bucket", "`!` is not allowed"),
    ("reads:\n- s3: ab", "`ab` is not a valid name of an S3 bucket", ""),
    ("reads:\n- s3: a..b", "`a..b` is not a valid name", ""),
    ("reads:\n- s3: 192.168.5.4", "not an IP address", ""),
    ("reads:\n- s3: xn--images", "no reserved beginning", ""),
    ("reads:\n- s3: arn:aws:s3:::bad bucket/x", "`bad bucket` is not a valid name", "a space"),
    ("reads:\n- s3: https://images.s3.amazonaws.com/x", "is not a valid name of an S3 bucket", ""),
    ("writes:\n- sqs: bad name", "`bad name` is not a valid name of an SQS queue", "a space is not allowed"),
    ("writes:\n- sqs: jobs.standard", "`jobs.standard` is not a valid name", ""),
    (f"writes:\n- sqs: {'q' * 81}", "1 to 80 letters", ""),
    ("writes:\n- sqs: https://sqs.eu-west-1.amazonaws.com/111122223333/jobs", "not a valid name", "the URL: `jobs`"),
    ("writes:\n- sns: my topic", "`my topic` is not a valid name of an SNS topic", ""),
    ("reads:\n- dynamodb: orders/index/by-date", "names a dynamodb/index, but `dynamodb:GetItem` acts on a", ""),
    ("reads:\n- kinesis: s/consumer/c:1", "names a kinesis/consumer, but `kinesis:GetRecords` acts on a", ""),
    ('reads:\n- dynamodb: "a b"', "`a b` is not a valid name of a DynamoDB table", ""),
    (
        "reads:\n- dynamodb: orders\n  do: query\n  index: by date",
        "`by date` is not a valid name of a DynamoDB index",
        "",
    ),
    ("calls:\n- lambda: my.function", "`my.function` is not a valid name of a Lambda function", ""),
    (f"calls:\n- lambda: {'f' * 65}", "1 to 64 letters", ""),
    ("writes:\n- kinesis: a stream", "`a stream` is not a valid name of a Kinesis stream", ""),
    ("reads:\n- secretsmanager: my secret", "`my secret` is not a valid name of a secret", ""),
    ("reads:\n- ssm: /a//b", "is not a valid name of a Systems Manager parameter", ""),
    ("reads:\n- ssm: awsome", "is not a valid name of a Systems Manager parameter", ""),
    ("reads:\n- ssm: /SSM-key", "is not a valid name of a Systems Manager parameter", ""),
    ("reads:\n- ssm: /1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "at most 15 levels", ""),
    (
        "triggers:\n- sqs: https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
        "is not a valid sqs queue name",
        "`orders`",
    ),
    ("reads:\n- ssm: /a b", "`a b` is not a valid name of a Systems Manager parameter", ""),
    ("calls:\n- states: my machine", "`my machine` is not a valid name of a state machine", ""),
    ("calls:\n- sts: my role", "`my role` is not a valid name of a role", ""),
    ("writes:\n- events: my bus", "`my bus` is not a valid name of an event bus", ""),
    (f"writes:\n- sqs: arn:aws:sqs:{R}:bad name", "`bad name` is not a valid name", ""),
    (f"calls:\n- lambda: arn:aws:lambda:{R}:function:a.b", "`a.b` is not a valid name", ""),
    ("triggers:\n- s3: My_Bucket!", "`My_Bucket!` is not a valid name", ""),
    ("triggers:\n- events: my rule", "`my rule` is not a valid name of an EventBridge rule", ""),
    ("triggers:\n- events: {bus: my bus, rule: placed}", "`my bus` is not a valid name of an event bus", ""),
    ("triggers:\n- scheduler: my schedule", "`my schedule` is not a valid name of a schedule", ""),
    ("triggers:\n- kinesis: s\n  on_failure: {sqs: a b}", "`a b` is not a valid name of an SQS queue", ""),
    ("settings: {dead_letter: {sns: a b}}", "`a b` is not a valid name of an SNS topic", ""),
    ("reads:\n- s3: up_${Stage}!", "is not a valid name", "`!` is not allowed"),
    ("writes:\n- sqs: jobs-${Stage}.std", "is not a valid name", ""),
    ("writes:\n- iot: devices/+/cmd", "`devices/+/cmd` is not a valid name of an MQTT topic", "`+` is not allowed"),
    (
        f"writes:\n- events: arn:aws:events:{R}:rule/default/nightly\n  do: PutRule",
        "a rule on the default bus is `events/rule-on-default-event-bus: NAME`",
        "",
    ),
    (
        "writes:\n- ses: Shop <a@example.com>",
        "`Shop <a@example.com>` is not a valid name of an SES identity",
        "a space is not allowed",
    ),
    ('writes:\n- sqs: "jobs *"', "is not a valid name", "a space"),
]


@every_row(
    "body, parameter, way",
    [
        ('reads:\n- dynamodb: "${TableArn}"', "${TableArn}", '`{Arn: "${TableArn}"}`'),
        ('reads:\n- secretsmanager: "${SecretARN}"', "${SecretARN}", '`{Arn: "${SecretARN}"}`'),
        ('triggers:\n- sqs: "${QueueArn}"', "${QueueArn}", '`{Arn: "${QueueArn}"}`'),
        ('settings: {dead_letter: {sqs: "${QueueArn}"}}', "${QueueArn}", '`{Arn: "${QueueArn}"}`'),
        ('reads:\n- s3: images\n  key: "${KeyArn}"', "${KeyArn}", '`kms: {Arn: "${KeyArn}"}` with `do`'),
        ('writes:\n- scheduler: s\n  pass_role: "${RoleArn}"', "${RoleArn}", '`iam: {Arn: "${RoleArn}"}` with `do`'),
    ],
)
def test_a_parameter_that_is_called_an_arn_and_is_taken_as_a_name_is_noted(body, parameter, way):
    (note,) = [note for note in bundle_of(body, choice=STACK).notes if "taken as a name" in note]
    assert f"`{parameter}` is taken as a name" in note
    assert way in note


@every_row("body", ['reads:\n- dynamodb: {Arn: "${TableArn}"}', 'reads:\n- dynamodb: "${Table}"', "reads:\n- s3: barn"])
def test_a_parameter_that_is_a_whole_arn_or_a_name_gets_no_note(body):
    assert not [note for note in bundle_of(body, choice=STACK).notes if "taken as a name" in note]


@every_row("body, message, hint", BAD)
def test_a_name_that_never_was_is_an_error_at_its_place(body, message, hint):
    (error,) = problems_of(body)
    assert message in error.message
    assert hint in (error.hint or "")
    assert error.location is not None


def test_the_error_is_at_the_name():
    (error,) = problems_of("writes:\n- sqs: bad name")
    assert error.location is not None
    assert (error.location.line, error.location.column) == (6, 8)


@every_row(
    "body",
    [
        "reads:\n- s3: images-2024.example",
        'reads:\n- s3: "images-*"',
        'reads:\n- s3: "*-${Stage}"\n- s3: "x*"',
        "writes:\n- sqs: jobs.fifo",
        'writes:\n- sqs: "jobs.*"',
        "writes:\n- sqs: ${Queue}",
        "writes:\n- sns: alerts.fifo",
        "calls:\n- lambda: resize:prod",
        "calls:\n- lambda: resize:$LATEST",
        'calls:\n- lambda: "resize:*"',
        "calls:\n- states: order-workflow",
        "calls:\n- sts: team/deployer",
        "reads:\n- ssm: /app/db/url",
        "reads:\n- ssm: /app/*",
        "reads:\n- ssm: /aws/service/ecs/image",
        "reads:\n- ssm: /aws/reference/secretsmanager/db",
        "reads:\n- ssm: /1/2/3/4/5/6/7/8/9/10/11/12/13/14/15",
        "reads:\n- secretsmanager: app/db+x=1",
        "reads:\n- secretsmanager: rds!db-0123abcd-1234",
        f"reads:\n- secretsmanager: arn:aws:secretsmanager:{R}:secret:events!connection/x/y-AbCdEf",
        f"reads:\n- es: arn:aws:es:{R}:domain/test-domain/commerce*",
        f"reads:\n- es: arn:aws:es:{R}:domain/my-domain/idx/_search",
        "triggers:\n- events: {bus: aws.partner/auth0.com/t/d, rule: rule1}",
        f"triggers:\n- events: arn:aws:events:{R}:rule/aws.partner/auth0.com/t/d/rule1",
        "reads:\n- logs: aws/spans\n  do: query",
        "reads:\n- dynamodb: ${aws:PrincipalTag/team}\n  do: query\n  index: '*'",
        "calls:\n- lambda: app-${aws:PrincipalTag/team}",
        "calls:\n- lambda: ${cognito-identity.amazonaws.com:sub}",
        "reads:\n- secretsmanager: app/db-??????",
        "reads:\n- dynamodb: orders/index/by-date\n  do: query",
        f"calls:\n- lambda: arn:aws:lambda:{R}:function:resize:prod",
        f"calls:\n- lambda: arn:aws:lambda:{R}:function:resize:7",
        "writes:\n- events: aws.partner/example.com/1",
        "reads:\n- dynamodb: ${Table}\n  do: query\n  index: by.date",
        f"writes:\n- sns: arn:aws:sns:{R}:endpoint/APNS/app/12ab",
    ],
)
def test_a_name_that_can_be_is_accepted(body):
    assert parse_spec(HEAD + body, "spec.yaml").functions


@pytest.mark.parametrize("body", ["reads:\n- s3: My_Old.Bucket", "triggers:\n- s3: My_Old.Bucket"])
def test_a_name_of_an_old_bucket_is_a_note(body):
    notes = [note for note in bundle_of(body).notes if "My_Old.Bucket" in note]
    assert notes == ["`My_Old.Bucket`: only buckets made in us-east-1 before March 2018 can have such a name"]


@pytest.mark.parametrize(
    ("body", "arn"),
    [
        ("reads:\n- s3: ${aws:PrincipalTag/b}", "arn:aws:s3:::${aws:PrincipalTag/b}/*"),
        (
            "calls:\n- states: app-${aws:PrincipalTag/team}",
            f"arn:aws:states:{R}:stateMachine:app-${{aws:PrincipalTag/team}}",
        ),
        (
            "calls:\n- states: app-${aws:PrincipalTag/team}\n  do: describe-execution",
            f"arn:aws:states:{R}:execution:app-${{aws:PrincipalTag/team}}:*",
        ),
        (
            "reads:\n- dynamodb: ${aws:PrincipalTag/team}\n  do: query\n  index: by-date",
            f"arn:aws:dynamodb:{R}:table/${{aws:PrincipalTag/team}}/index/by-date",
        ),
    ],
)
def test_separators_inside_a_policy_variable_separate_nothing(body, arn):
    assert arn in {resource for _, resource in grants(body)}


def test_a_key_that_ends_in_a_slash_is_a_note():
    assert any("write `images/in/*`" in note for note in bundle_of("reads:\n- s3: images/in/").notes)
    assert grants("reads:\n- s3: images/in/") == {("s3:GetObject", "arn:aws:s3:::images/in/")}


def test_every_rule_applies_to_an_arn():
    for row in table_rows("name_patterns"):
        for resource in row["resource"].split():
            end = "".join("x" if part.startswith("${") else part for part in split_format(resource))
            scopes = {(bool(form.region), bool(form.account)) for form in service_arn_formats(row["service"])}
            arns = [
                f"arn:aws:{row['service']}:{'eu-west-1' if region else ''}:{'111122223333' if account else ''}:{end}"
                for region, account in scopes
            ]
            nouns = {name.rule.noun for arn in arns for name in patterned_names(arn)}
            assert row["noun"] in nouns, (row["service"], resource)


def split_format(resource: str) -> list[str]:
    parts, rest = [], resource
    while "${" in rest:
        head, _, rest = rest.partition("${")
        name, _, rest = rest.partition("}")
        parts += [head, f"${{{name}}}"]
    return [*parts, rest]
