"""The Effect is not `Allow` or `Deny`.

The values are case-sensitive: IAM rejects `allow`. The fix writes the nearest value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import is_text
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.spelling import nearest_choice

RULE = Rule(Severity.ERROR, codes=("INVALID_EFFECT",))

_EFFECTS = ("Allow", "Deny")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Effect elements with another value."""
    for statement in policy_statements(policy):
        if statement.effect is not None:
            continue
        node = statement.get("Effect")
        if node is None or not is_text(node) or node.unresolved:
            continue
        suggestion = nearest_choice(node.text.strip(), _EFFECTS)
        fix = build_fix(f"write `{suggestion}`", replace_scalar(node, suggestion)) if suggestion else None
        yield RuleViolation(
            node, f"`{node.text}` is not a valid `Effect`: it must be `Allow` or `Deny` (case-sensitive)", fix=fix
        )


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
)
BAD = (
    RuleExample(
        '{"Effect": "allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
    RuleExample('{"Effect": "Permit", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
)
