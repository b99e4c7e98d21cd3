"""Bundles as a CloudFormation template: roles, policies and invoke permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.formats.policies.document_mapping import map_document
from iamglue.formats.policies.names import logical_ids
from iamglue.formats.policies.parameters import ParameterConstraint, parameter_constraints
from iamglue.formats.policies.substitution import cloudformation_value
from iamglue.formats.policies.yaml_writer import yaml_lines, yaml_scalar
from iamglue.formats.templates import render_template
from iamglue.formats.words.safe_text import SafeText, comment, counterpart_comment, role_description
from iamglue.model.permission_set import InvokePermission, PermissionSet
from iamglue.policy.model import Policy


@dataclass(frozen=True, slots=True)
class TemplatePermissionSet:
    """A bundle and its logical id in the template."""

    id: SafeText
    permission_set: PermissionSet


def render(bundles: Sequence[PermissionSet]) -> str:
    """The template for all of `bundles`. Raises IamglueError for a string that CloudFormation cannot hold."""
    parameters = parameter_constraints(bundles)
    return render_template(
        "cloudformation.yaml.j2",
        FILTERS | {"function_name": lambda part: yaml_value(part.permission_set.function)},
        functions=template_permission_sets(bundles, parameters),
        parameters=parameters,
        permissions=any(bundle.invoke_permissions for bundle in bundles),
    )


def template_permission_sets(
    bundles: Sequence[PermissionSet], parameters: Sequence[ParameterConstraint]
) -> list[TemplatePermissionSet]:
    """Each bundle with a logical id that is no parameter's."""
    ids = logical_ids((bundle.function for bundle in bundles), {parameter.name for parameter in parameters})
    return [TemplatePermissionSet(*pair) for pair in zip(ids, bundles, strict=True)]


def permission_properties(permission: InvokePermission) -> dict[str, Any]:
    """The properties of an AWS::Lambda::Permission, all but the function's name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
    """
    wanted = {
        "Action": permission.action,
        "Principal": permission.principal,
        "SourceArn": permission.source_arn,
        "SourceAccount": permission.source_account,
        "EventSourceToken": permission.event_source_token,
        "FunctionUrlAuthType": permission.function_url_auth_type,
        "InvokedViaFunctionUrl": permission.invoked_via_function_url,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def yaml_value(text: Any) -> SafeText:
    """A string, number or Boolean as a value that stands behind a key on one line."""
    return flow_yaml(cloudformation_value(text) if isinstance(text, str) else text)


def flow_yaml(data: Any) -> SafeText:
    """Plain data on one line."""
    if isinstance(data, Mapping):
        return SafeText("{" + ", ".join(f"{yaml_scalar(key)}: {flow_yaml(item)}" for key, item in data.items()) + "}")
    return SafeText(
        "[" + ", ".join(flow_yaml(item) for item in data) + "]" if isinstance(data, list) else yaml_scalar(data)
    )


def policy_yaml(policy: Policy, indent: int) -> SafeText:
    """A policy document as the lines under a key, `indent` spaces in."""
    return block_yaml(map_document(policy, cloudformation_value), indent)


def block_yaml(data: Any, indent: int) -> SafeText:
    """Plain data as the lines under a key, `indent` spaces in."""
    return SafeText("".join(f"\n{' ' * indent}{line}" for line in yaml_lines(data)))


def permission_property_lines(permission: InvokePermission, write: Callable[[Any], str], indent: int) -> SafeText:
    """The properties of a permission as lines under a key."""
    lines: Iterator[str] = (f"{name}: {write(item)}" for name, item in permission_properties(permission).items())
    return SafeText("".join(f"\n{' ' * indent}{line}" for line in lines))


def _description(text: str) -> SafeText:
    """A role's description in which CloudFormation finds neither a substitution nor a dynamic reference."""
    return SafeText(yaml_scalar(role_description(text).replace("${", "$ {").replace("{{", "{ {")))


FILTERS: dict[str, Callable[..., SafeText]] = {
    "comment": comment,
    "description": _description,
    "number": lambda number: SafeText(str(int(number))),
    "peer": counterpart_comment,
    "policy": policy_yaml,
    "properties": lambda permission, indent: permission_property_lines(permission, yaml_value, indent),
    "value": yaml_value,
    "written": lambda text: SafeText(yaml_scalar(text)),
}
