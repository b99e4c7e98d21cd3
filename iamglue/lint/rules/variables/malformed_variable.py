"""A policy variable has invalid syntax.

A variable is `${aws:username}`: a dollar sign, a pair of braces, and a condition key without spaces. A default value
follows a comma, in single quotes: `${aws:PrincipalTag/team, 'none'}`. The fix closes the brace, adds the quotes or
removes the space.

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

# A quoted default may contain braces. A variable is not closed if another variable begins inside it.
_VARIABLE = r"\$\{(?P<name>[^{},]*)(?P<default>,(?:\s*'[^']*'\s*(?=\})|[^{}]*))?(?P<end>\}|)"


@dataclass(frozen=True, slots=True)
class _VariableProblem:
    """A problem of one variable: its offsets in the text, and its replacement; None if that is not clear."""

    code: str
    message: str
    start: int
    end: int
    replacement: str | None = None


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each malformed variable in `Resource` and in condition values."""
    if not policy.has_variables:
        return
    for _, node in policy.resources:
        if "${" in node.text:
            yield from _find_violations(node)
    for _, condition in policy.conditions:
        for node in condition.values:
            if "${" in node.text:
                yield from _find_violations(node)


def _find_violations(node: Node) -> Iterator[RuleViolation]:
    """Yield the violation of each malformed variable in a text, with a fix where the intent is clear."""
    if node.unresolved:
        return  # the braces may belong to a template language
    for problem in _find_problems(node.text):
        fix = None
        if problem.replacement is not None:
            text = node.text[: problem.start] + problem.replacement + node.text[problem.end :]
            fix = build_fix(f"write `{problem.replacement}`", replace_scalar(node, text))
        yield RuleViolation(node, problem.message, code=problem.code, fix=fix)


@lru_cache(maxsize=4096)
def _find_problems(text: str) -> tuple[_VariableProblem, ...]:
    problems = (_find_problem(match) for match in re.finditer(_VARIABLE, text))
    return tuple(problem for problem in problems if problem is not None)


def _find_problem(match: re.Match[str]) -> _VariableProblem | None:
    """What is wrong with one `${...}`; None if it is valid, or no variable of a policy."""
    name, default = match["name"], match["default"]
    span = match.span()
    if not match["end"]:
        # The intended end is clear only if nothing follows the name.
        is_name = default is None and re.fullmatch(r"[\w-]+:[\w-]+", name) is not None
        replacement = f"{match[0]}}}" if is_name and span[1] == len(match.string) else None
        return _VariableProblem(
            "MISSING_BRACE_IN_VARIABLE",
            f"the closing brace of the variable `{match[0]}` is missing",
            *span,
            replacement,
        )
    if not name.strip() and default is None:
        message = "the variable `${}` does not name a condition key"
        return _VariableProblem("EMPTY_VARIABLE", message, *span)
    if ":" not in name:
        return None  # not a policy variable: a placeholder, or an escape such as `${*}`
    if " " in name:
        replacement = f"${{{name.replace(' ', '')}{default or ''}}}"
        return _VariableProblem(
            "UNSUPPORTED_SPACE_IN_VARIABLE", f"the variable `{match[0]}` has a space in its name", *span, replacement
        )
    if default is not None and not re.fullmatch(r",\s*'[^']*'\s*", default):
        plain = default[1:].strip().strip("'\"")
        replacement = f"${{{name}, '{plain}'}}" if "'" not in plain else None
        message = f"the default value of the variable `{match[0]}` is not in single quotes"
        return _VariableProblem("MISSING_QUOTE_IN_VARIABLE", message, *span, replacement)
    return None


def _statement(resource: str) -> str:
    return f'{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/{resource}"}}'


GOOD = (
    RuleExample(_statement("${aws:username}/*")),
    RuleExample(_statement("${aws:PrincipalTag/team, 'no {team}'}/${*}/${$}{x}")),
    RuleExample(_statement("${Prefix}/*")),
)
BAD = (
    RuleExample(
        _statement("${aws:username"), codes=("MISSING_BRACE_IN_VARIABLE",), fixed=_statement("${aws:username}")
    ),
    RuleExample(_statement("${aws:username/*"), codes=("MISSING_BRACE_IN_VARIABLE",)),
    RuleExample(
        _statement("${aws:PrincipalTag/team, none}/*"),
        codes=("MISSING_QUOTE_IN_VARIABLE",),
        fixed=_statement("${aws:PrincipalTag/team, 'none'}/*"),
    ),
    RuleExample(
        _statement("${aws: username}/*"),
        codes=("UNSUPPORTED_SPACE_IN_VARIABLE",),
        fixed=_statement("${aws:username}/*"),
    ),
    RuleExample(_statement("${}/*"), codes=("EMPTY_VARIABLE",)),
)
