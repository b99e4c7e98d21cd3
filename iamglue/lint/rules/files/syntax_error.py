"""The file is not well-formed, so its policies cannot be checked.

JSON has no comments, no single quotes, and no comma after the last item. For YAML and HCL, the reported position is
where the parser stopped: the cause may be before it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_error
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.ERROR, codes=("JSON_SYNTAX_ERROR",))


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Report why the file could not be parsed."""
    if file.syntax_error is not None:
        yield violation_at_error(file.syntax_error, file)


GOOD = (
    RuleExample('{"Version": "2012-10-17", "Statement": []}'),
    RuleExample("Version: '2012-10-17'\nStatement: []\n"),
)
BAD = (
    RuleExample('{"Version": "2012-10-17", "Statement": [}'),
    RuleExample('{"Version": "2012-10-17",\n "Statement": []'),
)
