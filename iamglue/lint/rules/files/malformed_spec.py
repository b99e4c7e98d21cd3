"""A spec of iamglue's own has an error, so nothing can be generated from it.

`iamglue generate` says the same. The keys and values that a spec may have are in the README, and as a JSON Schema in
`iamglue schema`, which editors can check against as one types.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_error
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Every error of the spec."""
    for error in file.spec_errors:
        yield violation_at_error(error, file)


GOOD = (
    RuleExample("iamglue: 1\nfunction: resize\nreads:\n  - s3: images\n"),
    RuleExample('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'),
)
BAD = (
    RuleExample("iamglue: 1\nfunction: resize\nraeds:\n  - s3: images\n"),
    RuleExample("iamglue: 1\nreads:\n  - s3: images\n"),
)
