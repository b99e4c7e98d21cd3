"""Files of another kind than a command reads: one error says what the file is, and which command reads it."""

from __future__ import annotations

import json

import pytest

from iamglue.aws.saved_account import account_text
from iamglue.model.account import Account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
FILES = {
    "spec.yaml": "iamglue: 1\nfunction: f\nreads:\n  - s3: b\n",
    "policy.json": json.dumps(POLICY),
    "template.yaml": "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n",
    "serverless.yml": "service: s\nprovider:\n  name: aws\n",
    "main.tf": 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n',
    "plan.json": '{"terraform_version": "1.9", "planned_values": {}}',
    "export.json": '{"RoleDetailList": [], "Policies": []}',
    "saved.json": account_text(Account("123456789012")),
    "functions.json": '{"Functions": []}',
    "version.json": json.dumps({"PolicyVersion": {"Document": POLICY, "VersionId": "v1", "IsDefaultVersion": True}}),
    "trail.json": '{"Records": []}',
    "rules.yaml": "version: 1\nrules: []\n",
    "usage.json": '{"version": 1, "access": []}',
}
KINDS = {
    "spec.yaml": "a spec of iamglue",
    "policy.json": "a policy",
    "template.yaml": "a CloudFormation template",
    "serverless.yml": "a serverless.yml",
    "main.tf": "a Terraform configuration",
    "plan.json": "a Terraform plan",
    "export.json": "the export of an account",
    "saved.json": "a file of `iamglue audit --save`",
    "functions.json": "output of `aws lambda list-functions`",
    "version.json": "output of the AWS CLI with a policy",
    "trail.json": "a record of CloudTrail",
    "rules.yaml": "a rule file",
    "usage.json": "a usage file",
}
TEMPLATES = {"template.yaml", "serverless.yml", "main.tf", "plan.json"}
ACCOUNTS = {"export.json", "saved.json"}
# The command up to the file, what follows the file, what is expected, and the files that it reads.
COMMANDS = [
    (("compact",), (), "a policy", {"policy.json"}),
    (("diff", "policy.json"), (), "a policy", {"policy.json"}),
    (("can",), ("--action", "s3:GetObject", "--resource", "*"), "a policy", {"policy.json"}),
    (("generate",), (), "a spec", {"spec.yaml"}),
    (("fmt",), (), "a spec", {"spec.yaml"}),
    (("reconcile",), (), "a spec", {"spec.yaml"}),
    (("audit", "--template"), (), "a template", TEMPLATES),
    (("audit", "--input"), (), "the export of an account or a file of `iamglue audit --save`", ACCOUNTS),
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working directory with a file of each kind."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "name", "after", "expected"),
    [
        pytest.param(before, name, after, expected, id=f"{' '.join(before)} {name}")
        for before, after, expected, read in COMMANDS
        for name in FILES
        if name not in read
    ],
)
def test_a_file_of_another_kind_is_one_error_that_says_what_it_is(iamglue, before, name, after, expected):
    run = iamglue(*before, name, *after)
    error, hint = run.stderr.splitlines()
    assert (run.exit_code, error) == (2, f"error: {name}:1:1: the file is {KINDS[name]}, not {expected}")
    assert hint.startswith("  hint: `iamglue ")


@pytest.mark.parametrize("name", ["saved.json", "functions.json", "trail.json", "rules.yaml", "usage.json"])
def test_lint_says_what_a_file_without_policies_is(iamglue, name):
    run = iamglue("lint", name)
    assert (run.exit_code, f"note: {name} is {KINDS[name]}: `iamglue " in run.stderr) == (0, True)


@pytest.mark.parametrize("name", ["saved.json", "functions.json", "trail.json", "rules.yaml", "usage.json"])
def test_infer_policy_says_what_a_file_without_policies_is(iamglue, name):
    run = iamglue("infer", "policy", name)
    assert (run.exit_code, f"the file is {KINDS[name]}, not a file with policies" in run.stderr) == (2, True)


@pytest.mark.parametrize("text", [FILES["policy.json"].replace("Version", "Versoin"), '{"Statment": []}'])
def test_a_policy_with_errors_is_still_a_policy(iamglue, tmp_path, text):
    (tmp_path / "policy.json").write_text(text)
    assert "is not a valid element" in iamglue("compact", "policy.json").stderr


def test_a_spec_without_its_first_line_is_still_a_spec(iamglue, tmp_path):
    (tmp_path / "spec.yaml").write_text(FILES["spec.yaml"].partition("\n")[2])
    assert "`iamglue: 1` is missing" in iamglue("generate", "spec.yaml").stderr
