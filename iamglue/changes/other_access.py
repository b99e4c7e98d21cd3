"""What a template has that gives access, and that is not compared by the algebra: who is in a group, what a macro adds.

Each has a name and a text; where the text differs between two versions, the answer for the file is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from iamglue.changes.access_calls import find_access_call, find_named_access
from iamglue.changes.node_texts import block_text, node_text
from iamglue.changes.policy_settings import settings_of_block, settings_of_properties
from iamglue.changes.used_roles import roles_of_block, roles_of_properties
from iamglue.changes.value_files import has_parameter_values
from iamglue.model.access_change import NotCompared
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_documents import has_statements
from iamglue.readers.templates.cloudformation import is_template
from iamglue.readers.templates.serverless_format import is_serverless
from iamglue.readers.terraform.blocks import TerraformBlock
from iamglue.readers.terraform.module import TerraformModule, parse_files, root_module
from iamglue.readers.terraform.module_files import read_directory
from iamglue.readers.terraform.plan_format import is_plan
from iamglue.readers.terraform.resources import planned_resources

# Properties that attach policies to whom `audit` does not read: users, groups, accounts.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
_PROPERTIES = {
    "AWS::IAM::User": ("ManagedPolicyArns", "Groups", "PermissionsBoundary", "LoginProfile"),
    "AWS::IAM::Group": ("ManagedPolicyArns",),
    "AWS::IAM::Policy": ("Users", "Groups"),
    "AWS::IAM::ManagedPolicy": ("Users", "Groups"),
    "AWS::Organizations::Policy": ("TargetIds",),
    "AWS::SSO::PermissionSet": ("ManagedPolicies", "CustomerManagedPolicyReferences", "PermissionsBoundary"),
}
# Resources that give access as a whole, also by a key or a password.
_TYPES = re.compile(
    r"AWS::(IAM::(UserToGroupAddition|InstanceProfile|OIDCProvider|SAMLProvider|AccessKey|ServiceLinkedRole)$"
    r"|SSO::(?!PermissionSet$)|IdentityStore::GroupMembership|RolesAnywhere::|LakeFormation::|RAM::ResourceShare|S3::AccessGrant"
    r"|EKS::(AccessEntry|PodIdentityAssociation)|Cognito::IdentityPoolRoleAttachment"
    r"|EC2::VPCEndpointServicePermissions)"
)
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs
_TERRAFORM_TYPES = re.compile(
    r"aws_(iam_(user_policy_attachment|group_policy_attachment|policy_attachment|user_group_membership"
    r"|group_membership|instance_profile|openid_connect_provider|saml_provider|access_key|user_login_profile"
    r"|service_linked_role|\w+_exclusive)$"
    r"|ssoadmin_(?!permission_set$|permission_set_inline_policy$)|identitystore_group_membership|rolesanywhere_"
    r"|lakeformation_|ram_|s3control_access_grant|eks_(access_|pod_identity)|cognito_identity_pool_roles_attachment"
    r"|organizations_policy_attachment|cloudformation_stack|cloudwatch_event_permission|kms_grant"
    r"|vpc_endpoint_service_allowed_principal|ami_launch_permission|snapshot_create_volume_permission)"
    r"|awscc_(iam|sso|rolesanywhere|organizations)_"
)
# The macros of AWS whose result is read, or that change no policy; another macro may add anything.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
_KNOWN_TRANSFORMS = frozenset({"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen"})
_TRANSFORM_KEY = "Fn::Transform"
# Plugins of the Serverless Framework whose settings are read: they give a function a role of its own.
_KNOWN_PLUGINS = frozenset({"serverless-iam-roles-per-function", "serverless-offline"})


def find_other_access(path: str, root: Node, text: str) -> Mapping[str, NotCompared]:
    """What a JSON or YAML document has that is not a policy which is compared, by name; `text` is that of its file."""
    if is_plan(root):
        resources = planned_resources(root)
        return dict(part for item in resources for part in _block_parts(item.address, item.kind, item.block))
    if is_serverless(root):
        return dict(_serverless_parts(root))
    if is_template(root):
        return dict(_template_parts(root))
    return dict(_document_parts(path, root, text))


def _document_parts(path: str, root: Node, text: str) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a document that is no template gives access by, by name: values, roles, and calls of other tools."""
    if has_statements(root):
        return
    yield from find_named_access(path, text).items()
    if has_parameter_values(root):
        yield "values for a deployment", NotCompared(node_text(root))
    name = find_access_call(text, with_tools=True)
    if name is not None:
        yield f"a document with `{name}`", NotCompared(text)


def find_other_access_of_directory(directory: str) -> Mapping[str, NotCompared]:
    """What a Terraform configuration has that is not a policy which is compared, by address.

    Files with errors are left out. A module that is not read may do anything with its arguments.
    """
    prefix = f"{directory}/" if directory else ""
    files = read_directory(prefix)
    parsed_files, _ = parse_files(files.configuration)
    if not parsed_files:
        return {}
    root = root_module(parsed_files, ParameterValues(), files.values, directory or ".")
    return dict(part for module in root.modules() for part in _module_parts(module))


def _module_parts(module: TerraformModule) -> Iterator[tuple[str, NotCompared]]:
    """Yield parts of a Terraform module that may give access without a policy, by name."""
    for address, block in module.instances():
        if block.kind != "resource":
            continue
        boundary = block.evaluate("permissions_boundary") if block.labels[0] == "aws_iam_user" else None
        if boundary is not None:
            yield f"the permissions boundary of `{address}`", NotCompared(node_text(boundary))
        yield from _block_parts(address, block.labels[0], block)
        for provisioner in block.blocks("provisioner"):
            text = block_text(provisioner)
            if find_access_call(text) is not None:
                yield f"a provisioner of `{address}`", NotCompared(text)
    for call in module.calls:
        if any(module.child(call, key) is None for key in call.instances().bindings):
            name = f"`{module.scope.prefix}module.{call.name}`, a module that is not read"
            yield name, NotCompared(block_text(call.block))


def _block_parts(address: str, resource_type: str, block: TerraformBlock) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a resource of Terraform gives access by, by name: the whole resource, or the roles that it uses."""
    if _TERRAFORM_TYPES.match(resource_type):
        yield f"`{address}`", NotCompared(block_text(block))
    roles = roles_of_block(block, resource_type)
    if roles is not None:
        yield f"the role of `{address}`", NotCompared(roles, only_if_changed=True)
    yield from settings_of_block(f"`{address}`", resource_type, block)


def _serverless_parts(root: Node) -> Iterator[tuple[str, NotCompared]]:
    """Yield plugins that may add access to a file of the Serverless Framework, and parts of its resources, by name."""
    plugins = root.get("plugins")
    if plugins is not None:
        modules = plugins.get("modules")
        for plugin in (modules if modules is not None else plugins).items:
            if plugin.text not in _KNOWN_PLUGINS:
                yield f"the plugin `{plugin.text}`", NotCompared("")
    resources = root.get("resources")
    parts = () if resources is None else resources.items if resources.kind is NodeKind.LIST else (resources,)
    for part in parts:
        yield from _template_parts(part)


def _template_parts(root: Node) -> Iterator[tuple[str, NotCompared]]:
    """Yield parts of a template that may give access without a policy, by name."""
    transforms = root.get("Transform")
    for node in () if transforms is None else transforms.items if transforms.kind is NodeKind.LIST else (transforms,):
        name = node.get("Name") if node.pairs else node
        if name is not None and name.text not in _KNOWN_TRANSFORMS:
            yield f"the macro `{name.text}`, which may add access", NotCompared(node_text(root))
    if _has_transform(root):
        yield f"`{_TRANSFORM_KEY}`, which may add access", NotCompared(node_text(root))
    resources = root.get("Resources")
    for key, resource in () if resources is None else resources.pairs:
        yield from _resource_parts(key.text, resource)


def _resource_parts(logical_id: str, resource: Node) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a resource of a template gives access by, by name: the whole resource, properties, or its roles."""
    type_node, properties = resource.get("Type"), resource.get("Properties")
    resource_type = "" if type_node is None else type_node.text
    title = f"`{logical_id}` ({resource_type})"
    if _TYPES.match(resource_type):
        yield title, NotCompared(node_text(resource))
    for property_name in _PROPERTIES.get(resource_type, ()):
        value = None if properties is None else properties.get(property_name)
        if value is not None:
            yield f"`{property_name}` of {title}", NotCompared(node_text(value))
    roles = roles_of_properties(resource_type, properties)
    if roles is not None:
        yield f"the role of {title}", NotCompared(roles, only_if_changed=True)
    yield from settings_of_properties(title, resource_type, properties)


def _has_transform(root: Node) -> bool:
    nodes = (node for node in root.walk() if node.text == _TRANSFORM_KEY or (node.tag or "").startswith("!Transform"))
    return next(nodes, None) is not None
