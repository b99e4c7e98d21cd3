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
# What would make the value a pattern, or a reference to yet another value.
_WIDENING = ("*", "?", "${")


def parse_parameter_values(settings: Iterable[str], declared: Iterable[str]) -> dict[str, str]:
    """The values by name, all of them for names in `declared`, the parameters that the spec has.

    Raises IamglueError for a setting of another form, an unknown name, a name set twice, and a value that is empty or
    could widen a policy.
    """
    known = sorted(set(declared))
    found: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise IamglueError(f"--set {setting!r}: expected NAME=VALUE, the name of letters and digits")
        if name not in known:
            raise IamglueError(f"--set {name}: {_unknown(known)}", hint=did_you_mean(name, known))
        if name in found:
            raise IamglueError(f"--set {name}: set twice, expected one value")
        found[name] = _checked(name, value)
    return found


def apply_parameters(function: SpecFunction, values: Mapping[str, str]) -> SpecFunction:
    """The function with the values in place of the parameters.

    Raises IamglueError when its name is then none that Lambda takes.
    """
    found = substitute_function_parameters(function, values)
    if not names_in(found.name) and not _FUNCTION.fullmatch(found.name):
        raise IamglueError(
            f"--set makes the function's name {found.name!r}, expected 1 to 64 letters, digits, - and _",
            location=function.location,
        )
    return found


def _unknown(known: list[str]) -> str:
    if not known:
        return "the spec has no parameters"
    return f"the spec has no parameter of this name, expected one of {', '.join(known)}"


def _checked(name: str, value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise IamglueError(f"--set {name}: the value is empty or not printable, expected a name, id or ARN")
    bad = next((text for text in _WIDENING if text in value), None)
    if bad:
        raise IamglueError(
            f"--set {name}: the value {value!r} holds `{bad}`, which would widen the policy",
            hint="write a pattern in the spec itself, where it can be reviewed",
        )
    return value
