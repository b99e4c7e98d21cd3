"""A spec of iamglue's own has an error, so nothing can be generated from it.

`iamglue generate` says the same. The keys and values that a spec may have are in the README, and as a JSON Schema in
`iamglue schema`, which editors can check against as one types.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Case, Hit, Rule, at_error
from iamglue.model.parsed_file import WrittenFile

RULE = Rule(Severity.ERROR)


def check_file(file: WrittenFile) -> Iterator[Hit]:
    """Every error of the spec."""
    for each in file.problems:
        yield at_error(each, file)


GOOD = (
    Case("iamglue: 1\nfunction: resize\nreads:\n  - s3: images\n"),
    Case('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'),
)
BAD = (
    Case("iamglue: 1\nfunction: resize\nraeds:\n  - s3: images\n"),
    Case("iamglue: 1\nreads:\n  - s3: images\n"),
)
