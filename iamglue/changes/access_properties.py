"""What the properties of a resource say of access that is not in a policy: of roles, of authorization, of principals.

The functions' roles are left out: they are known, and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from iamglue.changes.node_texts import node_text, source_line
from iamglue.changes.resource_types import has_access_by_properties, is_access_key, is_compared_type, may_be_access_key
from iamglue.model.access_change import NotCompared
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.cloudformation_policy_properties import POLICY_PROPERTIES
from iamglue.readers.terraform.blocks import HclBlock, TerraformBlock
from iamglue.readers.terraform.policy_attributes import POLICY_ATTRIBUTES, POLICY_RESOURCES

# What Terraform itself does with a resource; `provider` is compared for all.
META_ARGUMENTS = frozenset({"depends_on", "provider", "lifecycle", "provisioner", "connection"})
NUMBER_ARGUMENTS = ("count", "for_each")


def access_of_properties(resource_type: str, resource: Node, compared: Collection[str]) -> NotCompared | None:
    """What a resource of a template says of access, as a text that is equal for equal access.

    None for a resource that other code compares. `compared` are properties that are compared otherwise.
    """
    policies = [item.path.replace("[]", "") for item in POLICY_PROPERTIES.get(resource_type, ())]
    if is_compared_type(resource_type) or (policies and resource_type.endswith("Policy")):
        return None
    properties, is_partial = resource.get("Properties"), has_access_by_properties(resource_type)
    is_wanted = is_access_key if is_partial else may_be_access_key
    texts = [] if properties is None else [*_property_texts(properties, "", is_wanted, {*policies, *compared})]
    condition = resource.get("Condition")
    if condition is not None and (texts or not is_partial):
        texts.append(f"Condition={node_text(condition)}")
    return _access(resource_type, texts, is_partial=is_partial)


def access_of_block(resource_type: str, block: TerraformBlock, compared: Collection[str]) -> NotCompared | None:
    """What a resource of Terraform says of access; see `access_of_properties`."""
    if is_compared_type(resource_type) or (resource_type in POLICY_RESOURCES and resource_type.endswith("_policy")):
        return None
    is_partial = has_access_by_properties(resource_type)
    is_wanted = is_access_key if is_partial else may_be_access_key
    skipped = {*(name for name, _ in POLICY_ATTRIBUTES.get(resource_type, ())), *compared, *META_ARGUMENTS}
    texts = [*_block_texts(block, is_wanted, skipped.union(NUMBER_ARGUMENTS))]
    if texts or not is_partial:
        texts += _number_texts(block)
    return _access(resource_type, texts, is_partial=is_partial)


def property_texts(node: Node, is_wanted: Callable[[str], bool]) -> list[str]:
    """Each value in a node, at any depth, whose key is wanted, with this key."""
    return [*_property_texts(node, "", is_wanted, ())]


def _access(resource_type: str, texts: list[str], *, is_partial: bool) -> NotCompared:
    """What was found; of a resource that may give or limit access as a whole, also that it is there."""
    if is_partial:
        return NotCompared("\n".join(texts), is_grant=True)
    return NotCompared("\n".join((resource_type, *texts)))


def _number_texts(block: TerraformBlock) -> Iterator[str]:
    """Yield what decides how many instances of a block there are, where it is not known: the addresses do not say."""
    for name in NUMBER_ARGUMENTS:
        value = block.evaluate(name)
        if value is not None and any(node.kind is NodeKind.UNKNOWN for node in value.walk()):
            yield f"{name}={node_text(value)}"


def _property_texts(node: Node, path: str, is_wanted: Callable[[str], bool], skipped: Collection[str]) -> Iterator[str]:
    """Yield each value in a node, at any depth, whose key is wanted, with this key; values at skipped paths are not."""
    for key, value in node.pairs:
        inner = f"{path}.{key.text}" if path else key.text
        if inner in skipped or not may_be_access_key(key.text):
            continue
        if is_wanted(key.text) and not any(name.startswith(f"{inner}.") for name in skipped):
            yield f"{inner}={node_text(value)}"
        else:
            yield from _property_texts(value, inner, is_wanted, skipped)
    for item in node.items:
        yield from _property_texts(item, path, is_wanted, skipped)
    if not node.pairs and not node.items and path and is_wanted is may_be_access_key:
        yield f"{path}={node_text(node)}"


def _block_texts(
    block: TerraformBlock, is_wanted: Callable[[str], bool], skipped: Collection[str], *, is_all: bool = False
) -> Iterator[str]:
    """Yield each attribute in a block and its nested blocks whose name is wanted; `is_all`: the block's name is."""
    for name in block.attribute_names():
        value = block.evaluate(name) if name not in skipped and may_be_access_key(name) else None
        if value is None:
            continue
        if is_all or is_wanted(name):
            yield f"{name}={node_text(value)}"
        else:
            yield from _property_texts(value, name, is_wanted, skipped)
    for name in _nested_names(block):
        if name in skipped or not may_be_access_key(name):
            continue
        if block.has_dynamic_blocks(name):
            yield f"{name}={source_line(block)}"
        for inner in block.blocks(name):
            texts = _block_texts(inner, is_wanted, skipped, is_all=is_all or is_wanted(name))
            yield from (f"{name}.{text}" for text in texts)


def _nested_names(block: TerraformBlock) -> Iterator[str]:
    """Yield the names of nested blocks; those of JSON and of plans are attributes."""
    if isinstance(block, HclBlock):
        nested = (syntax.labels[0] if syntax.kind == "dynamic" else syntax.kind for syntax in block.syntax.body.blocks)
        yield from dict.fromkeys(nested)
