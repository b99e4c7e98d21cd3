"""A role session as a principal together with the role, which already covers its sessions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipals
from iamglue.policy.source.edits import remove_child
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(
    Severity.SUGGESTION, codes=("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",), types=frozenset({PolicyType.TRUST})
)

# The documentation of the Access Analyzer check writes the ARN of the session with `iam`.
_SESSION = re.compile(r"arn:([a-z0-9-]+):(?:sts|iam)::([0-9]{12}):assumed-role/([^/]+)/.+")
_ROLE = re.compile(r"arn:([a-z0-9-]+):iam::([0-9]{12}):role/(?:.+/)?([^/]+)")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find sessions whose role is a principal of the same statement."""
    for statement in policy.statements:
        element = statement.principal
        if element is None or len(element.values) <= 1:
            continue
        texts = [principal.value.text for principal in element.values if principal.kind == "AWS"]
        roles = {match.groups(): text for text in texts if (match := _ROLE.fullmatch(text))}
        for principal in element.values if roles else ():
            session = _SESSION.fullmatch(principal.value.text)
            if session and session.groups() in roles:
                message = f"`{principal.value.text}` is a session of `{roles[session.groups()]}`, which is also listed"
                yield RuleViolation(
                    principal.value, message, help="remove it", fix=_build_removal_fix(element, principal.value)
                )


def _build_removal_fix(element: ParsedPrincipals, session: Node) -> Fix | None:
    """Remove the session from its list; None if it is not in a list."""
    containing_list = next(
        (
            principals
            for _, principals in element.node.pairs
            if principals.kind is NodeKind.LIST and session in principals.items
        ),
        None,
    )
    return (
        build_fix("remove it", remove_child(containing_list, session), safe=True)
        if containing_list is not None
        else None
    )


def _example(principals: str) -> str:
    return f'{{"Effect": "Allow", "Principal": {{"AWS": {principals}}}, "Action": "sts:AssumeRole"}}'


_READER = '"arn:aws:iam::111122223333:role/reader"'
GOOD = (
    RuleExample(_example(f'[{_READER}, "arn:aws:sts::111122223333:assumed-role/writer/s"]'), PolicyType.TRUST),
    RuleExample(_example('["arn:aws:sts::111122223333:assumed-role/reader/s"]'), PolicyType.TRUST),
)
BAD = (
    RuleExample(
        _example(f'[{_READER}, "arn:aws:sts::111122223333:assumed-role/reader/s"]'),
        PolicyType.TRUST,
        fixed=_example(f"[{_READER}]"),
    ),
    RuleExample(
        _example('["arn:aws:sts::111122223333:assumed-role/reader/s", "arn:aws:iam::111122223333:role/app/reader"]'),
        PolicyType.TRUST,
    ),
)
