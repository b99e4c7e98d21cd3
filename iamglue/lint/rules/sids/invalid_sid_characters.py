"""A Sid with characters that IAM does not take there.

In IAM and Organizations a Sid has letters `A-Z` and `a-z` and digits only; policies of some resources take more. A
Sid grants nothing: the fix joins its words.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("UNSUPPORTED_SID",),
    types=frozenset({PolicyType.IDENTITY, PolicyType.TRUST, PolicyType.SCP, PolicyType.RCP}),
)

_OTHER = re.compile(r"[^A-Za-z0-9]+")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every Sid with other characters."""
    for statement in policy_statements(policy):
        node = statement.sid
        if node is not None and not node.unresolved and _OTHER.search(node.text):
            message = f"the Sid `{node.text}` has characters other than letters A-Z, a-z and digits"
            yield RuleViolation(node, message, fix=_joined(node, policy))


def _joined(node: Node, policy: ParsedPolicy) -> Fix | None:
    first, *rest = [word for word in _OTHER.split(node.text) if word] or [""]
    name = first + "".join(word[:1].upper() + word[1:] for word in rest)
    taken = any(each.sid is not None and each.sid.text == name for each in policy.statements)
    return None if taken or not name else build_fix(f"write `{name}`", replace_scalar(node, name), safe=True)


GOOD = (
    RuleExample('{"Sid": "Read2Images", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
    RuleExample('{"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
)
BAD = (
    RuleExample(
        '{"Sid": "read the-images", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
        fixed='{"Sid": "readTheImages", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    RuleExample('{"Sid": "!", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
)
