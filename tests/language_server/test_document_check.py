"""What a document's check reports apart from findings: what could not be read or evaluated."""

from __future__ import annotations

import json

import pytest

from iamglue.language_server.document_lint import MAX_FINDINGS, check_data
from iamglue.language_server.document_source import DocumentSource


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Check a document of a folder; the check changes the working directory."""
    monkeypatch.chdir(tmp_path)
    return lambda name, text: check_data(DocumentSource(str(tmp_path / name), str(tmp_path), text))


def policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def test_an_error_in_the_configuration_is_a_problem_that_names_the_file(check, tmp_path):
    (tmp_path / ".iamglue.toml").write_text("[lint]\nselekt = []\n", encoding="utf-8")
    (problem,) = check("policy.json", "{}")["problems"]
    assert ".iamglue.toml: `selekt`" in problem["message"]
    assert "did you mean `select`?" in problem["message"]


def test_values_that_only_the_deployment_knows_are_named(check):
    template = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: !Ref Who}}}
"""
    messages = [item["message"] for item in check("template.yaml", template)["problems"]]
    assert len(messages) == 1
    assert "not known before deployment" in messages[0]


def test_the_organizations_own_rules_are_checked(check, tmp_path):
    (tmp_path / ".iamglue.toml").write_text('rules = ["rules.yaml"]\n', encoding="utf-8")
    rule = "{id: no-deletes, kind: deny-actions, message: nobody may delete, actions: ['s3:Delete*']}"
    (tmp_path / "rules.yaml").write_text(f"version: 1\nrules:\n  - {rule}\n", encoding="utf-8")
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a/*"}
    findings = check("policies/a.json", policy(statement))["findings"]
    assert [item["message"].partition(":")[0] for item in findings if item["rule"] == "no-deletes"] == [
        "nobody may delete"
    ]


def test_more_findings_than_an_editor_shows_are_counted(check):
    actions = [f"s3:Unknown{number}" for number in range(MAX_FINDINGS + 7)]
    data = check("policy.json", policy({"Effect": "Allow", "Action": actions, "Resource": "*"}))
    assert len(data["findings"]) == MAX_FINDINGS
    assert [item["message"] for item in data["problems"] if "more findings" in item["message"]] != []


def test_yaml_of_another_tool_has_no_findings(check):
    assert check("compose.yaml", "services:\n  web: {image: nginx}\n") == {"findings": [], "problems": []}
