"""`iamglue audit --template` reads a directory, or several files, as one deployment."""

from __future__ import annotations

import json

import pytest
from architecture.source_tree import ROOT

CORPUS = ROOT / "tests" / "corpus"
FUNCTION = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: items
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "dynamodb:*", Resource: RESOURCE}]
  NAME: {Type: AWS::Lambda::Function, Properties: {FunctionName: NAME, Role: !GetAtt Role.Arn}}
"""
TABLE = """\
Resources:
  Items: {Type: AWS::DynamoDB::Table, Properties: {TableName: items}}
Outputs:
  Table: {Value: !GetAtt Items.Arn, Export: {Name: items-table}}
"""


@pytest.fixture
def audited(iamglue, tmp_path, monkeypatch):
    """The function that writes files and audits them; returns the exit code, the JSON report and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(files, *paths):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        templates = [argument for path in paths for argument in ("--template", path)]
        result = iamglue("audit", *templates, "--format", "json")
        return result.exit_code, json.loads(result.stdout) if result.stdout else None, result.stderr

    return run


def function(name, resource='"*"'):
    return FUNCTION.replace("NAME", name).replace("RESOURCE", resource)


def functions(report):
    return sorted(function["name"] for role in report["roles"] for function in role["functions"])


def test_all_templates_of_a_directory_are_read(audited):
    _, report, _ = audited({"app/a.yaml": function("One"), "app/b.yml": function("Two"), "app/x.txt": "no"}, "app")
    assert functions(report) == ["One", "Two"]


def test_findings_of_a_directory_name_their_file(audited):
    _, report, _ = audited({"app/a.yaml": function("One"), "app/b.yml": function("Two")}, "app")
    assert {finding["location"]["path"] for finding in report["findings"]} == {"app/a.yaml", "app/b.yml"}


def test_other_files_of_a_directory_are_no_templates(audited):
    files = {"app/a.yaml": function("One"), "app/package.json": "{}", "app/notes.yaml": "a: b\n"}
    assert functions(audited(files, "app")[1]) == ["One"]


ADMINISTRATOR = """\
  Administrator:
    Type: AWS::IAM::Role
    Properties:
      RoleName: administrator
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: !Ref "AWS::AccountId"}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"]
"""


def test_a_partition_that_one_arn_names_is_that_of_the_template(audited):
    assuming = function("One", "!Sub 'arn:aws:iam::${AWS::AccountId}:role/administrator'")
    text = assuming.replace("dynamodb:*", "sts:AssumeRole") + ADMINISTRATOR
    findings = audited({"a.yaml": text}, "a.yaml")[1]["findings"]
    messages = [finding["message"] for finding in findings if finding["rule"] == "privilege-escalation"]
    assert messages == ["a principal with this role can assume `administrator` (administrator access)"]


def test_a_role_of_another_stack_that_a_role_may_assume_is_known(audited):
    assuming = function("One", "!Sub 'arn:aws:iam::${AWS::AccountId}:role/administrator'")
    files = {
        "app/a.yaml": assuming.replace("dynamodb:*", "sts:AssumeRole"),
        "app/b.yaml": f"Resources:\n{ADMINISTRATOR}",
    }
    findings = audited(files, "app")[1]["findings"]
    messages = [finding["message"] for finding in findings if finding["rule"] == "privilege-escalation"]
    assert messages == ["a principal with this role can assume `administrator` (administrator access)"]


def test_a_role_of_another_stack_with_the_same_name_is_not_taken_for_the_own_one(audited):
    harmless = ADMINISTRATOR.replace("policy/AdministratorAccess", "policy/AWSDenyAll")
    assuming = function("One", "!Sub 'arn:aws:iam::${AWS::AccountId}:role/administrator'") + harmless
    files = {
        "app/a.yaml": assuming.replace("dynamodb:*", "sts:AssumeRole"),
        "app/b.yaml": f"Resources:\n{ADMINISTRATOR}",
    }
    findings = audited(files, "app")[1]["findings"]
    assert "administrator access" not in str(
        [finding for finding in findings if finding["rule"] == "privilege-escalation"]
    )


def test_conditions_of_templates_that_have_nothing_to_do_with_each_other_are_not_combined(audited):
    condition = "Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\n"
    table = "!If [Prod, 'arn:aws:dynamodb:eu-west-1:111122223333:table/items', '*']"
    files = {f"app/{name}.yaml": condition + function(name, table) for name in ("A", "B", "C", "D", "E")}
    report = audited(files, "app")[1]
    assert not [entry for entry in report["not_evaluated"] if "combination" in entry["what"]]
    assert {finding["location"]["path"] for finding in report["findings"]} == set(files)


@pytest.mark.parametrize("paths", [["app"], ["app/table.yaml", "app/function.yaml"]])
def test_what_a_stack_exports_is_known_to_the_others(audited, paths):
    reader = function("One", "!ImportValue items-table").replace("dynamodb:*", "s3:GetObject")
    files = {"app/table.yaml": TABLE, "app/function.yaml": reader}
    rules = [finding["rule"] for finding in audited(files, *paths)[1]["findings"]]
    assert "action-resource-mismatch" in rules
    assert "action-resource-mismatch" not in [item["rule"] for item in audited({}, "app/function.yaml")[1]["findings"]]


def test_a_cloud_assembly_is_its_stacks(audited, iamglue):
    result = iamglue("audit", "--template", CORPUS / "cdk.out-cross-stack", "--format", "json")
    manifest = json.loads((CORPUS / "cdk.out-cross-stack" / "manifest.json").read_text(encoding="utf-8"))
    stacks = [name for name, item in manifest["artifacts"].items() if item["type"] == "aws:cloudformation:stack"]
    report = json.loads(result.stdout)
    assert len(stacks) > 1
    assert report["roles"]
    assert not any("manifest" in finding["location"]["path"] for finding in report["findings"])


@pytest.mark.parametrize("name", ["cdk.out-pipeline", "cdk.out-nested-stacks", "cdk.out-cross-stack"])
def test_cloud_assemblies_are_read_whole(iamglue, name):
    result = iamglue("audit", "--template", CORPUS / name, "--format", "json")
    assert result.exit_code in (0, 1), result.stderr


def test_the_directory_of_a_serverless_service_is_that_service(audited):
    service = "service: s\nprovider: {name: aws}\nfunctions: {hello: {handler: a.b}}\n"
    _, report, _ = audited({"app/serverless.yml": service, "app/other.yaml": function("Other")}, "app")
    assert functions(report) == ["s-${sls.stage}-hello"]


def test_a_template_without_functions_is_said_to_have_none(audited):
    code, report, stderr = audited({"t.yaml": TABLE}, "t.yaml")
    assert (code, report["findings"], report["not_evaluated"]) == (0, [], [])
    assert "t.yaml has no functions and no roles" in stderr


def test_a_directory_without_templates_is_an_error(audited):
    code, _, stderr = audited({"app/x.txt": "no"}, "app")
    assert (code, "the directory has no templates" in stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", json.dumps({"packages": ["x" * 1000] * 4500})),
        ("manifest.json", '{"name": "app", "icons": []}'),
        ("manifest.json", '{"artifacts": [], "name": "app"}'),
    ],
    ids=["longer than any template", "of a web application", "of something else"],
)
def test_templates_are_read_beside_files_that_cannot_be_templates(audited, name, text):
    code, report, stderr = audited({"app/a.yaml": function("One"), f"app/{name}": text}, "app")
    assert (code, functions(report)) == (1, ["One"]), stderr


def test_a_manifest_that_is_not_json_is_an_error(audited):
    code, _, stderr = audited({"cdk.out/manifest.json": "{"}, "cdk.out")
    assert (code, "manifest.json" in stderr) == (2, True)


def test_a_stack_that_the_manifest_names_but_is_not_there_is_an_error(audited):
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "gone.json"}}
    code, _, stderr = audited({"cdk.out/manifest.json": json.dumps({"artifacts": {"S": artifact}})}, "cdk.out")
    assert (code, "gone.json" in stderr) == (2, True)


def test_an_assembly_that_the_manifest_names_but_is_not_there_is_an_error(audited):
    artifact = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    code, _, stderr = audited({"cdk.out/manifest.json": json.dumps({"artifacts": {"S": artifact}})}, "cdk.out")
    assert (code, "assembly-Prod" in stderr) == (2, True)
