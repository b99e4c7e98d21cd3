"""A Principal that is neither `"*"` nor a map of the four kinds of principals.

Principal is a map whose keys are AWS, Service, Federated and CanonicalUser, in this spelling, or `"*"` for everyone.
A bare ARN, or a key such as `AWS-Account`, makes AWS refuse the policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.spelling import nearest
from iamglue.findings import Severity, fix
from iamglue.lint.rule import RESOURCE_BASED, Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.parsed_values import PrincipalElement, is_text
from iamglue.policy.source.edits import replaced, rewritten
from iamglue.policy.source.nodes import Node, Shape

_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_EVERYONE = '"*" or a map, such as {"AWS": "111122223333"} or {"Service": "lambda.amazonaws.com"}'

RULE = Rule(Severity.ERROR, codes=("INVALID_PRINCIPAL_FORMAT", "INVALID_PRINCIPAL_KEY"), types=RESOURCE_BASED)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every Principal of another shape, and every key that is no kind of principal."""
    for statement in policy.statements:
        element = statement.principal
        if element is None:
            continue
        if _is_misshapen(element.node):
            yield _misshapen(element)
        for key, _ in element.node.pairs:
            if key.text not in _KINDS and not key.holes:
                yield _unknown(key)


def _is_misshapen(node: Node) -> bool:
    # Numbers, Booleans and null are of the wrong type for any element: another rule's. An empty list is one's, too.
    if node.shape is Shape.LIST:
        return bool(node.items)
    return is_text(node) and node.text != "*" and not node.holes


def _misshapen(element: PrincipalElement) -> Hit:
    name, node = element.key.text, element.node
    message = f'`{name}` must be `"*"` or a map, not {"a list" if node.items else f"`{node.text}`"}'
    kind = _kind(node.text)
    mended = fix(f"write it under `{kind}`", replaced(node, {kind: node.text})) if kind else None
    return Hit(node, message, help=f"write {_EVERYONE}", code="INVALID_PRINCIPAL_FORMAT", fix=mended)


def _kind(text: str) -> str | None:
    if re.fullmatch(r"[0-9]{12}|arn:.*:(?:iam|sts)::.*", text):
        return "Federated" if "-provider/" in text else "AWS"
    return "Service" if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com", text) else None


def _unknown(key: Node) -> Hit:
    near = nearest(key.text, _KINDS)
    told = f"did you mean `{near}`?" if near else f"the kinds are {', '.join(_KINDS)}"
    mended = fix(f"write `{near}`", rewritten(key, near)) if near else None
    return Hit(key, f"`{key.text}` is no kind of principal", help=told, code="INVALID_PRINCIPAL_KEY", fix=mended)


_READ = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"'
GOOD = (
    Case(f'{{"Effect": "Deny", "Principal": "*", {_READ}}}', PolicyType.RESOURCE),
    Case(f'{{"Effect": "Allow", "Principal": {{"AWS": ["111122223333"]}}, {_READ}}}', PolicyType.RESOURCE),
)
BAD = (
    Case(
        f'{{"Effect": "Allow", "Principal": "arn:aws:iam::111122223333:root", {_READ}}}',
        PolicyType.RESOURCE,
        fixed=f'{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}}, {_READ}}}',
    ),
    Case(
        '{"Effect": "Allow", "Principal": {"Services": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
        codes=("INVALID_PRINCIPAL_KEY",),
        fixed='{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}',
    ),
)
