"""Two statements have the same Sid.

IAM and Organizations require each Sid of a policy to be unique, and reject the policy otherwise. A Sid does not
affect permissions: the fix adds numbers to the later Sids.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("UNIQUE_SIDS_REQUIRED",),
    types=frozenset({PolicyType.IDENTITY, PolicyType.TRUST, PolicyType.SCP, PolicyType.RCP}),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each Sid that an earlier statement has."""
    for node, first, fix in find_duplicate_sids(policy):
        yield RuleViolation(node, f"the Sid `{node.text}` is already used on line {first.line}", fix=fix)


def find_duplicate_sids(policy: ParsedPolicy) -> Iterator[tuple[Node, Node, Fix | None]]:
    """Yield for each repeated Sid its node, the node of its first use, and a fix.

    Statements in different branches of Fn::If may have the same Sid, if neither is there whenever the other is.
    """
    sids = [
        (sid, statement.node)
        for statement in policy_statements(policy)
        if (sid := statement.sid) is not None and sid.text and not sid.unresolved
    ]
    taken = {sid.text for sid, _ in sids}
    if len(taken) == len(sids):
        return
    seen: dict[str, list[tuple[Node, Node]]] = {}
    for sid, node in sids:
        earlier = seen.setdefault(sid.text, [])
        first = next((use for use, other in earlier if _are_together(node, other)), None)
        earlier.append((sid, node))
        if first is not None:
            free = next(name for number in count(2) if (name := f"{sid.text}{number}") not in taken)
            taken.add(free)
            yield sid, first, build_fix(f"write `{free}`", replace_scalar(sid, free), safe=True)


def _are_together(node: Node, other: Node) -> bool:
    """True if one of two statements is in the policy whenever the other is."""
    return node.is_present_with(other) or other.is_present_with(node)


GOOD = (
    RuleExample(
        '{"Version": "2012-10-17", "Statement": ['
        '{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, '
        '{"Sid": "read", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}'
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
)
BAD = (
    RuleExample(
        '{"Version": "2012-10-17", "Statement": ['
        '{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, '
        '{"Sid": "Read", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}',
        fixed='{"Version": "2012-10-17", "Statement": ['
        '{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, '
        '{"Sid": "Read2", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}',
    ),
    RuleExample(
        "Version: 2012-10-17\nStatement:\n"
        "- Sid: A\n  Effect: Deny\n  Action: s3:GetObject\n  Resource: '*'\n"
        "- Sid: A\n  Effect: Deny\n  Action: s3:PutObject\n  Resource: '*'\n",
        PolicyType.SCP,
        fixed="Version: 2012-10-17\nStatement:\n"
        "- Sid: A\n  Effect: Deny\n  Action: s3:GetObject\n  Resource: '*'\n"
        "- Sid: A2\n  Effect: Deny\n  Action: s3:PutObject\n  Resource: '*'\n",
    ),
)
