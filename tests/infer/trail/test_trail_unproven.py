"""What the records cannot prove is unknown, and never said not to be used."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from infer.trail.trail_records import ACCOUNT, REGION, create_table, get_object, record, session

from iamglue.cli.main import main

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"
LIST = record("ListBuckets")
OTHER = session("worker", f"arn:aws:iam::{ACCOUNT}:role/worker")
PUT = get_object(eventName="PutObject", userIdentity=OTHER)
# Reads and writes, of management and of data, so that it is known that the trail records them.
BOTH = [LIST, create_table(userIdentity=OTHER), get_object(), PUT]


@pytest.fixture
def audited(trail, tmp_path):
    """The actions that an audit of a role says were not used, and the reasons why others are not known."""

    def run(records, *statements, options=(), **role):
        (tmp_path / "log.json").write_text(json.dumps({"Records": records}))
        ran = trail(tmp_path / "log.json", *options, "-o", tmp_path / "usage.json")
        assert ran.code == 0, ran.notes
        allowed = [{"Effect": "Allow", "Action": actions, "Resource": on} for actions, on in statements]
        policies = [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": allowed}}]
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        properties = {
            "RoleName": "orders-role",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": policies,
            **role,
        }
        function = {"FunctionName": "orders", "Role": {"Fn::GetAtt": "Role.Arn"}, "Handler": "a.b"}
        resources = {
            "Role": {"Type": "AWS::IAM::Role", "Properties": properties},
            "Orders": {"Type": "AWS::Lambda::Function", "Properties": {**function, "Code": {"ZipFile": "x"}}},
        }
        template = {"Parameters": {"Name": {"Type": "String"}}, "Resources": resources}
        (tmp_path / "template.json").write_text(json.dumps(template))
        arguments = ("audit", "--template", tmp_path / "template.json", "--usage", tmp_path / "usage.json")
        result = CliRunner().invoke(main, [*map(str, arguments), "--format", "json"])
        report = json.loads(result.stdout)
        messages = " ".join(line for line in result.stdout.splitlines() if " used since " in line)
        names = {name for actions, _ in statements for name in actions}
        doubts = {item["reason"] for item in report["not_evaluated"] if "whether the role uses" in item["what"]}
        return {name for name in names if f"`{name}`" in messages}, doubts

    return run


def test_data_events_of_one_bucket_say_nothing_of_another(audited):
    actions = ["s3:DeleteObject"]
    assert audited(BOTH, (actions, "arn:aws:s3:::images/*"))[0] == {"s3:DeleteObject"}
    for other in ("arn:aws:s3:::backup/*", "*", "arn:aws:s3:::images*"):
        unused, doubts = audited(BOTH, (actions, other))
        assert unused == set()
        assert "not recorded for all resources" in doubts.pop()


def test_data_events_of_one_resource_count_from_its_first_one(audited):
    old = get_object(bucket="old", eventTime="2026-01-05T00:00:00Z")
    usage = [old, *({**each, "eventTime": "2026-01-06T09:00:00Z"} for each in BOTH)]
    assert audited(usage, (["s3:DeleteObject"], "arn:aws:s3:::images/*"))[0] == {"s3:DeleteObject"}


STREAM = f"{TABLE}/orders/stream/2026-01-01T00:00:00.000"
KINESIS = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/orders"
TABLES = f"arn:aws:s3tables:{REGION}:{ACCOUNT}:bucket/lake"


def data_event(name, source, arn):
    return record(name, source, managementEvent=False, resources=[{"ARN": arn}])


@pytest.mark.parametrize(
    ("recorded", "action", "resource"),
    [
        (("GetItem", "dynamodb", f"{TABLE}/orders"), "dynamodb:GetRecords", f"{TABLE}/orders/stream/*"),
        (("GetItem", "dynamodb", f"{TABLE}/orders"), "dynamodb:GetRecords", f"{TABLE}/orders/*"),
        (("GetItem", "dynamodb", f"{TABLE}/orders"), "dynamodb:ListStreams", "*"),
        (("GetRecords", "dynamodb", STREAM), "dynamodb:GetItem", f"{TABLE}/orders"),
        (("GetRecords", "kinesis", KINESIS), "kinesis:SubscribeToShard", f"{KINESIS}/consumer/*"),
        (("SubscribeToShard", "kinesis", f"{KINESIS}/consumer/app:1"), "kinesis:GetRecords", KINESIS),
        (("GetTableBucket", "s3tables", TABLES), "s3tables:GetTableData", f"{TABLES}/table/*"),
    ],
)
def test_data_events_of_a_resource_say_nothing_of_parts_that_have_data_events_of_their_own(
    recorded, action, resource, audited
):
    assert audited([data_event(*recorded), LIST], ([action], resource))[0] == set()


@pytest.mark.parametrize(
    ("recorded", "action", "resource"),
    [
        (("DescribeStream", "dynamodb", STREAM), "dynamodb:GetRecords", f"{TABLE}/orders/stream/*"),
        (("GetItem", "dynamodb", f"{TABLE}/orders"), "dynamodb:Query", f"{TABLE}/orders/index/*"),
    ],
)
def test_data_events_of_a_resource_are_those_of_its_other_parts(recorded, action, resource, audited):
    assert audited([data_event(*recorded), LIST], ([action], resource))[0] == {action}


def test_objects_that_were_deleted_together_may_have_been_versions(audited):
    deleted = record(
        "DeleteObjects",
        managementEvent=False,
        requestParameters={"bucketName": "images", "delete": ""},
        resources=[{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::images/"}, {"ARN": "arn:aws:s3:::images"}],
    )
    actions = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"]
    unused, doubts = audited([deleted, get_object(), LIST], (actions, "arn:aws:s3:::images/*"))
    assert unused == set()
    assert "other calls" in doubts.pop()


def test_the_version_that_a_copy_is_made_of_was_read(audited):
    source = {"bucketName": "images", "key": "b.jpg", "x-amz-copy-source": "images/in/a.jpg?versionId=3"}
    copied = record(
        "CopyObject", managementEvent=False, requestParameters=source, resources=[{"ARN": "arn:aws:s3:::images/b.jpg"}]
    )
    actions = ["s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:GetObjectVersionAcl"]
    assert audited([copied, get_object(), LIST], (actions, "arn:aws:s3:::images/*"))[0] == {"s3:GetObjectVersionAcl"}


def test_writes_alone_do_not_show_that_nothing_was_read(audited):
    put = record(
        "PutItem",
        "dynamodb",
        managementEvent=False,
        requestParameters={"tableName": "orders"},
        resources=[{"ARN": f"{TABLE}/orders"}],
    )
    actions = (["dynamodb:GetItem", "dynamodb:DeleteItem"], f"{TABLE}/orders")
    unused, doubts = audited([put, *BOTH], actions)
    assert unused == {"dynamodb:DeleteItem"}
    assert "only reads" in doubts.pop()
    both = [put, *BOTH, {**put, "eventName": "Query"}]
    assert audited(both, actions)[0] == {"dynamodb:DeleteItem", "dynamodb:GetItem"}


@pytest.mark.parametrize(
    ("records", "action"),
    [
        ([LIST, create_table(userIdentity=OTHER), get_object()], "s3:DeleteObject"),
        ([LIST, get_object(), PUT], "dynamodb:DeleteTable"),
        ([LIST, get_object(), PUT], "s3:DeleteBucket"),
    ],
)
def test_reads_alone_do_not_show_that_nothing_was_written(audited, records, action):
    events = [*records, record("DescribeTable", "dynamodb", userIdentity=OTHER)]
    unused, doubts = audited(events, ([action], f"{TABLE}/orders" if "Table" in action else "arn:aws:s3:::images/*"))
    assert unused == set()
    assert "only events of calls that only read" in doubts.pop()


def test_decrypting_is_an_event_that_a_trail_of_writes_leaves_out(audited):
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    assert audited([record("CreateKey", "kms")], (["kms:Decrypt"], key))[0] == set()
    assert audited([record("CreateKey", "kms"), LIST], (["kms:Decrypt"], key))[0] == {"kms:Decrypt"}


def test_a_region_without_records_is_not_known(audited):
    events = [create_table(), LIST]
    assert audited(events, (["dynamodb:DeleteTable"], f"{TABLE}/orders"))[0] == {"dynamodb:DeleteTable"}
    other = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
    unused, doubts = audited(events, (["dynamodb:DeleteTable"], other))
    assert unused == set()
    assert "Region" in doubts.pop()


@pytest.mark.parametrize(
    ("events", "actions"),
    [
        # Tags are given with what is created.
        ([record("CreateNatGateway", "ec2"), LIST], ["ec2:CreateTags"]),
        ([record("CreatePolicy", "iam"), LIST], ["iam:TagPolicy"]),
        ([record("CreateKey", "kms"), LIST], ["kms:TagResource"]),
        # A state machine calls an HTTP endpoint by itself.
        ([record("CreateStateMachine", "states"), LIST], ["states:InvokeHTTPEndpoint", "states:RevealSecrets"]),
        # AWS checks the parts of a restored table, of which there is no event.
        ([record("RestoreTableFromBackup", "dynamodb"), get_object(), LIST], ["dynamodb:DeleteItem"]),
        ([record("CreateKey", "kms"), LIST], ["kms:SynchronizeMultiRegionKey"]),
        # The channels of Systems Manager and sessions of directory buckets are data events.
        ([record("OpenDataChannel", "ssm"), LIST], ["ssmmessages:CreateControlChannel"]),
        ([record("ListDirectoryBuckets", "s3express"), LIST], ["s3express:CreateSession"]),
    ],
)
def test_what_has_no_event_of_its_own_is_not_known(events, actions, audited):
    unused, doubts = audited(events, (actions, "*"))
    assert unused == set()
    assert doubts


def with_parameters(name, source, /, **parameters):
    return record(name, source, requestParameters=parameters)


@pytest.mark.parametrize(
    ("event", "actions"),
    [
        # Without s3:ListBucket, S3 says that access is denied where it says that there is no such object.
        (get_object(errorCode="NoSuchKey"), ["s3:ListBucket"]),
        (with_parameters("CreateSecret", "secretsmanager", name="a"), ["secretsmanager:PutResourcePolicy"]),
        (record("SendEmail", "ses", managementEvent=False), ["ses:SendRawEmail", "ses:SendTemplatedEmail"]),
        (record("PutAccountPolicy", "logs"), ["logs:PutSubscriptionFilter"]),
    ],
)
def test_what_a_call_may_need_without_a_trace_is_not_known(event, actions, audited):
    unused, doubts = audited([event, LIST], (actions, "*"))
    assert unused == set()
    assert "other calls" in " ".join(doubts)


@pytest.mark.parametrize(
    ("event", "actions"),
    [
        (
            with_parameters("CreateSecret", "secretsmanager", name="a", addReplicaRegions=[{"region": "us-east-1"}]),
            ["secretsmanager:ReplicateSecretToRegions"],
        ),
        (
            with_parameters("BatchGetSecretValue", "secretsmanager", filters=[{"key": "name"}]),
            ["secretsmanager:ListSecrets"],
        ),
        (
            with_parameters("GetObjectAttributes", "s3", bucketName="images", key="a", versionId="1"),
            ["s3:GetObjectVersion", "s3:GetObjectVersionAttributes"],
        ),
    ],
)
def test_what_a_parameter_says_was_used(event, actions, audited):
    assert audited([event, LIST], (actions, "*")) == (set(), set())


@pytest.mark.parametrize("name", [{"Ref": "Name"}, {"Fn::Sub": "${Name}-role"}, {"Ref": "AWS::NoValue"}])
def test_of_a_role_whose_name_a_template_does_not_know_nothing_is_said(name, audited):
    unused, doubts = audited([create_table(), LIST], (["dynamodb:DeleteTable"], "*"), RoleName=name)
    assert unused == set()
    assert "the name of the role is not known" in doubts.pop()


def test_the_records_of_a_role_are_its_own_whatever_its_path_is(audited):
    used = create_table(userIdentity=session(role=f"arn:aws:iam::{ACCOUNT}:role/app/orders-role"))
    assert audited([used, LIST], (["dynamodb:CreateTable"], "*"))[0] == set()


def test_a_session_whose_record_does_not_name_the_role_may_be_any_roles(audited):
    nameless = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:orders", "accountId": ACCOUNT}
    unused, doubts = audited([create_table(userIdentity=nameless), LIST], (["dynamodb:DeleteTable"], f"{TABLE}/*"))
    assert unused == set()
    assert "`CreateTable`" in doubts.pop()


def test_records_of_another_account_show_nothing_of_the_account_of_the_role(audited):
    events = [record(name, source, recipientAccountId="999999999999") for name, source in CALLS]
    assert audited(events, (["dynamodb:DeleteTable"], f"{TABLE}/*"))[0] == set()


CALLS = (("CreateTable", "dynamodb"), ("ListBuckets", "s3"))


def test_a_request_that_is_not_known_may_have_used_any_action_of_its_service(audited):
    unknown = record("PutObjectQuickly", "s3")
    unused, doubts = audited([LIST, unknown], (["s3:CreateBucket"], "*"))
    assert unused == set()
    assert "`PutObjectQuickly`" in doubts.pop()


def test_a_request_that_is_not_known_says_nothing_of_other_roles(audited):
    unknown = record("PutObjectQuickly", "s3", userIdentity=session("b", f"arn:aws:iam::{ACCOUNT}:role/other"))
    written = create_table(userIdentity=OTHER)
    assert audited([LIST, written, unknown], (["s3:CreateBucket"], "*"))[0] == {"s3:CreateBucket"}
