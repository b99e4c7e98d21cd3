"""Values for the deployment parameters `${NAME}` of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.generate.deployment_target import check_account, check_region
from iamglue.generate.input_names import PLAIN_NAMES, InputNames
from iamglue.generate.requirements.parameters import entries_and_triggers, substitute_function_parameters
from iamglue.generate.requirements.schedule_names import check_schedule_expression, with_schedule_names
from iamglue.model.spec import AccessEntry, SpecFunction
from iamglue.policy.parameter_values import check_parameter_value
from iamglue.policy.patterns.variables import deployment_parameter_names as names_in
from iamglue.spelling import did_you_mean

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (FunctionName)
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_parameter_values(
    values: Mapping[str, str], declared: Iterable[str], names: InputNames = PLAIN_NAMES
) -> Mapping[str, str]:
    """Return `values`, the parameter values by name; `declared` are the parameters of the spec.

    Raises IamglueError for an unknown name, and for a value that is empty or could widen or break a policy.
    """
    known = sorted(set(declared))
    for name, value in values.items():
        if name not in known:
            problem = f"{names.parameter.format(name)}: {_unknown_name_text(known)}"
            raise IamglueError(problem, hint=did_you_mean(name, known))
        check_parameter_value(names.parameter.format(name), value)
    return values


def apply_parameters(function: SpecFunction, values: Mapping[str, str]) -> SpecFunction:
    """The function with parameters replaced by their values.

    Raises IamglueError if a value is not valid where it is used: in the function's name, or as an account or Region.
    """
    substituted = substitute_function_parameters(function, values)
    if not names_in(substituted.name) and not _FUNCTION.fullmatch(substituted.name):
        raise IamglueError(
            f"with the values of its parameters, the function's name is {substituted.name!r}: expected 1 to 64 "
            "letters, digits, - and _",
            location=function.location,
        )
    for item in entries_and_triggers(substituted):
        check_account(item.account, item.location)
        for region in item.regions if isinstance(item, AccessEntry) else (item.region,):
            check_region(region, item.location)
    for trigger in substituted.triggers:
        check_schedule_expression(trigger)
    return replace(substituted, triggers=with_schedule_names(substituted.name, substituted.triggers))


def _unknown_name_text(known: list[str]) -> str:
    """What is wrong with the name of a parameter that is not among the known ones."""
    if not known:
        return "the spec has no parameters"
    return f"the spec does not have this parameter, expected one of {', '.join(known)}"
