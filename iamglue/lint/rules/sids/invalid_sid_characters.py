"""A Sid contains characters that IAM does not accept.

In IAM and Organizations a Sid contains only the letters `A-Z` and `a-z` and digits; the policies of some resources
accept more. A Sid does not affect permissions: the fix joins its words.

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

_INVALID_CHARACTERS = re.compile(r"[^A-Za-z0-9]+")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report Sids with other characters."""
    for statement in policy_statements(policy):
        node = statement.sid
        if node is not None and not node.unresolved and _INVALID_CHARACTERS.search(node.text):
            message = f"the Sid `{node.text}` contains characters other than A-Z, a-z and 0-9"
            yield RuleViolation(node, message, fix=_characters_fix(node, policy))


def _characters_fix(node: Node, policy: ParsedPolicy) -> Fix | None:
    """Join the words of the Sid in camel case; None if the result is empty or already used."""
    first, *rest = [word for word in _INVALID_CHARACTERS.split(node.text) if word] or [""]
    name = first + "".join(word[:1].upper() + word[1:] for word in rest)
    is_taken = any(statement.sid is not None and statement.sid.text == name for statement in policy.statements)
    return None if is_taken or not name else build_fix(f"write `{name}`", replace_scalar(node, name), safe=True)


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
