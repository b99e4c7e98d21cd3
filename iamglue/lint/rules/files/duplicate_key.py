"""A key stands twice in one map, so one of the two values is lost.

AWS refuses most of such documents; JSON readers keep the last value without a word, so that half a policy can vanish on
its way through a program. Put both values into one list, or make two statements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_error
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Every key that stands twice."""
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
