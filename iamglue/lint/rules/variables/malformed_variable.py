"""A policy variable that is not written as IAM reads it.

A variable is `${aws:username}`: a dollar sign, braces that close, a condition key without spaces. A default stands
behind a comma, in single quotes: `${aws:PrincipalTag/team, 'none'}`. The fix closes the brace, adds the quotes or takes
the space out.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=(
        "MISSING_BRACE_IN_VARIABLE",
        "MISSING_QUOTE_IN_VARIABLE",
        "UNSUPPORTED_SPACE_IN_VARIABLE",
        "EMPTY_VARIABLE",
    ),
)

# A default in quotes may hold braces; a variable that another one begins in is not closed.
_VARIABLE = r"\$\{(?P<name>[^{},]*)(?P<default>,(?:\s*'[^']*'\s*(?=\})|[^{}]*))?(?P<end>\}|)"


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with one variable: where it stands in the text, and what it should be, if that is clear."""

    code: str
    message: str
    start: int
    end: int
    right: str | None = None


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every malformed variable in a Resource or in the values of a condition."""
    if not policy.has_variables:
        return
    for _, node in policy.resources:
        if "${" in node.text:
            yield from _hits(node)
    for _, condition in policy.conditions:
        for node in condition.values:
            if "${" in node.text:
                yield from _hits(node)


def _hits(node: Node) -> Iterator[RuleViolation]:
    if node.unresolved:
        return  # what stands in the braces may be a template's own
    for fault in _faults(node.text):
        mended = None
        if fault.right is not None:
            text = node.text[: fault.start] + fault.right + node.text[fault.end :]
            mended = build_fix(f"write `{fault.right}`", replace_scalar(node, text))
        yield RuleViolation(node, fault.message, code=fault.code, fix=mended)


@lru_cache(maxsize=4096)
def _faults(text: str) -> tuple[_Fault, ...]:
    faults = (_fault(found) for found in re.finditer(_VARIABLE, text))
    return tuple(fault for fault in faults if fault is not None)


def _fault(found: re.Match[str]) -> _Fault | None:
    name, default = found["name"], found["default"]
    span = found.span()
    if not found["end"]:
        # Where it should have ended is only clear where nothing but a name follows.
        is_name = default is None and re.fullmatch(r"[\w-]+:[\w-]+", name) is not None
        right = f"{found[0]}}}" if is_name and span[1] == len(found.string) else None
        return _Fault("MISSING_BRACE_IN_VARIABLE", f"the variable `{found[0]}` is not closed", *span, right)
    if not name.strip() and default is None:
        message = "`${}` names no condition key"
        return _Fault("EMPTY_VARIABLE", message, *span)
    if ":" not in name:
        return None  # no policy variable: a placeholder, or an escape such as `${*}`
    if " " in name:
        right = f"${{{name.replace(' ', '')}{default or ''}}}"
        return _Fault(
            "UNSUPPORTED_SPACE_IN_VARIABLE", f"the variable `{found[0]}` has a space in its name", *span, right
        )
    if default is not None and not re.fullmatch(r",\s*'[^']*'\s*", default):
        plain = default[1:].strip().strip("'\"")
        right = f"${{{name}, '{plain}'}}" if "'" not in plain else None
        message = f"the default of the variable `{found[0]}` is not in single quotes"
        return _Fault("MISSING_QUOTE_IN_VARIABLE", message, *span, right)
    return None


def _on(resource: str) -> str:
    return f'{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/{resource}"}}'


GOOD = (
    RuleExample(_on("${aws:username}/*")),
    RuleExample(_on("${aws:PrincipalTag/team, 'no {team}'}/${*}/${$}{x}")),
    RuleExample(_on("${Prefix}/*")),
)
BAD = (
    RuleExample(_on("${aws:username"), codes=("MISSING_BRACE_IN_VARIABLE",), fixed=_on("${aws:username}")),
    RuleExample(_on("${aws:username/*"), codes=("MISSING_BRACE_IN_VARIABLE",)),
    RuleExample(
        _on("${aws:PrincipalTag/team, none}/*"),
        codes=("MISSING_QUOTE_IN_VARIABLE",),
        fixed=_on("${aws:PrincipalTag/team, 'none'}/*"),
    ),
    RuleExample(
        _on("${aws: username}/*"),
        codes=("UNSUPPORTED_SPACE_IN_VARIABLE",),
        fixed=_on("${aws:username}/*"),
    ),
    RuleExample(_on("${}/*"), codes=("EMPTY_VARIABLE",)),
)
