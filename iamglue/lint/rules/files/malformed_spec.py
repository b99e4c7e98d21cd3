"""A spec of iamglue has an error, so no policy can be generated from it.

`iamglue generate` reports the same errors. `docs/spec.md` documents the keys and values of a spec. `iamglue schema`
prints them as a JSON Schema, which editors use to check a spec while you write it.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_error
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Report every error of the spec."""
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
