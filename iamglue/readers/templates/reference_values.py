"""The values of references to a template's resources: names, URLs and ARNs, from the properties with the names.

Return values: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.return_values import ReturnValues, find_return_values
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.patterns.variables import deployment_parameter_names, substitute_parameters
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.conditional_values import may_be_missing
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.template_references import TemplateReferences

_SET_OPTION_NAMES = (
    ("AWS::Region", ("AWS::Region", "Region")),
    ("AWS::AccountId", ("AWS::AccountId", "Account", "AccountId")),
    ("AWS::Partition", ("AWS::Partition", "Partition")),
)
_SAM_ROLE_OWNERS = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_ROLE, _RULE = "AWS::IAM::Role", "AWS::Events::Rule"
# Names that may contain `/`: a parameter that is a part of them may contain it as well.
_NAMES_WITH_SLASHES = (
    "AWS::ECR::Repository",
    "AWS::KMS::Alias",
    "AWS::Logs::LogGroup",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
)
_MAX_NAME_LENGTH = 512
# A name can refer to a name, and so on; the limits end cycles.
_MAX_SUBSTITUTION_ROUNDS, _MAX_VALUE_LENGTH = 4, 2048


def set_option_values(settings: ParameterValues) -> dict[str, str]:
    """The values of the `--set` options: parameters, account, Region and partition."""
    values = dict(settings.values)
    for name, option_names in _SET_OPTION_NAMES:
        value = settings.value(*option_names)
        if value is not None:
            values[name] = value
    return values


def template_references(root: Node) -> TemplateReferences:
    """The values of the references to the resources of a template."""
    references, resolver = TemplateReferences(), IntrinsicResolver(root)
    resources = root.get("Resources")
    for key, resource in resources.pairs if resources is not None else ():
        kind = resource.get("Type")
        properties = resource.get("Properties") or resource
        if kind is None:
            continue
        returned = find_return_values(kind.text)
        if returned is not None:
            _add_resource(key.text, kind.text, returned, properties, resolver, references)
        if kind.text in _SAM_ROLE_OWNERS and may_be_missing(properties.get("Role")):
            role = find_return_values(_ROLE)
            if role is not None:
                path = {"{path}": resolver.resolve_text(properties.get("RolePath")) or "/"}
                references.values[f"{key.text}Role.Arn"] = _arn(role, path, f"${{{key.text}Role}}")
                references.names[f"{key.text}Role"] = _ROLE
    references.values = dict(_expand(references.values))
    return references


def _add_resource(
    logical_id: str,
    kind: str,
    returned: ReturnValues,
    properties: Node,
    resolver: IntrinsicResolver,
    references: TemplateReferences,
) -> None:
    """Add the values of the references to one resource."""
    name = _known_name(properties.get(returned.name_property), resolver)
    name_reference = f"{logical_id}.{returned.name_attribute}" if returned.name_attribute else logical_id
    for parameter in deployment_parameter_names(name) if kind not in _NAMES_WITH_SLASHES else ():
        references.names.setdefault(parameter, "")
    if name_reference != logical_id or not returned.ref_is_arn:
        references.names[name_reference] = kind
        if name:
            references.values[name_reference] = name
    if not returned.ref_is_arn:
        references.names[logical_id] = kind
    if returned.ref == "url":
        url = "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/"
        references.values[logical_id] = url + (name or f"${{{name_reference}}}")
    if not returned.arn:
        return
    # If AWS generates the name, the reference itself is the name.
    # The ID beside a name is what `Ref` returns, unless that is the ARN.
    generated = f"${{{logical_id}.Id}}" if returned.ref_is_arn else f"${{{logical_id}}}"
    path = {"{path}": resolver.resolve_text(properties.get("Path")) or "/", "{id}": generated}
    # The reference to a resource whose `Ref` is the ARN is not its name.
    is_arn = returned.ref_is_arn and not returned.name_attribute
    arn_name = name or (f"${{{logical_id}.Name}}" if is_arn and returned.name_property else f"${{{name_reference}}}")
    if kind == _RULE:
        arn_name = _rule_name(properties, resolver, arn_name)
    arn = _arn(returned, path, arn_name)
    for attribute in returned.attributes:
        references.values[f"{logical_id}.{attribute}"] = arn
    if returned.ref_is_arn:
        references.values[logical_id] = arn
    if ":dynamodb:" in returned.arn:
        references.values[f"{logical_id}.StreamArn"] = f"{arn}/stream/${{{logical_id}.StreamLabel}}"


def _known_name(node: Node | None, resolver: IntrinsicResolver) -> str:
    """The name that a property gives; empty if AWS generates it, or if it depends on a condition."""
    intrinsic = parse_intrinsic(node) if node is not None else None
    name = "" if intrinsic is not None and intrinsic[0] == "Fn::If" else resolver.resolve_text(node)
    return name if len(name) <= _MAX_NAME_LENGTH else ""


def _arn(returned: ReturnValues, parts: dict[str, str], name: str) -> str:
    """The ARN of a resource; `parts` are the texts for its path and its generated ID."""
    arn = returned.arn
    for part, text in parts.items():
        arn = arn.replace(part, text)
    return arn.replace("{}", name)


def _rule_name(rule: Node, resolver: IntrinsicResolver, name: str) -> str:
    """The name of an EventBridge rule as its ARN has it: after the name of its bus, unless that is `default`."""
    bus = resolver.resolve_text(rule.get("EventBusName")).rpartition("/")[2]
    return name if bus in ("", "default") else f"{bus}/{name}"


def _expand(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The values with references to each other filled in; without those that would be too long."""
    for reference, value in values.items():
        text, previous = value, ""
        for _ in range(_MAX_SUBSTITUTION_ROUNDS):
            if text == previous or len(text) > _MAX_VALUE_LENGTH:
                break
            text, previous = substitute_parameters(text, values), text
        if len(text) <= _MAX_VALUE_LENGTH:
            yield reference, text
