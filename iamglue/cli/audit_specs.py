"""Specs for an audit: the declared functions, and the resources that they name."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.cli.input_options import OPTION_NAMES, parse_parameter_values
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.generate.parameter_values import apply_parameters
from iamglue.generate.requirements.parameters import parameter_names
from iamglue.model.spec import SpecFunction
from iamglue.readers.spec.reader import read_spec


def read_declared_functions(
    paths: Sequence[str], settings: Sequence[str], *, templates: bool
) -> tuple[SpecFunction, ...]:
    """Functions of the specs with parameter values applied. Raises IamglueError for an invalid spec or setting.

    With templates, settings with names that are not in the specs are ignored: they are for the templates.
    """
    functions = tuple(function for path in paths for function in read_spec(path).functions)
    names = {name for function in functions for name in parameter_names(function)}
    spec_settings = [setting for setting in settings if not templates or setting.partition("=")[0] in names]
    values = parse_parameter_values(spec_settings, names)
    return tuple(apply_parameters(function, values) for function in functions)


def spec_resource_arns(functions: Sequence[SpecFunction], region: str | None) -> tuple[str, ...]:
    """ARNs of the resources in specs that may have resource-based policies: buckets, keys, queues and others."""
    arns: dict[str, None] = {}
    for function in functions:
        choice = DeploymentTarget(
            region or function.region, function.account, function.partition, use_pseudo_parameters=True
        )
        for named in generate(function, choice, names=OPTION_NAMES).policies:
            for statement in named.policy.statements:
                arns.update(
                    dict.fromkeys(
                        filter(None, map(_policy_owner, statement.resources.values if statement.resources else ()))
                    )
                )
    return tuple(arns)


def _policy_owner(resource: str) -> str | None:
    """ARN of the resource that may have a policy, such as an object's bucket; None if the ARN is incomplete."""
    arn = resource.partition("/")[0] if resource.startswith("arn:") and ":s3:::" in resource else resource
    return arn if arn.startswith("arn:") and not any(sign in arn for sign in "*?$") else None
