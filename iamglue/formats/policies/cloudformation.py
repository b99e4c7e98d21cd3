"""Bundles as a CloudFormation template: roles, policies and invoke permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.formats.policies.mapping import mapped_document
from iamglue.formats.policies.names import logical_ids
from iamglue.formats.policies.parameters import Checked, checked_parameters
from iamglue.formats.policies.substitution import substituted
from iamglue.formats.policies.yaml import scalar, yaml_lines
from iamglue.formats.templates import rendered
from iamglue.formats.words.safe_text import Written, comment, peer_comment, role_description
from iamglue.model.permission_set import Bundle, InvokePermission
from iamglue.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Part:
    """A bundle and its logical id in the template."""

    id: Written
    bundle: Bundle


def render(bundles: Sequence[Bundle]) -> str:
    """The template for all of `bundles`. Raises IamglueError for a string that CloudFormation cannot hold."""
    parameters = checked_parameters(bundles)
    return rendered(
        "cloudformation.yaml.j2",
        FILTERS | {"function_name": lambda part: value(part.bundle.function)},
        functions=parts(bundles, parameters),
        parameters=parameters,
        permissions=any(bundle.permissions for bundle in bundles),
    )


def parts(bundles: Sequence[Bundle], parameters: Sequence[Checked]) -> list[Part]:
    """Each bundle with a logical id that is no parameter's."""
    ids = logical_ids((bundle.function for bundle in bundles), {parameter.name for parameter in parameters})
    return [Part(*pair) for pair in zip(ids, bundles, strict=True)]


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


def value(text: Any) -> Written:
    """A string, number or Boolean as a value that stands behind a key on one line."""
    return flow(substituted(text) if isinstance(text, str) else text)


def flow(data: Any) -> Written:
    """Plain data on one line."""
    if isinstance(data, Mapping):
        return Written("{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in data.items()) + "}")
    return Written("[" + ", ".join(flow(item) for item in data) + "]" if isinstance(data, list) else scalar(data))


def policy_block(policy: Policy, indent: int) -> Written:
    """A policy document as the lines under a key, `indent` spaces in."""
    return block(mapped_document(policy, substituted), indent)


def block(data: Any, indent: int) -> Written:
    """Plain data as the lines under a key, `indent` spaces in."""
    return Written("".join(f"\n{' ' * indent}{line}" for line in yaml_lines(data)))


def property_lines(permission: InvokePermission, write: Callable[[Any], str], indent: int) -> Written:
    """The properties of a permission as lines under a key."""
    lines: Iterator[str] = (f"{name}: {write(item)}" for name, item in permission_properties(permission).items())
    return Written("".join(f"\n{' ' * indent}{line}" for line in lines))


def _description(text: str) -> Written:
    """A role's description in which CloudFormation finds neither a substitution nor a dynamic reference."""
    return Written(scalar(role_description(text).replace("${", "$ {").replace("{{", "{ {")))


FILTERS: dict[str, Callable[..., Written]] = {
    "comment": comment,
    "description": _description,
    "number": lambda number: Written(str(int(number))),
    "peer": peer_comment,
    "policy": policy_block,
    "properties": lambda permission, indent: property_lines(permission, value, indent),
    "value": value,
    "written": lambda text: Written(scalar(text)),
}
