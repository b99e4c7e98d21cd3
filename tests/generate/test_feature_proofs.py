"""The proof reads each way in which a spec can write a feature."""

from __future__ import annotations

import pytest
from support.generated import HEAD

from iamglue.generate.generate import DeploymentTarget, generate
from iamglue.generate.prove import prove, prove_calls
from iamglue.readers.spec.reader import parse_spec

TARGET = DeploymentTarget("eu-west-1", "111122223333")
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
ACCESS_POINT = "arn:aws:s3:eu-west-2:999999999999:accesspoint/p"
MULTI_REGION = "arn:aws:s3::999999999999:accesspoint/p.mrap"
STREAM = "arn:aws:kinesis:eu-west-2:999999999999:stream/s"
CONSUMER = "arn:aws:kinesis:eu-west-1:111122223333:stream/s/consumer/c:1"
FILES = "arn:aws:s3files:eu-west-1:111122223333:file-system/fs-1"
ENTRIES = (
    "reads: [{s3: 'arn:aws:s3:eu-west-1:111122223333:accesspoint/p/object/in/*', do: [get, list]}]",
    "reads: [{s3: bkt/in/*, access_point: p, do: [get, list], missing_ok: true}]",
    "reads: [{s3: {BucketName: bkt, ObjectName: x}, access_point: p}]",
    "reads: [{s3: bkt, prefix: x/, access_point: 'arn:aws:s3:eu-west-1:999999999999:accesspoint/p', do: [get, list]}]",
    f"writes: [{{s3: bkt, access_point: p, do: multipart, key: {KEY}}}]",
    f"reads: [{{s3: bkt, access_point: '{ACCESS_POINT}', key: {KEY}, account: '111122223333'}}]",
    f"reads: [{{s3: bkt, access_point: '{MULTI_REGION}', key: {KEY}, region: [eu-west-1, eu-west-2]}}]",
    "writes: [{s3: 'arn:aws:s3express:eu-west-1:111122223333:bucket/b--euw1-az1--x-s3', do: [put, delete]}]",
    f"reads: [{{s3express: b--euw1-az1--x-s3, key: {KEY}}}]",
    "reads: [{ssm: /a/b/*, do: get-path}]",
    f"reads: [{{ssm: 'arn:aws:ssm:eu-west-1:111122223333:parameter/a/b', do: [get, get-path], key: {KEY}}}]",
    "reads: [{ssm: 'arn:aws:ssm:eu-west-1::parameter/aws/service/x'}]",
    "reads: [{ssm: /aws/service/x, do: get-path}]",
    "reads: [{ssm/document: aws-runshellscript, do: get_document}]",
    f"reads: [{{ssm: 'arn:aws:ssm:eu-west-1:111122223333:parameter/aws/reference/secretsmanager/db', key: {KEY}}}]",
    "calls: [{states: 'checkout:*'}]",
    "calls: [{states: 'arn:aws:states:eu-west-1:111122223333:stateMachine:m:prod', do: [start, stop, describe]}]",
    "calls: [{states: '*', do: stop}]",
    "reads: [{states: 'm:prod', do: [describe, list-executions, history]}]",
    f"reads: [{{kinesis: '{STREAM}', consumer: c, do: subscribe_to_shard, key: {KEY}}}]",
    f"reads: [{{kinesis: s, consumer: '{CONSUMER}', do: [subscribe_to_shard, get]}}]",
    f"calls: [{{rds-data: 'arn:aws:rds:eu-west-2:999999999999:cluster:c', secret: db, key: {KEY}}}]",
    "reads: [{rds-data: c, secret: {SecretId: db}}]",
    f"writes: [{{secretsmanager: 'arn:aws:secretsmanager:eu-west-2:111122223333:secret:x-123456', key: {KEY}}}]",
    f"reads: [{{secretsmanager: db, region: [eu-west-1, eu-west-2], key: {KEY}}}]",
    "writes: [{sns: t}, {sns: {phone: true}}]",
    f"reads: [{{dynamodb: tbl, do: [execute-statement, query], index: '*', key: {KEY}}}]",
    "calls: [{dynamodb: tbl, do: execute_transaction}]",
    "calls: [{lambda: '*', do: durable-callback}]",
    "reads: [{s3: 'bkt/${aws:PrincipalTag/team}/*', do: [get, list], missing_ok: true}]",
    "reads: [{s3: bkt, prefix: '${aws:PrincipalTag/team}/', access_point: p, do: [get, list]}]",
    "reads: [{s3: bkt, prefix: '*', do: [get, list]}]",
    "reads: [{s3: 'bkt-${aws:PrincipalTag/team}', do: list, prefix: 'a${*}b/'}]",
    "reads: [{dynamodb: 'orders-${aws:PrincipalTag/team}', index: '*', do: query}]",
    "writes: [{sqs: '${aws:PrincipalTag/team, ''none''}-${aws:PrincipalTag/stage}.fifo'}]",
    f"reads: [{{secretsmanager: 'db/${{aws:PrincipalTag/team}}', key: {KEY}}}]",
    "reads: [{ssm: '/${aws:PrincipalTag/team}/x', do: [get, get-path]}]",
    "calls: [{states: 'arn:aws:states:eu-west-1:111122223333:stateMachine:${aws:PrincipalTag/t}', do: [start, stop]}]",
    "calls: [{ecs: '${aws:PrincipalTag/team}', do: run-task, pass_role: 'task-${aws:PrincipalTag/team}'}]",
    "writes: [{cloudwatch: 'Acme/${aws:PrincipalTag/team}'}]",
)
SETTINGS = (
    "durable: {key: alias/orders}",
    f"file_system: {{id: fs-1, access_point: fsap-1, bucket: bkt/x/*, key: {KEY}}}",
    f"file_system: {{id: '{FILES}', access_point: fsap-1, direct_reads: false}}",
    f"file_system: {{id: fs-1, access_point: fsap-1, bucket: 'arn:aws:s3:::bkt', key: {KEY}}}",
    "file_system: {id: fs-1, access_point: fsap-1, bucket: 'arn:aws:s3:::bkt/x/*'}",
    "file_system: {id: fs-1, access_point: fsap-1, bucket: 'bkt/01:02:03:04:05:06/*'}",
    "file_system: {id: 'fs-${aws:PrincipalTag/team}', access_point: 'fsap-${aws:PrincipalTag/team}'}",
)
SPECS = (
    *(f"{entry}\nsettings: {{logs: false}}\n" for entry in ENTRIES),
    *(f"settings: {{{text}}}\n" for text in SETTINGS),
)


@pytest.mark.parametrize("spec", SPECS)
def test_every_line_holds(spec: str) -> None:
    (function,) = parse_spec(HEAD + spec, "spec.yaml").functions
    lines = prove(function, generate(function, TARGET)).lines
    assert lines
    assert [line for line in lines if line.holds is not True] == []


def test_a_call_is_not_allowed_by_the_value_of_another_policy_variable() -> None:
    spec = HEAD + "reads: [{dynamodb: 'orders-${aws:PrincipalTag/team}'}]\nsettings: {logs: false}\n"
    declared, other = (
        parse_spec(text, "spec.yaml").functions[0] for text in (spec, spec.replace("Tag/team", "Tag/stage"))
    )
    lines = prove_calls(declared, generate(other, TARGET), {})
    assert [line.holds for line in lines] == [False, False]
