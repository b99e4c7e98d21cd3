"""A Sid is empty.

A Sid is optional, and an empty Sid does not identify the statement. The fix removes it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import is_text
from iamglue.policy.source.edits import remove_child

RULE = Rule(Severity.SUGGESTION, codes=("EMPTY_SID_VALUE",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report empty Sids."""
    for statement in policy_statements(policy):
        node = statement.sid
        if node is not None and not node.text and is_text(node):
            key = statement.key("Sid") or node
            fix = build_fix("remove the Sid", remove_child(statement.node, key), safe=True)
            yield RuleViolation(node, "the Sid is empty", help="name the statement, or remove the Sid", fix=fix)


GOOD = (
    RuleExample('{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
)
BAD = (
    RuleExample(
        '{"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    RuleExample('{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Sid": ""}', PolicyType.RESOURCE),
)
