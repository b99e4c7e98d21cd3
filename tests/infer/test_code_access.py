"""What the SDK calls of a program require of its role: actions, resources, and what depends on settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.rows import every_row

from iamglue.infer.code.access import infer_access
from iamglue.infer.code.calls import CallBasis, CodePlace, CodeReading, SdkCall
from iamglue.infer.code.deployment import CodeDeployment, with_deployment
from iamglue.infer.code.values import (
    UNKNOWN_VALUE,
    CodeValue,
    UnknownPart,
    ValueOrigin,
    environment_default,
    join_values,
    literal_value,
)
from iamglue.infer.entry_grants import is_valid_entry


def environment(name):
    return CodeValue(frozenset({(UnknownPart(ValueOrigin.ENVIRONMENT, name),)}))


def event(path):
    return CodeValue(frozenset({(UnknownPart(ValueOrigin.EVENT, path),)}))


def members(**values):
    return CodeValue(members=tuple((name, _value(value)) for name, value in values.items()))


def elements(value):
    return CodeValue(items=_value(value))


def _value(value):
    return literal_value(value) if isinstance(value, str) else value


def call(client, operation, *, line=1, **parameters):
    return SdkCall(
        client, operation, CodePlace("app.py", line, 1), {name: _value(value) for name, value in parameters.items()}
    )


def inferred(*calls):
    return infer_access(CodeReading(tuple(calls)))


def access(*calls):
    return {(item.action, item.resource) for item in inferred(*calls).access}


@every_row(
    "one, expected",
    [
        (call("s3", "GetObject", Bucket="b", Key="k"), {("s3:GetObject", "b")}),
        (call("s3", "GetObject", Bucket="b", Key="k", VersionId="1"), {("s3:GetObjectVersion", "b")}),
        (call("s3", "ListObjectsV2", Bucket="b"), {("s3:ListBucket", "b")}),
        (call("s3", "ListBuckets"), {("s3:ListAllMyBuckets", "*")}),
        (
            call("s3", "PutObject", Bucket="b", Key="k", ACL="private", Tagging="a=b"),
            {("s3:PutObject", "b"), ("s3:PutObjectAcl", "b"), ("s3:PutObjectTagging", "b")},
        ),
        (
            call("s3", "CopyObject", Bucket="to", Key="k", CopySource="from/k"),
            {("s3:GetObject", "from"), ("s3:PutObject", "to")},
        ),
        (
            call("s3", "CopyObject", Bucket="to", Key="k", CopySource=members(Bucket="from", Key="k")),
            {("s3:GetObject", "from"), ("s3:PutObject", "to")},
        ),
        (call("dynamodb", "PutItem", TableName="t"), {("dynamodb:PutItem", "t")}),
        (
            call("dynamodb", "BatchGetItem", RequestItems=members(), TableName=environment("T")),
            {("dynamodb:BatchGetItem", "${T}")},
        ),
        (call("cloudformation", "DescribeStacks", StackName="s"), {("cloudformation:DescribeStacks", "s/*")}),
        (call("ecs", "StopTask", task="t"), {("ecs:StopTask", "*/t")}),
        (call("ecs", "StopTask", task="t", cluster="c"), {("ecs:StopTask", "c/t")}),
        (call("ecs", "UpdateService", service="s", cluster=environment("ARN")), {("ecs:UpdateService", "*/s")}),
        (
            call("autoscaling", "SetDesiredCapacity", AutoScalingGroupName="a", DesiredCapacity="1"),
            {("autoscaling:SetDesiredCapacity", "*:autoScalingGroupName/a")},
        ),
        (call("lambda", "Invoke", FunctionName="f", Qualifier="prod"), {("lambda:InvokeFunction", "f:prod")}),
        (
            call("lambda", "Invoke", FunctionName="f", Qualifier=event("stage")),
            {("lambda:InvokeFunction", "f:*")},
        ),
        (
            call("lambda", "Invoke", FunctionName=environment("FUNCTION_ARN"), Qualifier="1"),
            {("lambda:InvokeFunction", "${FUNCTION_ARN}:1")},
        ),
        (call("dynamodb", "Query", TableName="t", IndexName="i"), {("dynamodb:Query", "t/index/i")}),
        (
            call("dynamodb", "BatchGetItem", RequestItems=members(a=members(), b=members())),
            {("dynamodb:BatchGetItem", "a"), ("dynamodb:BatchGetItem", "b")},
        ),
        (
            call("dynamodb", "TransactWriteItems", TransactItems=elements(members(Put=members(TableName="t")))),
            {("dynamodb:PutItem", "t")},
        ),
        (
            call("dynamodb", "ExecuteStatement", Statement='UPDATE "t" SET a = 1 WHERE id = ?'),
            {("dynamodb:PartiQLUpdate", "t")},
        ),
        (
            call("dynamodb", "ExecuteStatement", Statement='SELECT * FROM "t"."i" WHERE a = 1'),
            {("dynamodb:PartiQLSelect", "t/index/i")},
        ),
        (
            call("sqs", "SendMessage", QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"),
            {("sqs:SendMessage", "jobs")},
        ),
        # A host that is no host, as a placeholder.
        (call("sqs", "SendMessage", QueueUrl="https://[host]/123456789012/jobs?a"), {("sqs:SendMessage", "jobs")}),
        (call("sqs", "SendMessage", QueueUrl="https://sqs.[region"), {("sqs:SendMessage", "*")}),
        (
            call("sns", "Publish", TopicArn="arn:aws:sns:eu-west-1:123456789012:alerts"),
            {("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:alerts")},
        ),
        (call("lambda", "Invoke", FunctionName="resize"), {("lambda:InvokeFunction", "resize")}),
        (call("ssm", "GetParameter", Name="/app/key"), {("ssm:GetParameter", "/app/key")}),
        (call("secretsmanager", "GetSecretValue", SecretId="db"), {("secretsmanager:GetSecretValue", "db")}),
        (call("glue", "GetTable", DatabaseName="sales", Name="orders"), {("glue:GetTable", "sales/orders")}),
        (call("events", "PutEvents", Entries=elements(members(EventBusName="bus"))), {("events:PutEvents", "bus")}),
        (call("sts", "GetCallerIdentity"), set()),
        (
            call("redshift-data", "ExecuteStatement", ClusterIdentifier="c", Database="sales", DbUser="app"),
            {
                ("redshift-data:ExecuteStatement", "c"),
                ("redshift:GetClusterCredentials", "c/app"),
                ("redshift:GetClusterCredentials", "c/sales"),
            },
        ),
        (
            call("redshift", "GetClusterCredentials", ClusterIdentifier="c", DbUser="app", DbName="sales"),
            {("redshift:GetClusterCredentials", "c/app"), ("redshift:GetClusterCredentials", "c/sales")},
        ),
        (
            call("scheduler", "CreateSchedule", Name="s", Target=members(RoleArn="arn:aws:iam::123456789012:role/r")),
            {("scheduler:CreateSchedule", "s"), ("iam:PassRole", "arn:aws:iam::123456789012:role/r")},
        ),
        (
            call("s3", "PutObject", Bucket="b", Key="k", SSEKMSKeyId="alias/app"),
            {("s3:PutObject", "b"), ("kms:GenerateDataKey", "alias/app")},
        ),
        (call("dynamodb", "BatchWriteItem", TableName="orders"), {("dynamodb:BatchWriteItem", "orders")}),
        (
            call("iam", "CreateRole", RoleName="r", Tags=elements(members(Key="k"))),
            {("iam:CreateRole", "r"), ("iam:TagRole", "r")},
        ),
        (
            call("translate", "TranslateText", SourceLanguageCode="auto", TargetLanguageCode="en"),
            {("translate:TranslateText", "*"), ("comprehend:DetectDominantLanguage", "*")},
        ),
        (
            call("translate", "TranslateText", SourceLanguageCode="de", TargetLanguageCode="en"),
            {("translate:TranslateText", "*")},
        ),
        (
            call("lambda", "PublishLayerVersion", LayerName="l", Content=members(S3Bucket="b", S3Key="k")),
            {("lambda:PublishLayerVersion", "l"), ("s3:GetObject", "b")},
        ),
        (
            call("batch", "SubmitJob", jobName="j", jobQueue="q", jobDefinition="d"),
            {("batch:SubmitJob", "q"), ("batch:SubmitJob", "d")},
        ),
        (
            call("ssm", "SendCommand", DocumentName="d", InstanceIds=elements("i-1")),
            {("ssm:SendCommand", "d"), ("ssm:SendCommand", "i-1")},
        ),
        (call("ssm", "SendCommand", DocumentName="d"), {("ssm:SendCommand", "d"), ("ssm:SendCommand", "*")}),
        (call("ec2", "CreateSnapshot", VolumeId="vol-1"), {("ec2:CreateSnapshot", "vol-1")}),
        (
            call("glue", "GetPartitions", DatabaseName="sales", TableName="orders"),
            {("glue:GetPartitions", "sales/orders")},
        ),
        (call("glue", "GetTables", DatabaseName="sales"), {("glue:GetTables", "sales/*")}),
        (call("scheduler", "GetSchedule", GroupName="g", Name="s"), {("scheduler:GetSchedule", "g/s")}),
        (call("events", "PutRule", Name="r", EventBusName="bus"), {("events:PutRule", "bus/r")}),
        (call("events", "PutRule", Name="r"), {("events:PutRule", "r")}),
        (call("appsync", "GetGraphqlApi", apiId="a"), {("appsync:GetGraphqlApi", "a")}),
        (call("rds", "StartDBInstance", DBInstanceIdentifier="d"), {("rds:StartDBInstance", "d")}),
        (
            call("s3", "CreateBucket", Bucket="b", GrantWrite="uri=x"),
            {("s3:CreateBucket", "b"), ("s3:PutBucketAcl", "b")},
        ),
        (
            call("mediapackage-vod", "CreateAsset", SourceRoleArn="arn:aws:iam::123456789012:role/r"),
            {("mediapackage-vod:CreateAsset", "*"), ("iam:PassRole", "arn:aws:iam::123456789012:role/r")},
        ),
        (
            call("transcribe", "StartTranscriptionJob", Media=members(MediaFileUri="https://s3.amazonaws.com/b/k")),
            {("transcribe:StartTranscriptionJob", "*"), ("s3:GetObject", "b")},
        ),
        (
            call(
                "transcribe",
                "StartTranscriptionJob",
                Media=members(MediaFileUri="https://b.s3.eu-west-1.amazonaws.com/k"),
            ),
            {("transcribe:StartTranscriptionJob", "*"), ("s3:GetObject", "b")},
        ),
    ],
)
def test_a_call_requires_its_actions_on_the_resources_that_its_parameters_name(one, expected):
    assert access(one) == expected


def test_the_role_of_an_instance_profile_is_conditional():
    reading = CodeReading((call("ec2", "RunInstances", IamInstanceProfile=members(Name="worker")),))
    assert "iam:PassRole" in {item.action for item in infer_access(reading).conditional}


def test_a_resource_that_the_code_does_not_name_is_any():
    assert access(call("dynamodb", "PutItem", TableName=UNKNOWN_VALUE)) == {("dynamodb:PutItem", "*")}


def test_a_name_that_may_also_be_another_is_granted_on_both():
    maybe = CodeValue(frozenset({("a",), ("b",)}))
    assert access(call("dynamodb", "PutItem", TableName=maybe)) == {
        ("dynamodb:PutItem", "a"),
        ("dynamodb:PutItem", "b"),
    }


def test_an_empty_default_of_a_variable_is_no_name():
    table = CodeValue(frozenset({(), (UnknownPart(ValueOrigin.ENVIRONMENT, "TABLE"),)}))
    assert access(call("dynamodb", "GetItem", TableName=table)) == {("dynamodb:GetItem", "${TABLE}")}


def test_a_name_from_the_environment_is_a_parameter():
    (item,) = inferred(call("dynamodb", "PutItem", TableName=environment("TABLE_NAME"))).access
    assert (item.resource, item.origin) == ("${TABLE_NAME}", ValueOrigin.ENVIRONMENT)


def test_the_template_gives_the_value_of_a_variable():
    reading = CodeReading((call("dynamodb", "PutItem", TableName=environment("TABLE")),))
    (item,) = infer_access(with_deployment(reading, CodeDeployment({"TABLE": ("orders",)}))).access
    assert (item.resource, item.origin) == ("orders", ValueOrigin.TEMPLATE)


@pytest.mark.parametrize(
    ("environment_of_template", "expected"),
    [({}, {"${TABLE}"}), ({"TABLE": ("orders",)}, {"orders"}), ({"OTHER": ("x",)}, {"${TABLE}", "local-orders"})],
    ids=["no template", "set", "not set"],
)
def test_the_default_of_a_variable_counts_where_the_template_does_not_set_it(environment_of_template, expected):
    variable = (UnknownPart(ValueOrigin.ENVIRONMENT, "TABLE"),)
    name = CodeValue(frozenset({variable, environment_default(("local-orders",), variable)}))
    reading = CodeReading((call("dynamodb", "PutItem", TableName=name),))
    result = infer_access(with_deployment(reading, CodeDeployment(environment_of_template)))
    assert {item.resource for item in result.access} == expected


def test_a_bucket_in_the_event_is_that_of_the_trigger():
    reading = CodeReading((call("s3", "GetObject", Bucket=event("Records[].s3.bucket.name"), Key="k"),))
    deployment = CodeDeployment(events={"Records[].s3.bucket.name": ("images-bucket",)})
    (item,) = infer_access(with_deployment(reading, deployment)).access
    assert (item.resource, item.origin) == ("images-bucket", ValueOrigin.EVENT)


def test_calls_with_the_credentials_of_another_role_are_not_access_of_this_one():
    role = literal_value("arn:aws:iam::210987654321:role/reader")
    result = infer_access(CodeReading((SdkCall("s3", "GetObject", CodePlace("a.py", 3, 5), role=role),)))
    assert (result.access, [(item.operation, item.role) for item in result.other_roles]) == (
        (),
        [("s3.GetObject", "arn:aws:iam::210987654321:role/reader")],
    )


def test_a_call_that_only_goes_to_a_local_server_needs_no_access_and_is_said():
    local = SdkCall("s3", "ListBuckets", CodePlace("a.py", 1, 1), endpoint="http://localhost:4566")
    result = infer_access(CodeReading((local,)))
    assert (result.access, [item.call for item in result.unresolved]) == ((), ["s3.ListBuckets"])


def test_a_call_that_may_go_to_a_local_server_or_to_aws_needs_access():
    local = SdkCall("s3", "ListBuckets", CodePlace("app.py", 1, 1), endpoint="http://localhost:4566")
    assert access(local, call("s3", "ListBuckets")) == {("s3:ListAllMyBuckets", "*")}


def test_a_role_of_a_task_definition_that_is_not_named_is_conditional():
    result = inferred(call("ecs", "RunTask", taskDefinition="nightly"))
    assert ("iam:PassRole", "*") in {(item.action, item.resource) for item in result.conditional}
    assert "iam:PassRole" not in {item.action for item in result.access}


def test_a_task_passes_its_other_role_where_a_call_replaces_one():
    replaced = members(taskRoleArn="arn:aws:iam::123456789012:role/task")
    result = inferred(call("ecs", "RunTask", taskDefinition="t", overrides=replaced))
    assert ("iam:PassRole", "*") in {(item.action, item.resource) for item in result.conditional}
    assert ("iam:PassRole", "arn:aws:iam::123456789012:role/task") in {
        (item.action, item.resource) for item in result.access
    }


def test_a_customer_managed_key_of_a_topic_is_conditional():
    result = inferred(call("sns", "Publish", TopicArn="arn:aws:sns:eu-west-1:123456789012:alerts"))
    assert {item.action for item in result.conditional} == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_an_operation_without_a_known_action_is_not_resolved():
    result = inferred(call("athena", "GetSystemTableConfiguration"))
    assert [(item.call, item.candidates) for item in result.unresolved] == [
        ("athena.GetSystemTableConfiguration", ("athena.GetSystemTableConfiguration",))
    ]


def test_the_same_access_in_two_places_is_one_with_both_as_evidence():
    (item,) = inferred(call("s3", "GetObject", Bucket="b", line=3), call("s3", "GetObject", Bucket="b", line=9)).access
    assert [place.line for place in item.evidence] == [3, 9]


def test_access_that_one_reached_call_needs_is_reached():
    unreached = SdkCall(
        "s3",
        "GetObject",
        CodePlace("a.py", 1, 1),
        {"Bucket": literal_value("b")},
        is_reached=False,
        basis=CallBasis.NAME,
    )
    (item,) = inferred(unreached, call("s3", "GetObject", Bucket="b")).access
    assert (item.is_reached, item.basis) == (True, CallBasis.TYPE)


OWN, OTHER = "${AWS::AccountId}", "210987654321"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (("arn:aws:sns:eu-west-1:", OTHER, ":alerts"), "arn:aws:sns:eu-west-1:210987654321:alerts"),
        (("arn:", "${AWS::Partition}", ":sns:", "${AWS::Region}", ":", OWN, ":alerts"), "alerts"),
        (("arn:aws:sns:", "?", ":", "?", ":alerts"), "arn:aws:sns:*:*:alerts"),
        (("arn:aws:sns:", "${AWS_REGION}", ":", "?", ":alerts"), "arn:aws:sns:*:*:alerts"),
    ],
    ids=["literal", "own", "unknown", "unknown account"],
)
def test_an_arn_is_as_wide_as_what_is_not_known_of_it(arn, expected):
    def part(text):
        if text == "?":
            return UnknownPart(ValueOrigin.UNKNOWN)
        if text.startswith("${AWS::"):
            return UnknownPart(ValueOrigin.TEMPLATE, "T", text)
        return UnknownPart(ValueOrigin.ENVIRONMENT, text[2:-1]) if text.startswith("${") else text

    value = CodeValue(frozenset({tuple(map(part, arn))}))
    assert access(call("sns", "Publish", TopicArn=value)) == {("sns:Publish", expected)}


def test_a_queue_of_another_account_is_that_of_its_url():
    url = "https://sqs.eu-west-1.amazonaws.com/210987654321/jobs"
    (item,) = inferred(call("sqs", "SendMessage", QueueUrl=url)).access
    assert (item.entry.account, item.entry.regions) == ("210987654321", ("eu-west-1",))


@pytest.mark.parametrize("helper", ["upload_file", "Bucket.upload_fileobj", "Upload", "ManagedUpload"])
def test_the_abort_of_an_upload_in_parts_is_conditional_in_both_languages(helper):
    upload = replace(call("s3", "PutObject", Bucket="images", Key="a"), helper=helper)
    result = inferred(upload)
    assert [(item.action, item.resource) for item in result.conditional if item.action.startswith("s3:")] == [
        ("s3:AbortMultipartUpload", "images")
    ]
    assert {item.action for item in result.access} == {"s3:PutObject"}


def test_a_plain_put_of_an_object_aborts_nothing():
    result = inferred(call("s3", "PutObject", Bucket="images", Key="a"))
    assert "s3:AbortMultipartUpload" not in {item.action for item in result.conditional}


@pytest.mark.parametrize("bus", ["default", "arn:aws:events:eu-west-1:123456789012:event-bus/default"])
def test_a_rule_on_the_default_bus_has_no_bus_in_its_arn(bus):
    result = inferred(call("events", "PutRule", Name="nightly", EventBusName=bus))
    assert [item.entry.resource_type for item in result.access] == ["rule-on-default-event-bus"]
    assert [item.resource for item in result.access] == ["nightly"]


@pytest.mark.parametrize("bus", ["own", "arn:aws:events:eu-west-1:123456789012:event-bus/own"])
def test_a_rule_on_another_bus_has_the_name_of_the_bus_in_its_arn(bus):
    result = inferred(call("events", "PutRule", Name="nightly", EventBusName=bus))
    assert [dict(item.entry.resource.variables) for item in result.access] == [
        {"EventBusName": "own", "RuleName": "nightly"}
    ]


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
@every_row(
    "calls, expected",
    [
        ([call("iam", "CreateRole", RoleName="r", Path="/p/q/")], {("iam:CreateRole", "p/q/r")}),
        ([call("iam", "CreateUser", UserName="u", Path="/")], {("iam:CreateUser", "u")}),
        (
            [call("iam", "CreateGroup", GroupName="g", Path=environment("PATH"))],
            {("iam:CreateGroup", "g"), ("iam:CreateGroup", "*/g")},
        ),
        (
            [call("iam", "CreateRole", RoleName="r", Path="/p/"), call("iam", "DeleteRole", RoleName="r")],
            {("iam:CreateRole", "p/r"), ("iam:DeleteRole", "p/r")},
        ),
        (
            [call("iam", "UpdateUser", UserName="u", NewUserName="v", NewPath="/p/")],
            {("iam:UpdateUser", "u"), ("iam:UpdateUser", "p/v")},
        ),
        (
            [call("iam", "UpdateServerCertificate", ServerCertificateName="c", NewPath="/p/")],
            {("iam:UpdateServerCertificate", "c"), ("iam:UpdateServerCertificate", "p/c")},
        ),
        (
            [call("iam", "CreateVirtualMFADevice", VirtualMFADeviceName="m", Path="/p/")],
            {("iam:CreateVirtualMFADevice", "p/m")},
        ),
    ],
)
def test_what_is_created_or_moved_in_iam_has_its_path_in_the_name(calls, expected):
    assert access(*calls) == expected


# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
@every_row(
    "one, names",
    [
        (call("ssm", "GetParameter", Name="/app/db:3"), {"/app/db"}),
        (call("ssm", "GetParameters", Names=elements("plain:live")), {"plain"}),
        (call("ssm", "GetParameter", Name=environment("NAME")), {"${NAME}"}),
        (
            call("ssm", "GetParameter", Name="arn:aws:ssm:eu-west-1:123456789012:parameter/app/db:3"),
            {"arn:aws:ssm:eu-west-1:123456789012:parameter/app/db"},
        ),
    ],
)
def test_the_version_or_label_of_a_parameter_is_not_part_of_its_name(one, names):
    assert {resource for _, resource in access(one)} == names


def _session(application, environment, profile):
    return call(
        "appconfigdata",
        "StartConfigurationSession",
        ApplicationIdentifier=application,
        EnvironmentIdentifier=environment,
        ConfigurationProfileIdentifier=profile,
    )


@pytest.mark.parametrize("token", [UNKNOWN_VALUE, None])
def test_a_program_reads_the_configurations_for_which_it_starts_sessions(token):
    start = _session("abc1234", "def5678", "ghi9012")
    get = call("appconfigdata", "GetLatestConfiguration", **({"ConfigurationToken": token} if token else {}))
    resource = "abc1234/environment/def5678/configuration/ghi9012"
    assert {item.resource for item in inferred(start, get).access} == {resource}


def test_a_token_from_elsewhere_may_be_that_of_any_configuration():
    start = _session("abc1234", "def5678", "ghi9012")
    get = call("appconfigdata", "GetLatestConfiguration", ConfigurationToken=event("token"))
    assert ("appconfig:GetLatestConfiguration", "*") in access(start, get)


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html
def test_a_name_of_appconfig_is_no_id_of_an_arn():
    start = _session("orders", environment("APP_ENV"), environment("PROFILE_ID"))
    (item,) = inferred(start).access
    assert item.resource == "*/environment/*/configuration/${PROFILE_ID}"


# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
@every_row(
    "entries, bus",
    [
        (elements(members(Source="orders")), "default"),
        (elements(members(Source="orders", EventBusName="own")), "own"),
        (elements(join_values(members(Source="a"), members(Source="b"))), "default"),
        (elements(replace(members(Source="orders"), is_complete=False)), "*"),
        (UNKNOWN_VALUE, "*"),
    ],
)
def test_events_without_a_bus_go_to_the_default_one(entries, bus):
    assert access(call("events", "PutEvents", Entries=entries)) == {("events:PutEvents", bus)}


def test_events_of_one_call_may_go_to_several_buses():
    entries = elements(join_values(members(Source="a", EventBusName="own"), members(Source="b")))
    assert access(call("events", "PutEvents", Entries=entries)) == {
        ("events:PutEvents", "own"),
        ("events:PutEvents", "default"),
    }


def optional(one, *names):
    """The call, which need not have these parameters."""
    return replace(one, optional=frozenset(names))


@every_row(
    "one, expected",
    [
        (
            optional(call("s3", "GetObject", Bucket="b", Key="k", VersionId="1"), "VersionId"),
            {("s3:GetObject", "b"), ("s3:GetObjectVersion", "b")},
        ),
        (
            optional(call("lambda", "Invoke", FunctionName="f", Qualifier="live"), "Qualifier"),
            {("lambda:InvokeFunction", "f"), ("lambda:InvokeFunction", "f:live")},
        ),
        (
            optional(call("events", "PutRule", Name="r", EventBusName="bus"), "EventBusName"),
            {("events:PutRule", "r"), ("events:PutRule", "bus/r")},
        ),
        (
            call(
                "s3",
                "CopyObject",
                Bucket="to",
                Key="k",
                CopySource=join_values(members(Bucket="from", Key="k"), members(Bucket="from", Key="k", VersionId="1")),
            ),
            {("s3:GetObject", "from"), ("s3:GetObjectVersion", "from"), ("s3:PutObject", "to")},
        ),
        # What adds an action, or says more of it, is there or not.
        (
            optional(call("sqs", "CreateQueue", QueueName="q", tags=UNKNOWN_VALUE), "tags"),
            {("sqs:CreateQueue", "q"), ("sqs:TagQueue", "q")},
        ),
    ],
)
def test_a_parameter_that_a_call_need_not_have_is_there_or_not(one, expected):
    assert access(one) == expected


OBJECT_LAMBDA = "arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/resize"
ACCESS_POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/reports"
MULTI_REGION = "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap"


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-policies.html
@every_row(
    "operation, bucket, action",
    [
        ("GetObject", OBJECT_LAMBDA, "s3-object-lambda:GetObject"),
        ("HeadObject", OBJECT_LAMBDA, "s3-object-lambda:GetObject"),
        ("ListObjectsV2", OBJECT_LAMBDA, "s3-object-lambda:ListBucket"),
        ("GetObject", ACCESS_POINT, "s3:GetObject"),
        ("ListObjectsV2", ACCESS_POINT, "s3:ListBucket"),
        ("GetObject", MULTI_REGION, "s3:GetObject"),
        ("ListObjectsV2", MULTI_REGION, "s3:ListBucket"),
    ],
)
def test_an_access_point_has_the_actions_of_its_service(operation, bucket, action):
    assert access(call("s3", operation, Bucket=bucket, Key="k")) == {(action, bucket)}


# The Region of the function itself may be any.
@every_row(
    "service, operation, action",
    [
        ("s3", "GetObject", "s3:GetObject"),
        ("s3", "ListObjectsV2", "s3:ListBucket"),
        ("s3-object-lambda", "GetObject", "s3-object-lambda:GetObject"),
    ],
)
def test_an_access_point_in_the_region_of_the_function_is_no_bucket(service, operation, action):
    region = UnknownPart(ValueOrigin.ENVIRONMENT, "AWS_REGION")
    text = (f"arn:aws:{service}:", region, ":111122223333:accesspoint/reports")
    bucket = CodeValue(frozenset({text}))
    expected = f"arn:aws:{service}:*:111122223333:accesspoint/reports"
    assert access(call("s3", operation, Bucket=bucket, Key="k")) == {(action, expected)}


@pytest.mark.parametrize("alias", ["reports-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias", "resize-hrzrl--ol-s3"])
def test_the_alias_of_an_access_point_is_never_any_bucket(alias):
    (item,) = inferred(call("s3", "GetObject", Bucket=alias, Key="k")).access
    assert (item.resource, is_valid_entry(item.entry)) == (alias, False)


def test_a_profile_whose_regions_depend_on_that_of_the_function_is_named():
    profile = "eu.anthropic.claude-3-5-sonnet-20240620-v1:0"
    assert access(call("bedrock-runtime", "Converse", modelId=profile)) == {("bedrock:InvokeModel", profile)}


KNOWLEDGE_BASE = members(
    knowledgeBaseConfiguration=members(
        knowledgeBaseId="KB12345678", modelArn="arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"
    )
)


@every_row(
    "one, companions",
    [
        (
            call("bedrock-agent-runtime", "RetrieveAndGenerate", retrieveAndGenerateConfiguration=KNOWLEDGE_BASE),
            {
                ("bedrock:Retrieve", "KB12345678"),
                ("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"),
            },
        ),
        (
            call("bedrock-runtime", "InvokeModel", modelId="amazon.nova-lite-v1:0", guardrailIdentifier="abcdefgh1234"),
            {("bedrock:ApplyGuardrail", "abcdefgh1234")},
        ),
        (
            call("sesv2", "SendEmail", FromEmailAddress="a@example.com", ConfigurationSetName="set"),
            {("ses:SendEmail", "set")},
        ),
        (
            call(
                "sesv2",
                "SendEmail",
                FromEmailAddress="a@example.com",
                Content=members(Template=members(TemplateName="welcome")),
            ),
            {("ses:SendEmail", "welcome")},
        ),
        (
            call(
                "rds", "CreateDBSnapshot", DBInstanceIdentifier="d", DBSnapshotIdentifier="s", Tags=elements(members())
            ),
            {("rds:AddTagsToResource", "*")},
        ),
        (call("rds", "CreateDBSnapshot", DBInstanceIdentifier="d", DBSnapshotIdentifier="s"), set()),
        (call("kinesis", "CreateStream", StreamName="s", Tags=members(a="b")), {("kinesis:AddTagsToStream", "s")}),
        (
            call("logs", "CreateExportTask", logGroupName="g", destination="exports"),
            {("s3:PutObject", "exports")},
        ),
        (
            call(
                "lambda",
                "UpdateFunctionConfiguration",
                FunctionName="f",
                Layers=elements("arn:aws:lambda:eu-west-1:123456789012:layer:l:3"),
            ),
            {("lambda:GetLayerVersion", "arn:aws:lambda:eu-west-1:123456789012:layer:l:3")},
        ),
    ],
)
def test_what_a_parameter_names_needs_an_action_of_its_own(one, companions):
    found = {(item.action, item.resource) for item in inferred(one).access if item.companion_of}
    assert found == companions


def test_a_partial_arn_of_a_function_names_its_account():
    (item,) = inferred(call("lambda", "Invoke", FunctionName="210987654321:function:resize")).access
    assert (item.resource, item.entry.account) == ("resize", "210987654321")


def test_an_action_on_a_version_or_alias_alone_is_on_the_one_that_the_call_names():
    one = call("lambda", "PutProvisionedConcurrencyConfig", FunctionName="resize", Qualifier="live")
    assert access(one) == {("lambda:PutProvisionedConcurrencyConfig", "resize:live")}


@every_row(
    "one",
    [
        call("config", "DeleteConfigRule", ConfigRuleName="tagged"),
        call("servicediscovery", "DiscoverInstances", NamespaceName="local", ServiceName="orders"),
        call("rds", "RegisterDBProxyTargets", DBProxyName="proxy"),
    ],
)
def test_a_name_is_not_the_id_that_aws_assigns_and_the_arn_has(one):
    assert {resource for _, resource in access(one)} == {"*"}


def test_a_job_of_databrew_has_its_name_in_its_arn():
    assert access(call("databrew", "StartJobRun", Name="clean")) == {("databrew:StartJobRun", "clean")}


SENDING = (
    ("ses", "SendEmail", "Source"),
    ("ses", "SendRawEmail", "Source"),
    ("sesv2", "SendEmail", "FromEmailAddress"),
)


@every_row(
    "text, identity",
    [
        (("a@example.com",), "a@example.com"),
        (("Shop <a@example.com>",), "a@example.com"),
        (('"A < B" <a@example.com> ',), "a@example.com"),
        (("Shop <", UnknownPart(ValueOrigin.ENVIRONMENT, "FROM"), ">"), "${FROM}"),
        (("Shop <a@", UnknownPart(ValueOrigin.ENVIRONMENT, "DOMAIN"), ">"), "a@${DOMAIN}"),
        ((UnknownPart(ValueOrigin.ENVIRONMENT, "FROM", "Shop <a@example.com>"),), "a@example.com"),
    ],
)
def test_an_identity_of_ses_is_the_address_of_the_sender_without_the_displayed_name(text, identity):
    value = CodeValue(frozenset({text}))
    found = access(*(call(client, operation, **{sender: value}) for client, operation, sender in SENDING))
    assert found == {("ses:SendEmail", identity), ("ses:SendRawEmail", identity)}


def test_mail_sent_for_an_identity_of_another_account_is_sent_with_its_arn():
    arn = "arn:aws:ses:eu-west-1:210987654321:identity/example.com"
    assert access(call("ses", "SendEmail", Source="a@example.com", SourceArn=arn)) == {("ses:SendEmail", arn)}


@every_row("operation", ["GetThingShadow", "UpdateThingShadow", "DeleteThingShadow"])
def test_a_named_shadow_is_a_resource_below_its_thing(operation):
    unnamed = call("iot-data", operation, thingName="lamp")
    named = call("iot-data", operation, thingName="lamp", shadowName="config")
    assert access(unnamed, named) == {(f"iot:{operation}", "lamp"), (f"iot:{operation}", "lamp/config")}
    assert all(is_valid_entry(item.entry) for item in inferred(unnamed, named).access)


def test_a_workgroup_that_is_named_without_its_id_is_any_workgroup():
    (statement, _) = inferred(call("redshift-data", "ExecuteStatement", WorkgroupName="w", Database="d")).access
    assert (statement.entry.resource_type, statement.resource) == ("workgroup", "*")
