"""`iamglue reconcile`: what a spec declares against what is called, used and granted."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import boto3
import jsonschema
import pytest
from architecture.source_tree import ROOT
from moto import mock_aws

from iamglue.aws.saved_account import account_text
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account
from iamglue.model.reconciliation import ReconcileVerdict

SCHEMA = json.loads((ROOT / "docs/schemas/reconcile.schema.json").read_text(encoding="utf-8"))
EXAMPLES = ("exif-pipeline", "nightly-report", "queue-to-vault", "tenant-api")
HERE = "eu-west-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/exif-role"
LOGS = {"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]}
CODE = """\
import os
import boto3

s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    s3.get_object(Bucket="images-bucket", Key=event["key"])
    table.put_item(Item={"id": "1"})
"""
SPEC = """\
iamglue: 1
function: exif
region: eu-west-1
account: "123456789012"
reads:
  - s3: images-bucket   # the photographs
writes:
  - dynamodb: exifs
"""
GRANTED = [
    LOGS | {"Resource": f"arn:aws:logs:{HERE}:log-group:/aws/lambda/exif:*"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/*"},
    {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": f"arn:aws:dynamodb:{HERE}:table/exifs"},
]


@pytest.fixture
def project(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text(CODE)
    (tmp_path / "spec.yaml").write_text(SPEC)
    write_policy(tmp_path, GRANTED)
    return tmp_path


def write_policy(folder: Path, statements) -> None:
    (folder / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))


def write_usage(folder: Path, *records, services=("s3", "dynamodb"), data_events=True) -> None:
    times = {"from": "2026-01-01T00:00:00Z", "to": "2026-06-30T00:00:00Z"}
    coverage = [{"service": service, **times, "data_events": data_events} for service in services]
    access = [
        {"role": ROLE, "function": "exif", "action": action, "resource": arn, **more} for action, arn, more in records
    ]
    (folder / "usage.json").write_text(json.dumps({"version": 1, "access": access, "coverage": coverage}))


GET = ("s3:GetObject", "arn:aws:s3:::images-bucket/a.jpg", {"count": 3})
PUT = ("dynamodb:PutItem", f"arn:aws:dynamodb:{HERE}:table/exifs", {"count": 2})


@pytest.fixture
def table(iamglue, project):
    """Run `reconcile` on the project's spec with sources, and give back exit code, rows by action, and the report."""

    def run(*sources: str, extra=()):
        arguments = {
            "code": ("--code", project / "src"),
            "policy": ("--policy", project / "policy.json"),
            "usage": ("--usage", project / "usage.json"),
        }
        given = [word for source in sources for word in arguments[source]]
        ran = iamglue("reconcile", project / "spec.yaml", *given, *extra, "--format", "json")
        assert ran.stdout, ran.stderr
        report = json.loads(ran.stdout)
        jsonschema.validate(report, SCHEMA)
        rows = {}
        for row in report["rows"]:
            rows.setdefault(row["action"], []).append(row)
        return ran.exit_code, rows, report

    return run


def says(row) -> str:
    """The four values of a row as letters: y, n, or ? for null."""
    return "".join({True: "y", False: "n", None: "?"}[row[name]] for name in ("declared", "called", "used", "granted"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_policy_and_code_of_an_example_agree_with_its_spec(iamglue, name):
    folder = ROOT / "examples" / name
    policy = folder / "expected/policy.json"
    ran = iamglue(
        "reconcile", folder / "spec.yaml", "--code", folder / "function", "--policy", policy, "--format", "json"
    )
    report = json.loads(ran.stdout)
    jsonschema.validate(report, SCHEMA)
    assert (ran.exit_code, {row["verdict"] for row in report["rows"]}) == (0, {"agrees"})


def test_what_is_not_given_is_not_known_and_said(table):
    code, rows, report = table()
    assert code == 0
    assert {says(row) for group in rows.values() for row in group} == {"y???"}
    assert {(gap["source"], gap["kind"]) for gap in report["not_evaluated"]} == {
        ("called", "not-given"),
        ("used", "not-given"),
        ("granted", "not-given"),
    }


def test_all_four_agree_however_each_spells_the_resource(table, project):
    write_usage(project, GET, PUT)
    code, rows, _ = table("code", "usage", "policy")
    assert code == 0
    assert [says(row) for action in ("s3:GetObject", "dynamodb:PutItem") for row in rows[action]] == ["yyyy", "yyyy"]


def test_a_name_by_a_parameter_is_marked_as_not_exact(table):
    _, rows, _ = table("code")
    assert [item["exact"] for item in rows["dynamodb:PutItem"][0]["evidence"]["called"]["items"]] == [False]
    assert [item["exact"] for item in rows["s3:GetObject"][0]["evidence"]["called"]["items"]] == [True]


def test_a_parameter_that_may_be_either_of_two_entries_makes_neither_of_them_called(table, project):
    (project / "spec.yaml").write_text(SPEC + "  - dynamodb: others\n")
    _, rows, _ = table("code")
    assert [row["called"] for row in rows["dynamodb:PutItem"]] == [None, None]


def test_a_call_that_the_spec_lacks_comes_with_its_line_and_the_entry(table, project):
    (project / "spec.yaml").write_text(SPEC.replace("reads:\n  - s3: images-bucket   # the photographs\n", ""))
    code, rows, _ = table("code", "policy")
    (row,) = rows["s3:GetObject"]
    assert (code, row["verdict"], says(row)) == (1, "called-not-declared", "ny?y")
    assert row["suggestion"]["add_entry"] == {"list": "reads", "entry": "- s3: images-bucket\n"}
    assert row["evidence"]["called"]["items"][0]["line"] == 9


def test_what_is_declared_and_not_granted_comes_with_the_statement(table, project):
    write_policy(project, GRANTED[:2])
    code, rows, _ = table("code", "policy")
    (row,) = rows["dynamodb:PutItem"]
    assert (code, row["verdict"], row["granted"]) == (1, "not-granted", False)
    assert row["suggestion"]["add_statement"] == {
        "Effect": "Allow",
        "Action": ["dynamodb:PutItem"],
        "Resource": [f"arn:aws:dynamodb:{HERE}:table/exifs"],
    }


def test_no_statement_is_suggested_against_a_deny(table, project):
    deny = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}
    write_policy(project, [*GRANTED, deny])
    _, rows, _ = table("policy")
    suggestion = rows["dynamodb:PutItem"][0]["suggestion"]
    assert suggestion["add_statement"] is None
    assert "denies" in suggestion["text"]


def test_what_remains_of_a_pattern_is_one_row_that_counts_its_actions(table, project):
    write_policy(project, [*GRANTED, {"Effect": "Allow", "Action": "sqs:*", "Resource": f"arn:aws:sqs:{HERE}:jobs"}])
    write_usage(project, GET, PUT, services=("s3", "dynamodb", "sqs"))
    code, rows, _ = table("code", "usage", "policy")
    (row,) = rows["sqs:*"]
    assert (code, says(row), row["verdict"], row["remainder"]) == (1, "nnny", "granted-not-needed", True)
    assert row["actions"] > 10


def test_risk_ranks_what_was_granted_for_nothing(table, project):
    extra = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images-bucket"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:{HERE}:jobs"},
    ]
    write_policy(project, [*GRANTED, *extra])
    _, _, report = table("code", "policy")
    ranked = [row["action"] for row in report["rows"] if row["verdict"] == "granted-not-needed"]
    assert ranked == ["iam:PassRole", "sqs:SendMessage", "s3:ListBucket"]


def test_a_condition_that_nothing_decides_makes_granted_unknown(table, project):
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    write_policy(project, [*GRANTED[:2], GRANTED[2] | {"Condition": condition}])
    code, rows, report = table("code", "policy")
    (row,) = rows["dynamodb:PutItem"]
    assert (code, row["granted"], row["verdict"]) == (0, None, "undecided")
    assert any("aws:SourceVpce" in gap["reason"] for gap in report["not_evaluated"])


def test_the_unknown_name_of_a_role_in_a_policy_file_decides_no_condition(table, project):
    condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/exif-*"}}
    write_policy(project, [*GRANTED[:2], GRANTED[2] | {"Condition": condition}])
    _, rows, _ = table("policy")
    assert rows["dynamodb:PutItem"][0]["granted"] is None


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalTag/team": "images"}},
        {"StringNotEquals": {"aws:PrincipalTag/team": "sales"}},
        {"Null": {"aws:principaltag/team": "true"}},
    ],
)
def test_the_unknown_tags_of_a_role_in_a_policy_file_decide_no_condition(table, project, condition):
    write_policy(project, [*GRANTED[:2], GRANTED[2] | {"Condition": condition}])
    _, rows, _ = table("policy")
    assert rows["dynamodb:PutItem"][0]["granted"] is None


def test_a_deny_for_a_tag_of_the_role_in_a_policy_file_is_not_decided(table, project):
    tag = {"StringEquals": {"aws:PrincipalTag/team": "sales"}}
    write_policy(project, [*GRANTED, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": tag}])
    _, rows, _ = table("policy")
    assert {row["granted"] for group in rows.values() for row in group if not row["remainder"]} == {None}


def test_a_grant_that_a_parameter_of_the_spec_may_name_is_a_row_that_is_not_decided(table, project):
    (project / "spec.yaml").write_text(SPEC.replace("exifs", "${Table}"))
    code, rows, report = table("policy")
    assert (code, {says(row) for row in rows["dynamodb:PutItem"]}) == (0, {"y???", "???y"})
    reasons = [gap["reason"] for gap in report["not_evaluated"] if gap["kind"] == "undecidable"]
    assert any("deployment parameters" in reason for reason in reasons)


def test_a_parameter_of_a_policy_that_may_name_the_declared_table_is_not_excess(table, project):
    write_policy(project, [*GRANTED[:2], GRANTED[2] | {"Resource": f"arn:aws:dynamodb:{HERE}:table/${{Table}}"}])
    code, rows, _ = table("policy")
    assert (code, {says(row) for row in rows["dynamodb:PutItem"]}) == (0, {"y???", "???y"})


def test_other_actions_on_a_parameter_of_a_policy_are_excess_whatever_it_names(table, project):
    statement = {"Action": "dynamodb:*Item", "Resource": f"arn:aws:dynamodb:{HERE}:table/${{Table}}"}
    write_policy(project, [*GRANTED[:2], GRANTED[2] | statement])
    code, rows, _ = table("policy")
    ((row,), (declared,)) = rows["dynamodb:*Item"], rows["dynamodb:PutItem"]
    assert (code, says(row), says(declared)) == (1, "n??y", "y???")


@pytest.mark.parametrize(
    ("condition", "granted"),
    [
        ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, None),
        ({"StringEquals": {"aws:PrincipalAccount": "999999999999"}}, None),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, True),
    ],
)
@pytest.mark.parametrize("action", ["sqs:SendMessage", "sqs:*"])
def test_what_a_condition_decides_of_a_statement_that_no_row_names_is_not_said_to_be_granted(
    table, project, action, condition, granted
):
    resource = f"arn:aws:sqs:{HERE}:jobs"
    write_policy(
        project, [*GRANTED, {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}]
    )
    _, rows, _ = table("policy")
    assert [row["granted"] for row in rows[action]] == [granted]


@pytest.mark.parametrize("field", ["${aws:RequestedRegion}:123456789012", "${AWS::Region}:${AWS::AccountId}"])
def test_a_value_of_a_policy_that_is_not_known_is_no_failed_read(table, project, field):
    statement = {"Resource": f"arn:aws:dynamodb:{field}:table/exifs"}
    write_policy(project, [*GRANTED[:2], GRANTED[2] | statement])
    code, rows, report = table("policy")
    assert {says(row) for row in rows["dynamodb:PutItem"]} == {"y???", "???y"}
    assert (code, {gap["kind"] for gap in report["not_evaluated"]}) == (0, {"not-given", "undecidable"})


def test_a_name_with_line_ends_stays_on_its_line_of_the_text(iamglue, project):
    write_policy(project, [*GRANTED, GRANTED[2] | {"Sid": "a\nfake line", "Action": "dynamodb:DeleteItem"}])
    ran = iamglue("reconcile", project / "spec.yaml", "--policy", project / "policy.json")
    assert "a\\nfake line" in ran.stdout
    assert not any(line.startswith("fake") for line in ran.stdout.splitlines())


def test_sentences_fit_80_columns_and_an_arn_is_not_divided(iamglue, project):
    write_usage(project, GET, ("s3:ListBucket", "arn:aws:s3:::images-bucket", {}))
    ran = iamglue("reconcile", project / "spec.yaml", "--code", project / "src", "--usage", project / "usage.json")
    sentences = ran.stdout.partition("\ndeclared  called")[0].splitlines()
    assert sentences
    assert [line for line in sentences if len(line) > 80 and len(line.split()) > 1] == []
    assert "arn:aws:s3:::images-bucket" in ran.stdout


def test_of_several_actions_of_a_statement_none_is_lost_that_a_parameter_may_name(table, project):
    (project / "spec.yaml").write_text(SPEC.replace("exifs", "${Table}"))
    write_policy(project, [*GRANTED[:2], GRANTED[2] | {"Action": ["dynamodb:PutItem", "dynamodb:DeleteItem"]}])
    _, rows, _ = table("policy")
    assert {says(row) for row in rows["dynamodb:PutItem"]} == {"y???", "???y"}
    assert [says(row) for row in rows["dynamodb:DeleteItem"]] == ["n??y"]


def test_use_without_data_events_is_unknown_and_never_no(table, project):
    write_usage(project, GET, data_events=False)
    _, rows, _ = table("usage")
    assert (rows["s3:GetObject"][0]["used"], rows["dynamodb:PutItem"][0]["used"]) == (True, None)


def test_use_of_a_service_without_coverage_is_unknown(table, project):
    write_usage(project, GET, services=("s3",))
    _, rows, _ = table("usage")
    row = rows["dynamodb:PutItem"][0]
    assert (row["used"], row["evidence"]["used"]["reason"]) == (None, "the usage file has no coverage of `dynamodb`")


def test_a_request_that_the_spec_does_not_declare(table, project):
    write_usage(project, GET, PUT, ("dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/exifs", {"count": 1}))
    code, rows, _ = table("usage", "policy")
    (row,) = rows["dynamodb:GetItem"]
    assert (code, row["verdict"], says(row)) == (1, "used-not-declared", "n?yn")
    assert row["suggestion"]["add_entry"] == {"list": "reads", "entry": "- dynamodb: exifs\n"}


def test_denied_requests_are_attempts_and_no_use(table, project):
    write_usage(
        project, GET, PUT, ("dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/exifs", {"count": 4, "denied": 4})
    )
    _, rows, _ = table("code", "usage", "policy")
    (row,) = rows["dynamodb:GetItem"]
    assert (row["verdict"], says(row)) == ("attempted", "nnnn")
    assert row["evidence"]["used"]["items"][0]["data"]["denied"] == 4


def test_a_usage_of_which_a_part_could_not_be_read_says_of_nothing_that_it_was_not_used(table, project):
    write_usage(project, GET)
    usage = json.loads((project / "usage.json").read_text())
    (project / "usage.json").write_text(json.dumps(usage | {"failed": [{"name": "a.json.gz", "why": "it is cut off"}]}))
    code, rows, data = table("usage")
    assert (code, rows["dynamodb:PutItem"][0]["used"]) == (3, None)
    assert {"source": "used", "kind": "failed", "what": "a.json.gz", "reason": "it is cut off"} in data["not_evaluated"]


def test_what_is_declared_and_was_denied_is_not_said_not_to_be_used(table, project):
    write_usage(project, PUT, (GET[0], GET[1], {"count": 4, "denied": 4}))
    (project / "src/app.py").write_text("def handler(event, context):\n    pass\n")
    _, rows, _ = table("code", "usage", "policy")
    (row,) = rows["s3:GetObject"]
    assert (row["verdict"], says(row)) == ("declared-not-called", "yn?y")


def test_records_of_another_function_of_the_role_do_not_count(table, project):
    write_usage(project, GET, PUT)
    usage = json.loads((project / "usage.json").read_text())
    usage["access"].append(usage["access"][0] | {"function": "other", "action": "s3:DeleteObject"})
    (project / "usage.json").write_text(json.dumps(usage))
    _, rows, _ = table("usage")
    assert "s3:DeleteObject" not in rows


def test_a_file_with_several_roles_asks_which(iamglue, project):
    write_usage(project, GET)
    usage = json.loads((project / "usage.json").read_text())
    usage["access"] = [{**usage["access"][0], "role": f"{ROLE}-{number}"} for number in (1, 2)]
    (project / "usage.json").write_text(json.dumps(usage))
    assert iamglue("reconcile", project / "spec.yaml", "--usage", project / "usage.json").exit_code == 2
    for record in usage["access"]:
        del record["function"]
    (project / "usage.json").write_text(json.dumps(usage))
    arguments = ("reconcile", project / "spec.yaml", "--usage", project / "usage.json")
    ran = iamglue(*arguments)
    assert (ran.exit_code, "name it with --role" in ran.stderr) == (2, True)
    assert iamglue(*arguments, "--role", "exif-role-1").exit_code in (0, 1)


def test_a_role_without_any_record_may_be_a_wrong_name_and_is_not_idle(table, project):
    write_usage(project, GET)
    _, rows, report = table("usage", extra=("--role", "exif-rolle"))
    assert rows["dynamodb:PutItem"][0]["used"] is None
    assert any("no record of `exif-rolle`" in gap["reason"] for gap in report["not_evaluated"])


def test_a_declared_entry_that_nothing_needs(table, project):
    (project / "spec.yaml").write_text(SPEC + "  - sqs: jobs\n")
    write_usage(project, GET, PUT, services=("s3", "dynamodb", "sqs"))
    code, rows, _ = table("code", "usage")
    (row,) = rows["sqs:SendMessage"]
    assert (code, row["verdict"], says(row)) == (1, "declared-not-needed", "ynn?")
    assert row["suggestion"]["remove_entry"]["line"] == 9


def test_unresolved_calls_make_not_called_unknown(table, project):
    (project / "src/app.py").write_text(
        CODE + "    boto3.client(event['service']).send_message(QueueUrl='q', MessageBody='m')\n"
    )
    (project / "spec.yaml").write_text(SPEC + "  - sqs: jobs\n  - sns: news\n")
    _, rows, report = table("code")
    assert rows["sqs:SendMessage"][0]["called"] is not False
    (project / "src/app.py").write_text(CODE + "    getattr(boto3.client('sqs'), event['call'])()\n")
    _, rows, report = table("code")
    assert rows["sns:Publish"][0]["called"] is None
    assert [gap["kind"] for gap in report["not_evaluated"] if gap["source"] == "called"] == ["undecidable"]


def test_a_file_of_code_that_does_not_parse_is_exit_3_and_nothing_is_said_not_to_be_called(table, project):
    (project / "spec.yaml").write_text(SPEC + "  - sqs: jobs\n")
    (project / "src/broken.py").write_text("def (:\n")
    code, rows, report = table("code")
    assert (code, rows["sqs:SendMessage"][0]["called"]) == (3, None)
    assert [gap["kind"] for gap in report["not_evaluated"] if gap["source"] == "called"] == ["failed"]


def test_code_of_a_language_that_is_not_read_may_make_any_call(table, project):
    (project / "spec.yaml").write_text(SPEC + "  - sqs: jobs\n")
    (project / "src/main.go").write_text("package main\n")
    _, rows, report = table("code")
    assert rows["sqs:SendMessage"][0]["called"] is None
    assert any("main.go" in gap["what"] for gap in report["not_evaluated"])
    _, rows, _ = table("code", extra=("--handler", "app.py:handler"))
    assert rows["sqs:SendMessage"][0]["called"] is False


def test_a_call_that_the_handler_does_not_reach_is_unknown(table, project):
    (project / "src/app.py").write_text(
        CODE + "\n\ndef tool():\n    boto3.client('sqs').send_message(QueueUrl='jobs', MessageBody='m')\n"
    )
    (project / "spec.yaml").write_text(SPEC + "  - sqs: jobs\n")
    _, rows, _ = table("code", extra=("--handler", "app.py:handler"))
    assert rows["sqs:SendMessage"][0]["called"] is None


def test_an_unreadable_input_is_exit_2(iamglue, project):
    for option in ("--usage", "--policy", "--template", "--code"):
        assert iamglue("reconcile", project / "spec.yaml", option, project / "nothing").exit_code == 2


def test_two_ways_to_say_what_is_granted_are_a_usage_error(iamglue, project):
    policy = project / "policy.json"
    assert iamglue("reconcile", project / "spec.yaml", "--policy", policy, "--template", policy).exit_code == 2


def test_one_policy_is_of_one_function(iamglue, project):
    text = "iamglue: 1\nfunctions:\n  a: {reads: [{s3: images-bucket}]}\n  b: {reads: [{s3: images-bucket}]}\n"
    (project / "spec.yaml").write_text(text)
    arguments = ("reconcile", project / "spec.yaml", "--policy", project / "policy.json")
    ran = iamglue(*arguments)
    assert (ran.exit_code, "name one with --name: `a`, `b`" in ran.stderr) == (2, True)
    assert iamglue(*arguments, "--name", "a").exit_code == 1


def test_without_a_policy_all_functions_are_in_one_table(iamglue, project):
    text = "iamglue: 1\nfunctions:\n  a: {reads: [{s3: images-bucket}]}\n  b: {reads: [{s3: other-bucket}]}\n"
    (project / "spec.yaml").write_text(text)
    ran = iamglue("reconcile", project / "spec.yaml", "--format", "json")
    report = json.loads(ran.stdout)
    assert report["functions"] == ["a", "b"]
    resources = {row["function"]: row["resource"] for row in report["rows"] if row["action"] == "s3:GetObject"}
    assert resources == {"a": "arn:aws:s3:::images-bucket/*", "b": "arn:aws:s3:::other-bucket/*"}


def test_fix_adds_and_removes_entries_and_keeps_comments(iamglue, project):
    (project / "spec.yaml").write_text(
        SPEC.replace(
            "  - dynamodb: exifs\n", "  # the queue\n  - sqs: jobs   # nobody sends\n  - dynamodb: exifs\n"
        ).replace("reads:\n  - s3: images-bucket   # the photographs\n", "reads:\n  - ssm: settings   # first\n")
    )
    (project / "src/app.py").write_text(CODE + "    boto3.client('ssm').get_parameter(Name='settings')\n")
    write_usage(project, GET, PUT, services=("s3", "dynamodb", "sqs"))
    arguments = ("reconcile", project / "spec.yaml", "--code", project / "src", "--usage", project / "usage.json")
    ran = iamglue(*arguments, "--fix")
    assert "1 entry added and 1 entry removed" in ran.stderr
    assert (project / "spec.yaml").read_text() == SPEC.replace(
        "reads:\n  - s3: images-bucket   # the photographs\n",
        "reads:\n  - ssm: settings   # first\n  - s3: images-bucket\n",
    ).replace("writes:\n", "writes:\n  # the queue\n")
    assert iamglue(*arguments).exit_code == 0


def test_fix_joins_actions_of_one_resource_in_one_entry(iamglue, project):
    call = "boto3.client('dynamodb').{}(TableName='sales', Key={{}})"
    code = CODE + "".join(f"    {call.format(name)}\n" for name in ("get_item", "delete_item", "update_item"))
    (project / "src/app.py").write_text(code)
    iamglue("reconcile", project / "spec.yaml", "--code", project / "src", "--fix")
    text = (project / "spec.yaml").read_text()
    assert text.count("dynamodb: sales") == 2  # one entry in reads, one in writes


def test_fix_does_not_remove_what_only_one_source_says_is_unneeded(iamglue, project):
    text = SPEC + "  - sqs: jobs\n"
    (project / "spec.yaml").write_text(text)
    ran = iamglue("reconcile", project / "spec.yaml", "--code", project / "src", "--fix")
    assert (ran.exit_code, (project / "spec.yaml").read_text()) == (1, text)


def test_fix_does_not_remove_an_entry_of_which_a_part_is_needed(iamglue, project):
    text = SPEC.replace("  - dynamodb: exifs\n", "  - dynamodb: exifs\n    do: [put, delete]\n")
    (project / "spec.yaml").write_text(text)
    write_usage(project, GET, PUT)
    arguments = ("--code", project / "src", "--usage", project / "usage.json")
    ran = iamglue("reconcile", project / "spec.yaml", *arguments, "--fix")
    assert (ran.exit_code, (project / "spec.yaml").read_text()) == (1, text)
    assert "`dynamodb:DeleteItem`" in ran.stdout


@pytest.mark.parametrize(
    ("writes", "expected"),
    [
        ("writes: [{sqs: jobs}, {dynamodb: exifs}]", "writes: [{dynamodb: exifs}]"),
        ("writes: [{dynamodb: exifs}, {sqs: jobs}]", "writes: [{dynamodb: exifs}]"),
        ("writes:\n- sqs: jobs\n  why: x\n- dynamodb: exifs", "writes:\n- dynamodb: exifs"),
        ("writes:\n  - dynamodb: exifs\n  - sqs: jobs", "writes:\n  - dynamodb: exifs"),
        (
            "writes:\n  - dynamodb: exifs\ncalls:\n  - sqs: jobs\n    do: SendMessage\n# end",
            "writes:\n  - dynamodb: exifs\n# end",
        ),
        (
            "writes:\n  - dynamodb: exifs\ncalls: [{sqs: jobs, do: SendMessage}]",
            "writes:\n  - dynamodb: exifs\ncalls: []",
        ),
    ],
    ids=["flow, first", "flow, last", "not indented", "last", "all of a list", "all of a flow list"],
)
def test_fix_removes_from_lists_however_they_are_written(iamglue, project, writes, expected):
    head = SPEC[: SPEC.index("writes:")]
    (project / "spec.yaml").write_text(f"{head}{writes}\n")
    write_usage(project, GET, PUT, services=("s3", "dynamodb", "sqs"))
    iamglue("reconcile", project / "spec.yaml", "--code", project / "src", "--usage", project / "usage.json", "--fix")
    assert (project / "spec.yaml").read_text() == f"{head}{expected}\n"


def test_fix_does_not_remove_from_a_list_that_another_function_has(iamglue, project):
    text = "iamglue: 1\nfunctions:\n  exif:\n    writes: &list\n      - sqs: jobs\n  b: {writes: *list}\n"
    (project / "spec.yaml").write_text(text)
    write_usage(project, GET, PUT, services=("s3", "dynamodb", "sqs"))
    arguments = ("--code", project / "src", "--usage", project / "usage.json", "--name", "exif", "--fix")
    ran = iamglue("reconcile", project / "spec.yaml", *arguments)
    assert (ran.exit_code, (project / "spec.yaml").read_text()) == (2, text)


def test_the_table_is_written_to_a_file_in_every_format(iamglue, project):
    for form in ("text", "json", "markdown", "html"):
        path = project / f"table.{form}"
        ran = iamglue("reconcile", project / "spec.yaml", "--format", form, "-o", path)
        assert (ran.exit_code, ran.stdout) == (0, "")
        assert "images-bucket" in path.read_text()


def test_text_and_markdown_have_the_disagreement_and_its_change(iamglue, project):
    (project / "spec.yaml").write_text(SPEC.replace("reads:\n  - s3: images-bucket   # the photographs\n", ""))
    for form in ("text", "markdown"):
        ran = iamglue("reconcile", project / "spec.yaml", "--code", project / "src", "--format", form)
        assert "called, not declared" in ran.stdout
        assert "add to" in ran.stdout


TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Wide: {Type: String}
Conditions:
  IsWide: !Equals [!Ref Wide, "yes"]
Resources:
  Exif:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: exif
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.12
      Environment: {Variables: {TABLE: exifs}}
      Policies:
        - Statement:
            - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::images-bucket/*"}
            - Effect: Allow
              Action: "dynamodb:PutItem"
              Resource: !Sub "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/exifs"
            - !If [IsWide, {Effect: Allow, Action: "s3:PutObject", Resource: "*"}, !Ref AWS::NoValue]
"""


def test_a_template_grants_what_its_function_has_and_names_what_the_code_reads(iamglue, project):
    (project / "template.yaml").write_text(TEMPLATE)
    arguments = ("--code", project / "src", "--template", project / "template.yaml", "--format", "json")
    ran = iamglue("reconcile", project / "spec.yaml", *arguments)
    rows = {row["action"]: row for row in json.loads(ran.stdout)["rows"]}
    assert (says(rows["s3:GetObject"]), says(rows["dynamodb:PutItem"])) == ("yy?y", "yy?y")
    assert rows["dynamodb:PutItem"]["evidence"]["called"]["items"][0]["exact"]


def test_what_a_template_grants_in_one_case_only_is_granted(iamglue, project):
    (project / "template.yaml").write_text(TEMPLATE)
    ran = iamglue("reconcile", project / "spec.yaml", "--template", project / "template.yaml", "--format", "json")
    rows = {row["action"]: row for row in json.loads(ran.stdout)["rows"]}
    assert (ran.exit_code, rows["s3:PutObject"]["verdict"]) == (1, "granted-not-needed")


def test_what_a_template_grants_in_one_case_only_is_unknown_if_it_is_declared(iamglue, project):
    (project / "template.yaml").write_text(TEMPLATE)
    (project / "spec.yaml").write_text(SPEC + "  - s3: images-bucket\n")
    ran = iamglue("reconcile", project / "spec.yaml", "--template", project / "template.yaml", "--format", "json")
    rows = [row for row in json.loads(ran.stdout)["rows"] if row["action"] == "s3:PutObject"]
    assert next(row["granted"] for row in rows if row["declared"]) is None


@pytest.fixture
def deployed(iamglue, project):
    """Run `reconcile` with the role of a saved account, and give back the exit code and rows by action."""

    def run(*, boundary=None, gaps=(), scps=()):
        from support.deployed import attached, function, role

        limit = None if boundary is None else attached("limit", boundary, f"{ROLE}-limit")
        built = role(attached("own", GRANTED), boundary=limit)
        saved = Account("123456789012", (function("exif"),), (built,), scps=scps, gaps=gaps)
        (project / "account.json").write_text(account_text(saved))
        arguments = ("--function", "exif", "--input", project / "account.json", "--format", "json")
        ran = iamglue("reconcile", project / "spec.yaml", *arguments)
        return ran.exit_code, {row["action"]: row for row in json.loads(ran.stdout)["rows"]}

    return run


def test_the_role_of_a_deployed_function_is_granted_within_its_boundary(deployed):
    code, rows = deployed()
    assert (code, rows["dynamodb:PutItem"]["granted"]) == (0, True)
    code, rows = deployed(boundary=[{"Effect": "Allow", "Action": ["s3:*", "logs:*"], "Resource": "*"}])
    row = rows["dynamodb:PutItem"]
    assert (code, row["granted"], row["suggestion"]["add_statement"]) == (1, False, None)
    assert "limit" in row["suggestion"]["text"]


def test_a_policy_of_the_role_that_was_not_read_is_exit_3_and_nothing_is_known(deployed):
    gap = NotEvaluated(
        NotEvaluatedKind.FAILED,
        Subject("role", "exif-role", ROLE),
        "its policies",
        "AccessDenied",
        policies_unknown=True,
    )
    code, rows = deployed(gaps=(gap,))
    assert (code, {row["granted"] for row in rows.values() if not row["remainder"]}) == (3, {None})


def test_a_malformed_boundary_is_exit_3_and_nothing_is_known(deployed):
    code, rows = deployed(boundary="no policy")
    assert (code, {row["granted"] for row in rows.values()}) == (3, {None})


def test_a_function_that_was_not_read_is_an_error(iamglue, project, deployed):
    deployed()
    arguments = ("--function", "other", "--input", project / "account.json")
    assert iamglue("reconcile", project / "spec.yaml", *arguments).exit_code == 2


def test_the_json_of_the_page_is_what_the_schema_describes():
    page = (ROOT / "docs/reconcile.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    jsonschema.validate(json.loads(shown), SCHEMA)


def test_every_verdict_is_on_the_page_and_in_the_schema():
    page = (ROOT / "docs/reconcile.md").read_text(encoding="utf-8")
    assert [str(verdict) for verdict in ReconcileVerdict if f"| `{verdict}` |" not in page] == []
    assert SCHEMA["$defs"]["row"]["properties"]["verdict"]["enum"] == [str(verdict) for verdict in ReconcileVerdict]


@pytest.fixture
def aws(monkeypatch):
    """AWS's stand-in with the function as its policies grant it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    with mock_aws():
        iam = boto3.client("iam", region_name="eu-west-1")
        lambda_trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [lambda_trust]})
        arn = iam.create_role(RoleName="exif-role", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        wide = [*GRANTED, {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]
        document = json.dumps({"Version": "2012-10-17", "Statement": wide})
        iam.put_role_policy(RoleName="exif-role", PolicyName="own", PolicyDocument=document)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("app.py", CODE)
        boto3.client("lambda", region_name="eu-west-1").create_function(
            FunctionName="exif",
            Runtime="python3.12",
            Role=arn,
            Handler="app.handler",
            Code={"ZipFile": content.getvalue()},
        )
        yield


def test_the_role_of_a_function_is_read_from_aws(iamglue, project, aws):
    arguments = ("--function", "exif", "--region", "eu-west-1", "--format", "json")
    ran = iamglue("reconcile", project / "spec.yaml", *arguments)
    report = json.loads(ran.stdout)
    jsonschema.validate(report, SCHEMA)
    rows = {row["action"]: row for row in report["rows"]}
    assert (rows["dynamodb:PutItem"]["granted"], rows["sqs:*"]["verdict"]) == (True, "granted-not-needed")
    failed = [gap for gap in report["not_evaluated"] if gap["kind"] == "failed"]
    assert (ran.exit_code, failed) == (1, [])


TWO = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/}}
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {FunctionName: fn-a, Handler: a.handler}}
  B: {Type: AWS::Serverless::Function, Properties: {FunctionName: fn-b, Handler: b.handler}}
"""


def test_each_function_of_a_template_calls_what_its_own_handler_reaches(iamglue, project):
    call = "import boto3\n\n\ndef handler(event, context):\n    boto3.client('s3').get_object(Bucket='{}', Key='k')\n"
    (project / "src/app.py").unlink()
    for name in ("a", "b"):
        (project / f"src/{name}.py").write_text(call.format(f"bucket-{name}"))
    (project / "template.yaml").write_text(TWO)
    functions = "  fn-a: {reads: [{s3: bucket-a}]}\n  fn-b: {reads: [{s3: bucket-a}, {s3: bucket-b}]}\n"
    (project / "spec.yaml").write_text(f"iamglue: 1\nfunctions:\n{functions}")
    ran = iamglue("reconcile", project / "spec.yaml", "--code", project / "src", "--format", "json")
    rows = [row for row in json.loads(ran.stdout)["rows"] if row["action"] == "s3:GetObject"]
    called = {(row["function"], row["resource"][len("arn:aws:s3:::") :]): row["called"] for row in rows}
    assert called == {("fn-a", "bucket-a/*"): True, ("fn-b", "bucket-a/*"): False, ("fn-b", "bucket-b/*"): True}


@pytest.mark.parametrize(
    ("collected", "words"),
    [
        ("2026-11-25T12:00:31Z", "account read on 2026-11-25 12:00 UTC"),
        (None, "when the account was read is not known"),
    ],
)
def test_the_page_says_when_the_account_of_the_role_was_read(iamglue, project, collected, words):
    from support.deployed import attached, function, role

    saved = Account("123456789012", (function("exif"),), (role(attached("own", GRANTED)),), collected=collected)
    (project / "account.json").write_text(account_text(saved))
    arguments = ("--function", "exif", "--input", project / "account.json", "--format", "html")
    assert f"spec.yaml; {words}</p>" in iamglue("reconcile", project / "spec.yaml", *arguments).stdout


def test_the_page_without_an_account_has_no_time_of_reading(iamglue, project):
    assert "spec.yaml</p>" in iamglue("reconcile", project / "spec.yaml", "--format", "html").stdout
