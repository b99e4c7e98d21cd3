"""A service principal that does not exist or is malformed.

A service principal is the name of a service and `.amazonaws.com`, in lower case; the name can differ from the prefix of
the actions of the service. AWS rejects a policy with an unknown service principal. Because no list of services is
complete, this rule reports only malformed values and values that differ from a known service principal by one letter.

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
from iamglue.findings import Confidence, Severity, build_fix
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal
from iamglue.policy.source.edits import replace_scalar
from iamglue.spelling import nearest_word

RULE = Rule(Severity.ERROR, types=RESOURCE_BASED_TYPES, confidence=Confidence.MEDIUM)

_SUFFIX = ".amazonaws.com"
_MIN_NAME_LENGTH = 4  # shorter names that differ by one letter may both exist


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find service principals that are malformed or most likely misspelled."""
    for _, principal in policy.principals:
        text = principal.value.text
        if principal.kind != "Service" or principal.value.unresolved or any(mark in text for mark in ("*", "?", "${")):
            continue
        if find_service_principal(text) is None and (not is_service_principal(text) or _find_near_principal(text)):
            yield _violation(principal, text)


@lru_cache(maxsize=1024)
def _find_near_principal(text: str) -> str | None:
    """The known service principal that differs by one letter; None if the name is a service of its own."""
    name = base_service_principal(text).removesuffix(_SUFFIX)
    if name in service_prefixes() or len(name) < _MIN_NAME_LENGTH or "." in name:
        return None
    return next(
        (known for known in service_principals() if _is_one_edit_apart(name, known.removesuffix(_SUFFIX))), None
    )


def _is_one_edit_apart(first: str, second: str) -> bool:
    """True if one inserted, removed, replaced or swapped letter turns one name into the other."""
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
    """The violation of a principal under `Service`, with the nearest service."""
    if text.startswith("arn:") or text.isdigit():
        return RuleViolation(principal.value, f"`{text}` is not a service principal", help="write it under `AWS`")
    suggestion = _find_near_principal(text) if is_service_principal(text) else _nearest_principal(text)
    help_ = (
        f"did you mean `{suggestion}`?" if suggestion else "write the name of the service followed by `.amazonaws.com`"
    )
    fix = build_fix(f"write `{suggestion}`", replace_scalar(principal.value, suggestion)) if suggestion else None
    return RuleViolation(principal.value, f"`{text}` is not a valid service principal", help=help_, fix=fix)


def _nearest_principal(text: str) -> str | None:
    """The service principal for a service name, otherwise the one with the most similar spelling."""
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
