"""More policies beside those on the rules' pages: of rules about the keys, operators and values of conditions."""

from __future__ import annotations

from lint.case_texts import RCP, RESOURCE, by, on, policy, said, when

from iamglue.lint.rule import RuleExample

_AWS = "arn:aws:iam::111122223333:"
_WEB = "sts:AssumeRoleWithWebIdentity"

MORE_CONDITIONS: dict[str, tuple[RuleExample, ...]] = {
    "ineffective-condition": (
        when(
            {
                "Bool": {"aws:MultiFactorAuthPresent": "false"},
                "BoolIfExists": {"aws:SecureTransport": ["true", "false"]},
            },
            {"ForAllValues:Bool": {"aws:MultiFactorAuthPresent": "true"}},
            {"StringEquals": {"aws:MultiFactorAuthPresent": "true"}, "Nonsense": {"aws:SecureTransport": "x"}},
            {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            {"Null": {"aws:MultiFactorAuthPresent": "true"}},
            effect="Deny",
        ),
        when(
            {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
            {"Bool": {"aws:SecureTransport": ["true", "false"]}},
            {"Bool": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "true"}},
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
        ),
    ),
    "invalid-condition-value-format": (
        when(
            {"Nonsense": {"aws:SourceAccount": "x"}, "Bool": {"aws:SourceAccount": "y"}},
            {"ArnEquals": {"aws:SourceAccount": ["bob", "111122223333", "1*", "${aws:a}"], "aws:username": "a"}},
            {"StringNotEquals": {"aws:PrincipalOrgID": ["o-a", "x"], "aws:CalledVia": "lambda", "aws:SourceVpc": "v"}},
        ),
    ),
    "condition-value-type-mismatch": (
        when(
            {"Nonsense": {"aws:a": "x"}, "BinaryEquals": {"odd:bits": ["YQ==", "Y Q==", "bad!", "${aws:a}", "***"]}},
            {"NumericEquals": {"s3:max-keys": ["${aws:a}", "x", "1e5", "0x10", "1.5", "-1", ""]}},
            {"DateLessThan": {"aws:CurrentTime": ["2020", "20200101T000000Z", "1600000000", "soon", "2020-13-01"]}},
            {"Bool": {"aws:SecureTransport": ["${aws:a}", "yes", "TRUE"]}, "Null": {"aws:username": "no"}},
        ),
    ),
    "duplicate-condition-key": (
        policy(
            said(),
            said(Condition={"StringEquals": {"aws:username": "a", "AWS:UserName": "b", "aws:USERNAME": "c"}}),
            said(Condition={"StringEquals": ["a"], "StringLike": {"aws:a": "b", "aws:b": "c", "AWS:A": "d"}}),
        ),
    ),
    "invalid-federated-principal": (
        by({"Federated": ["accounts.google.com/", "https://accounts.google.com", "a*b", "${a}", "bob"]}, _WEB),
        by({"Federated": [f"{_AWS}oidc-provider/", f"{_AWS}saml-provider/a/b", f"{_AWS}role/a", "http://a.b"]}, _WEB),
        policy(said(Principal={"Federated": "accounts.google.com"}), type=RESOURCE),
    ),
    "ip-range-host-bits": (
        when(
            {"Nonsense": {"aws:SourceIp": "10.0.0.1/8"}, "StringEquals": {"aws:SourceIp": "10.0.0.1/8"}},
            {"IpAddress": {"aws:SourceIp": ["10.0.0.1", "${aws:a}/24", "10.0.0.1/24", "10.0.0.0/24", "10.0.0.1/33"]}},
            {
                "NotIpAddress": {
                    "aws:VpcSourceIp": ["2001:db8::1/32", "2001:DB8:0::/32", "10.0.0.5/32", "10.1.0.0/255.0.0.0"]
                }
            },
        ),
    ),
    "missing-qualifier": (
        when(
            {"Nonsense": {"aws:TagKeys": "a"}, "StringEquals": {"aws:username": "a", "aws:TagKeys": "b"}},
            {"StringLike": {"ours:key": "a", "AWS:CalledVia": "b", "dynamodb:LeadingKeys": "c"}},
            {"Null": {"aws:TagKeys": "true"}, "ForAnyValue:StringLike": {"aws:TagKeys": "a"}},
        ),
    ),
    "condition-operator-type-mismatch": (
        when(
            {"Nonsense": {"aws:username": "a"}, "StringEquals": {"s3:max-keys": "1", "aws:SecureTransport": "true"}},
            {"NumericEquals": {"aws:username": "1", "aws:EpochTime": "1", "ours:key": "2"}},
            {"ArnLike": {"aws:username": "a", "aws:PrincipalArn": "b"}, "Bool": {"aws:username": "true"}},
            {"IpAddress": {"aws:username": "10.0.0.0/8"}, "DateEquals": {"aws:EpochTime": "1", "s3:prefix": "2020"}},
            {"ArnNotEqualsIfExists": {"aws:username": "a"}, "ForAnyValue:ArnLike": {"aws:TagKeys": "a"}},
            {"Null": {"s3:max-keys": "true"}, "StringLike": {"aws:SourceIp": "10.*", "aws:CurrentTime": "2020*"}},
            {"NumericLessThan": {"aws:SecureTransport": "1", "aws:CurrentTime": "1"}, "Bool": {"s3:max-keys": "true"}},
        ),
    ),
    "missing-condition-for-oidc-principal": (
        by({"Federated": ["accounts.google.com", "graph.facebook.com"]}, _WEB),
        by(
            {"Federated": f"{_AWS}oidc-provider/token.actions.githubusercontent.com/enterprise"},
            _WEB,
            Condition={"StringEquals": {"token.actions.githubusercontent.com/enterprise:aud": "sts.amazonaws.com"}},
        ),
        by({"Federated": "accounts.google.com"}, _WEB, Condition={"StringLike": {"accounts.google.com:aud": "*"}}),
        by({"Federated": "accounts.google.com"}, _WEB, effect="Deny"),
    ),
    "principal-wildcard": (
        by({"AWS": [f"{_AWS}role/a?", "arn:aws:iam::${*}:root", "*", "11112222333?"], "Service": "?.amazonaws.com"}),
        policy(
            said(Principal={"AWS": [f"{_AWS}role/*", "*"], "CanonicalUser": "a*"}),
            said(NotPrincipal={"AWS": f"{_AWS}role/${{*}}"}),
            said(Principal="*"),
            type=RESOURCE,
        ),
        by("*"),
        policy(said("sts:AssumeRole", None, NotPrincipal="*"), type=by("*").type),
    ),
    "rcp-syntax": (
        policy(
            said("*", "arn:aws:s3:::a", Principal="*"),
            said("*", None, Principal="*", NotResource="*"),
            said("*", ["*"], Principal="*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
            said("s?:Get*", effect="Deny", Principal="*"),
            said(["s3:*Object", "qq:*", "S3:Get*", "ecs:Run"], effect="Deny", Principal={"AWS": ["*"]}),
            said("*", effect="Deny", Principal={"AWS": "*", "Service": "*"}),
            type=RCP,
        ),
    ),
    "string-operator-with-arn-key": (
        when(
            {"Nonsense": {"aws:PrincipalArn": "a"}, "StringLike": {"aws:username": "a", "aws:PrincipalArn": "b"}},
            {"StringLike": {"ours:key": "a", "AWS:SourceArn": ["arn:aws:s3:::a", "arn:aws:s3:::b*"]}},
            {"StringNotLikeIfExists": {"aws:PrincipalArn": ["arn:aws:iam::1:role/a", "arn:aws:iam:1:b"]}},
            {"ForAnyValue:StringLike": {"aws:PrincipalArn": "a:b:c:d:e:f"}, "StringEquals": {"aws:SourceArn": "a"}},
        ),
        when({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/a*"}}, effect="Deny"),
    ),
    "wildcard-without-like": (
        when(
            {
                "Nonsense": {"aws:username": "a*"},
                "StringLike": {"aws:username": "a*"},
                "StringEquals": {"s3:prefix": "b*"},
            },
            {"StringNotEqualsIgnoreCase": {"aws:username": ["${*}", "${aws:a}*", "a", "b?"]}, "Bool": {"aws:a": "*"}},
            {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "*"]}, "ArnEquals": {"aws:SourceArn": "arn:*"}},
        ),
    ),
    "invalid-ip-range": (
        when(
            {"Nonsense": {"aws:SourceIp": "x"}, "StringEquals": {"aws:SourceIp": "x"}},
            {"IpAddress": {"aws:SourceIp": ["${aws:a}", "x", "10.0.0.0/33", "10.0.0", "::1/129", "10.0.0.*"]}},
        ),
    ),
    "private-source-ip": (
        when(
            {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"], "aws:VpcSourceIp": "10.0.0.0/8"}},
            {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "8.8.8.8"]}, "Nonsense": {"aws:SourceIp": "10.0.0.1"}},
            {
                "NotIpAddress": {"aws:SourceIp": ["fc00::/7", "${aws:a}"]},
                "IpAddressIfExists": {"aws:SourceIp": "fd00::1"},
            },
        ),
    ),
    "rcp-missing-related-condition-key": (
        *(
            policy(said("s3:*", effect="Deny", Principal="*", Condition=condition), type=RCP)
            for condition in (
                {"StringNotEquals": {"aws:PrincipalOrgID": "o-a", "aws:PrincipalTag/team": "a"}},
                {"StringNotEquals": {"AWS:PrincipalTag/team": "a"}, "Null": {"aws:PrincipalOrgID": "true"}},
                {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a", "aws:SourceAccount": "111122223333"}},
                {
                    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a"},
                    "StringNotLike": {"AWS:SourceOrgId": "o-b"},
                    "Null": {"aws:SourceAccount": "false", "aws:username": "true"},
                    "Bool": {"aws:PrincipalIsAWSService": "True"},
                },
                {
                    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a", "aws:PrincipalOrgID": "o-a"},
                    "Null": {"aws:SourceAccount": "true", "aws:username": "false"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
                {"Nonsense": {"aws:PrincipalOrgID": "a", "aws:SourceAccount": "false", "aws:SourceOrgID": "a"}},
            )
        ),
    ),
    "unknown-condition-key": (
        when(
            {
                "StringEquals": {
                    "aws:Qqqqqqqqqq": "a",
                    "s3:Qqqqqqqqqqqq": "a",
                    "S3:prefx": "a",
                    "aws:PrincipalTags/a": "b",
                }
            },
            {
                "StringEquals": {
                    "aws:PrincipalTagg": "a",
                    "aws:RequestTagg/": "b",
                    "/x:y": "c",
                    "ec2:ResourceTagg/a/b": "d",
                }
            },
            {"StringEquals": {"${aws:a}:b": "a", "idp.example.com:sub": "b", "qqqq:a": "c", "saml:qqqqqqqqq": "d"}},
            {"ArnLike": {"aws:ARN": "arn:aws:iam::1:role/a"}, "StringEquals": {"aws:Arn": "b", "s3:a:b": "c"}},
        ),
    ),
    "unknown-element": (
        policy(
            said(Version="2012-10-17"),
            said(version="2012-10-17", Qqqqqq="a"),
            {"Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*"},
            {"Effect": "Allow", "Actions": "s3:GetObject", "NotAction": "s3:PutObject", "Resources": "*"},
            {"Effect": "Allow", "NotActions": "s3:GetObject", "Action": "s3:PutObject", "Resource": "*"},
            {"Effect": "Allow", "NotActions": "s3:GetObject", "NotResources": "*", "Fn::Join": "a"},
            Action="s3:GetObject",
            Statements=[],
            Qqqqqq="a",
        ),
        RuleExample('{"Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*", "Qqqqqq": "a", "Id": "b"}'),
    ),
    "unknown-action": (
        policy(
            said(
                [
                    "s3:GetObjekt",
                    "s3:getobject",
                    "s3:Get*x",
                    "S3:Nothing",
                    "s3:",
                    "s3:?",
                    "qq:A",
                    "ec2:*zzz",
                    "GetObject",
                ]
            ),
            said(None, NotAction=["s3:GetObjekt", "lambda:InvokFunction"]),
        ),
        on("*", action=["s3:GetObject ", " s3:PutObject", "s3 :GetObject", "s3::GetObject", "dynamodb:getitems"]),
    ),
}
