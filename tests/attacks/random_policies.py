"""Small random policies that collide on purpose: few actions, overlapping patterns, the same keys on both sides.

It imports nothing from iamglue.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from random import Random
from typing import Any

Policy = dict[str, Any]
_STRING = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
_TEXTS = ("", "a", "ab", "A", "a*", "?", "?*", "*", "b", "${aws:username}", "x${*}", "${aws:PrincipalTag/team, 'a'}")
_NUMERIC = ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan")
_DATES = ("2025-01-01T00:00:00Z", "2025-01-01", "2025-06-30T12:00:00Z", "2026-01-01T00:00:00Z")
_ARN_OPERATORS = ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals")
_ARNS = (
    "*", "arn:aws:s3:::*", "arn:aws:s3:::b", "arn:*:*:*:*:*", "arn:aws:iam::*", "arn:aws:*",
    "arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:*", "arn:aws:sns:eu-west-1:111122223333:t:x",
)  # fmt: skip
_ROLE = "arn:aws:iam::111122223333:role/r"
_NETWORKS = ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0", "::/0")
_TAGS = ("", "a", "b", "a*", "ab", "*", "?*", "A")
_BOOLS = ("true", "false")
# Operators and values for each key.
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "s3:prefix": (_STRING, ("", "home/", "home/*", "home", "*", "?*", "${aws:username}/*", "home/${aws:username}")),
    "aws:PrincipalTag/team": (_STRING, _TEXTS),
    "aws:RequestTag/team": (_STRING, _TEXTS),
    "aws:username": (_STRING, ("a", "ab", "someone", "a*", "?", "*")),
    "aws:TagKeys": (_STRING, _TAGS),
    "aws:PrincipalOrgPaths": (_STRING, ("o-a1b2c3d4e5/r-ab12/ou-1/", "o-a1b2c3d4e5/r-ab12/*", "o-a1b2c3d4e5/*", "*")),
    "aws:SourceIp": (("IpAddress", "NotIpAddress"), _NETWORKS),
    "aws:CurrentTime": (("DateLessThan", "DateGreaterThan", "DateGreaterThanEquals", "DateEquals"), _DATES),
    "s3:max-keys": (_NUMERIC, ("0", "1", "2", "10", "10.0", "2.5")),
    "aws:SourceArn": (_ARN_OPERATORS, _ARNS),
    "aws:PrincipalArn": (_ARN_OPERATORS, (_ROLE, "arn:aws:iam::*:role/*", "arn:aws:iam::*")),
    "aws:PrincipalType": (_STRING, ("AssumedRole", "User", "Account", "Anonymous", "*", "A*")),
    "aws:PrincipalAccount": (_STRING, ("111122223333", "444455556666", "anonymous", "*", "1111*")),
    "aws:PrincipalIsAWSService": (("Bool",), _BOOLS),
    "aws:SecureTransport": (("Bool",), _BOOLS),
    "aws:MultiFactorAuthPresent": (("Bool",), _BOOLS),
}  # fmt: skip
_GLOBS = ("a*", "*a", "a*b", "*a*", "??", "a?", "?b*", "ab", "b*a", "*ab*", "a/*", "a*/*b", "*?a", "a:*", "?*?")
_KEYS["aws:RequestTag/glob"] = (("StringLike", "StringNotLike", "StringEquals"), _GLOBS)
_MULTIVALUED = ("aws:TagKeys", "aws:PrincipalOrgPaths")
_S3_ACTIONS = (
    "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:GetObjectTagging",
    "s3:Get*", "s3:*Object", "s3:*", "S3:getobject", "s3:List*", "s3:?etObject", "*", "s3:GetObject*", "s3:GetNothing",
)  # fmt: skip
_S3_RESOURCES = (
    "*", "arn:aws:s3:::*", "arn:aws:s3:::b", "arn:aws:s3:::b*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/home/*",
    "arn:aws:s3:::b/?", "arn:aws:s3:::b/?*", "arn:aws:s3:::*/k", "arn:aws:s3:::b/home/k", "arn:*:s3:::b/*",
    "arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:PrincipalTag/team}", "arn:aws:s3:*:*:b/*",
    "arn:aws:s3:::b/home/${aws:username}", "arn:aws:s3:::b/*:*",
    "arn:aws:s3::111122223333:accesspoint/*", "arn:aws:s3:*:111122223333:accesspoint/*/object/*",
    "arn:aws:s3::111122223333:accesspoint/a.mrap/object/*",
)  # fmt: skip
_SSM_ACTIONS = (
    "ssm:SendCommand", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameter*", "ssm:*", "sqs:*",
    "sqs:SendMessage",
    "ssm:DescribeParameters", "iam:PassRole", "iam:*", "ssm:Get*", "kms:Decrypt", "kms:*", "*", "ec2:RunInstances",
)  # fmt: skip
_SSM_RESOURCES = (
    "*", "arn:aws:ssm:*:*:document/*", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript",
    "arn:aws:ssm:*::parameter/aws/service/*", "arn:aws:ssm:*:111122223333:parameter/*", "arn:aws:ssm:*:*:*",
    "arn:aws:ssm:eu-west-1:111122223333:document/d", "arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:sqs:*:*:*",
    "arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:role/r", "arn:aws:iam::aws:*", "arn:aws:kms:*:*:key/*",
    "arn:aws:ec2:*::image/*", "arn:aws:ec2:eu-west-1:*:instance/*", "arn:aws:ec2:*:111122223333:*",
    "arn:aws:kms:*:111122223333:alias/a", "arn:aws:iam::111122223333:*", "arn:aws:ec2:*::snapshot/*",
)  # fmt: skip
_PRINCIPALS: tuple[Any, ...] = (
    "*", {"AWS": "*"}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"},
    {"AWS": "arn:aws:iam::111122223333:role/r"}, {"AWS": "arn:aws:iam::111122223333:user/u"},
    {"AWS": "arn:aws:sts::111122223333:assumed-role/r/session"}, {"AWS": "arn:aws:iam::444455556666:role/path/r"},
    {"Service": "sns.amazonaws.com"}, {"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]},
    {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
    {"Federated": "accounts.google.com"}, {"Federated": "*"},
    {"Federated": "arn:aws:iam::111122223333:saml-provider/p"},
    {"AWS": ["111122223333", "arn:aws:iam::444455556666:user/u"], "Service": "lambda.amazonaws.com"},
    {"AWS": ["arn:aws:iam::111122223333:role/r", "arn:aws:iam::111122223333:root"]},
)  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """Of what the policies of one draw are made."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[Any, ...] = ()
    keys: tuple[str, ...] = ()


THEMES = {
    "s3": Theme(_S3_ACTIONS, _S3_RESOURCES),
    "ssm": Theme(_SSM_ACTIONS, _SSM_RESOURCES),
    "globs": Theme(_S3_ACTIONS[:6], tuple(f"arn:aws:s3:::b/{glob}" for glob in _GLOBS), keys=("aws:RequestTag/glob",)),
    "resource policy": Theme(_S3_ACTIONS[:9], _S3_RESOURCES[1:9], _PRINCIPALS),
}
# Whose conditions are about the caller whom the Principal names.
OWN_KEYS = ("aws:PrincipalType", "aws:username")
ABOUT_CALLERS = Theme(_S3_ACTIONS[:9], _S3_RESOURCES[1:9], _PRINCIPALS, OWN_KEYS)


class PolicyWriter:
    """Draws policies of a theme, and changes them; each writer keeps to few words, so that they meet."""

    def __init__(self, theme: Theme, random: Random) -> None:
        self._random = random
        self._actions = random.sample(theme.actions, min(5, len(theme.actions)))
        self._resources = random.sample(theme.resources, min(5, len(theme.resources)))
        self._principals = random.sample(theme.principals, min(4, len(theme.principals)))
        self._keys = [*theme.keys, *random.sample(sorted(_KEYS), 2 - len(theme.keys))]

    def pair(self) -> tuple[Policy, Policy]:
        """Two policies: mostly the second is the first with a few changes, now and then another one."""
        old = self.policy()
        if self._random.random() < 0.15:
            return old, self.policy()
        new = copy.deepcopy(old)
        for _ in range(self._random.choice((1, 1, 2, 3))):
            self._change(new)
        return (old, new) if self._random.random() < 0.5 else (new, old)

    def policy(self) -> Policy:
        """A policy of up to four statements."""
        count = self._random.choice((1, 2, 2, 3, 4))
        version = "2012-10-17" if self._random.random() < 0.93 else "2008-10-17"
        statements = [self._statement()]
        while len(statements) < count:
            statements.append(self._statement() if self._random.random() < 0.6 else self._sibling(statements[-1]))
        return {"Version": version, "Statement": statements}

    def _sibling(self, statement: Policy) -> Policy:
        """The same statement with one change, as people copy them."""
        sibling = copy.deepcopy(statement)
        self._random.choice((self._change_list, self._change_condition))(sibling)
        return sibling

    def _statement(self) -> Policy:
        random = self._random
        statement: Policy = {"Effect": "Allow" if random.random() < 0.7 else "Deny"}
        if self._principals:
            negated = statement["Effect"] == "Deny" and random.random() < 0.3
            statement["NotPrincipal" if negated else "Principal"] = random.choice(self._principals)
        statement["NotAction" if random.random() < 0.1 else "Action"] = self._some(self._actions)
        statement["NotResource" if random.random() < 0.1 else "Resource"] = self._some(self._resources)
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            self._add_condition(statement)
        return statement

    def _some(self, choices: list[Any]) -> list[Any]:
        return self._random.sample(choices, self._random.choice((1, 1, 2, 3)))

    def _add_condition(self, statement: Policy) -> None:
        operator, key, values = self._condition()
        statement.setdefault("Condition", {}).setdefault(operator, {})[key] = values

    def _condition(self) -> tuple[str, str, list[str]]:
        random = self._random
        key = random.choice(self._keys)
        operators, values = _KEYS[key]
        operator = random.choice(operators)
        if random.random() < 0.12:
            return "Null", key, [random.choice(_BOOLS)]
        if key in _MULTIVALUED and random.random() < 0.85:
            operator = f"{random.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"
        if random.random() < 0.2:
            operator += "IfExists"
        return operator, key, random.sample(values, random.choice((1, 1, 2)))

    def _change(self, policy: Policy) -> None:
        random = self._random
        statements = policy["Statement"]
        statement = random.choice(statements)
        changes = [self._change_list] * 5 + [self._change_condition] * 5
        if random.random() < 0.25:
            if len(statements) > 1 and random.random() < 0.5:
                statements.remove(statement)
            else:
                statements.append(self._statement())
            return
        random.choice(changes)(statement)

    def _change_list(self, statement: Policy) -> None:
        random = self._random
        if self._principals and random.random() < 0.4:
            key = "Principal" if "Principal" in statement else "NotPrincipal"
            statement[key] = random.choice(self._principals)
            return
        name = random.choice([key for key in statement if key.endswith(("Action", "Resource"))])
        pool = self._actions if name.endswith("Action") else self._resources
        value = random.choice(pool)
        values = statement[name]
        if value in values and len(values) > 1:
            values.remove(value)
        elif random.random() < 0.5 and value not in values:
            values.append(value)
        else:
            values[random.randrange(len(values))] = value

    def _change_condition(self, statement: Policy) -> None:
        random = self._random
        conditions = statement.get("Condition", {})
        if not conditions or random.random() < 0.2:
            self._add_condition(statement)
            return
        operator = random.choice(sorted(conditions))
        key = random.choice(sorted(conditions[operator]))
        values = conditions[operator].pop(key)
        if not conditions[operator]:
            del conditions[operator]
        change = random.random()
        if change < 0.3:
            self._drop_empty(statement)
            return  # the condition is gone
        if change < 0.6 and operator != "Null":
            other = random.choice(_KEYS[key][1])
            values = [value for value in values if value != other] or [other] if other in values else [*values, other]
        elif change < 0.8:
            operator, key, _ = self._condition()
            values = (
                values
                if operator != "Null" and set(values) <= set(_KEYS[key][1])
                else self._condition_values(operator, key)
            )
        else:
            values = self._condition_values(operator, key)
        statement.setdefault("Condition", conditions).setdefault(operator, {})[key] = values
        self._drop_empty(statement)

    def _condition_values(self, operator: str, key: str) -> list[str]:
        return [self._random.choice(_BOOLS if operator == "Null" else _KEYS[key][1])]

    def _drop_empty(self, statement: Policy) -> None:
        if not statement.get("Condition", True):
            del statement["Condition"]


def shown(policy: Any) -> str:
    """A policy in one line."""
    return json.dumps(policy, separators=(",", ":"))
