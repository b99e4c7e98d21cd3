"""A Principal that is neither `"*"` nor a map of the four kinds of principals.

Principal is `"*"` for everyone, or a map with the keys AWS, Service, Federated and CanonicalUser (case-sensitive). AWS
rejects a policy with a bare ARN or with a key such as `AWS-Account`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.element_names import PRINCIPAL_KINDS
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipals, is_text
from iamglue.policy.source.edits import replace_node, replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.spelling import nearest_word

_FORMAT_HELP = '"*" or a map, such as {"AWS": "111122223333"} or {"Service": "lambda.amazonaws.com"}'

RULE = Rule(Severity.ERROR, codes=("INVALID_PRINCIPAL_FORMAT", "INVALID_PRINCIPAL_KEY"), types=RESOURCE_BASED_TYPES)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Principal elements of another form, and keys that are not kinds of principals."""
    for statement in policy.statements:
        element = statement.principal
        if element is None:
            continue
        if _has_wrong_form(element.node):
            yield _form_violation(element)
        for key, _ in element.node.pairs:
            if key.text not in PRINCIPAL_KINDS and not key.unresolved:
                yield _kind_violation(key)


def _has_wrong_form(node: Node) -> bool:
    """True for a list, and for a string other than `*`."""
    # Other rules report numbers, Booleans and null, which are not valid in any element, and empty lists.
    if node.kind is NodeKind.LIST:
        return bool(node.items)
    return is_text(node) and node.text != "*" and not node.unresolved


def _form_violation(element: ParsedPrincipals) -> RuleViolation:
    """The violation of an element that is a text or a list; the fix is a map with the kind."""
    name, node = element.key.text, element.node
    message = f'`{name}` must be `"*"` or a map, not {"a list" if node.items else f"`{node.text}`"}'
    kind = _principal_kind(node.text)
    fix = build_fix(f"write it under `{kind}`", replace_node(node, {kind: node.text})) if kind else None
    return RuleViolation(node, message, help=f"write {_FORMAT_HELP}", code="INVALID_PRINCIPAL_FORMAT", fix=fix)


def _principal_kind(text: str) -> str | None:
    """The kind under which a bare value belongs; None if it is not clear."""
    if re.fullmatch(r"[0-9]{12}|arn:.*:(?:iam|sts)::.*", text):
        return "Federated" if "-provider/" in text else "AWS"
    return "Service" if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com", text) else None


def _kind_violation(key: Node) -> RuleViolation:
    """The violation of a key other than `AWS`, `Service` and the like, with the nearest one."""
    suggestion = nearest_word(key.text, PRINCIPAL_KINDS)
    help_ = f"did you mean `{suggestion}`?" if suggestion else f"valid kinds are {', '.join(PRINCIPAL_KINDS)}"
    fix = build_fix(f"write `{suggestion}`", replace_scalar(key, suggestion)) if suggestion else None
    return RuleViolation(
        key, f"`{key.text}` is not a valid kind of principal", help=help_, code="INVALID_PRINCIPAL_KEY", fix=fix
    )


_READ = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"'
GOOD = (
    RuleExample(f'{{"Effect": "Deny", "Principal": "*", {_READ}}}', PolicyType.RESOURCE),
    RuleExample(f'{{"Effect": "Allow", "Principal": {{"AWS": ["111122223333"]}}, {_READ}}}', PolicyType.RESOURCE),
)
BAD = (
    RuleExample(
        f'{{"Effect": "Allow", "Principal": "arn:aws:iam::111122223333:root", {_READ}}}',
        PolicyType.RESOURCE,
        fixed=f'{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}}, {_READ}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Services": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
        codes=("INVALID_PRINCIPAL_KEY",),
        fixed='{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}',
    ),
)
