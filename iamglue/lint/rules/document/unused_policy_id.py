"""An Id in a policy that has no use for it.

`Id` is for policies of resources, where some services ask for it. In an identity policy nothing reads it. The fix
removes it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_id.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import remove_child

RULE = Rule(Severity.SUGGESTION, types=frozenset({PolicyType.IDENTITY}))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """The Id of the document."""
    key = policy.node.key("Id")
    if key is not None:
        fix = build_fix("remove it", remove_child(policy.node, key), safe=True)
        yield RuleViolation(key, "an identity policy has no use for an `Id`", fix=fix)


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
