"""Policies put together from few pieces, so that many of them say the same of other names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

ACTIONS = (
    ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:Get*", "s3:GetObjekt", "S3:getobject"),
    ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:*", "dynamodb:ListTables", "dynamodb:Getitem"),
    ("iam:PassRole", "iam:GetRole", "iam:*", "iam:CreateServiceLinkedRole", "iam:Pass*"),
    ("logs:PutLogEvents", "logs:CreateLogGroup", "logs:DescribeLogGroups", "es:ESHttpGet", "es:DescribeDomain"),
    ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "*", "lambda:InvokeFunction"),
    ("ssm:GetParameter", "ssm:SendCommand", "sqs:SendMessage", "sqs:ListQueues", "kms:Decrypt"),
    ("backup:StartRestoreJob", "backup:CopyIntoBackupVault", "organizations:DescribeAccount", "nosuch:Thing"),
)
# `{n}` is where a name stands.
RESOURCES = (
    ("*", "arn:aws:s3:::{n}", "arn:aws:s3:::{n}/*", "arn:aws:s3:::{n}/{n}/*", "arn:aws:s3:::*", "arn:aws:s3:::{n}*"),
    (
        "arn:aws:dynamodb:{r}:{a}:table/{n}",
        "arn:aws:dynamodb:{r}:{a}:table/{n}/index/*",
        "arn:aws:dynamodb:{r}:{a}:table/{n}/{n}/{n}",
        "arn:aws:dynamodb:{r}:{a}:{n}/{n}",
        "arn:aws:dynamodb:{r}:{a}:table/{n}*",
    ),
    (
        "arn:aws:iam::{a}:role/{n}",
        "arn:aws:iam::{a}:role/*",
        "arn:aws:iam::{a}:role/{n}/*",
        "arn:aws:iam::{a}:role/{n}*",
        "arn:aws:iam::{a}:role/aws-service-role/{n}.amazonaws.com/*",
        "arn:aws:iam::aws:policy/{n}",
    ),
    (
        "arn:aws:logs:{r}:{a}:log-group:{n}:*",
        "arn:aws:logs:{r}:{a}:log-group:/aws/lambda/{n}:log-stream:{n}",
        "arn:aws:logs:{r}:{a}:{n}:{n}:*",
        "arn:aws:es:{r}:{a}:domain/{n}/*",
        "arn:aws:es:{r}:{a}:domain/{n}",
    ),
    ("arn:aws:lambda:{r}:{a}:function:{n}", "arn:aws:lambda:{r}:{a}:function:{n}:{n}", "arn:aws:lambda:{r}:{a}:{n}"),
    (
        "arn:aws:ssm:{r}:{a}:parameter/{n}",
        "arn:aws:ssm:{r}::document/{n}",
        "arn:aws:sqs:{r}:{a}:{n}",
        "arn:aws:kms:{r}:{a}:key/{n}",
        "arn:aws:kms:{r}:{a}:{n}/{n}",
    ),
    (
        "arn:aws:ec2:{r}::{n}/{n}",
        "arn:aws:backup:{r}:{a}:backup-vault:{n}",
        "arn:aws:organizations::{a}:account/o-{n}/{n}",
        "arn:aws:nosuch:{r}:{a}:{n}",
        "arn:{n}:s3:::{n}",
        "{n}",
    ),
)
NAMES = (
    *("orders", "orders-2", "a", "x", "users.eu", "table", "index", "stream", "tab", "ble", "role", "service-role"),
    *("key", "alias", "log-group", "log-stream", "function", "AWS-Run", "YOUR-BUCKET", "my-your_thing", "<name>"),
    *("${aws:username}", "${Name}", "[name]", "n?me", "*", "n*", "*-x", "{{n}}", "", "parameter", "image", "o-a", "!"),
)
REGIONS = ("eu-west-1", "us-east-1", "*", "", "region", "eu-wets-1", "cn-north-1", "${AWS::Region}")
ACCOUNTS = ("123456789012", "210987654321", "*", "", "aws", "1234", "account-id", "ACCOUNT")
CONDITIONS: tuple[Any, ...] = (
    {"Bool": {"aws:SecureTransport": "false"}},
    {"Bool": {"aws:SecureTransport": False}},
    {"StringEquals": {"aws:ResourceTag/team": "orders"}},
    {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    {"StringLike": {"iam:PassedToService": "*"}},
    {"StringEquals": {"sts:SourceIdentity": "me"}},
    {"StringEquals": {"aws:RequestTag/team": ["a", "b"]}},
    {"StringEquals": {"dynamodb:Attributes": ["id"]}, "Null": {"aws:MultiFactorAuthAge": "false"}},
    {"StringEquals": {"s3:prefix": "a*"}, "stringequals": {"S3:Prefix": "b"}},
    {"StringEquals": {"s3:prefix": "a", "S3:Prefix": "b"}},
    {"NumericLessThan": {"s3:max-keys": 10}},
    {"NumericLessThan": {"s3:max-keys": ["10", 5]}},
    {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "o-*"}},
    {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}, "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
    {"ForAnyValue:StringEquals": {"aws:TagKeys": []}, "ForAllValues:StringEquals": {"aws:TagKeys": []}},
    {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]}, "StringEquals": {"dynamodb:Select": "COUNT"}},
    {"StringEquals": {"aws:PrincipalTag/team": []}},
    {"Null": {"aws:ResourceTag/team": "true"}},
    {"Null": {"aws:ResourceTag/team": "false"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/orders"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"StringEquals": {}},
    {},
)
SIDS = ("Read", "Write", "A1", "two words", "", "Read")


def policy_texts(seed: int, count: int) -> Iterator[str]:
    """So many texts; the same seed gives the same ones."""
    random = Random(seed)
    for _ in range(count):
        statements = [_statement(random) for _ in range(random.choice((1, 1, 1, 2, 3)))]
        document: dict[str, Any] = {"Version": random.choice(("2012-10-17",) * 9 + ("2008-10-17",))}
        document["Statement"] = statements if len(statements) > 1 or random.random() < 0.7 else statements[0]
        yield json.dumps(document, indent=random.choice((None, None, 2)))


def _statement(random: Random) -> dict[str, Any]:
    # Mostly, the actions and the resources are of one service.
    which = random.randrange(len(ACTIONS))
    other = which if random.random() < 0.7 else random.randrange(len(RESOURCES))
    said: dict[str, Any] = {"Effect": random.choice(("Allow", "Allow", "Allow", "Deny"))}
    said["NotAction" if random.random() < 0.05 else "Action"] = _some(random, ACTIONS[which])
    resources = [_filled(random, each) for each in _listed(_some(random, RESOURCES[other]))]
    said["NotResource" if random.random() < 0.05 else "Resource"] = resources if len(resources) > 1 else resources[0]
    if random.random() < 0.3:
        said["Condition"] = random.choice(CONDITIONS)
    if random.random() < 0.3:
        said["Sid"] = random.choice(SIDS)
    return said


def _filled(random: Random, form: str) -> str:
    plain = random.random() < 0.9
    while "{n}" in form:
        form = form.replace("{n}", random.choice(NAMES[:6] if plain else NAMES).replace("{n}", "n"), 1)
    region, account = (
        random.choice(REGIONS[:2] if plain else REGIONS),
        random.choice(ACCOUNTS[:2] if plain else ACCOUNTS),
    )
    return form.replace("{r}", region).replace("{a}", account)


def _some(random: Random, texts: tuple[str, ...]) -> Any:
    found = random.sample(texts, random.choice((1, 1, 1, 2, 2, 3)))
    return found if len(found) > 1 or random.random() < 0.5 else found[0]


def _listed(found: Any) -> list[str]:
    return [found] if isinstance(found, str) else found
