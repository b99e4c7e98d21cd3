"""More policies beside those on the rules' pages: of rules about wide access, placeholders, and names of services."""

from __future__ import annotations

import json

from lint.case_texts import RCP, RESOURCE, SCP, by, on, policy, said, when

from iamglue.lint.rule import RuleExample

_PASS, _CREATE = "iam:PassRole", "lambda:CreateFunction"
_DYNAMODB = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
_SERVICE = "iam:PassedToService"


def _placed(*texts: str, **values: str) -> RuleExample:
    return on(*texts, action="dynamodb:PutItem", values=values.items())


def _passing(*conditions: dict[str, dict[str, object]]) -> RuleExample:
    """PassRole under each of the conditions, beside what it takes to use it."""
    return policy(*(said(_PASS, Condition=each) for each in conditions), said(_CREATE))


def _bucket(*statements: dict[str, object], type: str = "AWS::S3::Bucket") -> RuleExample:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return RuleExample(text, RESOURCE, resource_type=type)


def _sam(*policies: object) -> RuleExample:
    properties = {"CodeUri": ".", "Handler": "a.b", "Runtime": "python3.13", "Policies": list(policies)}
    function = {"Type": "AWS::Serverless::Function", "Properties": properties}
    return RuleExample(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"F": function}}))


MORE_ACCESS: dict[str, tuple[RuleExample, ...]] = {
    "broad-access": (
        policy(
            said(["s3:PutObject", "s3:DeleteObject"]),
            said(["s3:PutObject", "sqs:SendMessage", "sns:Publish"]),
            said(["s3:PutObject", "sqs:SendMessage", "sns:Publish", "ec2:RunInstances"]),
            said(["s3:PutObject", "sqs:SendMessage", "sns:Publish", "ec2:RunInstances", "ses:SendEmail"]),
            said(None, NotAction="s3:*"),
            said("s3:PutObject", effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}),
            said("s3:Put*", ["arn:aws:s3:::a/*", "*", "arn:aws:s3:::*"]),
        ),
        policy(said("s*:*"), said("s3:**"), said("*:PutObject"), said("s3:*Object"), said("s3:"), said("*:*")),
        policy(
            said(["s3:PutObject", "dynamodb:PutItem"]),
            said("dynamodb:*", effect="Deny"),
            said("s3:Put*", effect="Deny", Condition={"StringEquals": {"aws:ResourceTag/a": "b"}}),
        ),
        policy(
            said(["dynamodb:PutItem", "s3:PutObject"], "arn:aws:dynamodb:*:*:table/*"),
            said(["logs:CreateLogGroup", "xray:PutTraceSegments", "ec2:CreateNetworkInterface", "iam:PutRolePolicy"]),
            said(["kms:Describe*", "kms:List*", "kms:Decrypt", "kms:CreateGrant"]),
        ),
    ),
    "unsatisfiable-condition": (
        when(
            {"StringEquals": {"AWS:ResourceTag/team": ""}, "StringLike": {"aws:username": ["", "?"]}},
            {"StringEquals": {"ours:key": "", "aws:PrincipalArn": "arn:aws:iam::1:*"}},
            {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/?", "bob"]}},
        ),
    ),
    "invalid-region-in-condition": (
        when(
            {"StringEquals": {"aws:username": "a", "aws:RequestedRegion": ["Ireland!", "eu-west-1", "EU-WEST-1"]}},
            {"StringEqualsIgnoreCase": {"ec2:Region": ["EU-WEST-1", "EU-WST-1", "${aws:a}", "eu-*"]}},
            {"Nonsense": {"aws:RequestedRegion": "nowhere"}, "StringNotLike": {"aws:RequestedRegion": "qqqq"}},
        ),
    ),
    "confused-deputy": (
        _bucket(
            said(
                "s3:PutObject",
                "arn:aws:s3:::a/*",
                Principal={"Service": ["logging.s3.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com"]},
            )
        ),
        _bucket(
            said(
                "s3:PutObject",
                "arn:aws:s3:::a/*",
                Principal={"Service": "s3.amazonaws.com"},
                Condition={"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}},
            ),
            said(
                "s3:PutObject",
                "arn:aws:s3:::a/*",
                Principal={"Service": "s3.amazonaws.com"},
                Condition={"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::a", "arn:aws:s3:*:*:a", "arn:aws:s3:::${b}"]}},
            ),
            said(
                "s3:PutObject",
                "arn:aws:s3:::a/*",
                Principal={"Service": "s3.amazonaws.com"},
                Condition={"ForAllValues:StringEquals": {"aws:SourceAccount": "111122223333"}},
            ),
        ),
    ),
    "dynamodb-attributes-without-select": (
        when(
            {
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]},
                "StringEqualsIfExists": {"aws:username": "a"},
            },
            {
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]},
                "StringEquals": {"dynamodb:Select": ["SPECIFIC_ATTRIBUTES", "COUNT"]},
            },
            {
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]},
                "StringEquals": {"dynamodb:Select": []},
            },
            {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]}},
            action="dynamodb:Query",
        ),
    ),
    "unsupported-in-resource-policy": (
        _bucket(said("sqs:SendMessage", ["arn:aws:sqs:*:*:a", "arn:aws:s3:::a"], Principal="*")),
        _bucket(
            said("s3:GetObject", ["arn:aws:s3:eu-west-1::a", "arn:aws:s3::1:a", "arn:aws:s3:::a/*"], Principal="*")
        ),
        _bucket(said("sns:Publish", "arn:aws:sqs:*:*:a", Principal="*"), type="AWS::SNS::TopicPolicy"),
        _bucket(said("sqs:*", ["arn:aws:s3:::a", "arn:aws:sqs:*:*:a"], Principal="*"), type="AWS::SQS::Queue"),
        _bucket(said("s3:*", ["arn:aws:sqs:*:*:a"], Principal="*"), type="AWS::Unknown::Thing"),
        by({"AWS": "111122223333"}, ["sts:AssumeRole", "s3:GetObject"]),
    ),
    "pass-role-wildcard": (
        policy(
            said(["iam:*", "iam:PassRole"]),
            said(["iam:PassRole", "iam:*"]),
            said(["iam:Pass*", "iam:P?ssRole"]),
            said(None, NotAction="s3:*"),
            said(None, NotAction=["iam:PassRole"]),
            said(None, None, NotAction="s3:*", NotResource="arn:aws:iam::1:role/a"),
            said("iam:*", None, NotResource="arn:aws:s3:::a"),
            said(None, effect="Deny", NotAction="s3:*"),
        ),
        policy(
            said("iam:PassRole", ["arn:aws:iam::111122223333:role/*", "arn:aws:iam:::role/a/*"]),
            said("iam:P?ssRole", "arn:*"),
            said("iam:PassRole", "arn:aws:s*"),
            said("iam:PassRole", "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/*"),
            said("iam:PassRole", "arn:aws:iam::111122223333:role/a?"),
            said("iam:PassRole", None, NotResource="*"),
        ),
        _passing(
            {"StringEquals": {_SERVICE: "lambda.amazonaws.com"}},
            {"StringEqualsIfExists": {_SERVICE: "lambda.amazonaws.com"}},
            {"ForAllValues:StringEquals": {_SERVICE: "lambda.amazonaws.com"}},
            {"StringNotEquals": {_SERVICE: "lambda.amazonaws.com"}},
            {"StringLike": {_SERVICE: "*"}},
            {"StringLike": {_SERVICE: "lambda.*"}},
            {"Null": {_SERVICE: "false"}},
            {"Nonsense": {_SERVICE: "lambda.amazonaws.com"}},
            {"StringEquals": {"aws:username": "a"}},
        ),
    ),
    "placeholder": (
        _placed("arn:aws:dynamodb:${aws-region}:${account_number}:table/a"),
        _placed("arn:${Partition}:dynamodb:<region-name>:<AccountNo>:table/{{your-table}}"),
        _placed(f"{_DYNAMODB}[table]", f"{_DYNAMODB}<Table Name>", f"{_DYNAMODB}YOUR-TABLE_1", f"{_DYNAMODB}your_a"),
        _placed(
            "arn:{{partition}}:dynamodb:{{my-region-id}}:{{aws-account}}:table/{{your-table}}",
            Partition="aws-cn",
            REGION="cn-north-1",
            account="111122223333",
            table="photos",
        ),
        _placed(
            "arn:<aws-partition>:dynamodb:<region code>:<my account>:table/<a>",
            **{"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333", "a": "*"},
        ),
        _placed(f"{_DYNAMODB}<a>/<b>", a="x", b="${y}"),
        _placed("arn:aws:dynamodb:xxx:xxxxxxxxxxxx:table/a", "arn:aws:dynamodb:Region:Account-ID:table/a", "a:b"),
        _placed("arn:aws:dynamodb:eu-west-1:aws:table/a", "arn:aws:dynamodb:*:12:table/a", Account="111122223333"),
        policy(
            said("REGION", "ACCOUNT_ID", Condition={"StringEquals": {"aws:username": "<me>", "aws:a": "[me]"}}),
            said("s3:<action>", "MY_REGION"),
        ),
    ),
    "invalid-principal-format": (
        by(["111122223333"]),
        by("bob"),
        by("lambda.amazonaws.com"),
        by("arn:aws:iam::111122223333:oidc-provider/a"),
        by("111122223333"),
        by("arn:aws:s3:::a"),
        by({"Qqqqqq": "a", "aws": "111122223333", "Service": "ec2.amazonaws.com"}),
        policy(said(NotPrincipal="arn:aws:iam::111122223333:root"), type=RESOURCE),
    ),
    "privilege-escalation": (
        policy(said([_PASS, "lambda:*", "ec2:RunInstances", "glue:*", "ecs:*"])),
        policy(said("iam:AttachRolePolicy"), said("sts:AssumeRole")),
        policy(said(["iam:PutUserPolicy", "iam:CreateAccessKey"])),
        policy(said("iam:Put*"), said("iam:Create*"), said("ec2:StopInstances")),
        policy(
            said("ec2:ModifyInstanceAttribute"), said(["ec2:StopInstances", "ec2:StartInstances"], "arn:aws:ec2:*:*:a")
        ),
        policy(
            said("ec2:ModifyInstanceAttribute"),
            said(["ec2:StopInstances", "ec2:StartInstances"]),
            said("ec2:Stop*", effect="Deny"),
        ),
        _passing({"StringNotEquals": {_SERVICE: "lambda.amazonaws.com"}}),
        _passing({"StringNotEquals": {_SERVICE: "ec2.amazonaws.com"}}),
        _passing(
            {"StringEquals": {"aws:SourceIp": "1.2.3.4", _SERVICE: ["ec2.amazonaws.com", "lambda.amazonaws.com"]}}
        ),
        _passing({"Null": {_SERVICE: "false"}, "Bool": {"aws:SecureTransport": "true"}}),
        _passing({"Nonsense": {_SERVICE: "a"}}),
        policy(said("iam:PutRolePolicy", Condition={"StringEquals": {_SERVICE: "lambda.amazonaws.com"}})),
        policy(said([_PASS, _CREATE]), said(_PASS, effect="Deny", Condition={"StringEquals": {_SERVICE: "a"}})),
        policy(
            said([_PASS, _CREATE]),
            said(_PASS, effect="Deny", Condition={"StringNotEquals": {_SERVICE: "ecs.amazonaws.com"}}),
        ),
        policy(said([_PASS, _CREATE]), said(_PASS, "arn:aws:iam::*:role/a*", "Deny"), said(_PASS, "arn:*:a", "Deny")),
        policy(said([_PASS, _CREATE]), said(None, effect="Deny", NotAction=["iam:*", "lambda:*"])),
        policy(said([_PASS, _CREATE]), said(None, effect="Deny", NotAction=["lambda:*"])),
        policy(said([_PASS, _CREATE]), said(None, None, "Deny", NotAction="s3:*", NotResource="arn:aws:s3:::a")),
        policy(
            said([_PASS, _CREATE], Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            said("*", effect="Deny", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        ),
        policy(
            said([_PASS, _CREATE]),
            said(_PASS, effect="Deny", Condition={"Bool": {"aws:SecureTransport": "true"}}),
            said(_PASS, effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        ),
    ),
    "redundant-action": (
        policy(
            said(["s3:Get?bject", "s3:GetObject", "s3:get*", "S3:GETOBJECT"]),
            said(["s?:GetObject", "s3:GetObject", "*:GetObject", "*"]),
            said(["s3:*", "s3:**", "sqs:*", "s3express:*"]),
            said(None, NotAction=["s3:*", "s3:GetObject"]),
        ),
    ),
    "service-linked-role-wildcard": (
        policy(
            said("iam:CreateServiceLinkedRole", Condition={"StringLike": {"iam:AWSServiceName": "ecs*"}}),
            said("iam:Create*", Condition={"StringEquals": {"iam:AWSServiceName": "*"}}),
            said("iam:CreateServiceLinkedRole", "arn:aws:iam::*:role/aws-service-role/*"),
        ),
    ),
    "unknown-sam-template": (
        _sam(
            {"QqqqqqqqqqPolicy": {}},
            {"S3RedPolicy": {"BucketName": "a"}},
            {"S3ReadPolicy": {"BucketName": "a"}},
            "AmazonS3FullAccess",
        ),
        _sam({"CloudWatchPutMetricsPolicy": {}}, {"${Name}Policy": {}}, {"SQSPolerPolicy": {"QueueName": "q"}}),
    ),
    "unknown-service": (
        on(
            "arn:aws:qqqqqqqq:*:*:a", "arn:aws::*:*:a", "arn:aws:sq?:*:*:a", "arn:aws:S3:::a", action=["qqqqqq:A", ":A"]
        ),
        when({"StringEquals": {"qqqqqq:a": "b", "awz:username": "c", "dyanmodb:LeadingKeys": "d", "AWS:nothing": "e"}}),
    ),
    "scp-syntax": (policy(said(None, NotAction="s3:*", Principal="*"), type=SCP),),
    "rcp-syntax": (
        policy(said("s3:*", effect="Deny", Principal={"AWS": "*"}), said(Principal="*"), said("*"), type=RCP),
        policy(said(None, None, "Deny", NotAction="s3:*", NotPrincipal="*", NotResource="*"), type=RCP),
        policy(said(["s3:*", "ec2:*", "*:*", "s3*"], effect="Deny", Principal="*"), type=RCP),
    ),
}
