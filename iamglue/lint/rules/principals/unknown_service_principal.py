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
_MIN_NAME_LENGTH = 4  # of shorter names, two that differ in a letter are both likely to be


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every service principal that is none, as far as can be told."""
    for _, principal in policy.principals:
        text = principal.value.text
        if principal.kind != "Service" or principal.value.unresolved or any(mark in text for mark in ("*", "?", "${")):
            continue
        if find_service_principal(text) is None and (not is_service_principal(text) or _find_near_principal(text)):
            yield _violation(principal, text)


@lru_cache(maxsize=1024)
def _find_near_principal(text: str) -> str | None:
    """The known principal that a well-formed one differs from in a letter; None for what is a service of its own."""
    name = base_service_principal(text).removesuffix(_SUFFIX)
    if name in service_prefixes() or len(name) < _MIN_NAME_LENGTH or "." in name:
        return None
    return next(
        (known for known in service_principals() if _is_one_edit_apart(name, known.removesuffix(_SUFFIX))), None
    )


def _is_one_edit_apart(first: str, second: str) -> bool:
    """Whether a letter more, less or other, or two that changed places, make one name the other."""
    if abs(len(first) - len(second)) > 1:
        return False
    common = 0
    while common < min(len(first), len(second)) and first[common] == second[common]:
        common += 1
    first_rest, second_rest = first[common:], second[common:]
    return (
        first_rest[1:] == second_rest[1:]
        or first_rest[1:] == second_rest
        or first_rest == second_rest[1:]
        or (first_rest[:2] == second_rest[1::-1] and first_rest[2:] == second_rest[2:])
    )


def _violation(principal: ParsedPrincipal, text: str) -> RuleViolation:
    if text.startswith("arn:") or text.isdigit():
        return RuleViolation(principal.value, f"`{text}` is no service principal", help="write it under `AWS`")
    suggestion = _find_near_principal(text) if is_service_principal(text) else _nearest_principal(text)
    help_ = (
        f"did you mean `{suggestion}`?"
        if suggestion
        else "a service principal is the service's name and `.amazonaws.com`"
    )
    fix = build_fix(f"write `{suggestion}`", replace_scalar(principal.value, suggestion)) if suggestion else None
    return RuleViolation(principal.value, f"`{text}` is no service principal", help=help_, fix=fix)


def _nearest_principal(text: str) -> str | None:
    lowercase = text.lower()
    if lowercase + _SUFFIX in service_principals():
        return lowercase + _SUFFIX
    name = lowercase.partition(".")[0]
    if name + _SUFFIX in service_principals():
        return name + _SUFFIX
    return nearest_word(lowercase, service_principals())


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
