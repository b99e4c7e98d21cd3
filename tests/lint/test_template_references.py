"""References to resources of the same template are the names, IDs, URLs and ARNs that CloudFormation returns."""

from __future__ import annotations

import pytest
from support.linting import linted, mended_text, read, rules_of
from support.rows import every_row
from support.sam import account_of

from iamglue.audit.run import audit
from iamglue.catalog.tables import table_rows

RESOURCES = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String}
  Given: {Type: String}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: images}}
  Staged: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'images-${Stage}'}}
  Either: {Type: AWS::S3::Bucket, Properties: {BucketName: !If [Production, images, drafts]}}
  Table: {Type: AWS::DynamoDB::Table}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Key: {Type: AWS::KMS::Key}
  Machine: {Type: AWS::StepFunctions::StateMachine}
  Secret: {Type: AWS::SecretsManager::Secret}
  Stream: {Type: AWS::Kinesis::Stream}
  Log: {Type: AWS::Logs::LogGroup}
  Function: {Type: AWS::Lambda::Function}
  Role: {Type: AWS::IAM::Role, Properties: {Path: /apps/}}
"""
POLICY = """
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: %s, Resource: %s}]
"""


def template(action, resource):
    return RESOURCES + POLICY.removeprefix("\n") % (action, resource)


def resource_text(resource):
    ((_, node),) = read(template("s3:GetObject", resource), "t.yaml").policies[-1].resources
    return node.text


def rules_for(action, resource):
    return [
        rule for rule in rules_of(linted(template(action, resource), "t.yaml")) if "arn" in rule or "resource" in rule
    ]


HERE = "${AWS::Region}:${AWS::AccountId}"
ARN = "arn:${AWS::Partition}"
VALUES = [
    ("!GetAtt Bucket.Arn", f"{ARN}:s3:::${{Bucket}}"),
    ("!Ref Named", "images"),
    ("!Sub '${Named.Arn}/*'", f"{ARN}:s3:::images/*"),
    ("!GetAtt Staged.Arn", f"{ARN}:s3:::images-${{Stage}}"),
    ("!GetAtt Either.Arn", f"{ARN}:s3:::${{Either}}"),
    ("!GetAtt [Table, Arn]", f"{ARN}:dynamodb:{HERE}:table/${{Table}}"),
    ("!GetAtt Table.StreamArn", f"{ARN}:dynamodb:{HERE}:table/${{Table}}/stream/${{Table.StreamLabel}}"),
    ("!Ref Queue", "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${Queue.QueueName}"),
    ("!GetAtt Queue.Arn", f"{ARN}:sqs:{HERE}:${{Queue.QueueName}}"),
    ("!Ref Topic", f"{ARN}:sns:{HERE}:${{Topic.TopicName}}"),
    ("!GetAtt Key.Arn", f"{ARN}:kms:{HERE}:key/${{Key}}"),
    ("!Ref Machine", f"{ARN}:states:{HERE}:stateMachine:${{Machine.Name}}"),
    ("!Ref Secret", f"{ARN}:secretsmanager:{HERE}:secret:${{Secret.Name}}-??????"),
    ("!GetAtt Log.Arn", f"{ARN}:logs:{HERE}:log-group:${{Log}}:*"),
    ("!GetAtt Role.Arn", f"{ARN}:iam::${{AWS::AccountId}}:role/apps/${{Role}}"),
    ("!Ref Given", "${Given}"),
    ("!GetAtt Elsewhere.Arn", "${Elsewhere.Arn}"),
]


@every_row("resource, text", VALUES)
def test_a_reference_is_what_cloudformation_returns(resource, text):
    assert resource_text(resource) == text


NO_ARNS = ["Bucket", "Named", "Staged", "Either", "Table", "Queue", "Key", "Stream", "Log", "Function", "Role"]


@pytest.mark.parametrize("logical_id", NO_ARNS)
def test_what_ref_returns_for_most_types_is_no_arn(logical_id):
    assert rules_for("s3:GetObject", f"!Ref {logical_id}") == ["malformed-arn"]


@pytest.mark.parametrize("resource", ["!Ref Topic", "!Ref Machine", "!Ref Secret", "!GetAtt Table.Arn", "!Ref Given"])
def test_an_arn_or_a_value_that_may_be_one_is_no_malformed_arn(resource):
    assert "malformed-arn" not in rules_for("s3:GetObject", resource)


def test_the_finding_names_the_reference_that_gives_the_arn():
    report = linted(template("dynamodb:PutItem", "!Ref Table"), "t.yaml")
    assert report.findings[0].help == "write `!GetAtt Table.Arn`"


MISMATCHES = [
    ("s3:GetObject", "!GetAtt Bucket.Arn"),
    ("s3:GetObject", "!Sub 'arn:aws:s3:::${Bucket}'"),
    ("s3:GetObject", "!Sub 'arn:aws:s3:::${Staged}'"),
    ("s3:GetObject", "!Join ['', ['arn:aws:s3:::', !Ref Bucket]]"),
    ("s3:ListBucket", "!Sub '${Bucket.Arn}/*'"),
    ("dynamodb:GetRecords", "!GetAtt Table.Arn"),
    ("sqs:SendMessage", "!Ref Topic"),
]


@pytest.mark.parametrize(("action", "resource"), MISMATCHES)
def test_an_action_that_does_not_apply_to_what_a_reference_returns_is_reported(action, resource):
    assert rules_for(action, resource) == ["action-resource-mismatch"]


MATCHES = [
    ("s3:GetObject", "!Sub '${Bucket.Arn}/*'"),
    ("s3:GetObject", "!Sub 'arn:aws:s3:::${Given}'"),
    ("s3:ListBucket", "!GetAtt Bucket.Arn"),
    ("dynamodb:GetRecords", "!GetAtt Table.StreamArn"),
    ("logs:PutLogEvents", "!GetAtt Log.Arn"),
    ("lambda:InvokeFunction", "!GetAtt Function.Arn"),
    ("secretsmanager:GetSecretValue", "!Ref Secret"),
    ("iam:PassRole", "!GetAtt Role.Arn"),
]


@pytest.mark.parametrize(("action", "resource"), MATCHES)
def test_an_action_that_applies_to_what_a_reference_returns_is_not_reported(action, resource):
    assert rules_for(action, resource) == []


NESTED = [
    ("sns:Publish", "!Sub 'arn:aws:sns:${AWS::Region}:${AWS::AccountId}:${Topic}'"),
    ("sqs:SendMessage", "!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Queue}'"),
    ("s3:GetObject", "!Sub 'arn:aws:s3:::${Bucket.Arn}/*'"),
    ("dynamodb:PutItem", "!Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:${Table}'"),
]


@pytest.mark.parametrize(("action", "resource"), NESTED)
def test_an_arn_or_a_name_in_the_wrong_place_of_an_arn_is_reported(action, resource):
    assert rules_for(action, resource) == ["invalid-arn-resource"]


@pytest.mark.parametrize(
    ("action", "resource", "rule"),
    [
        ("dynamodb:PutItem", "!Ref Table", "malformed-arn"),
        ("s3:GetObject", "!GetAtt Bucket.Arn", "action-resource-mismatch"),
    ],
)
def test_audit_reports_what_lint_reports_of_references(action, resource, rule):
    text = template(action, resource).replace("AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
    text = text.replace(
        "      PolicyDocument:", "      PolicyName: data\n      RoleName: !Ref Role\n      PolicyDocument:"
    )
    report = audit([account_of(text)]).report
    assert rule in [finding.rule for finding in report.findings]


@every_row("action, resource", [*MISMATCHES, *NESTED, ("dynamodb:PutItem", "!Ref Table")])
def test_no_fix_writes_into_a_function_of_the_template(action, resource):
    text = template(action, resource)
    assert resource in mended_text(text, "t.yaml", unsafe=True).text


def test_names_that_refer_to_each_other_end():
    bucket = "  B{0}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Sub '${{B{1}}}${{B{0}}}'}}}}\n"
    names = "".join(bucket.format(number, (number + 1) % 3) for number in range(3))
    text = f"Resources:\n{names}{POLICY.removeprefix(chr(10)) % ('s3:GetObject', '!GetAtt B0.Arn')}"
    ((_, node),) = read(text, "t.yaml").policies[0].resources
    assert node.unresolved


def test_what_ref_returns_is_an_arn_for_every_type_of_which_the_table_says_so():
    kinds = [row["type"] for row in table_rows("return_values") if row["ref"] == "arn"]
    for kind in kinds:
        text = template("s3:GetObject", "!Ref It").replace("Resources:\n", f"Resources:\n  It: {{Type: {kind}}}\n", 1)
        assert "malformed-arn" not in rules_of(linted(text, "t.yaml")), kind


@pytest.mark.parametrize(
    ("action", "resource", "advice"),
    [
        ("s3:GetObject", "!GetAtt Bucket.Arn", "write `/*` after the ARN"),
        ("s3:ListBucket", "!Sub '${Bucket.Arn}/*'", "leave out `/*`"),
        ("dynamodb:GetRecords", "!GetAtt Table.Arn", "write `/stream/*` after the ARN"),
        ("sqs:SendMessage", "!Ref Topic", "the action applies to `arn:aws:sqs:"),
    ],
)
def test_help_for_an_arn_of_the_wrong_level_names_the_end_to_add_or_leave_out(action, resource, advice):
    (finding,) = linted(template(action, resource), "t.yaml").findings
    assert finding.help.startswith(advice)


def test_a_loop_that_writes_a_statement_twice_is_reported_once():
    text = """
Transform: AWS::LanguageExtensions
Resources:
  'Fn::ForEach::Policies':
    - Name
    - [Alpha, Beta]
    - '${Name}Policy':
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:Get', Resource: '*'}]}
"""
    assert rules_of(linted(text, "t.yaml")).count("unknown-action") == 1
