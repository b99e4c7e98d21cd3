"""A suppression that has no effect.

It suppresses no finding, because the problem is fixed or the rule name is wrong; or it has no reason, and a suppression
without a reason is ignored. Remove it or correct it: `# iamglue: ignore[rule] why it is right here`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.renamed_rules import renamed_rule_message
from iamglue.lint.rule import Rule, RuleExample, RuleViolation, violation_at_span
from iamglue.model.parsed_file import ParsedFile

RULE = Rule(Severity.WARNING)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find suppressions that suppress no finding."""
    for suppression in file.unused_suppressions:
        renamed = [message for rule in suppression.rules if (message := renamed_rule_message(rule))]
        if renamed:
            yield violation_at_span(suppression.span, file, "; ".join(renamed), "write the new name")
            continue
        rule_names = f" of {', '.join(suppression.rules)}" if suppression.rules else ""
        if not suppression.reason:
            message = f"the suppression{rule_names} is ignored: its reason is missing"
            yield violation_at_span(suppression.span, file, message, "write the reason after it")
        else:
            yield violation_at_span(
                suppression.span,
                file,
                f"the suppression{rule_names} is unused: there is no such finding here",
                "remove it",
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
