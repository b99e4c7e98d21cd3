"""What a Terraform configuration has that gives access, and that is not a policy which is compared, by address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from iamglue.changes.access_properties import access_of_block
from iamglue.changes.node_texts import block_text, node_text
from iamglue.changes.policy_settings import SEPARATE_SETTINGS, settings_of_block
from iamglue.changes.terraform_definitions import unknown_definitions
from iamglue.model.access_change import NotCompared
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.terraform.blocks import TerraformBlock
from iamglue.readers.terraform.module import TerraformModule, parse_files, root_module
from iamglue.readers.terraform.module_files import read_directory

# Data sources whose values decide no access: documents that are read, and parts of networks.
_OTHER_DATA = re.compile(
    r"aws_(iam_policy_document|partition|service|ami|ami_ids|vpc|vpcs|subnet|subnets|subnet_ids|availability_zones?|route_table"
    r"|route53_zone|security_groups?|acm_certificate|ecr_image|ip_ranges|ssm_patch_\w+|elb_\w+|ec2_instance_type\w*)$|archive_file$"
)
# Other tools' resources with a role or a policy of AWS: service accounts, charts.
_NAMED_ACCESS = re.compile(r"role[-_]?arn|:iam::|aws_iam_|iamRole", re.IGNORECASE)
_PROVIDERS = ("aws", "awscc")
# Settings of a provider that decide neither the account nor the Region.
_OTHER_PROVIDER_SETTINGS = frozenset({"default_tags", "ignore_tags", "version", "max_retries", "retry_mode"})


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
    return dict(chain((part for module in root.modules() for part in _module_parts(module)), unknown_definitions(root)))


def block_parts(address: str, resource_type: str, block: TerraformBlock) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a resource of Terraform gives access by, by name: properties that tell of access, or all of it."""
    provider = block.evaluate("provider")
    text = "" if provider is None else node_text(provider)
    yield f"the provider of `{address}`", NotCompared(text, only_if_changed=True)
    access = access_of_block(resource_type, block, SEPARATE_SETTINGS.get(resource_type, ()))
    if access is not None:
        yield f"`{address}`", access
    yield from settings_of_block(f"`{address}`", resource_type, block)


def _module_parts(module: TerraformModule) -> Iterator[tuple[str, NotCompared]]:
    """Yield parts of a Terraform module that may give access without a policy, by name."""
    for block in module.blocks:
        if block.kind == "provider" and block.labels[:1] and block.labels[0] in _PROVIDERS:
            yield _provider_part(module.scope.prefix, block)
    for address, block in module.instances():
        if block.kind == "data":
            if not _OTHER_DATA.match(block.labels[0]):
                yield f"the data source `{address}`", NotCompared(block_text(block), only_if_changed=True)
            continue
        yield from _resource_parts(address, block)
    for call in module.calls:
        name = f"`{module.scope.prefix}module.{call.name}`"
        if any(module.child(call, key) is None for key in call.instances().bindings):
            yield f"{name}, a module that is not read", NotCompared(block_text(call.block))
        else:
            providers = call.block.evaluate("providers")
            text = "" if providers is None else node_text(providers)
            yield f"the providers of {name}", NotCompared(text, only_if_changed=True)


def _provider_part(prefix: str, block: TerraformBlock) -> tuple[str, NotCompared]:
    """The account and the Region in which a provider makes resources."""
    alias = block.evaluate("alias")
    name = f"{prefix}{block.labels[0]}" if alias is None else f"{prefix}{block.labels[0]}.{alias.text}"
    names = [name for name in block.attribute_names() if name not in _OTHER_PROVIDER_SETTINGS]
    values = ((name, block.evaluate(name)) for name in names)
    texts = [f"{name}={node_text(value)}" for name, value in values if value is not None]
    texts += (f"{kind} {block_text(inner)}" for kind in ("assume_role", "endpoints") for inner in block.blocks(kind))
    texts += (block_text(inner) for inner in block.blocks("assume_role_with_web_identity"))
    return f"the provider `{name}`", NotCompared("\n".join(texts), only_if_changed=True)


def _resource_parts(address: str, block: TerraformBlock) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a resource gives access by, by name, also by a provisioner and by the name of a role."""
    resource_type = block.labels[0]
    boundary = block.evaluate("permissions_boundary") if resource_type == "aws_iam_user" else None
    if boundary is not None:
        yield f"the permissions boundary of `{address}`", NotCompared(node_text(boundary))
    yield from block_parts(address, resource_type, block)
    if not resource_type.startswith(_PROVIDERS):
        text = block_text(block)
        if _NAMED_ACCESS.search(text):
            yield f"what `{address}` names of AWS", NotCompared(text, is_grant=True)
    for number, provisioner in enumerate(block.blocks("provisioner"), start=1):
        yield f"the provisioner {number} of `{address}`", NotCompared(block_text(provisioner), is_grant=True)
