"""`iamglue infer` on the command line."""

from __future__ import annotations

import json

import pytest

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/*"},
        {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/private/*"},
    ],
}
ALLOWED = {**POLICY, "Statement": POLICY["Statement"][:1]}


@pytest.fixture
def policy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(POLICY))
    return path.name


def test_the_spec_is_on_stdout_and_what_it_drops_on_stderr(iamglue, policy):
    result = iamglue("infer", "policy", policy)
    assert result.exit_code == 0
    assert "- s3: images-bucket" in result.stdout
    assert "orders.json:1:132: dropped: statement 2" in result.stderr
    assert "widened" in result.stderr


def test_the_spec_of_the_json_format_is_plain_data(iamglue, policy):
    result = json.loads(iamglue("infer", "policy", policy, "--format", "json").stdout)
    assert (result["version"], result["spec"]["reads"]) == (1, [{"s3": "images-bucket"}])
    assert [change["kind"] for change in result["changed"]] == ["dropped", "widened"]


def test_strict_exits_1_unless_the_spec_allows_the_same(iamglue, policy, tmp_path):
    (tmp_path / "allowed.json").write_text(json.dumps(ALLOWED))
    assert iamglue("infer", "policy", policy, "--strict").exit_code == 1
    assert iamglue("infer", "policy", "allowed.json", "--strict").exit_code == 0


def test_the_spec_is_one_that_generate_takes(iamglue, policy, tmp_path):
    assert iamglue("infer", "policy", policy, "-o", "spec.yaml").stdout == ""
    generated = iamglue("generate", "spec.yaml", "--region", "eu-west-1", "--account", "123456789012")
    assert json.loads(generated.stdout)["Statement"][0]["Resource"] == ["arn:aws:s3:::images-bucket/*"]


def test_the_name_of_the_function_can_be_given(iamglue, policy):
    assert "function: checkout\n" in iamglue("infer", "policy", policy, "--name", "checkout").stdout


def test_output_of_the_aws_cli_is_read_from_stdin(iamglue):
    text = json.dumps({"RoleName": "r", "PolicyName": "p", "PolicyDocument": ALLOWED})
    assert "- s3: images-bucket" in iamglue("infer", "policy", "-", stdin=text).stdout


def test_policies_of_several_roles_need_a_choice(iamglue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    resources = {
        name: {
            "Type": "AWS::IAM::Role",
            "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": ALLOWED}]},
        }
        for name in ("Orders", "Images")
    }
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}))
    refused = iamglue("infer", "policy", "template.json")
    assert (refused.exit_code, "--role: Images, Orders" in refused.stderr) == (2, True)
    assert "- s3: images-bucket" in iamglue("infer", "policy", "template.json", "--role", "Orders").stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("[]", "does not contain a policy"),
        ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}', "Action"),
        ("iamglue: 1\nfunction: f\n", "is a spec already"),
        ("{", "orders.txt:1"),
    ],
)
def test_input_that_is_not_a_policy_is_an_error(iamglue, tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.txt").write_text(text)
    result = iamglue("infer", "policy", "orders.txt")
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr


def test_a_file_that_is_not_there_is_an_error(iamglue, tmp_path):
    assert iamglue("infer", "policy", tmp_path / "none.json").exit_code == 2


def test_an_unknown_subcommand_has_a_suggestion(iamglue):
    result = iamglue("infer", "polcy")
    assert (result.exit_code, "did you mean" in result.stderr.lower()) == (2, True), result.stderr
