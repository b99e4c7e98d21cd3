"""A wildcard in the service part of an action or ARN.

`arn:aws:*code*::111122223333:*` matches every service with such a name, including future ones: a dozen service names
contain `code`. Name the services.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.unlisted_or_wildcard_actions import unlisted_or_wildcard_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.SUGGESTION, codes=("WILDCARD_IN_SERVICE_NAME",), breadth=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions and ARNs whose service contains a wildcard."""
    for node in unlisted_or_wildcard_actions(policy):
        text = node.text
        if "*" in text or "?" in text:
            prefix, colon, _ = text.partition(":")
            if colon and ("*" in prefix or "?" in prefix) and "${" not in prefix:
                yield _violation(node, prefix)
    for _, node in policy.resources:
        if not node.text.startswith("arn:"):
            continue
        fields = split_arn_fields(node.text)
        if len(fields) > 3 and ("*" in fields[2] or "?" in fields[2]) and "${" not in fields[2]:
            yield _violation(node, fields[2])


def _violation(node: Node, name: str) -> RuleViolation:
    message = f"the service `{name}` of `{node.text}` contains a wildcard, so it also matches other and future services"
    return RuleViolation(node, message, help="name the services")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": ["s3:*", "*"], "Resource": ["arn:aws:s3:::*", "*"]}'),
    RuleExample('{"Effect": "Deny", "NotAction": "iam:*", "Resource": "arn:*:iam::*:*"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "codebuild:*", "Resource": "arn:aws:*code*::111122223333:*"}'),
    RuleExample('{"Effect": "Allow", "Action": "s?:GetObject", "Resource": "*"}'),
)
