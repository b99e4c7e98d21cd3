"""A service principal that AWS does not have, or that is not written as one.

A service principal is the service's name and `.amazonaws.com`, in lower case, though not every service's is what its
prefix in actions would suggest. AWS refuses a policy that names one it does not know. Only what is all but one that
is known, or does not have the form of one, is reported: there are more services than any list knows.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.service_principals import (
    base_service_principal,
    find_service_principal,
    is_service_principal,
    service_principals,
)
from iamglue.catalog.services import service_prefixes
from iamglue.catalog.spelling import nearest_word
from iamglue.findings import Confidence, Severity, build_fix
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(Severity.ERROR, types=RESOURCE_BASED_TYPES, confidence=Confidence.MEDIUM)

_SUFFIX = ".amazonaws.com"
_SHORTEST = 4  # of shorter names, two that differ in a letter are both likely to be


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every service principal that is none, as far as can be told."""
    for _, principal in policy.principals:
        text = principal.value.text
        if principal.kind != "Service" or principal.value.unresolved or any(mark in text for mark in ("*", "?", "${")):
            continue
        if find_service_principal(text) is None and (not is_service_principal(text) or _all_but(text)):
            yield _unknown(principal, text)


@lru_cache(maxsize=1024)
def _all_but(text: str) -> str | None:
    """The known principal that a well-formed one differs from in a letter; None for what is a service of its own."""
    name = base_service_principal(text).removesuffix(_SUFFIX)
    if name in service_prefixes() or len(name) < _SHORTEST or "." in name:
        return None
    return next((known for known in service_principals() if _one_off(name, known.removesuffix(_SUFFIX))), None)


def _one_off(one: str, other: str) -> bool:
    """Whether a letter more, less or other, or two that changed places, make one name the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    a, b = one[same:], other[same:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _unknown(principal: ParsedPrincipal, text: str) -> RuleViolation:
    if text.startswith("arn:") or text.isdigit():
        return RuleViolation(principal.value, f"`{text}` is no service principal", help="write it under `AWS`")
    near = _all_but(text) if is_service_principal(text) else _nearest(text)
    told = f"did you mean `{near}`?" if near else "a service principal is the service's name and `.amazonaws.com`"
    mended = build_fix(f"write `{near}`", replace_scalar(principal.value, near)) if near else None
    return RuleViolation(principal.value, f"`{text}` is no service principal", help=told, fix=mended)


def _nearest(text: str) -> str | None:
    lower = text.lower()
    if lower + _SUFFIX in service_principals():
        return lower + _SUFFIX
    stem = lower.partition(".")[0]
    if stem + _SUFFIX in service_principals():
        return stem + _SUFFIX
    return nearest_word(lower, service_principals())


_TRUST = '"Action": "sts:AssumeRole"'
GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]},'
        f" {_TRUST}}}",
        PolicyType.TRUST,
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Service": ["logs.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn",'
        f' "new-in-2031.amazonaws.com", "alexa-appkit.amazon.com"]}}, {_TRUST}}}',
        PolicyType.TRUST,
    ),
)
BAD = (
    RuleExample(
        f'{{"Effect": "Allow", "Principal": {{"Service": "lamda.amazonaws.com"}}, {_TRUST}}}',
        PolicyType.TRUST,
        codes=("",),
        fixed=f'{{"Effect": "Allow", "Principal": {{"Service": "lambda.amazonaws.com"}}, {_TRUST}}}',
    ),
    RuleExample(
        f'{{"Effect": "Allow", "Principal": {{"Service": ["lambda.aws.com", "EC2", "events"]}}, {_TRUST}}}',
        PolicyType.TRUST,
        codes=("", "", ""),
        fixed='{"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com",'
        f' "events.amazonaws.com"]}}, {_TRUST}}}',
    ),
)
