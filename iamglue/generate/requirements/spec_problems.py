"""Finds errors of meaning in a spec that is valid in form."""

from __future__ import annotations

from iamglue.errors import DeploymentValueError, IamglueError, MultipleErrors
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import Spec
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER


def find_spec_problems(spec: Spec) -> list[IamglueError]:
    """The errors of the spec's functions that are independent of the Region and account of deployment."""
    problems: list[IamglueError] = []
    for function in spec.functions:
        scope = DeploymentScope(
            PARTITION_PARAMETER, function.region or REGION_PARAMETER, function.account or ACCOUNT_PARAMETER
        )
        try:
            function_requirements(function, scope)
        except MultipleErrors as errors:
            problems += (error for error in errors.problems if not isinstance(error, DeploymentValueError))
    return list(dict.fromkeys(problems))
