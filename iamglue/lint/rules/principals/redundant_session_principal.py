"""A session of a role as a principal beside the role itself, which has it covered.

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

# AWS's page on the check writes the session as one of `iam`.
_SESSION = re.compile(r"arn:([a-z0-9-]+):(?:sts|iam)::([0-9]{12}):assumed-role/([^/]+)/.+")
_ROLE = re.compile(r"arn:([a-z0-9-]+):iam::([0-9]{12}):role/(?:.+/)?([^/]+)")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every session whose role is a principal of the same statement."""
    for statement in policy.statements:
        found = statement.principal
        if found is None or len(found.values) <= 1:
            continue
        texts = [each.value.text for each in found.values if each.kind == "AWS"]
        roles = {match.groups(): text for text in texts if (match := _ROLE.fullmatch(text))}
        for each in found.values if roles else ():
            session = _SESSION.fullmatch(each.value.text)
            if session and session.groups() in roles:
                message = f"`{each.value.text}` is a session of `{roles[session.groups()]}`, which is named as well"
                yield RuleViolation(each.value, message, help="remove it", fix=_removal(found, each.value))


def _removal(element: ParsedPrincipals, session: Node) -> Fix | None:
    holder = next((of for _, of in element.node.pairs if of.kind is NodeKind.LIST and session in of.items), None)
    return build_fix("remove it", remove_child(holder, session), safe=True) if holder is not None else None


def _case(principals: str) -> str:
    return f'{{"Effect": "Allow", "Principal": {{"AWS": {principals}}}, "Action": "sts:AssumeRole"}}'


_READER = '"arn:aws:iam::111122223333:role/reader"'
GOOD = (
    RuleExample(_case(f'[{_READER}, "arn:aws:sts::111122223333:assumed-role/writer/s"]'), PolicyType.TRUST),
    RuleExample(_case('["arn:aws:sts::111122223333:assumed-role/reader/s"]'), PolicyType.TRUST),
)
BAD = (
    RuleExample(
        _case(f'[{_READER}, "arn:aws:sts::111122223333:assumed-role/reader/s"]'),
        PolicyType.TRUST,
        fixed=_case(f"[{_READER}]"),
    ),
    RuleExample(
        _case('["arn:aws:sts::111122223333:assumed-role/reader/s", "arn:aws:iam::111122223333:role/app/reader"]'),
        PolicyType.TRUST,
    ),
)
