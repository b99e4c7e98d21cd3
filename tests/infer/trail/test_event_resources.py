"""The resources that records of CloudTrail name: by ARNs, by parameters as in AWS's examples, and by hostile texts."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rows import every_row

from iamglue.catalog.action_resources import may_act_on
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import action_names
from iamglue.infer.trail.event_actions import event_actions, event_resources
from iamglue.infer.trail.record_arns import fitting_arn, sole_arn_pattern, type_arn_formats

HERE = "eu-west-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/service"


def pairs(event, parameters=(), resources=(), **scope):
    source, name = event.split(":")
    actions = event_actions(f"{source}.amazonaws.com", name, "AwsApiCall")
    place = {"partition": "aws", "region": "eu-west-1", "account": "123456789012", **scope}
    return event_resources(actions, list(resources), dict(parameters), **place)


def one(event, parameters=(), resources=(), **scope):
    ((_, resource),) = pairs(event, parameters, resources, **scope)
    return resource


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
def test_an_object_is_its_bucket_and_the_first_part_of_its_key():
    resources = ["arn:aws:s3:::images/in/2026/a.jpg", "arn:aws:s3:::images"]
    assert (
        one("s3:GetObject", {"bucketName": "images", "key": "in/2026/a.jpg"}, resources) == "arn:aws:s3:::images/in/*"
    )


def test_an_object_that_is_folded_already_stays_so():
    assert one("s3:GetObject", {"key": "in/*"}, ["arn:aws:s3:::images/in/*"]) == "arn:aws:s3:::images/in/*"
    assert one("s3:GetObject", {"key": "*"}, ["arn:aws:s3:::images/*"]) == "arn:aws:s3:::images/*"


def test_an_object_without_a_slash_in_its_key_is_any_of_the_bucket():
    assert one("s3:PutObject", {"bucketName": "images", "key": "a.jpg"}) == "arn:aws:s3:::images/*"


def test_objects_deleted_together_are_any_of_the_bucket():
    assert one("s3:DeleteObjects", {"bucketName": "images"}, ["arn:aws:s3:::images"]) == "arn:aws:s3:::images/*"


def test_a_listing_is_of_the_bucket_and_not_of_an_object():
    assert one("s3:ListObjectsV2", {"bucketName": "images"}, ["arn:aws:s3:::images"]) == "arn:aws:s3:::images"


def test_an_object_of_an_access_point_is_the_access_points():
    arn = f"arn:aws:s3:{HERE}:accesspoint/reader/object/in/a.jpg"
    assert one("s3:GetObject", {}, [arn]) == f"arn:aws:s3:{HERE}:accesspoint/reader/object/in/*"


def test_a_version_of_an_object_is_another_action():
    values = {"bucketName": "images", "key": "in/a", "versionId": "3"}
    assert pairs("s3:GetObject", values) == (("s3:GetObjectVersion", "arn:aws:s3:::images/in/*"),)


def test_an_acl_that_is_written_with_the_object_is_an_action_of_its_own():
    values = {"bucketName": "images", "key": "in/a", "x-amz-acl": "private"}
    assert {action for action, _ in pairs("s3:PutObject", values)} == {"s3:PutObject", "s3:PutObjectAcl"}


def test_a_copy_reads_its_source_and_writes_its_target():
    values = {"bucketName": "target", "key": "out/a", "x-amz-copy-source": "source/in/a%20b"}
    recorded = ["arn:aws:s3:::target/out/a", "arn:aws:s3:::target"]
    expected = (("s3:GetObject", "arn:aws:s3:::source/in/*"), ("s3:PutObject", "arn:aws:s3:::target/out/*"))
    assert pairs("s3:CopyObject", values, recorded) == expected


def test_the_source_of_a_copy_is_never_its_target():
    recorded = ["arn:aws:s3:::target/out/a", "arn:aws:s3:::target"]
    assert ("s3:GetObject", "*") in pairs("s3:CopyObject", {}, recorded)


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
def test_a_session_with_tags_and_a_source_identity_is_three_actions():
    values = {"roleArn": ROLE, "tags": [{"key": "team", "value": "x"}], "sourceIdentity": "alice"}
    names = ("AssumeRole", "SetSourceIdentity", "TagSession")
    assert sorted(pairs("sts:AssumeRole", values)) == [(f"sts:{name}", ROLE) for name in names]


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html
def test_a_transaction_is_the_actions_of_its_parts_on_their_tables():
    items = [{"operation": "Put", "tableName": "Music"}, {"operation": "ConditionCheck", "TableName": "Artists"}]
    expected = {
        ("dynamodb:PutItem", f"arn:aws:dynamodb:{HERE}:table/Music"),
        ("dynamodb:ConditionCheckItem", f"arn:aws:dynamodb:{HERE}:table/Artists"),
    }
    assert set(pairs("dynamodb:TransactWriteItems", {"requestItems": items})) == expected


def test_a_transaction_without_its_parts_may_be_any_of_its_actions():
    table = f"arn:aws:dynamodb:{HERE}:table/Music"
    names = ("ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem")
    assert sorted(pairs("dynamodb:TransactWriteItems", {}, [table])) == [(f"dynamodb:{name}", table) for name in names]


def test_a_statement_is_the_action_of_its_verb_on_its_table():
    statements = [
        {"statement": "UPDATE Music SET Album = ***(Redacted) WHERE Artist = 'x'"},
        {"statement": "SELECT * FROM Artists"},
    ]
    expected = (
        ("dynamodb:PartiQLUpdate", f"arn:aws:dynamodb:{HERE}:table/Music"),
        ("dynamodb:PartiQLSelect", f"arn:aws:dynamodb:{HERE}:table/Artists"),
    )
    assert pairs("dynamodb:BatchExecuteStatement", {"requestItems": statements}) == expected


def test_statements_that_cannot_be_read_may_be_any_action():
    assert len(pairs("dynamodb:ExecuteStatement", {"statement": "EXPLAIN Music"})) == 4


def test_a_query_of_an_index_is_on_the_index():
    table = f"arn:aws:dynamodb:{HERE}:table/Music"
    assert one("dynamodb:Query", {"tableName": "Music", "indexName": "byYear"}, [table]) == f"{table}/index/byYear"


def test_every_table_of_a_batch_is_a_resource():
    tables = [f"arn:aws:dynamodb:{HERE}:table/{name}" for name in ("Artists", "Music")]
    assert [resource for _, resource in pairs("dynamodb:BatchGetItem", {}, tables)] == tables


def test_a_queue_url_with_a_control_character_names_nothing():
    assert one("sqs:SendMessage", {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/jo\nbs"}) == "*"


NAMED = [
    (
        "sqs:SendMessage",
        {"queueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/jobs"},
        "arn:aws:sqs:us-east-1:111122223333:jobs",
    ),
    ("sns:Publish", {"topicArn": f"arn:aws:sns:{HERE}:news"}, f"arn:aws:sns:{HERE}:news"),
    ("ssm:GetParameter", {"name": "/app/db", "withDecryption": True}, f"arn:aws:ssm:{HERE}:parameter/app/db"),
    *(
        ("secretsmanager:GetSecretValue", {"secretId": f"arn:aws:secretsmanager:{HERE}:secret:{name}"}, arn)
        for name, arn in (
            ("app/login", f"arn:aws:secretsmanager:{HERE}:secret:app/login-??????"),
            ("app/login-aB3dE5", f"arn:aws:secretsmanager:{HERE}:secret:app/login-aB3dE5"),
        )
    ),
    ("secretsmanager:GetSecretValue", {"secretId": "login"}, f"arn:aws:secretsmanager:{HERE}:secret:login-??????"),
    (
        "lambda:Invoke",
        {"functionName": f"arn:aws:lambda:{HERE}:function:resize"},
        f"arn:aws:lambda:{HERE}:function:resize",
    ),
    (
        "lambda:GetFunction20150331v2",
        {"functionName": "444455556666:function:resize"},
        "arn:aws:lambda:eu-west-1:444455556666:function:resize",
    ),
    (
        "states:StartExecution",
        {"stateMachineArn": f"arn:aws:states:{HERE}:stateMachine:m"},
        f"arn:aws:states:{HERE}:stateMachine:m",
    ),
    (
        "states:DescribeExecution",
        {"executionArn": f"arn:aws:states:{HERE}:execution:m:8f1c"},
        f"arn:aws:states:{HERE}:execution:m:*",
    ),
    ("ecs:StopTask", {"cluster": "web", "task": "0f4b"}, f"arn:aws:ecs:{HERE}:task/web/*"),
    (
        "ec2:TerminateInstances",
        {"instancesSet": {"items": [{"instanceId": "i-1"}]}},
        f"arn:aws:ec2:{HERE}:instance/i-1",
    ),
    (
        "ec2:GetConsoleScreenshot",
        {"GetConsoleScreenshotRequest": {"InstanceId": "i-1"}},
        f"arn:aws:ec2:{HERE}:instance/i-1",
    ),
    ("ec2:AuthorizeSecurityGroupIngress", {"groupId": "sg-1"}, f"arn:aws:ec2:{HERE}:security-group/sg-1"),
    ("glue:GetTable", {"databaseName": "sales", "name": "orders"}, f"arn:aws:glue:{HERE}:table/sales/orders"),
    ("rds:ModifyDBInstance", {"dBInstanceIdentifier": "main"}, f"arn:aws:rds:{HERE}:db:main"),
    ("events:PutRule", {"name": "nightly"}, f"arn:aws:events:{HERE}:rule/nightly"),
    ("events:PutRule", {"name": "nightly", "eventBusName": "orders"}, f"arn:aws:events:{HERE}:rule/orders/nightly"),
    ("scheduler:CreateSchedule", {"name": "nightly"}, f"arn:aws:scheduler:{HERE}:schedule/default/nightly"),
    (
        "scheduler:CreateSchedule",
        {"name": "nightly", "groupName": "jobs"},
        f"arn:aws:scheduler:{HERE}:schedule/jobs/nightly",
    ),
    ("apigateway:CreateRestApi", {"name": "shop"}, "arn:aws:apigateway:eu-west-1::/restapis"),
    (
        "apigateway:GetStage",
        {"restApiId": "a1", "stageName": "prod"},
        "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod",
    ),
    ("apigateway:GetStage", {"apiId": "a1", "stageName": "prod"}, "arn:aws:apigateway:eu-west-1::/apis/a1/stages/prod"),
    ("apigateway:GetStage", {"stageName": "prod"}, "*"),
    ("eks:CreateAccessEntry", {"name": "beta"}, f"arn:aws:eks:{HERE}:cluster/beta"),
    ("iam:GetRole", {"roleName": "service"}, ROLE),
    ("sts:AssumeRole", {"roleArn": ROLE, "roleSessionName": "x"}, ROLE),
    ("email:SendEmail", {"fromEmailAddress": "a@example.com"}, f"arn:aws:ses:{HERE}:identity/a@example.com"),
    ("monitoring:PutMetricAlarm", {"alarmName": "high"}, f"arn:aws:cloudwatch:{HERE}:alarm:high"),
    ("logs:CreateLogGroup", {"logGroupName": "/app"}, f"arn:aws:logs:{HERE}:log-group:/app:*"),
    ("bedrock:InvokeModel", {"modelId": "amazon.titan"}, "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan"),
    ("elasticloadbalancing:CreateLoadBalancer", {"name": "web", "type": "network"}, "*"),
    ("bedrock:CreateAgent", {"agentName": "helper"}, "*"),
    ("route53:GetHostedZone", {"id": "/hostedzone/Z1"}, "arn:aws:route53:::hostedzone/Z1"),
    (
        "ecs:UpdateService",
        {"cluster": f"arn:aws:ecs:{HERE}:cluster/web", "service": "shop"},
        f"arn:aws:ecs:{HERE}:service/web/shop",
    ),
    ("ssm:AddTagsToResource", {"resourceType": "Document", "resourceId": "Setup"}, "*"),
    (
        "ecr:BatchGetImage",
        {"registryId": "444455556666", "repositoryName": "web"},
        "arn:aws:ecr:eu-west-1:444455556666:repository/web",
    ),
    (
        "glue:GetTable",
        {"catalogId": "444455556666", "databaseName": "sales", "name": "orders"},
        "arn:aws:glue:eu-west-1:444455556666:table/sales/orders",
    ),
    ("tagging:GetResources", {"resourcesPerPage": 5}, "*"),
    ("sqs:ListQueues", {}, "*"),
]


@every_row("event, parameters, resource", NAMED)
def test_parameters_name_the_resource(event, parameters, resource):
    ((_, found_resource),) = [pair for pair in pairs(event, parameters) if pair[0] != "iam:PassRole"]
    assert found_resource == resource


@every_row("event, parameters, resource", NAMED)
def test_the_parameters_that_are_listed_are_enough(event, parameters, resource):
    source, name = event.split(":")
    listed = event_actions(f"{source}.amazonaws.com", name, "AwsApiCall").parameters
    chosen = {path.partition(".")[0] for path in listed}
    few = {key: value for key, value in parameters.items() if key in chosen}
    assert pairs(event, few) == pairs(event, parameters)


def test_members_of_maps_may_be_given_by_their_dotted_names():
    assert pairs("ec2:StopInstances", {"instancesSet.items": [{"instanceId": "i-1"}]}) == pairs(
        "ec2:StopInstances", {"instancesSet": {"items": [{"instanceId": "i-1"}]}}
    )


# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
def test_a_cross_region_profile_is_used_with_its_model():
    resources = {
        resource for _, resource in pairs("bedrock:Converse", {"modelId": "eu.anthropic.claude-3-haiku-20240307-v1:0"})
    }
    assert resources == {
        f"arn:aws:bedrock:{HERE}:inference-profile/eu.anthropic.claude-3-haiku-20240307-v1:0",
        "arn:aws:bedrock:*::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    }


@pytest.mark.parametrize(
    ("event", "parameters", "resources"),
    [
        (
            "batch:SubmitJob",
            {"jobQueue": "q", "jobDefinition": "d:1"},
            ["batch::job-queue/q", "batch::job-definition/d:1"],
        ),
        ("ec2:AttachVolume", {"volumeId": "vol-1", "instanceId": "i-1"}, ["ec2::instance/i-1", "ec2::volume/vol-1"]),
        (
            "ssm:SendCommand",
            {"documentName": "Run", "instanceIds": ["i-1"]},
            ["ssm::document/Run", "ec2::instance/i-1"],
        ),
        ("kms:DeleteAlias", {"aliasName": "alias/app"}, ["kms::alias/app", "*"]),
    ],
)
def test_a_call_is_checked_on_each_type_that_it_requires(event, parameters, resources):
    """https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""
    expected = {name if name == "*" else f"arn:aws:{name.replace('::', f':{HERE}:')}" for name in resources}
    assert {resource for _, resource in pairs(event, parameters)} == expected


def test_an_image_does_not_say_the_security_group_of_an_instance():
    resources = {
        resource for _, resource in pairs("ec2:RunInstances", {"instancesSet": {"items": [{"imageId": "ami-1"}]}})
    }
    assert resources == {"arn:aws:ec2:eu-west-1::image/ami-1", "*"}


@pytest.mark.parametrize(("text", "name"), [("web:3", "web:3"), ("web", "web:*")])
def test_a_task_definition_is_named_with_its_revision(text, name):
    resources = {resource for action, resource in pairs("ecs:RunTask", {"taskDefinition": text})}
    assert resources == {f"arn:aws:ecs:{HERE}:task-definition/{name}"}


@pytest.mark.parametrize("name", ["PutScalingPolicy", "DescribeScalingActivities"])
def test_the_two_services_that_scale_are_told_apart_by_the_request(name):
    event = f"autoscaling:{name}"
    assert {action for action, _ in pairs(event, {"autoScalingGroupName": "g", "policyName": "p"})} == {event}
    other = {"serviceNamespace": "dynamodb", "resourceId": "table/orders", "policyName": "p"}
    assert {action for action, _ in pairs(event, other)} == {f"application-{event}"}


def test_several_names_are_several_resources():
    names = [resource for _, resource in pairs("ssm:GetParameters", {"names": ["/a", "b"]})]
    assert names == [f"arn:aws:ssm:{HERE}:parameter/a", f"arn:aws:ssm:{HERE}:parameter/b"]


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
@pytest.mark.parametrize(
    ("event", "parameters"),
    [
        ("lambda:CreateFunction20150331", {"functionName": "f", "role": ROLE}),
        ("ecs:RunTask", {"taskDefinition": "web:1", "overrides": {"taskRoleArn": ROLE}}),
        ("scheduler:CreateSchedule", {"name": "s", "target": {"arn": "x", "roleArn": ROLE}}),
        ("cloudformation:CreateStack", {"stackName": "s", "roleARN": ROLE}),
    ],
)
def test_a_role_that_a_call_passes_is_used(event, parameters):
    assert ("iam:PassRole", ROLE) in pairs(event, parameters)


def test_a_role_that_a_call_only_names_is_not_passed():
    assert pairs("iam:GetRole", {"roleName": "service"}) == (("iam:GetRole", ROLE),)


def test_records_resources_are_taken_before_parameters():
    key = f"arn:aws:kms:{HERE}:key/1234"
    assert one("kms:Decrypt", {"keyId": "alias/app"}, [key]) == key


def test_an_alias_does_not_say_the_key():
    assert one("kms:Encrypt", {"keyId": "alias/app"}) == "*"


def test_both_keys_of_a_reencryption_are_told_apart():
    values = {"sourceKeyId": "1", "destinationKeyId": "2"}
    expected = (("kms:ReEncryptFrom", f"arn:aws:kms:{HERE}:key/1"), ("kms:ReEncryptTo", f"arn:aws:kms:{HERE}:key/2"))
    assert pairs("kms:ReEncrypt", values) == expected


def test_arns_that_fit_no_type_of_the_action_are_no_resources():
    assert one("dynamodb:GetItem", {}, [f"arn:aws:kms:{HERE}:key/1", "arn:aws:s3:::b"]) == "*"


def test_the_partition_region_and_account_are_those_of_the_record():
    assert one("dynamodb:GetItem", {"tableName": "T"}, partition="aws-cn", region="cn-north-1", account="1" * 12) == (
        "arn:aws-cn:dynamodb:cn-north-1:111111111111:table/T"
    )


def test_a_region_or_account_that_is_not_known_is_any():
    assert one("dynamodb:GetItem", {"tableName": "T"}, region="", account="") == "arn:aws:dynamodb:*:*:table/T"


def test_an_event_that_is_no_action_has_no_pairs():
    assert pairs("signin:ConsoleLogin") == ()


HOSTILE = [
    None,
    5,
    True,
    [],
    {},
    "",
    "*",
    "a*",
    "${aws:username}",
    "x" * 5000,
    "a\nb",
    "\x00",
    "arn:",
    "arn:aws:s3:::*",
    "https://[",
    ["a", 3, None],
    [[["x"]]],
    {"a": {"b": []}},
]
EVENTS = [
    "s3:GetObject",
    "s3:CopyObject",
    "sqs:SendMessage",
    "dynamodb:TransactWriteItems",
    "dynamodb:ExecuteStatement",
    "ec2:StopInstances",
    "lambda:CreateFunction20150331",
    "apigateway:GetStage",
    "glue:GetTable",
    "kms:Decrypt",
    "events:PutRule",
]
RESOURCE = re.compile(r"\*|arn:aws:[^\x00-\x1f]{1,2100}")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_a_parameter_of_any_value_gives_an_arn_or_any(event, value):
    source, name = event.split(":")
    names = {path.partition(".")[0] for path in event_actions(f"{source}.amazonaws.com", name, "AwsApiCall").parameters}
    found = pairs(event, dict.fromkeys(names, value))
    assert found
    assert all(RESOURCE.fullmatch(resource) for _, resource in found)


def test_wildcards_of_a_name_do_not_reach_the_resource():
    assert one("dynamodb:GetItem", {"tableName": "a*"}) == "*"
    assert one("s3:GetObject", {"bucketName": "b", "key": "i*n/a"}) == "arn:aws:s3:::b/*"
    assert one("dynamodb:GetItem", {}, [f"arn:aws:dynamodb:{HERE}:table/*"]) == "*"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["tableName", "operation", "items", "role", "key", "a.b"]) | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "bucketName",
        "key",
        "versionId",
        "tableName",
        "requestItems",
        "statement",
        "functionName",
        "role",
        "instancesSet",
        "instancesSet.items",
        "queueUrl",
    ]
)


@given(
    st.sampled_from(EVENTS),
    st.dictionaries(KEYS | st.text(max_size=8), JSON, max_size=5),
    st.lists(st.text(max_size=40), max_size=3),
)
def test_no_record_raises_and_each_resource_fits_its_action(event, parameters, resources):
    for action, resource in pairs(event, parameters, resources):
        assert resource == "*" or may_act_on(action, resource)


def test_long_lists_and_deep_maps_are_read_in_part():
    deep: dict[str, object] = {}
    for _ in range(500):
        deep = {"role": deep}
    assert len(pairs("ssm:GetParameters", {"names": [f"n{number}" for number in range(100_000)]})) <= 200
    assert pairs("lambda:CreateFunction20150331", {"functionName": "f", "vpcConfig": deep, "role": deep})


SERVICES = (
    "kms",
    "dynamodb",
    "sqs",
    "sns",
    "lambda",
    "secretsmanager",
    "ssm",
    "states",
    "kinesis",
    "logs",
    "s3",
    "iam",
)
NAMES = ("x", "x/y", "x:y", "é", "a$b", "a*", 'a"b', "a\\b", "", "x" * 2100, "\u007f")
SCOPES = (("eu-west-1", "123456789012"), ("", ""), ("a\u0001", "1"))


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_text_of_a_list_with_one_arn_shows_is_what_the_arn_shows(service):
    for action in (f"{service}:{name}" for name in action_names(service)):
        pattern = sole_arn_pattern(action, tuple(action_resource_types(action)))
        for kind in action_resource_types(action) if pattern else ():
            (arn_format, *_) = type_arn_formats(action, kind)
            start = arn_format.resource.partition("${")[0]
            for name, (region, account) in product(NAMES, SCOPES):
                arn = f"arn:aws:{arn_format.service}:{region}:{account}:{start}{name}"
                match = pattern.fullmatch(json.dumps([arn], ensure_ascii=False))
                assert match is None or fitting_arn(action, arn) == (kind, match[1])
            arn = f"arn:aws:{arn_format.service}:{arn_format.region and 'r'}:{arn_format.account and '1'}:{start}x"
            assert pattern.fullmatch(json.dumps([arn]))


def test_the_text_of_a_list_shows_nothing_where_an_action_has_several_types_or_short_names_of_resources():
    for action in ("s3:GetObject", "dynamodb:Query", "states:DescribeExecution"):
        assert sole_arn_pattern(action, tuple(action_resource_types(action))) is None


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
def test_the_version_or_alias_of_a_function_is_what_was_invoked():
    function = f"arn:aws:lambda:{HERE}:function:orders"
    assert one("lambda:Invoke", {"functionName": "orders", "qualifier": "live"}) == f"{function}:live"
    assert one("lambda:Invoke", {"functionName": function, "qualifier": "3"}, [function]) == f"{function}:3"
    assert one("lambda:Invoke", {"functionName": f"{function}:live", "qualifier": "live"}) == f"{function}:live"


def test_an_index_that_the_resources_name_is_not_named_twice():
    index = f"arn:aws:dynamodb:{HERE}:table/Music/index/byYear"
    assert one("dynamodb:Query", {"tableName": "Music", "indexName": "byYear"}, [index]) == index


def test_a_key_that_begins_with_a_slash_is_not_below_a_folder_of_its_first_part():
    key = {"bucketName": "images", "key": "/in/a.jpg"}
    assert one("s3:GetObject", key) == one("s3:GetObject", key, ["arn:aws:s3:::images//in/a.jpg"])
    assert one("s3:GetObject", key) == "arn:aws:s3:::images/*"


# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html
def test_the_version_or_label_of_a_parameter_is_no_part_of_its_arn():
    parameter = f"arn:aws:ssm:{HERE}:parameter/app/key"
    assert {one("ssm:GetParameter", {"name": f"/app/key{end}"}) for end in ("", ":3", ":live")} == {parameter}


@pytest.mark.parametrize("ending", ["", ":*"])
def test_a_log_group_that_is_named_by_its_arn_has_the_ending_of_policies(ending):
    group = f"arn:aws:logs:{HERE}:log-group:/app"
    assert one("logs:FilterLogEvents", {"logGroupIdentifier": f"{group}{ending}"}) == f"{group}:*"
    assert one("logs:TagResource", {"resourceArn": group}) == group


def test_the_key_of_an_alias_is_named():
    key = f"arn:aws:kms:{HERE}:key/1"
    assert set(pairs("kms:CreateAlias", {"aliasName": "alias/app", "targetKeyId": key})) == {
        ("kms:CreateAlias", key),
        ("kms:CreateAlias", f"arn:aws:kms:{HERE}:alias/app"),
    }


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
@every_row(
    "event, parameters, resources",
    [
        ("iam:CreateRole", {"roleName": "deploy", "path": "/teams/a/"}, {"role/teams/a/deploy"}),
        ("iam:CreateUser", {"userName": "ana", "path": "/"}, {"user/ana"}),
        ("iam:UploadServerCertificate", {"serverCertificateName": "c", "path": "/p/"}, {"server-certificate/p/c"}),
        ("iam:UpdateUser", {"userName": "ana", "newUserName": "eva", "newPath": "/p/"}, {"user/ana", "user/p/eva"}),
        ("iam:UpdateGroup", {"groupName": "dev", "newPath": "/p/"}, {"group/dev", "group/p/dev"}),
        ("iam:UpdateUser", {"userName": "ana", "newUserName": 3, "newPath": ["/p/"]}, {"user/ana"}),
    ],
)
def test_what_is_created_or_moved_in_iam_has_its_path_in_the_arn(event, parameters, resources):
    assert {resource for _, resource in pairs(event, parameters)} == {
        f"arn:aws:iam::123456789012:{r}" for r in resources
    }
    needed = event_actions("iam.amazonaws.com", event.partition(":")[2], "AwsApiCall").parameters
    assert set(parameters) <= set(needed)


# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
@every_row(
    "event, parameters",
    [
        ("ssm:GetParameter", {"name": "/app/db:3"}),
        ("ssm:GetParameter", {"name": f"arn:aws:ssm:{HERE}:parameter/app/db:prod"}),
        ("ssm:GetParameters", {"names": ["/app/db:3", "/app/db:live"]}),
    ],
)
def test_the_version_or_label_of_a_parameter_is_not_in_its_arn(event, parameters):
    assert one(event, parameters) == f"arn:aws:ssm:{HERE}:parameter/app/db"
