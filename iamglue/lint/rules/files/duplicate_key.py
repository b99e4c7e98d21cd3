"""A key occurs twice in one map, so one of the two values is lost.

AWS rejects most of these documents. JSON parsers keep only the last value without an error, so a program that processes
the policy can lose part of it. Put both values in one list, or write two statements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_error
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Report every duplicate key."""
    for error in file.duplicate_keys:
        yield violation_at_error(error, file)


GOOD = (
    RuleExample('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'),
    RuleExample("Version: '2012-10-17'\nStatement:\n  - {Effect: Allow, Action: 's3:Get*', Resource: '*'}\n"),
)
BAD = (
    RuleExample(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",'
        ' "Action": "s3:PutObject", "Resource": "*"}]}'
    ),
    RuleExample("Version: '2012-10-17'\nStatement: []\nStatement: []\n"),
)
