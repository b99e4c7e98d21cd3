"""The roles of resources that a template declares and with which anyone acts who runs commands in them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-notebookinstance.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-glue-devendpoint.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apprunner-service-instanceconfiguration.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-instanceprofile.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iamglue.policy.arns import parse_arn
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.account_draft import AccountDraft, deployment_arn
from iamglue.readers.templates.conditional_values import conditional_branches, may_be_missing
from iamglue.readers.templates.template_documents import single_reference
from iamglue.readers.templates.template_properties import ResourceProperties, resource_of_reference

_PROFILE = "AWS::IAM::InstanceProfile"


@dataclass(frozen=True, slots=True)
class _RoleProperty:
    """The service and resource of the ARN, the property that names the resource, and the one with its role."""

    service: str
    resource: str
    name: str
    role: tuple[str, ...]
    is_profile: bool = False


_ROLE_PROPERTIES = {
    "AWS::AppRunner::Service": _RoleProperty(
        "apprunner", "service/{}/${{{id}.Id}}", "ServiceName", ("InstanceConfiguration", "InstanceRoleArn")
    ),
    "AWS::CodeBuild::Project": _RoleProperty("codebuild", "project/{}", "Name", ("ServiceRole",)),
    "AWS::EC2::Instance": _RoleProperty("ec2", "instance/{}", "", ("IamInstanceProfile",), is_profile=True),
    "AWS::Glue::DevEndpoint": _RoleProperty("glue", "devEndpoint/{}", "EndpointName", ("RoleArn",)),
    "AWS::SageMaker::NotebookInstance": _RoleProperty(
        "sagemaker", "notebook-instance/{}", "NotebookInstanceName", ("RoleArn",)
    ),
}
# Types whose `Ref` is the ARN: the reference to their name is another one.
_NAME_REFERENCES = {
    "AWS::AppRunner::Service": ".Name",
    "AWS::SageMaker::NotebookInstance": ".NotebookInstanceName",
}


def add_resource_roles(resources: Mapping[str, ResourceProperties], draft: AccountDraft) -> None:
    """Add the ARNs of resources with those of their roles, empty if they have none; none whose role is not known."""
    for properties in resources.values():
        row = _ROLE_PROPERTIES.get(properties.resource.type)
        role = _role_of(row, properties, resources, draft) if row is not None else None
        if row is not None and role is not None:
            draft.resource_roles.append((_arn_of(row, properties, draft), role))


def role_arn(text: str, draft: AccountDraft) -> str | None:
    """The ARN of the role that a text names; None if it is a parameter, or a name that is not in the template."""
    key = draft.role_key(text)
    if key is not None:
        return draft.roles[key].arn
    arn = parse_arn(text)
    return (
        text
        if arn is not None and arn.service == "iam" and not arn.resource.partition("/")[2].startswith("$")
        else None
    )


def _arn_of(row: _RoleProperty, properties: ResourceProperties, draft: AccountDraft) -> str:
    """The ARN of a resource as references to it are in policies."""
    reference = f"${{{properties.id}{_NAME_REFERENCES.get(properties.resource.type, '')}}}"
    name = (properties.text(row.name) if row.name else "") or reference
    return draft.fill_references(deployment_arn(row.service, row.resource.format(name, id=properties.id)))


def _role_of(
    row: _RoleProperty, properties: ResourceProperties, resources: Mapping[str, ResourceProperties], draft: AccountDraft
) -> str | None:
    """The ARN of a resource's role, empty if it has none; None if it is not known."""
    if not _is_certain(properties.resource.properties, row.role):
        return None
    text = properties.text(*row.role)
    if row.is_profile and not text and properties.has("LaunchTemplate"):
        return None  # the launch template may have a profile
    if not text or not row.is_profile:
        return role_arn(text, draft) if text else ""
    profile = resource_of_reference(text, resources) if single_reference(text) else _profile_named(text, resources)
    if profile is None or profile.resource.type != _PROFILE or not _is_certain(profile.resource.properties, ("Roles",)):
        return None
    roles = profile.texts("Roles")
    return role_arn(roles[0], draft) if len(roles) == 1 else None


def _profile_named(name: str, resources: Mapping[str, ResourceProperties]) -> ResourceProperties | None:
    """The instance profile of the template with this name."""
    profiles = (item for item in resources.values() if item.resource.type == _PROFILE)
    return next((profile for profile in profiles if profile.text("InstanceProfileName") == name), None)


def _is_certain(node: Node | None, path: tuple[str, ...]) -> bool:
    """Whether the value at a path does not depend on a condition."""
    for name in path:
        node = node.get(name) if node is not None else None
        if node is None:
            return True
        branches = list(conditional_branches(node))
        if len(branches) != 1 or may_be_missing(node):
            return not branches
        node = branches[0]
    return True
