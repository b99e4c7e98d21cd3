"""Deployment parameters of a document, with patterns for values that cannot widen a policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iamglue.model.permission_set import DeploymentParameter, PermissionSet

# Non-empty text without the wildcards `*` and `?` and without a `$` that could begin a policy variable, also together
# with a `{` after the parameter. The pattern is valid for CloudFormation (Java) and Terraform (RE2), and it does not
# contain `${`, which a document would expand.
_VALUE = r"([^*?$]|[$]+[^{*?$])+"
ANY_TEXT_PATTERN = f"^{_VALUE}$"
WHOLE_ARN_PATTERN = f"^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:[a-z0-9-]*:{_VALUE}$"


@dataclass(frozen=True, slots=True)
class ParameterConstraint:
    """A parameter declaration: `pattern` is the regular expression for its value, `expected` describes it in words."""

    name: str
    pattern: str
    expected: str


def parameter_constraints(permission_sets: Sequence[PermissionSet]) -> list[ParameterConstraint]:
    """Distinct parameters of all permission sets, sorted by name. One that is a whole ARN somewhere must be an ARN."""
    arns = {parameter.name for parameter in _parameters(permission_sets) if parameter.is_arn}
    return [
        _constraint(name, name in arns)
        for name in sorted({parameter.name for parameter in _parameters(permission_sets)})
    ]


def _parameters(permission_sets: Sequence[PermissionSet]) -> Iterable[DeploymentParameter]:
    return (parameter for permission_set in permission_sets for parameter in permission_set.parameters)


def _constraint(name: str, is_arn: bool) -> ParameterConstraint:
    """The constraint of a parameter, whose value must be a whole ARN or any text."""
    if is_arn:
        return ParameterConstraint(name, WHOLE_ARN_PATTERN, "must be an ARN without wildcards or policy variables")
    return ParameterConstraint(
        name, ANY_TEXT_PATTERN, "must not be empty and must not contain wildcards or policy variables"
    )
