"""What the functions of a spec need, with the options that say where they live and what their parameters are."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.catalog.spelling import did_you_mean
from iamglue.cli import parameters
from iamglue.cli.deployment_target import TargetFlags, deployment_targets
from iamglue.errors import IamglueError
from iamglue.generate import generate as verb
from iamglue.model.permission_set import PermissionSet
from iamglue.model.spec import Spec, SpecFunction
from iamglue.readers.spec.reader import read_spec


def spec_permission_sets(
    path: str, name: str | None, settings: Sequence[str], flags: TargetFlags, format: str = "json"
) -> tuple[PermissionSet, ...]:
    """The permission set of each function of the spec at `path`, or of the one that is named.

    `settings` are the values of parameters, as `--set` gives them. Raises IamglueError for whatever is wrong in the
    spec or the options, and for what is missing to generate `format`.
    """
    places = spec_functions(path, name, settings, flags, format)
    return tuple(verb.generate(function, choice) for function, choice in places)


def spec_functions(
    path: str, name: str | None, settings: Sequence[str], flags: TargetFlags, format: str = "json"
) -> tuple[tuple[SpecFunction, verb.DeploymentTarget], ...]:
    """The functions themselves, with their parameters' values, each with the place it lives in."""
    functions = _chosen(read_spec(path), name)
    declared = {each for function in functions for each in verb.parameter_names(function)}
    values = parameters.parse_parameter_values(settings, declared)
    functions = tuple(parameters.apply_parameters(function, values) for function in functions)
    return tuple(zip(functions, deployment_targets(flags, functions, format), strict=True))


def _chosen(spec: Spec, name: str | None) -> tuple[SpecFunction, ...]:
    if name is None:
        return spec.functions
    names = [function.name for function in spec.functions]
    if name not in names:
        raise IamglueError(
            f"{spec.path} has no function {name}, expected one of {', '.join(names)}", hint=did_you_mean(name, names)
        )
    return tuple(function for function in spec.functions if function.name == name)
