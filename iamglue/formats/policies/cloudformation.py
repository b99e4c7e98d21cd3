"""Permission sets as a CloudFormation template: roles, policies and invoke permissions."""

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
    """A permission set and its logical ID in the template."""

    id: SafeText
    permission_set: PermissionSet


def render(permission_sets: Sequence[PermissionSet]) -> str:
    """Template for all permission sets. Raises IamglueError for a string that CloudFormation cannot represent."""
    parameters = parameter_constraints(permission_sets)
    return render_template(
        "cloudformation.yaml.j2",
        FILTERS | {"function_name": lambda part: yaml_value(part.permission_set.function)},
        functions=template_permission_sets(permission_sets, parameters),
        parameters=parameters,
        permissions=any(permission_set.invoke_permissions for permission_set in permission_sets),
    )


def template_permission_sets(
    permission_sets: Sequence[PermissionSet], parameters: Sequence[ParameterConstraint]
) -> list[TemplatePermissionSet]:
    """Each permission set with a logical ID that does not collide with a parameter name."""
    ids = logical_ids(
        (permission_set.function for permission_set in permission_sets), {parameter.name for parameter in parameters}
    )
    return [TemplatePermissionSet(*pair) for pair in zip(ids, permission_sets, strict=True)]


def permission_properties(permission: InvokePermission) -> dict[str, Any]:
    """Properties of an AWS::Lambda::Permission, without FunctionName.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
    """
    properties = {
        "Action": permission.action,
        "Principal": permission.principal,
        "SourceArn": permission.source_arn,
        "SourceAccount": permission.source_account,
        "EventSourceToken": permission.event_source_token,
        "FunctionUrlAuthType": permission.function_url_auth_type,
        "InvokedViaFunctionUrl": permission.invoked_via_function_url,
    }
    return {name: value for name, value in properties.items() if value is not None}


def yaml_value(text: Any) -> SafeText:
    """A string, number or Boolean as a YAML value for the same line as its key."""
    return flow_yaml(cloudformation_value(text) if isinstance(text, str) else text)


def flow_yaml(data: Any) -> SafeText:
    """Plain data as YAML flow style on one line."""
    if isinstance(data, Mapping):
        return SafeText("{" + ", ".join(f"{yaml_scalar(key)}: {flow_yaml(item)}" for key, item in data.items()) + "}")
    return SafeText(
        "[" + ", ".join(flow_yaml(item) for item in data) + "]" if isinstance(data, list) else yaml_scalar(data)
    )


def policy_yaml(policy: Policy, indent: int) -> SafeText:
    """A policy document as YAML lines below a key, indented by `indent` spaces."""
    return block_yaml(map_document(policy, cloudformation_value), indent)


def block_yaml(data: Any, indent: int) -> SafeText:
    """Plain data as YAML lines below a key, indented by `indent` spaces."""
    return SafeText("".join(f"\n{' ' * indent}{line}" for line in yaml_lines(data)))


def permission_property_lines(permission: InvokePermission, write: Callable[[Any], str], indent: int) -> SafeText:
    """Properties of a permission as YAML lines below a key, each value written by `write`."""
    lines: Iterator[str] = (f"{name}: {write(item)}" for name, item in permission_properties(permission).items())
    return SafeText("".join(f"\n{' ' * indent}{line}" for line in lines))


def _role_description_yaml(text: str) -> SafeText:
    """A role's description, changed so that CloudFormation finds no substitution and no dynamic reference in it."""
    return SafeText(yaml_scalar(role_description(text).replace("${", "$ {").replace("{{", "{ {")))


FILTERS: dict[str, Callable[..., SafeText]] = {
    "comment": comment,
    "description": _role_description_yaml,
    "function_arn": lambda part: yaml_value(part.permission_set.function_arn),
    "number": lambda number: SafeText(str(int(number))),
    "peer": counterpart_comment,
    "policy": policy_yaml,
    "properties": lambda permission, indent: permission_property_lines(permission, yaml_value, indent),
    "value": yaml_value,
    "written": lambda text: SafeText(yaml_scalar(text)),
}
