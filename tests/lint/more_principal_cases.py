"""More policies beside those on the rules' pages: of rules about principals, what confines them, and types."""

from __future__ import annotations

import json
from typing import Any

from lint.case_texts import RESOURCE, TRUST, by, on, policy, said, when

from iamglue.lint.rule import RuleExample

_AWS = "arn:aws:iam::111122223333:"
_SESSION = "arn:aws:sts::111122223333:assumed-role/a/b"
_GITHUB = "token.actions.githubusercontent.com"
_SUB = f"{_GITHUB}:sub"


def _github(condition: dict[str, Any], effect: str = "Allow") -> RuleExample:
    provider = {"Federated": f"{_AWS}oidc-provider/{_GITHUB}"}
    return by(provider, "sts:AssumeRoleWithWebIdentity", effect=effect, Condition=condition)


MORE_PRINCIPALS: dict[str, tuple[RuleExample, ...]] = {
    "account-wide-trust": (
        by({"AWS": "111122223333"}, values=(("AWS::AccountId", "111122223333"),)),
        by({"AWS": ["111122223333", "arn:aws:iam::444455556666:root"]}, values=(("account", "444455556666"),)),
        by({"AWS": "111122223333"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}),
        by({"AWS": "111122223333"}, Condition={"ArnLike": {"aws:PrincipalArn": f"{_AWS}role/a"}}),
        by({"AWS": "111122223333"}, Condition={"ArnLikeIfExists": {"aws:PrincipalArn": f"{_AWS}role/a"}}),
        by({"AWS": "111122223333"}, Condition={"ForAllValues:ArnLike": {"aws:PrincipalArn": f"{_AWS}role/a"}}),
        by({"AWS": "111122223333"}, Condition={"ArnNotLike": {"aws:PrincipalArn": f"{_AWS}role/a"}}),
        by({"AWS": "111122223333"}, Condition={"ArnLike": {"aws:PrincipalArn": []}}),
        by({"AWS": "111122223333"}, Condition={"Nonsense": {"aws:PrincipalArn": f"{_AWS}role/a"}}),
        by({"AWS": "111122223333"}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        by({"CanonicalUser": "111122223333", "Service": "ec2.amazonaws.com"}),
    ),
    "empty-list": (
        when(
            {"StringEquals": {}, "Bool": {"aws:SecureTransport": "true"}},
            {"StringEquals": {}},
            {"StringEqualsIfExists": {"aws:username": []}, "ForAnyValue:StringLike": {"aws:TagKeys": []}},
            {"ForAllValues:StringLike": {"aws:TagKeys": []}, "Nonsense": {"aws:TagKeys": []}},
            {"ForAllValues:StringLikeIfExists": {"aws:TagKeys": []}, "Bool": []},
        ),
        policy(said([], []), said({}, {}), said(None, None, NotAction=[], NotResource=[])),
        policy(said(Principal=[]), said(Principal={}), said(Principal={"AWS": [], "Service": {}}), type=RESOURCE),
        policy(said(NotPrincipal={}), said(NotPrincipal={"AWS": []}), type=RESOURCE),
    ),
    "broad-github-subject": (
        _github({"StringNotLike": {_SUB: "repo:*"}, "StringLike": {_SUB: "repo:a/b:*"}}),
        _github({"Null": {_SUB: "true"}, "StringLike": {_SUB: ["repo:*/b:ref:refs/heads/main", "repo:a/b:${aws:c}"]}}),
        _github({"StringLike": {_SUB: "repo:a/b:*"}, "StringEquals": {_GITHUB + ":ref": "refs/heads/main"}}),
        _github({"StringLike": {_SUB: "repo:a/b:*", _GITHUB + ":ref": ["refs/heads/*", "refs/heads/main"]}}),
        _github({"Nonsense": {_SUB: "repo:*"}, "StringLike": {_GITHUB + "/enterprise:sub": "repo:a/b:*"}}),
        _github(
            {"StringLike": {"accounts.google.com:sub": "a*", _GITHUB + ":aud": "*", _SUB: "repo:a/b:environment:c"}}
        ),
        _github({"StringLike": {_SUB: ["repo:a/b:ref:refs/heads/*", "repo:a/b", "a?b", "x"]}}),
        _github({"StringLike": {_SUB: "repo:*"}}, effect="Deny"),
    ),
    "misplaced-variable": (
        policy(said("s3:${aws:username}", "arn:aws:s3:::${aws:username}"), Version="2008-10-17"),
        RuleExample(
            '{"Statement": {"Effect": "Allow", "Action": "s3:${aws:a}", "Resource": "arn:aws:s3:::${aws:username}"}}'
        ),
        RuleExample(
            '{"Version": ["2008-10-17"], "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "${aws:a}"}}'
        ),
        when({"NumericEquals": {"s3:max-keys": "${aws:username}"}, "Bool": {"aws:a": ["true", "${aws:a}", "${*}"]}}),
    ),
    "policy-size": (
        on(*(f"arn:aws:s3:::{'a' * 60}{number:03}" for number in range(135))),
        RuleExample(
            json.dumps(json.loads(on(*(f"arn:aws:s3:::{number:050}" for number in range(145))).text), indent=8)
        ),
        on(*(f"arn:aws:s3:::{'é' * 50}{number:03}" for number in range(155))),
        on(*(f"arn:aws:s3:::{number:050}" for number in range(600)), type=RESOURCE),
        policy(*(said(None, Principal={"AWS": f"{_AWS}role/{number:030}"}) for number in range(40)), type=TRUST),
    ),
    "public-access": (
        *(
            policy(said(Principal="*", Condition={operator: {key: value}}), type=RESOURCE)
            for operator, key, value in (
                ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
                ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "10.0.0.0/7"]),
                ("IpAddress", "aws:SourceIp", "10.1.2.3/16"),
                ("IpAddress", "aws:SourceIp", "2001:db8::/32"),
                ("IpAddress", "aws:SourceIp", "2001:db8::/31"),
                ("IpAddress", "aws:SourceIp", "nonsense"),
                ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
                ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-abc"),
                ("StringLike", "aws:PrincipalOrgID", "o-*"),
                ("StringLike", "AWS:PrincipalArn", "arn:aws:iam::*:role/a"),
                ("StringLike", "aws:SourceArn", "arn:aws:s3:::a"),
                ("StringLike", "aws:SourceArn", "arn:aws:s3:::*"),
                ("StringLike", "aws:SourceArn", "arn:aws:*"),
                ("StringLike", "aws:SourceArn", "arn:aws:s3:a"),
                ("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}"),
                ("Bool", "aws:PrincipalIsAWSService", "false"),
                ("Bool", "aws:PrincipalIsAWSService", "True"),
                ("Null", "aws:PrincipalOrgID", "false"),
            )
        ),
        *(
            policy(
                said(Principal="*"),
                said(effect="Deny", Principal="*", Condition={operator: {key: value}}),
                type=RESOURCE,
            )
            for operator, key, value in (
                ("StringNotEquals", "aws:PrincipalOrgID", "o-abc"),
                ("StringEquals", "aws:PrincipalOrgID", "o-abc"),
                ("StringNotLike", "aws:PrincipalOrgID", "o-*"),
                ("StringNotEquals", "aws:username", "a"),
                ("Nonsense", "aws:PrincipalOrgID", "o-abc"),
            )
        ),
        policy(said(Principal={"AWS": ["*", "111122223333"]}), said(NotPrincipal="*"), type=RESOURCE),
    ),
    "redundant-session-principal": (
        by({"Service": "ec2.amazonaws.com", "AWS": [f"{_AWS}role/a", _SESSION, "*"]}),
        by({"AWS": [f"{_AWS}role/a"], "Service": [_SESSION]}),
        by({"AWS": f"{_AWS}role/a", "Federated": _SESSION}),
        by({"AWS": [f"{_AWS}role/p/a", f"{_AWS}role/b", _SESSION]}),
    ),
    "unsupported-trust-policy-element": (
        policy(
            said("sts:AssumeRole", None, Principal="*", NotResource="*"),
            said("sts:AssumeRole", "*", NotPrincipal={"AWS": "111122223333"}),
            said("sts:AssumeRole", None, Principal="*", NotPrincipal="*"),
            type=TRUST,
        ),
    ),
    "wildcard-in-service": (
        on(
            "arn:aws:s?:::a",
            "arn:aws:s3*:::a",
            "arn:aws:*",
            "arn:aws:*:b",
            "arn:aws:${a*}:::b",
            action=["s?:a:b", "*", "*:a"],
        ),
        on("arn:aws:s3:*:*:a", "arn:aws:s3:?:*:a", action=["s3:*:a", "${a*}:b", "s3:?", "a*b"]),
    ),
    "wrong-type": (
        when(
            {"StringEquals": ["aws:username"], "Bool": [{"aws:SecureTransport": "true"}], "Null": None},
            {"StringEquals": {"aws:username": [["a"], {"b": "c"}, "d", None, 1, "e", []], "aws:userid": None}},
            {"StringEquals": {"aws:username": {"a": "b"}, "aws:a": "b", "aws:c": 1}, "Bool": 1},
        ),
        policy(
            said([1, "a", None, ["b"], {}, True], {"a": "b"}), said(1, None, Sid=["a"], Condition=[{}]), [said()], "a"
        ),
        policy(said(Principal=1), said(Principal=None), said(Principal={"AWS": [1, "a", ["b"]]}), type=RESOURCE),
        RuleExample("3"),
        RuleExample('["a", "b"]'),
        RuleExample(
            '{"Version": ["2012-10-17"], "Id": 5, "Statement": [{"Effect": ["Allow"], "Action": "*", "Resource": "*"}]}'
        ),
    ),
}
