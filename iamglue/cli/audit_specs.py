"""What specs say for an audit: their functions, and the resources that those name."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.cli import parameters
from iamglue.generate import generate
from iamglue.model.spec import SpecFunction
from iamglue.readers.spec.reader import read_spec


def read_declared_functions(
    paths: Sequence[str], settings: Sequence[str], *, templates: bool
) -> tuple[SpecFunction, ...]:
    """The functions of specs, their parameters given values. Raises IamglueError for whatever is wrong in them.

    With templates, settings may be for those.
    """
    functions = tuple(function for path in paths for function in read_spec(path).functions)
    names = {name for function in functions for name in generate.parameter_names(function)}
    own = [each for each in settings if not templates or each.partition("=")[0] in names]
    values = parameters.parse_parameter_values(own, names)
    return tuple(parameters.apply_parameters(function, values) for function in functions)


def spec_resource_arns(functions: Sequence[SpecFunction], region: str | None) -> tuple[str, ...]:
    """The ARNs of what specs name, whose own policies have a say: buckets, keys, queues and the like."""
    found: dict[str, None] = {}
    for function in functions:
        choice = generate.DeploymentTarget(
            region or function.region, function.account, function.partition, use_pseudo_parameters=True
        )
        for named in generate.generate(function, choice).policies:
            for statement in named.policy.statements:
                found.update(
                    dict.fromkeys(filter(None, map(_owner, statement.resources.values if statement.resources else ())))
                )
    return tuple(found)


def _owner(resource: str) -> str | None:
    """The ARN of the resource that has a policy: of an object its bucket; None where it is not known as a whole."""
    arn = resource.partition("/")[0] if resource.startswith("arn:") and ":s3:::" in resource else resource
    return arn if arn.startswith("arn:") and not any(sign in arn for sign in "*?$") else None
