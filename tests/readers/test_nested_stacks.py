"""Nested stacks and applications whose templates are files beside the template."""

from __future__ import annotations

import pytest

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account

CHILD = """
Parameters: {Bucket: {Type: String}, Table: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
      Policies:
        - PolicyName: data
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: [!Sub 'arn:aws:s3:::${Bucket}/*', !Ref Table, !Ref Topic]
  Function: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
  Topic: {Type: AWS::SNS::Topic}
"""
PARENT = """
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}}}
  Child: {Type: %s, Properties: {%s: %s, Parameters: {Bucket: images, Table: !GetAtt Table.Arn}}}
"""
KINDS = [("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")]


def read_parent(tmp_path, kind, location_property, location="./child.yaml", child=CHILD):
    (tmp_path / "child.yaml").write_text(child)
    text = PARENT % (kind, location_property, location)
    return read_template_account(str(tmp_path / "template.yaml"), text, ParameterValues())


@pytest.mark.parametrize(("kind", "location_property"), KINDS)
def test_the_template_of_a_nested_stack_is_read_with_its_parameters(tmp_path, kind, location_property):
    account = read_parent(tmp_path, kind, location_property)
    own, nested = account.roles
    assert account.gaps == ()
    assert (own.arn, nested.arn) == (
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}",
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Child.Role}",
    )
    assert account.functions[0].role_arn == nested.arn
    here = "${AWS::Region}:${AWS::AccountId}"
    assert nested.policies[0].policy.statements[0].resources.values == (
        "arn:aws:s3:::images/*",
        f"arn:${{AWS::Partition}}:dynamodb:{here}:table/${{Table}}",
        f"arn:${{AWS::Partition}}:sns:{here}:${{Child.Topic.TopicName}}",
    )


def test_the_template_of_a_nested_stack_of_cdk_is_the_asset_beside_it(tmp_path):
    url = "https://s3.${AWS::Region}.amazonaws.com/assets/x.json"
    (tmp_path / "child.yaml").write_text(CHILD)
    text = (PARENT % (*KINDS[0], f"!Sub '{url}'")).replace(
        "Child: {Type", "Child: {Metadata: {'aws:asset:path': child.yaml, 'aws:asset:property': TemplateURL}, Type"
    )
    account = read_template_account(str(tmp_path / "template.yaml"), text, ParameterValues())
    assert (account.gaps, len(account.roles)) == ((), 2)


@pytest.mark.parametrize("location", ["https://bucket.s3.amazonaws.com/child.yaml", "missing.yaml", "!Ref Url"])
def test_a_nested_stack_elsewhere_is_not_evaluated(tmp_path, location):
    (gap,) = read_parent(tmp_path, *KINDS[0], location).gaps
    assert gap.what == "the roles and functions of the nested stack `Child`"


def test_an_application_of_the_repository_is_not_evaluated(tmp_path):
    location = "{ApplicationId: 'arn:aws:serverlessrepo:us-east-1:123456789012:applications/x', SemanticVersion: 1.0.0}"
    (gap,) = read_parent(tmp_path, *KINDS[1], location).gaps
    assert gap.reason == "its template is not known"


def test_stacks_that_are_nested_in_each_other_end(tmp_path):
    (tmp_path / "template.yaml").write_text(PARENT % (*KINDS[0], "child.yaml"))
    account = read_parent(tmp_path, *KINDS[0], child=PARENT % (*KINDS[0], "template.yaml"))
    assert [gap.what for gap in account.gaps] == ["the roles and functions of the nested stack `Child`"]
