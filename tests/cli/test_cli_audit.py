"""`iamglue audit` as its users run it, on files; against AWS's stand-in over a socket see tests/audit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import boto3
import pytest
from architecture.source_tree import ROOT
from moto import mock_aws
from support.reports import with_consequences

from iamglue.audit.rule_table import SLUGS
from iamglue.aws.saved_account import account_text
from iamglue.model.account import Account

EXIF = ROOT / "examples" / "exif-pipeline"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
BROAD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:exif-extractor"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def export(folder) -> tuple[str, str]:
    """What the AWS CLI prints of an account with the EXIF function, whose role was put together at a click."""
    with mock_aws():
        iam = boto3.client("iam", region_name="eu-west-1")
        role = iam.create_role(RoleName="exif-role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        iam.put_role_policy(RoleName="exif-role", PolicyName="tables", PolicyDocument=json.dumps(BROAD))
        details = iam.get_account_authorization_details(Filter=["Role"])
    details.pop("ResponseMetadata")
    functions = {"Functions": [{"FunctionName": "exif-extractor", "FunctionArn": ARN, "Role": role["Arn"]}]}
    (folder / "details.json").write_text(json.dumps(details, default=str), encoding="utf-8")
    (folder / "functions.json").write_text(json.dumps(functions), encoding="utf-8")
    return "details.json", "functions.json"


def audited(iamglue, export, *arguments):
    details, functions = export
    return iamglue("audit", "--input", details, "--functions", functions, *arguments)


def rules(run) -> set[str]:
    return {finding["rule"] for finding in with_consequences(json.loads(run.stdout)["findings"])}


def test_an_export_is_audited_against_a_spec(iamglue, export):
    run = audited(iamglue, export, "--spec", EXIF / "spec.yaml", "--format", "json")
    assert run.exit_code == 1
    assert {"excess-access", "missing-access", "broad-access"} <= rules(run)
    (role,) = json.loads(run.stdout)["roles"]
    assert (role["name"], role["needed_actions"]) == ("exif-role", 5)


def test_the_json_counts_the_actions_that_were_used_where_the_use_is_known(iamglue, export, tmp_path):
    access = {"role": "arn:aws:iam::123456789012:role/exif-role", "action": "dynamodb:PutItem", "count": 7}
    (tmp_path / "usage.json").write_text(json.dumps({"version": 1, "access": [access]}))
    counts = [
        json.loads(audited(iamglue, export, *usage, "--format", "json").stdout)["roles"][0]["used_actions"]
        for usage in ((), ("--usage", tmp_path / "usage.json"))
    ]
    assert counts == [None, 1]


def test_without_a_spec_nothing_is_called_excess(iamglue, export):
    run = audited(iamglue, export, "--format", "json")
    assert "excess-access" not in rules(run)
    assert "broad-access" in rules(run)


def test_text_says_it_all_within_80_columns(iamglue, export):
    run = audited(iamglue, export, "--spec", EXIF / "spec.yaml", "--verbose")
    assert run.stdout.startswith("Audit: 1 function, 1 role: ")
    assert "exif-extractor  (role exif-role)" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80


@pytest.mark.parametrize("format", ["json", "sarif", "junit", "github", "markdown", "html"])
def test_every_format_names_what_was_found(iamglue, export, format):
    run = audited(iamglue, export, "--format", format, "-o", f"out.{format}")
    assert (run.exit_code, run.stdout) == (1, "")
    text = Path(f"out.{format}").read_text(encoding="utf-8")
    assert "broad-access" in text or format == "html"


def test_suggestions_are_written_and_proved(iamglue, export, folder):
    run = audited(iamglue, export, "--spec", EXIF / "spec.yaml", "--suggest", "out", "--format", "json")
    assert "nothing was changed in AWS" in run.stderr
    (role,) = json.loads(run.stdout)["roles"]
    assert role["replacement"]["after"] == 5
    assert (folder / "out" / "exif-role" / "apply.sh").is_file()


def test_a_policy_that_fits_is_clean(iamglue, folder):
    policy = json.loads((EXIF / "expected" / "policy.json").read_text(encoding="utf-8"))
    role = {
        "RoleName": "exif-role",
        "Arn": "arn:aws:iam::123456789012:role/exif-role",
        "Path": "/",
        "AssumeRolePolicyDocument": TRUST,
        "RolePolicyList": [{"PolicyName": "exif", "PolicyDocument": policy}],
        "AttachedManagedPolicies": [],
    }
    functions = {"Functions": [{"FunctionName": "exif-extractor", "FunctionArn": ARN, "Role": role["Arn"]}]}
    (folder / "d.json").write_text(json.dumps({"RoleDetailList": [role]}), encoding="utf-8")
    (folder / "f.json").write_text(json.dumps(functions), encoding="utf-8")
    run = audited(iamglue, ("d.json", "f.json"), "--spec", EXIF / "spec.yaml")
    assert run.exit_code == 0, run.stdout
    assert "1 function, 1 role: nothing found" in run.stdout


def test_what_was_saved_is_audited_again_alike(iamglue, export, folder):
    first = audited(iamglue, export, "--format", "json", "--save", "account.json")
    again = iamglue("audit", "--input", "account.json", "--format", "json")
    assert again.stdout == first.stdout


def test_a_function_as_sam_makes_it_passes_the_default_gate(iamglue, folder):
    (folder / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {Runtime: python3.12, Handler: a.b, CodeUri: .}\n"
    )
    run = iamglue("audit", "--template", "template.yaml")
    assert (run.exit_code, "1 suggestion" in run.stdout) == (0, True)


def test_a_template_is_audited_before_it_is_deployed(iamglue, folder):
    run = iamglue("audit", "--template", EXIF / "expected" / "sam.yaml", "--spec", EXIF / "spec.yaml")
    assert run.exit_code == 0, run.stdout
    broad = (EXIF / "expected" / "sam.yaml").read_text(encoding="utf-8").replace("dynamodb:PutItem", "dynamodb:*")
    (folder / "sam.yaml").write_text(broad, encoding="utf-8")
    run = iamglue("audit", "--template", "sam.yaml", "--spec", EXIF / "spec.yaml", "--format", "json")
    assert run.exit_code == 1
    assert "excess-access" in rules(run)


def test_only_what_is_new_is_told(iamglue, export, folder):
    first = audited(iamglue, export, "--format", "json")
    (folder / "before.json").write_text(first.stdout, encoding="utf-8")
    run = audited(iamglue, export, "--format", "json", "--only-new", "before.json")
    assert (run.exit_code, rules(run)) == (0, set())
    assert json.loads(run.stdout)["summary"]["suppressed"] == len(
        list(with_consequences(json.loads(first.stdout)["findings"]))
    )


def test_a_baseline_leaves_out_what_was_there(iamglue, export):
    assert audited(iamglue, export, "--write-baseline", "base.json").exit_code == 0
    assert audited(iamglue, export, "--baseline", "base.json").exit_code == 0


def test_the_configuration_suppresses_for_a_role_until_a_date(iamglue, export, folder):
    entry = '[[suppress]]\nrule = "broad-access"\nrole = "exif-*"\nreason = "a test"\n'
    (folder / ".iamglue.toml").write_text(entry + "until = 2999-01-01\n", encoding="utf-8")
    assert "broad-access" not in rules(audited(iamglue, export, "--format", "json"))
    (folder / ".iamglue.toml").write_text(entry + "until = 2020-01-01\n", encoding="utf-8")
    run = audited(iamglue, export, "--format", "json")
    assert "broad-access" in rules(run)
    assert "expired on 2020-01-01" in run.stderr


def test_fail_on_sets_what_counts(iamglue, export):
    assert audited(iamglue, export, "--fail-on", "error").exit_code == 0


def test_the_policy_for_the_audit_itself_is_printed_and_lints_clean(iamglue, folder):
    run = iamglue("audit", "--print-policy", "--account", "123456789012", "--region", "eu-west-1")
    assert run.exit_code == 0
    (folder / "p.json").write_text(run.stdout, encoding="utf-8")
    assert iamglue("lint", "p.json").exit_code == 0


@pytest.mark.parametrize(
    ("option", "value", "what"), [("--account", "abc", "account ID"), ("--region", "nope", "Region")]
)
def test_the_policy_for_the_audit_itself_is_for_a_valid_place(iamglue, option, value, what):
    run = iamglue("audit", "--print-policy", option, value)
    assert run.exit_code == 2
    assert run.stderr.startswith(f"error: `{value}` is not a valid {what}")
    assert len(run.stderr.splitlines()) <= 2


def test_a_function_that_is_not_there_is_not_clean(iamglue, export):
    run = audited(iamglue, export, "--function", "nobody")
    assert run.exit_code == 3
    assert "nobody" in run.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--functions", "f.json", "--all"),
        ("--input", "d.json", "--all"),
        ("--input", "d.json", "--profile", "x"),
        ("--template", "t.yaml", "--last-accessed"),
        ("--function", "f", "--resume", "r.json"),
        ("--template", "t.yaml", "--set", "Stage"),
        ("--template", "t.yaml", "--set", "=prod"),
    ],
)
def test_options_that_do_not_go_together_are_refused(iamglue, folder, arguments):
    (folder / "t.yaml").write_text("Resources: {T: {Type: AWS::SNS::Topic}}\n", encoding="utf-8")
    assert iamglue("audit", *arguments).exit_code == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"RoleDetailList": 1}', "null", '{"version": 1}'])
def test_what_is_no_export_is_refused_with_its_place(iamglue, folder, text):
    (folder / "d.json").write_text(text, encoding="utf-8")
    run = iamglue("audit", "--input", "d.json")
    assert run.exit_code == 2
    assert "d.json" in run.stderr


def test_without_credentials_nothing_is_called_clean(iamglue, folder, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "none"))
    run = iamglue("audit", "--function", "f", "--region", "eu-west-1")
    assert run.exit_code == 3
    assert "there are no AWS credentials" in run.stderr


@pytest.mark.parametrize("slug", SLUGS)
def test_every_rule_has_a_page(iamglue, slug):
    run = iamglue("rules", slug)
    assert run.exit_code == 0
    assert f"## {slug}" in run.stdout
    assert "https://docs.aws.amazon.com/" in run.stdout


def reading_time(page: str) -> str:
    """What the page says of the time of the reading."""
    return re.search(r'<p class="dim">iamglue [^<;]*(?:; )?([^<]*)</p>', page)[1]


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (("2026-11-25T12:00:31Z",), "account read on 2026-11-25 12:00 UTC"),
        (("2026-11-25T12:00:31+02:00",), "account read on 2026-11-25 10:00 UTC"),
        ((None,), "when the account was read is not known"),
        (("<b>", None), "when the accounts were read is not known"),
        (
            ("2026-11-25T12:00:31Z", "2026-11-23T09:30:00Z"),
            "accounts read from 2026-11-23 09:30 UTC to 2026-11-25 12:00 UTC",
        ),
        (
            ("2026-11-25T12:00:31Z", None),
            "accounts read on 2026-11-25 12:00 UTC; of some accounts it is not known when",
        ),
    ],
)
def test_the_page_says_when_a_saved_account_was_read(iamglue, folder, times, words):
    arguments = []
    for number, time in enumerate(times):
        (folder / f"{number}.json").write_text(account_text(Account(f"12345678901{number}", collected=time)))
        arguments += ["--input", f"{number}.json"]
    assert reading_time(iamglue("audit", *arguments, "--format", "html").stdout) == words


def test_the_page_says_that_the_time_of_an_export_is_not_known(iamglue, export):
    page = audited(iamglue, export, "--format", "html").stdout
    assert reading_time(page) == "when the account was read is not known"


def test_the_page_of_a_template_has_no_time_of_reading(iamglue):
    assert reading_time(iamglue("audit", "--template", EXIF / "template.yaml", "--format", "html").stdout) == ""


def test_access_that_a_parameter_of_a_template_decides_is_undecided_and_no_failure(iamglue, tmp_path):
    role = {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        },
        "Policies": [
            {
                "PolicyName": "members",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "iam:AddUserToGroup",
                        "Resource": "*",
                        "Condition": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "Test"}}},
                    },
                },
            }
        ],
    }
    template = {
        "Parameters": {"Test": {"Type": "String"}},
        "Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": role}},
    }
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    run = iamglue("audit", "--template", str(path), "--format", "json")
    gaps = [(gap["kind"], "deployment parameters" in gap["reason"]) for gap in json.loads(run.stdout)["not_evaluated"]]
    assert (run.exit_code, gaps) == (0, [("undecidable", True)])
