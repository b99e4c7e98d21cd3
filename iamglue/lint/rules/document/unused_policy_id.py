"""An `Id` element in an identity-based policy, which does not use it.

`Id` is for resource-based policies: some services require it there. Nothing reads the `Id` of an identity-based policy.
The fix removes it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_id.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import remove_child

RULE = Rule(Severity.SUGGESTION, types=frozenset({PolicyType.IDENTITY}), form=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report the Id of the document."""
    key = policy.node.key("Id")
    if key is not None:
        fix = build_fix("remove it", remove_child(policy.node, key), safe=True)
        yield RuleViolation(key, "`Id` has no effect in an identity-based policy", fix=fix)


GOOD = (
    RuleExample('{"Version": "2012-10-17", "Statement": []}'),
    RuleExample("Version: 2012-10-17\nStatement: []\n"),
)
BAD = (
    RuleExample(
        '{"Version": "2012-10-17", "Id": "a", "Statement": []}', fixed='{"Version": "2012-10-17", "Statement": []}'
    ),
    RuleExample("Version: 2012-10-17\nId: a\nStatement: []\n", fixed="Version: 2012-10-17\nStatement: []\n"),
)
