"""The Version is not a version of the policy language.

`Version` selects the language version of the policy; it is not the date when you wrote the policy. The versions are
`2012-10-17` and `2008-10-17`, which has no policy variables. IAM rejects every other date.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import VERSION_2008, VERSION_2012
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import is_text
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(Severity.ERROR, codes=("INVALID_VERSION",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report the Version if it is not valid."""
    if policy.version in (VERSION_2012, VERSION_2008):
        return
    node = policy.node.get("Version")
    if node is not None and is_text(node) and not node.unresolved:
        fix = build_fix(f"write `{VERSION_2012}`", replace_scalar(node, VERSION_2012))
        help_ = f"use {VERSION_2012}; the only other version is {VERSION_2008}"
        yield RuleViolation(node, f"`{node.text}` is not a valid `Version` of the policy language", help=help_, fix=fix)


GOOD = (
    RuleExample('{"Version": "2012-10-17", "Statement": []}'),
    RuleExample('{"Version": "2008-10-17", "Statement": []}'),
)
BAD = (
    RuleExample('{"Version": "2012-10-18", "Statement": []}', fixed='{"Version": "2012-10-17", "Statement": []}'),
    RuleExample("Version: 2024-05-01\nStatement: []\n", fixed='Version: "2012-10-17"\nStatement: []\n'),
)
