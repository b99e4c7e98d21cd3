"""Every JSON format has a schema in docs/schemas, which real outputs of the command line satisfy."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from docs.write_docs import ROOT
from infer.trail.trail_records import get_object, log_file
from jsonschema import Draft202012Validator
from support.git import commit

from iamglue.cli import infer
from iamglue.cli.main import COMMANDS, main
from iamglue.formats.schemas import SCHEMA_NAMES

SCHEMAS = ROOT / "docs" / "schemas"
EXAMPLES = ROOT / "examples"
ACCOUNT = ("--input", EXAMPLES / "one-click-role" / "details.json")
FUNCTIONS = ("--functions", EXAMPLES / "one-click-role" / "functions.json")
PHOTOS = EXAMPLES / "exif-pipeline"
DENIAL = (
    "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: s3:GetObject on resource: "
    "arn:aws:s3:::b/k because no identity-based policy allows the s3:GetObject action"
)
UNKNOWN_DENIAL = "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied"


def policy(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


APP = """\
import os
import boto3


def handler(event, context):
    boto3.client("s3").get_object(Bucket="images", Key="k")
    boto3.client("dynamodb").put_item(TableName=os.environ["T"], Item={})
    getattr(boto3.client("s3"), event["name"])()
"""
SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      Policies:
        - S3ReadPolicy: {BucketName: images}
        - Statement: [{Effect: Allow, Action: "s3:*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": true}}}]
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}
ACCOUNT_DETAILS = {
    "UserDetailList": [],
    "GroupDetailList": [],
    "Policies": [],
    "RoleDetailList": [
        {
            "Path": "/",
            "RoleName": name,
            "RoleId": f"AROA{name.upper()}",
            "Arn": f"arn:aws:iam::123456789012:role/{name}",
            "CreateDate": "2024-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": TRUST,
            "InstanceProfileList": [],
            "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": json.loads(policy(allow(actions)))}],
            "AttachedManagedPolicies": [],
            "Tags": [],
        }
        for name, actions in {
            "deployer": ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole", "lambda:UpdateFunctionCode"],
            "admin": ["*"],
        }.items()
    ],
}
CONDITION = {"StringEquals": {"s3:prefix": ["a", "b"]}, "Bool": {"aws:SecureTransport": "true"}}
FILES = {
    "clean.json": policy(allow("s3:GetObject", "arn:aws:s3:::b/*")),
    "bad.json": policy(allow(["s3:GetObjekt", "s3:*", "iam:PassRole"]), allow("s3:GetObject", "arn:aws:s3:::b/*")),
    "wide.json": policy(
        allow(["s3:Get*", "s3:List*"], Sid="Read"),
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*", "Sid": "NotSecret"},
    ),
    "when.json": policy(allow("s3:ListBucket", "arn:aws:s3:::b", Condition=CONDITION)),
    "when2.json": policy(allow("s3:ListBucket", "arn:aws:s3:::b", Condition={"StringEquals": {"s3:prefix": "c"}})),
    "not.json": policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b/*"}),
    "allowed.json": policy(allow(["s3:Get*", "s3:List*"], Sid="Read")),
    "account.json": json.dumps(ACCOUNT_DETAILS),
    "crawler.json": policy(allow("glue:GetTable", "arn:aws:glue:eu-west-1:123456789012:crawler/c")),
    "broken.json": '{"Version": "2012-10-17", "Statement": [',
    "bucket.json": policy(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b"},
    ),
    "unknown.tf": 'resource "aws_iam_policy" "p" {\n  policy = jsonencode({Version = "2012-10-17", Statement = '
    '[{Effect = "Allow", Action = var.actions, Resource = "*"}]})\n}\n',
    "old.yaml": "iamglue: 1\nfunction: f\nreads:\n  - AWS::S3::Bucket: images\n",
    "new.yaml": "iamglue: 1\nfunction: f\nreads:\n  - s3: images\n  - sqs: other\n",
    "orders.yaml": "iamglue: 1\nfunction: Orders\nreads:\n  - s3: images\n",
    "exif.yaml": "iamglue: 1\nfunction: exif-extractor\nreads:\n  - s3: images\n",
    "wrong.yaml": "iamglue: 1\nfunction: f\nreads:\n  - s4: images\n",
    "app.py": APP,
    "syntax.py": "def (:\n",
    "sam.yaml": SAM,
    "denial.txt": DENIAL,
    "denials.txt": f"{DENIAL}\n{UNKNOWN_DENIAL}\n",
    "unknown-denial.txt": UNKNOWN_DENIAL,
    "requests.jsonl": '{"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}\n'
    '{"action": "s3:GetObject", "resource": "arn:aws:s3:::b/*"}\n{"action": 1}\n',
}
REQUEST = ("--action", "s3:GetObject", "--resource")
JSON = ("--format", "json")
CALLER = ("--principal", "arn:aws:iam::123456789012:role/r", "--context", "aws:SourceIp=192.0.2.1")

# The schema, the arguments, and the exit code; a name of FILES stands for its path.
CASES = [
    ("lint", ("lint", "clean.json", *JSON), 0),
    ("lint", ("lint", "bad.json", "broken.json", *JSON), 1),
    ("lint", ("lint", "unknown.tf", *JSON), 0),
    ("lint", ("lint", "bad.json", "missing.json", *JSON), 2),
    ("lint", ("lint", EXAMPLES, "--pedantic", *JSON), 1),
    ("audit", ("audit", *ACCOUNT, *FUNCTIONS, *JSON), 1),
    ("lint", ("lint", "bad.json", "--rules", EXAMPLES / "rule-pack" / "rules.yaml", *JSON), 1),
    ("audit", ("audit", *ACCOUNT, *JSON), 1),
    ("audit", ("audit", *ACCOUNT, *FUNCTIONS, "--spec", "exif.yaml", "--suggest", "suggested", *JSON), 1),
    ("audit", ("audit", "--input", "account.json", *JSON), 1),
    ("audit", ("audit", "--template", "sam.yaml", "--spec", "orders.yaml", *JSON), 1),
    ("graph", ("audit", "--input", "account.json", "--graph", "json"), 1),
    ("audit", ("audit", "--template", PHOTOS / "template.yaml", *JSON), 0),
    ("can", ("can", "clean.json", *REQUEST, "arn:aws:s3:::b/k", *JSON), 0),
    ("can", ("can", "wide.json", *REQUEST, "arn:aws:s3:::secret/k", *JSON), 1),
    ("can", ("can", "clean.json", "--scp", "wide.json", *REQUEST, "arn:aws:s3:::b/k", *JSON), 0),
    ("can", ("can", "when.json", "--action", "s3:ListBucket", "--resource", "arn:aws:s3:::b", *JSON), 1),
    ("can", ("can", "clean.json", *REQUEST, "arn:aws:s3:::*", *JSON), 1),
    ("can", ("can", "clean.json", "--scp", "allowed.json", *REQUEST, "arn:aws:s3:::b/*", *CALLER, *JSON), 0),
    ("can", ("can", "wide.json", *REQUEST, "arn:aws:sqs:eu-west-1:123456789012:q", *CALLER, *JSON), 0),
    ("can", ("can", "not.json", "--action", "sqs:Get*", "--resource", "arn:aws:s3:::b", *JSON), 1),
    (
        "can",
        (
            "can",
            "bad.json",
            "--action",
            "iam:DeletePolicy",
            "--resource",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            *JSON,
        ),
        1,
    ),
    ("can-requests", ("can", "clean.json", "--requests", "requests.jsonl"), 2),
    ("can-error", ("can", "--error", "denial.txt", *JSON), 1),
    ("can-error", ("can", "wide.json", "--error", "denials.txt", *JSON), 3),
    ("can-error", ("can", "when.json", "--error", "denial.txt", *JSON), 1),
    ("can-error", ("can", "--error", "unknown-denial.txt", *JSON), 1),
    ("can-never", ("can", "wide.json", "--never", "s3:GetObject", "--never", "iam:*", *JSON), 1),
    ("can-never", ("can", "clean.json", "--never", "iam:*", *JSON), 0),
    ("diff", ("diff", "clean.json", "wide.json", *JSON), 1),
    ("diff", ("diff", "wide.json", "when.json", *JSON), 0),
    ("diff", ("diff", "when.json", "bad.json", *JSON), 1),
    ("diff", ("diff", "clean.json", "clean.json", *JSON), 0),
    ("diff", ("diff", "when.json", "when2.json", *JSON), 1),
    ("diff", ("diff", "wide.json", "allowed.json", *JSON), 1),
    ("diff", ("diff", "clean.json", "not.json", *JSON), 1),
    ("diff", ("diff", "clean.json", "clean.json+crawler.json", *JSON), 1),
    ("diff-trust", ("diff", "bucket.json", "--trust", "444455556666", *JSON), 1),
    ("reconcile", ("reconcile", "new.yaml", "--code", "app.py", "--policy", "clean.json", *JSON), 1),
    ("check", ("check", "new.yaml", "--code", "app.py", *JSON), 1),
    ("check", ("check", "new.yaml", "--code", "app.py", "--code", "syntax.py", *JSON), 3),
    ("infer", ("infer", "policy", "wide.json", *JSON), 0),
    ("infer", ("infer", "sam", "sam.yaml", *JSON), 0),
    ("infer-code", ("infer", "code", "app.py", *JSON), 0),
    ("infer-code", ("infer", "code", "app.py", "syntax.py", *JSON), 0),
    ("infer-code", ("infer", "code", PHOTOS, *JSON), 0),
    ("fmt", ("fmt", "--check", "old.yaml", "new.yaml", *JSON), 1),
    ("fmt", ("fmt", "--diff", "old.yaml", "wrong.yaml", "missing.yaml", *JSON), 2),
    ("fmt", ("fmt", "new.yaml", *JSON), 0),
    ("init", ("init", "-", "--function", "f", "--reads", "s3=images", *JSON), 0),
    ("rule-list", ("rules", *JSON), 0),
    ("rule-list", ("rules", "unknown-action", *JSON), 0),
    ("rule-list", ("rules", "broad-access", *JSON), 0),
    ("rule-list", ("rules", "--rules", EXAMPLES / "rule-pack" / "rules.yaml", *JSON), 0),
    ("services", ("services", *JSON), 0),
    ("services", ("services", "s3", *JSON), 0),
    ("services", ("services", "dynamodb", "get", *JSON), 0),
    ("services", ("services", "--triggers", *JSON), 0),
    ("policy", ("generate", PHOTOS / "spec.yaml", *JSON), 0),
    ("policy", ("generate", PHOTOS / "spec.yaml", "--only", "trust", *JSON), 0),
    ("policy", ("generate", PHOTOS / "spec.yaml", "--only", "permissions", *JSON), 0),
    ("policy", ("generate", PHOTOS / "spec.yaml", "--only", "peers", *JSON), 0),
    ("policy", ("compact", "when.json", *JSON), 0),
    ("generate-report", ("generate", PHOTOS / "spec.yaml", "-o", "p1.json", "--prove", "--report", "-"), 0),
    ("generate-report", ("generate", PHOTOS / "spec.yaml", "-o", "p1.json", "--explain", "--report", "-"), 0),
    ("generate-report", ("generate", PHOTOS / "spec.yaml", "-o", "clean.json", "--check", "--report", "-"), 1),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("inputs")
    for name, text in FILES.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def validators() -> dict[str, Draft202012Validator]:
    texts = {path: path.read_text(encoding="utf-8") for path in SCHEMAS.iterdir()}
    return {path.name.removesuffix(".schema.json"): Draft202012Validator(json.loads(texts[path])) for path in texts}


def run(folder: Path, arguments) -> click.testing.Result:
    names = {*FILES, "missing.json", "missing.yaml", "suggested", "p1.json"}
    parts = [[str(folder / part if part in names else part) for part in str(item).split("+")] for item in arguments]
    return CliRunner().invoke(main, ["+".join(part) for part in parts])


def documents(schema: str, text: str) -> list:
    """The documents of an output: one on each line, or one."""
    return [json.loads(line) for line in text.splitlines()] if schema == "can-requests" else [json.loads(text)]


@pytest.mark.parametrize("path", sorted(SCHEMAS.iterdir()), ids=lambda path: path.name)
def test_a_schema_is_a_valid_one_of_2020_12(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("schema", "arguments", "code"), CASES, ids=[" ".join(map(str, case[1][:3])) for case in CASES]
)
def test_an_output_satisfies_its_schema_and_would_not_with_another_key(schema, arguments, code, folder, validators):
    result = run(folder, arguments)
    assert result.exit_code == code, result.stderr
    for document in documents(schema, result.stdout):
        assert [error.message for error in validators[schema].iter_errors(document)] == []
        if isinstance(document, dict):
            assert not validators[schema].is_valid({**document, "another": 1})


def test_a_spec_satisfies_its_schema(validators):
    from ruamel.yaml import YAML

    spec = YAML(typ="safe", pure=True).load((PHOTOS / "spec.yaml").read_text(encoding="utf-8"))
    assert [error.message for error in validators["spec"].iter_errors(spec)] == []
    assert not validators["spec"].is_valid({**spec, "another": 1})


def test_a_written_file_of_fmt_and_of_init_is_reported(tmp_path):
    old = tmp_path / "old.yaml"
    old.write_text(FILES["old.yaml"], encoding="utf-8")
    (report,) = json.loads(run(tmp_path, ("fmt", str(old), *JSON)).stdout)["files"]
    assert (report["changed"], report["written"], report["skipped"]) == (True, True, False)
    assert "AWS::S3::Bucket" not in old.read_text(encoding="utf-8")
    new = tmp_path / "first.yaml"
    written = json.loads(run(tmp_path, ("init", str(new), "--function", "f", *JSON)).stdout)
    assert written == {"version": 1, "files": [str(new)], "spec": new.read_text(encoding="utf-8")}


def test_fmt_of_stdin_has_the_new_text_in_its_report():
    result = CliRunner().invoke(main, ["fmt", "-", *JSON], input=FILES["old.yaml"])
    (report,) = json.loads(result.stdout)["files"]
    assert report["text"] == FILES["old.yaml"].replace("AWS::S3::Bucket", "s3")


def test_a_usage_of_a_trail_satisfies_its_schema(tmp_path, validators):
    log_file(tmp_path, get_object(), get_object(errorCode="AccessDenied"), {"not": "a record"})
    result = CliRunner().invoke(main, ["infer", "trail", str(tmp_path)])
    usage = json.loads(result.stdout)
    assert (len(usage["access"]), usage["unreadable"]) == (1, 1)
    assert [error.message for error in validators["usage"].iter_errors(usage)] == []
    assert not validators["usage"].is_valid({**usage, "another": 1})


def test_a_usage_of_one_role_by_data_events_satisfies_its_schema(tmp_path, validators):
    log_file(tmp_path, get_object())
    result = CliRunner().invoke(
        main, ["infer", "trail", str(tmp_path), "--role", "orders-role", "--function", "orders"]
    )
    assert [error.message for error in validators["usage"].iter_errors(json.loads(result.stdout))] == []


def test_changes_satisfy_their_schema(tmp_path, validators, monkeypatch):
    statement = allow("s3:GetObject", "arn:aws:s3:::b/*")
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"}
    before = {
        "p.json": policy(statement, deny),
        "q.json": policy(statement),
        "x.tf": FILES["unknown.tf"],
        "v.json": "{}",
    }
    base = commit(tmp_path, {**before, ".iamglue.toml": '[lint]\nexclude = ["v*"]\n'})
    after = {"p.json": policy(allow("s3:*")), "q.json": None, "r.json": policy(statement), "x.tf": "{", "y.yaml": SAM}
    commit(tmp_path, {**after, "v.json": "[]", "program.py": "", "broken.json": FILES["broken.json"]})
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["changes", "--base", base, *JSON])
    changes = json.loads(result.stdout)
    assert (len(changes["files"]), changes["excluded"], changes["not_read"]) == (5, ["v.json"], ["program.py"])
    assert [error.message for error in validators["changes"].iter_errors(changes)] == []
    assert not validators["changes"].is_valid({**changes, "another": 1})


def test_a_rule_file_satisfies_its_schema(validators):
    from ruamel.yaml import YAML

    rules = YAML(typ="safe", pure=True).load((EXAMPLES / "rule-pack" / "rules.yaml").read_text(encoding="utf-8"))
    rules = json.loads(json.dumps(rules, default=str))  # YAML reads a date as such
    assert [error.message for error in validators["rules"].iter_errors(rules)] == []


def test_every_schema_has_an_output_that_is_checked():
    assert {case[0] for case in CASES} | {"spec", "rules", "usage", "changes"} == set(SCHEMA_NAMES)


def test_schema_prints_exactly_the_schemas_of_the_documentation():
    assert {path.name for path in SCHEMAS.iterdir()} == {f"{name}.schema.json" for name in SCHEMA_NAMES}
    for name in SCHEMA_NAMES:
        result = CliRunner().invoke(main, ["schema", name])
        assert result.stdout == (SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")


def test_the_documentation_links_every_schema():
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    assert [name for name in SCHEMA_NAMES if f"(schemas/{name}.schema.json)" not in text] == []


def test_every_command_that_answers_has_a_json_format():
    others = {"mcp", "lsp", "completion"}  # they speak a protocol, or print a shell's script
    commands = [main.get_command(None, name) for name in COMMANDS if name not in {*others, "infer"}]
    commands += [main.get_command(None, "infer").get_command(None, name) for name in infer.COMMANDS]
    without = [
        command.name
        for command in commands
        if not any(
            option.name == "format" and {"json", "usage"} & set(option.type.choices) for option in command.params
        )
    ]
    assert without == []
