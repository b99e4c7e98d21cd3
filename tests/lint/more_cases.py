"""Policies beside those on the rules' pages: branches of a rule that would make its page long.

What the rules say of them is kept in expected.json, with what they say of their bad cases.
"""

from __future__ import annotations

from lint.case_texts import RESOURCE, by, on, policy, said, when, yaml_policy

from iamglue.lint.rule import RuleExample

_AWS = "arn:aws:iam::111122223333:"

MORE: dict[str, tuple[RuleExample, ...]] = {
    "forallvalues-with-single-valued-key": (
        when(
            {"Bool": {"aws:SecureTransport": "true"}, "ForAllValues:Null": {"aws:PrincipalArn": "true"}},
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a", "aws:PrincipalArn": "b"}},
        ),
    ),
    "invalid-arn-account": (
        on("arn:aws:sqs:eu-west-1::jobs", action="sqs:*", values=(("Account", "111122223333"),)),
        on("arn:aws:sqs:eu-west-1::jobs", action="sqs:*", values=(("AccountId", "444455556666"),)),
        on("arn:aws:sqs:eu-west-1:::jobs", "arn:aws:sqs:eu-west-1:12:jobs", action="sqs:*"),
    ),
    "invalid-arn-region": (
        on("arn:aws:sqs:atlantis-north-77:111122223333:jobs", "arn:aws:sqs::111122223333:jobs", action="sqs:*"),
    ),
    "invalid-arn-resource": (
        on("arn:aws:s3-object-lambda:*:111122223333:thing/a", "arn:aws:ec2:*:111122223333:instanse/i", action="ec2:*"),
        on("arn:aws:lambda:eu-west-1:111122223333:fn", action=["Lambda:InvokeFunction", "s3:GetObject"]),
        on("arn:aws:dynamodb:eu-west-1:111122223333:/photos", action="dynamodb:PutItem"),
        on("arn:aws:dynamodb:eu-west-1:111122223333:tables/photos", action="dynamodb:PutItem"),
        on("arn:aws:dynamodb:eu-west-1:111122223333:photos", action=["dynamodb:PutItem", "dynamodb:CreateBackup"]),
        on("arn:aws:dynamodb:eu-west-1:111122223333:table/photos/indx/by-day", action="dynamodb:Query"),
        on("arn:aws:dynamodb:eu-west-1:111122223333:", "arn:aws:logs:*:111122223333:group/a", action="dynamodb:Query"),
        on("arn:aws:sns:eu-west-1:111122223333:a:b:c", "arn:aws:iam::111122223333:bob", action="iam:GetUser"),
        on("arn:aws:s*s:eu-west-1:111122223333:/:", "arn:aws:sqs:*:*:${Queue}/", action=["sqs:*", "iam:GetUser"]),
        policy({"Effect": "Allow", "NotAction": "dynamodb:PutItem", "Resource": "arn:aws:dynamodb:*:*:photos"}),
        policy({"Effect": "Allow", "Resource": "arn:aws:dynamodb:*:*:photos"}),
    ),
    "invalid-condition-key-format": (
        when(
            {"StringEquals": {"${aws:username}": "a", "userid": "b", "SourceIp": "c"}},
            {"StringEquals": {":username": "a", "zzz": "b", "a:b c": "d", "aws:": "e"}},
        ),
        when({"StringEquals": {"aws:${aws:username}": "a", "PrincipalTag": "b", " username ": "c"}}),
    ),
    "ineffective-statement": (
        policy(
            said("s3:GetObject", "arn:aws:s3:::a/*"),
            said("s3:GetObject", "arn:aws:s3:::a/b*", "Deny"),
            said("s3:*", "arn:aws:s3:::a/*", "Deny"),
        ),
        policy(
            said(["s3:GetObject", "sqs:SendMessage"]),
            said("s3:*", effect="Deny", Sid="Buckets"),
            said("sqs:*", effect="Deny"),
        ),
        policy(
            said(["s3:GetObject", "sqs:Send*"], "arn:aws:s3:::a/*"),
            said(None, effect="Deny", NotAction=["ec2:*", "iam:*"]),
        ),
        policy(
            said(["s3:GetObject", "ec2:RunInstances"]), said(None, effect="Deny", NotAction=["ec2:*"], Sid="OnlyEc2")
        ),
        policy(said("s3:Get*"), said(None, effect="Deny", NotAction=["s3:GetObject"])),
        policy(said("s3:GetObject"), said("s3:*", None, "Deny", NotResource="arn:aws:s3:::a/*")),
        policy(said("s3:GetObject", "arn:aws:s3:::b/*"), said("s3:*", None, "Deny", NotResource="arn:aws:s3:::a/*")),
        policy(said(None, NotAction="s3:*"), said("*", effect="Deny")),
        policy(said("s3:GetObject", None, NotResource="arn:aws:s3:::a/*"), said("s3:*", effect="Deny")),
        policy(said("s3:GetObject"), said("s3:*", effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})),
        policy(said([]), said("s3:*", effect="Deny"), said("sqs:*", "arn:aws:sqs:*:*:a")),
        policy(said("S3:getobject", Principal="*"), said("s3:*", effect="Deny", Principal="*"), type=RESOURCE),
    ),
    "malformed-arn": (
        on("ARN:aws:s3:::a", "aws:s3:::a/*", "aws:s3:a", "images/*", "s3:a:b:c:d", "execute-api:/a", "x:${a}"),
        on("execute-api:/stage/GET/a", "Arn:aws:s3:::a", type=RESOURCE),
        on("${Arn}", "a${Arn}:b", "aws:arn:aws:s3:::a", "arn:s3:::a", "arn:aws:s3:a", "arn:awz:s3:::a"),
    ),
    "malformed-variable": (
        on('arn:aws:s3:::${aws:a, "it"}', "arn:aws:s3:::${aws:a, it's}", "arn:aws:s3:::${aws:a, b }", "${aws:a"),
        on("arn:aws:s3:::${aws:a b", "${}", "${ }", "${aws: a}", "x${aws:a, 'b'}", "${aws:a /b", "${aws:a/b", "${*}"),
        on("${aws:a,}", "${aws:a, ''}", "${aws: a, b}", "${aws:a, 'b}", "${a}", "${${aws:a}}", "${aws:a, 'b', 'c'}"),
    ),
    "mixed-condition-values": (
        when(
            {"Bool": {"aws:SecureTransport": ["true"], "aws:ViaAWSService": [True, "false"]}},
            {"StringEquals": {"aws:username": ["a", None, True]}},
            {"StringEquals": {"aws:username": ["a", {"b": 1}, False, 2]}},
            {"StringEquals": {"aws:username": [1, True]}},
            {"StringEquals": {"aws:username": [False, True]}},
        ),
        when(
            {"Null": {"aws:TagKeys": ["true", "false"], "aws:username": ["true", "true"]}},
            {"Bool": {"aws:TagKeys": ["true", "false"], "ours:key": ["true", "false"]}},
            {"Bool": {"aws:SecureTransport": ["true", "false"]}},
        ),
    ),
    "permissive-condition-value": (
        by({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-${aws:username}"}}),
        by(
            {"Federated": f"{_AWS}oidc-provider/token.actions.githubusercontent.com"},
            "sts:AssumeRoleWithWebIdentity",
            Condition={"StringLike": {"token.actions.githubusercontent.com:sub": ["re*", "repo:*", "*", "${aws:a}b"]}},
        ),
        by(
            {"Federated": f"{_AWS}oidc-provider/token.actions.githubusercontent.com"},
            "sts:AssumeRoleWithWebIdentity",
            Condition={
                "StringEquals": {"token.actions.githubusercontent.com:sub": ["re*", "a${aws:username}", "${*}x"]}
            },
        ),
    ),
    "invalid-principal-value": (
        by({"AWS": ["1111-2222-3333", "1234567890123", "1234", "12345678901"]}),
        by({"AWS": [f"{_AWS}saml-provider/corp", "arn:aws:sts::111122223333:assumed-role/a", f"{_AWS}policy/a"]}),
        by({"AWS": ["arn:awz:iam::111122223333:root", "arn:aws:iam:eu-west-1:111122223333:root", "bob"]}),
        by({"AWS": [f"{_AWS}role/", f"{_AWS}user/a", "arn:aws:sts::111122223333:federated-user/", "AIDAEXAMPLE12"]}),
        by({"CanonicalUser": ["a" * 64, "a" * 96, "A" * 64, "a" * 65, "*"]}),
    ),
    "redundant-resource": (
        policy(
            said(resource=["*", "images"]),
            said(resource=["images", "arn:aws:s3:::*"]),
            said(resource=["arn:aws:s3:::a", "arn:aws:s3:::a"]),
            said(resource=None, NotResource=["arn:aws:s3:::a", "arn:aws:s3:::*"]),
        ),
        on("*", "arn:aws:s3:::a", "*"),
    ),
    "redundant-statement": (
        policy(
            said(Condition={"StringEquals": {"aws:username": ["a", "b"]}}),
            said(Condition={"StringEquals": {"AWS:UserName": "a"}}),
        ),
        policy(
            said(Condition={"StringEquals": {"aws:username": ["a", "b"]}}),
            said(Condition={"StringEquals": {"aws:userid": "a"}}),
        ),
        policy(
            said(Condition={"StringEquals": {"aws:username": "a"}}),
            said(Condition={"StringLike": {"aws:username": "a"}}),
        ),
        policy(
            said(Condition={"StringLike": {"aws:username": "a*"}}),
            said(Condition={"StringEquals": {"aws:username": "ab"}, "Bool": {"aws:SecureTransport": "true"}}),
        ),
        policy(
            said(Condition={"NumericLessThan": {"s3:max-keys": "10"}}),
            said(Condition={"NumericLessThan": {"s3:max-keys": "5"}}),
        ),
        policy(
            said(["s3:Get*", "sqs:*"], Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            said("s3:GetObject", Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}),
        ),
        policy(said(Condition={"Null": {"aws:username": "true"}}), said(Condition={"Null": {"aws:username": "false"}})),
        policy(
            said(None, NotAction=["s3:*", "ec2:*"]),
            said("sqs:*"),
            said(None, NotAction=["s3:*", "ec2:*", "iam:*"]),
            said(["s3:GetObject", "sqs:*"]),
        ),
        policy(said("*", effect="Deny"), said("s3:*"), said(["s3:GetObject", "s3:PutObject"]), said("s*:Get*")),
        policy(said(["s3:GetObject", "s3:PutObject"]), said(["S3:PutObject", "s3:GetObject"], Sid="Again"), said([])),
        policy(
            said("s3:GetObject", "arn:aws:s3:::a/*"),
            said("s3:GetObject", "arn:aws:s3:::a/b"),
            said("s3:GetObject", None, NotResource="arn:aws:s3:::a/*"),
            said("s3:GetObject", None, NotResource=["arn:aws:s3:::a/*", "arn:aws:s3:::b"]),
        ),
        policy(
            said(Principal="*"), said(Principal={"AWS": "111122223333"}), said(Principal={"AWS": "*"}), type=RESOURCE
        ),
        policy(
            said(Principal={"AWS": ["111122223333", "444455556666"]}),
            said(Principal={"AWS": "444455556666"}),
            said(NotPrincipal={"AWS": "444455556666"}),
            type=RESOURCE,
        ),
    ),
    "invalid-trust-policy-action": (
        by({"Federated": ["arn:${P}:iam::1:saml-provider/a"]}),
        by({"Federated": ["arn:${P}:iam::1:oidc-provider/a"]}),
        by({"Federated": f"{_AWS}unknown/a"}),
        by({"AWS": "111122223333", "Service": "ec2.amazonaws.com"}, "sts:AssumeRoleWithSAML"),
        by({"AWS": "111122223333", "Federated": f"{_AWS}saml-provider/a"}, "sts:AssumeRoleWithWebIdentity"),
        by({"AWS": "111122223333"}, ["sts:TagSession", "sts:assumerolewithsaml"]),
        by({"Service": "rolesanywhere.amazonaws.com"}, "sts:AssumeRole"),
        by({"Service": "rolesanywhere.amazonaws.com"}, "sts:*"),
        by({"Service": "rolesanywhere.amazonaws.com"}, None, NotAction="sts:AssumeRole"),
        by({"Service": "rolesanywhere.amazonaws.com"}, ["sts:AssumeRole", "${Action}"]),
    ),
    "unknown-condition-operator": (
        when(
            {"ForAnyValues : StringEquals": {"aws:TagKeys": "a"}, "Nonsense": {"aws:username": "a"}},
            {"Every:StringEquals": {"aws:username": "a"}, " stringequalsifexist": {"aws:username": "a"}},
            {"ForAllValues:NullIfExists": {"aws:TagKeys": "true"}, "ForAllValues:Zzz": {"aws:TagKeys": "true"}},
        ),
    ),
    "unknown-service-principal": (
        by({"Service": [f"{_AWS}root", "111122223333", "qqqqqqqqqqqq", "ec2.amazonaws.co", "lambda.eu-west-1"]}),
        by({"Service": ["amazonlambda", "lambda.amazonaws", "Lambda.amazonaws.com", "evnts.amazonaws.com"]}),
        by(
            {
                "Service": [
                    "elabmda.amazonaws.com",
                    "labmda.amazonaws.com",
                    "lambdaa.amazonaws.com",
                    "lambd.amazonaws.com",
                ]
            }
        ),
        by({"Service": ["lxmbdx.amazonaws.com", "ec3.amazonaws.com", "s4.amazonaws.com", "lambda.x.amazonaws.com"]}),
    ),
    "unused-suppression": (
        yaml_policy("ignore it was once wrong"),
        yaml_policy("ignore"),
        yaml_policy("ignore[unknown-action, broad-access] it was once wrong"),
    ),
}
