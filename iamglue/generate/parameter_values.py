"""`--set NAME=VALUE`: values for the deployment parameters `${NAME}` of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.generate.generate import substitute_function_parameters
from iamglue.model.spec import SpecFunction
from iamglue.policy.patterns.variables import deployment_parameter_names as names_in

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (FunctionName)
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Text that would make the value a pattern, or a reference to another value.
_WIDENING = ("*", "?", "${")


def parse_parameter_values(settings: Iterable[str], declared: Iterable[str]) -> dict[str, str]:
    """Parameter values by name; `declared` are the parameters of the spec.

    Raises IamglueError for a malformed setting, an unknown name, a name that is set twice, and a value that is empty or
    could widen a policy.
    """
    known = sorted(set(declared))
    values: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise IamglueError(f"--set {setting!r}: expected NAME=VALUE with letters and digits in NAME")
        if name not in known:
            raise IamglueError(f"--set {name}: {_unknown_name_text(known)}", hint=did_you_mean(name, known))
        if name in values:
            raise IamglueError(f"--set {name}: the parameter is set twice, expected one value")
        values[name] = require_exact_value(name, value)
    return values


def apply_parameters(function: SpecFunction, values: Mapping[str, str]) -> SpecFunction:
    """The function with parameters replaced by their values.

    Raises IamglueError if its name is then not a valid Lambda function name.
    """
    substituted = substitute_function_parameters(function, values)
    if not names_in(substituted.name) and not _FUNCTION.fullmatch(substituted.name):
        raise IamglueError(
            f"--set changes the function's name to {substituted.name!r}, expected 1 to 64 letters, digits, - and _",
            location=function.location,
        )
    return substituted


def _unknown_name_text(known: list[str]) -> str:
    if not known:
        return "the spec has no parameters"
    return f"the spec does not have this parameter, expected one of {', '.join(known)}"


def require_exact_value(name: str, value: str) -> str:
    """Return `value`. Raises IamglueError if it is empty, not printable or could widen a policy."""
    if not value.strip() or not value.isprintable():
        raise IamglueError(f"--set {name}: the value is empty or not printable, expected a name, id or ARN")
    wildcard = next((text for text in _WIDENING if text in value), None)
    if wildcard:
        raise IamglueError(
            f"--set {name}: the value {value!r} contains `{wildcard}`, which would widen the policy",
            hint="write the pattern in the spec, where it can be reviewed",
        )
    return value
