"""The whole way: what deployed functions called is in a bucket, becomes a usage and a spec, and ends in a role without
unused access.
"""

from __future__ import annotations

import io
import json
import zipfile

import boto3
import pytest
from click.testing import CliRunner
from infer.trail.trail_records import ACCOUNT, REGION, create_table, get_object, log_file, record, session
from moto import mock_aws

from iamglue.aws import trail_bucket
from iamglue.cli.main import main

FUNCTION, BUCKET = "orders", "trail-logs"
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": "arn:aws:s3:::images/*",
        },
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"},
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{FUNCTION}:*",
        },
    ],
}


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def deployed(monkeypatch, tmp_path):
    """A function of moto and its role, and the log files of what it called in a bucket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    trail_bucket._client.cache_clear()
    with mock_aws():
        iam = boto3.client("iam")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
        role = iam.create_role(RoleName="orders-role", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName="orders-role", PolicyName="wide", PolicyDocument=json.dumps(ALLOWED))
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("handler.py", "def handler(event, context): pass\n")
        boto3.client("lambda").create_function(
            FunctionName=FUNCTION,
            Runtime="python3.13",
            Role=role,
            Handler="handler.handler",
            Code={"ZipFile": code.getvalue()},
        )
        identity = session(FUNCTION, role)
        group = {"logGroupName": f"/aws/lambda/{FUNCTION}", "logStreamName": "2026/01/05/[$LATEST]a"}
        calls = [
            get_object(f"in/{number}.jpg", userIdentity=identity, eventTime=f"2026-01-0{day}T10:00:00Z")
            for day in (5, 6)
            for number in range(20)
        ]
        table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
        calls += [
            record("CreateLogStream", "logs", userIdentity=identity, requestParameters=group),
            record(
                "PutItem",
                "dynamodb",
                userIdentity=identity,
                managementEvent=False,
                requestParameters={"tableName": "orders", "key": {"id": "1"}},
                resources=[{"type": "AWS::DynamoDB::Table", "ARN": table, "accountId": ACCOUNT}],
            ),
            create_table(userIdentity=identity, errorCode="AccessDenied"),
            # What another role wrote shows that the trail records writes.
            get_object(eventName="PutObject", userIdentity=session("worker", role.replace("orders-role", "worker"))),
        ]
        log_file(tmp_path / "logs", *calls[:30])
        log_file(tmp_path / "logs", *calls[30:], day="2026/01/06", number=2)
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        for path in (tmp_path / "logs").rglob("*.gz"):
            s3.upload_file(str(path), BUCKET, str(path.relative_to(tmp_path / "logs")))
        yield iam
    trail_bucket._client.cache_clear()


def audit(folder, *more):
    options = ["--function", FUNCTION, "--usage", folder / "usage.json", "--format", "json", *more]
    report = json.loads(run("audit", *options).stdout)
    messages: dict[str, str] = {}
    for finding in report["findings"]:
        messages[finding["rule"]] = f"{messages.get(finding['rule'], '')} {finding['message']}"
    return messages


def test_from_log_files_to_a_role_without_unused_access(deployed, tmp_path):
    uri = f"s3://{BUCKET}/AWSLogs/"
    store = ("--store", tmp_path / "store", "--jobs", "1")
    assert run("infer", "trail", uri, *store, "-o", tmp_path / "usage.json").exit_code == 0
    spec = run("infer", "trail", "--query", *store, "--function", FUNCTION, "--format", "spec")
    assert spec.exit_code == 0, spec.stderr
    (tmp_path / "spec.yaml").write_text(spec.stdout)

    found = audit(tmp_path)
    assert "`s3:DeleteObject`" in found["unused-access"]
    found = audit(tmp_path, "--spec", tmp_path / "spec.yaml", "--suggest", tmp_path / "suggested")
    assert {"unused-access", "excess-access"} <= set(found)

    (path,) = (tmp_path / "suggested" / "orders-role").glob("policy-*.json")
    deployed.delete_role_policy(RoleName="orders-role", PolicyName="wide")
    deployed.put_role_policy(RoleName="orders-role", PolicyName="orders", PolicyDocument=path.read_text())
    assert audit(tmp_path, "--spec", tmp_path / "spec.yaml") == {}
