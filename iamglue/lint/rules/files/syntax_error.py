"""The file is not well formed, so nothing of it can be read.

JSON takes double quotes only, no comments, and no comma after the last item. Where YAML or HCL is at fault, the place
is where reading had to stop: the cause may stand before it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_error
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.ERROR, codes=("JSON_SYNTAX_ERROR",))


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Why the file could not be read."""
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
