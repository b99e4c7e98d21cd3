"""A Sid that is empty.

A Sid may be left out; an empty one names nothing. The fix removes it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.element_names import statements
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.parsed_values import is_text
from iamglue.policy.source.edits import without

RULE = Rule(Severity.SUGGESTION, codes=("EMPTY_SID_VALUE",))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every empty Sid."""
    for statement in statements(policy):
        node = statement.sid
        if node is not None and not node.text and is_text(node):
            key = statement.key("Sid") or node
            removed = fix("remove it", without(statement.node, key), safe=True)
            yield Hit(node, "the Sid is empty", help="name the statement, or leave the Sid out", fix=removed)


GOOD = (
    Case('{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
)
BAD = (
    Case(
        '{"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    Case('{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Sid": ""}', PolicyType.RESOURCE),
)
