"""Deployment parameters of a document, with the check that no value of one can widen a policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iamglue.model.permission_set import DeploymentParameter, PermissionSet

# Any text, not empty, without `*` and `?` (wildcards) and without a `$` that could begin a policy variable, be it
# with the `{` of the text that follows. Valid for CloudFormation (Java) and for Terraform (RE2), and free of the
# characters `${` that a document would expand.
_VALUE = r"([^*?$]|[$]+[^{*?$])+"
ANY_TEXT_PATTERN = f"^{_VALUE}$"
WHOLE_ARN_PATTERN = f"^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:[a-z0-9-]*:{_VALUE}$"


@dataclass(frozen=True, slots=True)
class ParameterConstraint:
    """A parameter as a document declares it: `pattern` is what its value must match, `expected` says so in words."""

    name: str
    pattern: str
    expected: str


def parameter_constraints(bundles: Sequence[PermissionSet]) -> list[ParameterConstraint]:
    """The parameters of all bundles, each once, by name. One that is a whole ARN anywhere must be an ARN."""
    arns = {parameter.name for parameter in _parameters(bundles) if parameter.is_arn}
    return [_checked(name, name in arns) for name in sorted({parameter.name for parameter in _parameters(bundles)})]


def _parameters(bundles: Sequence[PermissionSet]) -> Iterable[DeploymentParameter]:
    return (parameter for bundle in bundles for parameter in bundle.parameters)


def _checked(name: str, is_arn: bool) -> ParameterConstraint:
    if is_arn:
        return ParameterConstraint(name, WHOLE_ARN_PATTERN, "must be an ARN without wildcards or policy variables")
    return ParameterConstraint(
        name, ANY_TEXT_PATTERN, "must not be empty and must not hold wildcards or policy variables"
    )
