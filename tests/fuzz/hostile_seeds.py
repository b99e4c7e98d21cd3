"""Valid texts for every reader of the command line, which hostile ones are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "examples" / "exif-pipeline" / "spec.yaml").read_text(encoding="utf-8")
ACCOUNT = "123456789012"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/exif-role"
POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Id": "p",
    "Statement": [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:Get*"],
            "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b"],
            "Condition": {"StringEquals": {"aws:RequestTag/a": ["x", "y"]}, "Bool": {"aws:SecureTransport": "true"}},
        },
        {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::c/*"},
        {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
BUCKET = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    ],
}
POLICY_YAML = """\
Version: '2012-10-17'
Statement:
- &first
  Sid: "Read"  # iamglue: ignore[broad-access] because of x
  Effect: Allow
  Action: ["s3:GetObject", s3:Put*]
  Resource: "arn:aws:s3:::b/*"
- <<: *first
  Sid: "Other"
"""
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Name": {"Type": "String", "Default": "x"}},
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": {"Fn::Sub": "exif-${AWS::Region}"},
                "AssumeRolePolicyDocument": TRUST,
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
                "Policies": [{"PolicyName": "inline", "PolicyDocument": POLICY}],
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "exif",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Environment": {"Variables": {"TABLE": {"Ref": "Table"}}},
            },
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"FunctionName": {"Ref": "Function"}, "Action": "lambda:InvokeFunction", "Principal": "*"},
        },
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "t"}},
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": {"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}},
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": BUCKET},
        },
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
            },
        },
    },
}
SAM = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Globals": {"Function": {"Runtime": "python3.12", "Tracing": "Active"}},
    "Resources": {
        "Fn": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "FunctionName": "fn",
                "Policies": [
                    {"S3ReadPolicy": {"BucketName": "b"}},
                    "AWSLambdaBasicExecutionRole",
                    {
                        "Statement": [
                            {"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::Sub": "arn:aws:s3:::${B}/*"}}
                        ]
                    },
                ],
                "Events": {
                    "Queue": {"Type": "SQS", "Properties": {"Queue": "arn:aws:sqs:eu-west-1:123456789012:q"}},
                    "Api": {"Type": "Api", "Properties": {"Path": "/x", "Method": "get"}},
                    "S3": {"Type": "S3", "Properties": {"Bucket": {"Ref": "B"}, "Events": "s3:ObjectCreated:*"}},
                },
            },
        },
        "B": {"Type": "AWS::S3::Bucket"},
    },
}
TEMPLATE_YAML = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: "lambda.amazonaws.com"}, Action: "sts:AssumeRole"}]
      Policies:
      - PolicyName: "p"
        PolicyDocument:
          Version: "2012-10-17"
          Statement:
          - &s {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Bucket}/*"}
          - !If [Yes, *s, !Ref "AWS::NoValue"]
  Function:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Role.Arn, FunctionName: !Join ["-", ["a", !Ref "AWS::Region"]]}
  Bucket: {Type: "AWS::S3::Bucket"}
"""
SERVERLESS = """\
service: s
provider:
  name: aws
  iam:
    role:
      statements:
      - Effect: "Allow"
        Action: ["s3:GetObject"]
        Resource: "arn:aws:s3:::${self:custom.bucket}/*"
      managedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"]
custom: {bucket: "${opt:stage, 'dev'}-b"}
functions:
  f:
    handler: "h.h"
    iamRoleStatements: [{Effect: "Allow", Action: "s3:*", Resource: "*"}]
resources:
  Resources:
    Q: {Type: "AWS::SQS::Queue"}
"""
TERRAFORM = """\
variable "name" { default = "x" }
locals {
  bucket = "b-${var.name}"
  all    = "${local.bucket}${local.bucket}"
}
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:Put*"]
    resources = ["arn:aws:s3:::${local.all}/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/a"
      values   = ["x"]
    }
  }
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.name
  policy = <<EOF
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "${local.bucket}"}]}
EOF
}
resource "aws_lambda_function" "f" {
  function_name = format("%s-f", local.bucket)
  role          = aws_iam_role.r.arn
}
"""
TERRAFORM_JSON = {
    "locals": {"b": "x", "c": "${local.b}${local.b}"},
    "resource": {
        "aws_iam_role": {"r": {"name": "r", "assume_role_policy": json.dumps(TRUST)}},
        "aws_iam_role_policy": {"p": {"role": "${aws_iam_role.r.id}", "policy": json.dumps(POLICY)}},
        "aws_lambda_function": {"f": {"function_name": "${local.c}", "role": "${aws_iam_role.r.arn}"}},
    },
}
_PLANNED = (
    ("aws_iam_role", "r", {"name": "r", "assume_role_policy": json.dumps(TRUST)}),
    ("aws_iam_role_policy", "p", {"role": "r", "policy": json.dumps(POLICY)}),
    ("aws_lambda_function", "f", {"function_name": "f", "role": ROLE_ARN}),
)
PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "planned_values": {
        "root_module": {
            "resources": [
                {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "values": values}
                for kind, name, values in _PLANNED
            ]
        }
    },
    "resource_changes": [
        {
            "address": f"{kind}.{name}",
            "type": kind,
            "change": {"actions": ["create"], "after": values, "after_unknown": {}},
        }
        for kind, name, values in _PLANNED
    ],
    "configuration": {
        "root_module": {
            "resources": [
                {"address": "aws_lambda_function.f", "expressions": {"role": {"references": ["aws_iam_role.r.arn"]}}}
            ]
        }
    },
}
_BOUNDARY = {
    "PermissionsBoundaryType": "Policy",
    "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/AdministratorAccess",
}
EXPORT = {
    "UserDetailList": [],
    "GroupDetailList": [],
    "RoleDetailList": [
        {
            "Path": "/",
            "RoleName": "exif-role",
            "RoleId": "AROA",
            "Arn": ROLE_ARN,
            "CreateDate": "2026-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": TRUST,
            "InstanceProfileList": [],
            "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": POLICY}],
            "AttachedManagedPolicies": [{"PolicyName": "m", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/m"}],
            "PermissionsBoundary": _BOUNDARY,
            "Tags": [{"Key": "k", "Value": "v"}],
        }
    ],
    "Policies": [
        {
            "PolicyName": "m",
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/m",
            "DefaultVersionId": "v1",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": POLICY}],
        }
    ],
}
FUNCTIONS = {
    "Functions": [
        {
            "FunctionName": "exif-extractor",
            "FunctionArn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:exif-extractor",
            "Role": ROLE_ARN,
            "Runtime": "python3.12",
            "Environment": {"Variables": {"A": "b"}},
            "VpcConfig": {"SubnetIds": ["s"]},
            "Layers": [{"Arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:l:1"}],
            "TracingConfig": {"Mode": "Active"},
        }
    ]
}
CLI_OUTPUTS = (
    {"PolicyVersion": {"Document": POLICY, "VersionId": "v1", "IsDefaultVersion": True}},
    {"RoleName": "r", "PolicyName": "p", "PolicyDocument": POLICY},
    {"Role": {"RoleName": "r", "Arn": ROLE_ARN, "AssumeRolePolicyDocument": TRUST}},
    {"Policy": json.dumps(BUCKET)},
    {"Attributes": {"QueueArn": "arn:aws:sqs:eu-west-1:123456789012:q", "Policy": json.dumps(BUCKET)}},
    EXPORT,
)
REQUESTS = "".join(
    json.dumps(each) + "\n"
    for each in (
        {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": {"aws:RequestTag/a": "x"}},
        {"action": "iam:PassRole", "resource": ROLE_ARN, "principal": ROLE_ARN, "resource_account": ACCOUNT},
        {"action": "s3:ListAllMyBuckets", "resource": "*", "context": {"aws:TagKeys": ["a", "b"]}},
    )
)
DENIAL = (
    f"An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::{ACCOUNT}:assumed-role/"
    'exif-role/exif is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" because no identity-'
    "based policy allows the s3:GetObject action"
)
CONFIGURATION = """\
[lint]
select = ["unknown-action", "breadth"]
ignore = ["missing-version"]
fail-on = "warning"
exclude = ["x/*"]
set = {Name = "x"}
per-file = [{path = "*.json", ignore = ["policy-size"]}]

[[suppress]]
rule = "unknown-action"
path = "p.json"
reason = "known"
until = 2030-01-01
"""
USAGE = {
    "version": 1,
    "access": [
        {
            "role": ROLE_ARN,
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k",
            "count": 7,
            "last": "2026-01-01T00:00:00Z",
        }
    ],
    "coverage": [{"service": "s3", "from": "2025-01-01", "to": "2026-01-01", "data_events": True}],
}
