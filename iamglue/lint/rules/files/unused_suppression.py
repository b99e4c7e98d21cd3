"""A suppression that does nothing.

It leaves out no finding, because the fault is gone or its rule's name is wrong; or it gives no reason, without which it
is not followed. Remove it, or mend it: `# iamglue: ignore[rule] why it is right here`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_span
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.WARNING)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Every suppression of a file that left out nothing."""
    for suppression in file.unused_suppressions:
        rule_names = f" of {', '.join(suppression.rules)}" if suppression.rules else ""
        if not suppression.reason:
            message = f"the suppression{rule_names} gives no reason, so it is not followed"
            yield violation_at_span(suppression.span, file, message, "write the reason behind it")
        else:
            yield violation_at_span(
                suppression.span, file, f"the suppression{rule_names} leaves out nothing", "remove it"
            )


_POLICY = "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: {action}\n    Resource: '*'{comment}\n"
GOOD = (
    RuleExample(
        _POLICY.format(action="'s3:GetObjekt'", comment="").replace("Action", "# iamglue: ignore a test\n    Action")
    ),
    RuleExample(_POLICY.format(action="'s3:GetObject'", comment="  # a comment")),
)
BAD = (
    RuleExample(
        _POLICY.format(action="'s3:GetBucketAcl'", comment="  # iamglue: ignore[unknown-action] it was once wrong")
    ),
    RuleExample(_POLICY.format(action="'s3:GetBucketAcl'", comment="  # iamglue: ignore[unknown-action]")),
)
