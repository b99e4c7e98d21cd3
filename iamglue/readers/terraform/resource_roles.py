"""The roles of resources that a template declares and with which anyone acts who runs commands in them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codebuild_project
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudformation_stack
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sagemaker_notebook_instance
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamglue.policy.arns import parse_arn
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.terraform.blocks import attribute_value
from iamglue.readers.terraform.reference_values import attribute_parameter
from iamglue.readers.terraform.resources import TerraformResource
from iamglue.readers.terraform.terraform_roles import TerraformRoles

_INSTANCE, _PROFILE = "aws_instance", "aws_iam_instance_profile"
_ROLE_ARGUMENTS = {
    "aws_cloudformation_stack": "iam_role_arn",
    "aws_codebuild_project": "service_role",
    "aws_sagemaker_notebook_instance": "role_arn",
    _INSTANCE: "iam_instance_profile",
}


def add_resource_roles(resources: Iterable[TerraformResource], draft: AccountDraft, roles: TerraformRoles) -> None:
    """Add the ARNs of resources with those of their roles, empty if they have none; none whose role is not known."""
    profiles = _profiles(resources, draft)
    for resource in resources:
        argument = _ROLE_ARGUMENTS.get(resource.kind)
        arn = draft.reference_values.get(attribute_parameter(resource.address, "arn"))
        arn = arn or draft.reference_values.get(attribute_parameter(resource.address, "id"))
        role = _role_arn(resource, argument, profiles, draft, roles) if argument and arn else None
        if arn and role is not None:
            draft.resource_roles.append((draft.fill_references(arn), role))


def _role_arn(
    resource: TerraformResource,
    argument: str,
    profiles: Mapping[str, str],
    draft: AccountDraft,
    roles: TerraformRoles,
) -> str | None:
    """The ARN of a resource's role, empty if it has none; None if it is not known, or depends on a condition."""
    texts = resource.possible_texts(argument)
    if len(texts) != 1:
        return None
    text = texts[0]
    if not text:
        # A launch template may have a profile.
        has_other = resource.kind == _INSTANCE and next(resource.blocks("launch_template"), None) is not None
        return "" if attribute_value(resource.block, argument) is None and not has_other else None
    if resource.kind == _INSTANCE:
        text = profiles.get(draft.fill_references(text), "")
    key = roles.find(text)
    if key is not None:
        return draft.roles[key].arn
    arn = parse_arn(draft.fill_references(text))
    return str(arn) if arn is not None and arn.service == "iam" and "${" not in arn.resource else None


def _profiles(resources: Iterable[TerraformResource], draft: AccountDraft) -> dict[str, str]:
    """The texts of the roles of instance profiles, by the texts that name the profiles."""
    texts: dict[str, str] = {}
    for resource in resources:
        if resource.kind == _PROFILE:
            references = (f"${{{attribute_parameter(resource.address, name)}}}" for name in ("name", "id"))
            for text in (resource.text("name"), *references):
                if text:
                    texts[draft.fill_references(text)] = resource.text("role")
    return texts
