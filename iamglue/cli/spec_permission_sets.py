"""Permission sets of the functions of a spec, for the deployment target and parameters of the command line."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.cli.deployment_target import TargetFlags, deployment_targets
from iamglue.cli.input_options import OPTION_NAMES, parse_parameter_values
from iamglue.errors import IamglueError
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.generate.parameter_values import apply_parameters
from iamglue.generate.requirements.parameters import parameter_names
from iamglue.model.permission_set import PermissionSet
from iamglue.model.spec import Spec, SpecFunction
from iamglue.readers.spec.reader import read_spec
from iamglue.spelling import did_you_mean


def spec_permission_sets(
    path: str, name: str | None, settings: Sequence[str], flags: TargetFlags, format: str = "json"
) -> tuple[PermissionSet, ...]:
    """The permission set of each function of the spec at `path`, or only of the function `name`.

    `settings` are parameter values as in `--set`. Raises IamglueError for an invalid spec or option, and if a value for
    `format` is missing.
    """
    functions = spec_functions(path, name, settings, flags, format)
    return tuple(generate(function, target, names=OPTION_NAMES) for function, target in functions)


def spec_functions(
    path: str, name: str | None, settings: Sequence[str], flags: TargetFlags, format: str = "json"
) -> tuple[tuple[SpecFunction, DeploymentTarget], ...]:
    """The functions of the spec with parameter values applied, each with its deployment target."""
    functions = _select_functions(read_spec(path), name)
    declared = {parameter for function in functions for parameter in parameter_names(function)}
    values = parse_parameter_values(settings, declared)
    functions = tuple(apply_parameters(function, values) for function in functions)
    return tuple(zip(functions, deployment_targets(flags, functions, format), strict=True))


def _select_functions(spec: Spec, name: str | None) -> tuple[SpecFunction, ...]:
    """All functions, or only the one named. Raises IamglueError for an unknown name."""
    if name is None:
        return spec.functions
    names = [function.name for function in spec.functions]
    if name not in names:
        raise IamglueError(
            f"{spec.path} has no function `{name}`: expected one of {', '.join(names)}", hint=did_you_mean(name, names)
        )
    return tuple(function for function in spec.functions if function.name == name)
