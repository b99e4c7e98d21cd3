"""The escalation paths of an account that is a story: all 15 are reported with their chains, and nothing else."""

from __future__ import annotations

import json

from support import bakery
from support.reports import with_consequences


def audited(iamglue, folder, *arguments):
    (folder / "export.json").write_text(json.dumps(bakery.export()), encoding="utf-8")
    (folder / "functions.json").write_text(json.dumps(bakery.functions()), encoding="utf-8")
    files = ("--input", folder / "export.json", "--functions", folder / "functions.json")
    return iamglue("audit", *files, *arguments)


def escalations(iamglue, folder):
    report = json.loads(audited(iamglue, folder, "--format", "json").stdout)
    found = with_consequences(report["findings"])
    return report, [finding for finding in found if finding["rule"] == "privilege-escalation"]


def end(hop):
    if hop["to"] is None:
        return bakery.ANY
    return bakery.SELF if hop["to"] == hop["from"] else hop["to"].rpartition("/")[2]


def test_every_path_of_the_story_is_reported_with_its_chain_and_no_other(iamglue, tmp_path):
    _, everything = escalations(iamglue, tmp_path)
    found = [finding for finding in everything if finding["severity"] == "security-warning"]
    assert sorted(finding["subject"]["name"] for finding in found) == sorted(bakery.PATHS)
    chains = {finding["subject"]["name"]: [end(hop) for hop in finding["chain"]] for finding in found}
    assert chains == bakery.PATHS
    others = [(finding["severity"], finding["subject"]["name"]) for finding in everything if finding not in found]
    # Which role the stacks and the job have is not known.
    assert others == [("suggestion", "preview-stacks"), ("suggestion", "glue-starter")]


def test_the_account_has_forty_roles(iamglue, tmp_path):
    report, _ = escalations(iamglue, tmp_path)
    assert len(report["roles"]) == 40


TEMPLATE = """\
Resources:
  Chief:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Middle.Arn}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: all
          PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
  Middle:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: sts:AssumeRole}]
  Starter:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: start
          PolicyDocument: {Statement: [{Effect: Allow, Action: sts:AssumeRole, Resource: !GetAtt Middle.Arn}]}
"""


def test_a_chain_through_roles_of_a_template_names_them(iamglue, tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    report = json.loads(iamglue("audit", "--template", path, "--format", "json").stdout)
    messages = {
        finding["subject"]["name"]: (finding["severity"], finding["message"])
        for finding in report["findings"]
        if finding["rule"] == "privilege-escalation"
    }
    assert messages == {
        "Starter": (
            "security-warning",
            "a principal with this role can assume `Middle`, which can assume `Chief` (administrator access)",
        ),
        "Middle": ("security-warning", "a principal with this role can assume `Chief` (administrator access)"),
    }


def test_a_saved_account_has_its_users(iamglue, tmp_path):
    audited(iamglue, tmp_path, "--save", tmp_path / "saved.json")
    saved = json.loads(iamglue("audit", "--input", tmp_path / "saved.json", "--format", "json").stdout)
    found = [finding for finding in saved["findings"] if finding["subject"]["name"] == "onboarding"]
    assert "the user `owner` (administrator access)" in found[0]["message"]
