"""The values of references to resources and data sources: `aws_s3_bucket.b.arn`, from the arguments that name them.

An attribute that is also an argument has the argument's value. A resource that is not declared in the configuration is
still of the type that the reference says, so its ARN has the form of that type.
"""

from __future__ import annotations

import re

from iamglue.catalog.managed_policies import find_managed_policy
from iamglue.policy.patterns.variables import PARTITION_PARAMETER, REGION_PARAMETER, parameter_of
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.reference_values import ARN_WITH_SUFFIX, NAMING_BY_TYPE, TerraformNaming
from iamglue.readers.terraform.scope import ScopeResource, TerraformScope
from iamglue.readers.terraform.string_templates import is_pseudo_parameter, unresolved_parameter
from iamglue.readers.terraform.values import GENERATED_SOURCE, INVALID, is_resolved_text

_ADDRESS = re.compile(
    r"(?P<block>(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*)(?P<key>(?:\[[^\]]*\])?)(?:\.(?P<attribute>[A-Za-z_][\w-]*))?"
)
# The index of a resource whose instances are not known: the instance of the block that refers to it, or the only one.
_OWN_KEY = re.compile(r"(?:\[(?:0|(?:.*\.)?(?:each\.key|each\.value|count\.index))\])?")
_MAX_REFERENCE_LEVELS = 30


def instance_address(scope: TerraformScope, address: str) -> str:
    """The address of an instance: without an index that only says that its resource has instances."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return address
    resource = scope.resources.get(match["block"])
    keys = None if resource is None else resource.instance_keys
    is_own = _OWN_KEY.fullmatch(match["key"]) is not None
    key = "" if is_own and (keys is None or match["key"] not in keys) else match["key"]
    return f"{match['block']}{key}" + (f".{match['attribute']}" if match["attribute"] else "")


def resolve_resource(scope: TerraformScope, address: str) -> Node | None:
    """The value of an attribute of a resource in a scope; None if it is not known, or for other addresses."""
    match = _ADDRESS.fullmatch(address)
    if match is None or match["attribute"] is None or scope.state.depth > _MAX_REFERENCE_LEVELS:
        return None
    block, key, attribute = match["block"], match["key"], match["attribute"]
    resource = scope.resources.get(block)
    if is_pseudo_parameter(f"{block}.{attribute}"):
        is_other = scope.has_other_provider or (resource is not None and resource.has_argument("provider"))
        reference = f"{block}.{attribute}"
        parameter = parameter_of(f"{scope.prefix}{reference}") if is_other else unresolved_parameter(reference)
        return _text(parameter, unresolved=True)
    if resource is None and block.startswith(("data.", "aws_")):
        scope.state.missing_names.add(f"{scope.prefix}{block}")
    keys = None if resource is None else resource.instance_keys
    if keys is not None and key not in keys:
        return Node(NodeKind.UNKNOWN, GENERATED_SOURCE, 0, 0, f"{scope.prefix}{address}", tag=INVALID)
    return _attribute_value(scope, resource, match)


def _attribute_value(scope: TerraformScope, resource: ScopeResource | None, match: re.Match[str]) -> Node:
    """The value of an attribute that a resource has; a reference if it is not known."""
    block, key, attribute = match["block"], match["key"], match["attribute"]
    own = scope.prefix + instance_address(scope, f"{block}{key}")
    kind = block.removeprefix("data.").partition(".")[0]
    naming = NAMING_BY_TYPE.get(kind)
    if block.startswith("data.") and resource is not None:
        value = _data_source_argument(resource, kind, attribute, key)
        if value is not None:
            return value
    if naming is not None and (attribute in (*naming.names, *naming.arns) or (kind, attribute) in ARN_WITH_SUFFIX):
        return _named_text(scope, own, (kind, attribute), naming, resource, key)
    value = None if resource is None else resource.attribute(attribute, key)
    if value is not None and value.kind is not NodeKind.UNKNOWN:
        return value
    return Node(NodeKind.UNKNOWN, GENERATED_SOURCE, 0, 0, f"{own}.{attribute}")


def _data_source_argument(resource: ScopeResource, kind: str, attribute: str, key: str) -> Node | None:
    """The ARN of an AWS managed policy that a data source finds by its name, or an argument; None for other values."""
    if resource.has_argument(attribute):
        value = resource.attribute(attribute, key)
        return value if value is not None and value.kind is NodeKind.SCALAR else None
    name = resource.attribute("name", key) if (kind, attribute) == ("aws_iam_policy", "arn") else None
    policy = find_managed_policy(name.text) if name is not None and is_resolved_text(name) else None
    return None if policy is None else _text(policy.arn, unresolved=False)


def _named_text(
    scope: TerraformScope,
    address: str,
    kind_and_attribute: tuple[str, str],
    naming: TerraformNaming,
    resource: ScopeResource | None,
    key: str,
) -> Node:
    """The name or ARN of a resource; the unknown parts are parameters."""
    kind, attribute = kind_and_attribute
    name = _resource_name(address, naming, resource, key)
    if attribute in naming.names:
        return _text(name, unresolved="${" in name)
    region = REGION_PARAMETER
    has_own_region = resource is not None and (resource.has_argument("provider") or resource.has_argument("region"))
    if has_own_region or scope.has_other_provider:
        region = unresolved_parameter(f"{address}.region")
    path = ""
    if naming.path:
        value = None if resource is None else resource.attribute("path", key)
        path = "/" if value is None else value.text if value.kind is NodeKind.SCALAR else f"${{{address}.path}}"
    arn = f"arn:{PARTITION_PARAMETER}:{naming.arn_of(name, path).replace(REGION_PARAMETER, region)}"
    separator, suffix = ARN_WITH_SUFFIX.get((kind, attribute), ("", ""))
    return _text(f"{arn}{separator}{unresolved_parameter(f'{address}.{suffix}') if suffix else ''}", unresolved=True)


def _resource_name(address: str, naming: TerraformNaming, resource: ScopeResource | None, key: str) -> str:
    """The name of a resource; what is not known of it is a parameter, after its `name_prefix` if it has one."""
    unknown = unresolved_parameter(f"{address}.{naming.names[0]}")
    if resource is None or not naming.argument:
        return unknown
    value = resource.attribute(naming.argument, key)
    if value is not None:
        return value.text if value.kind is NodeKind.SCALAR and value.text else unknown
    prefix = resource.attribute(f"{naming.argument}_prefix", key)
    if prefix is None or not is_resolved_text(prefix):
        return unknown
    return prefix.text + unresolved_parameter(f"{address}.{naming.names[0]}_suffix")


def _text(text: str, *, unresolved: bool) -> Node:
    return Node(NodeKind.SCALAR, GENERATED_SOURCE, 0, 0, text, unresolved=unresolved)
