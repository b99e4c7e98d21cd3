"""What the names of a Terraform configuration stand for, where their values are known only at deployment.

A policy with `local.bucket` has this name in both versions, although another expression may now define it. So have the
arguments of a module and its outputs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from iamglue.changes.access_properties import META_ARGUMENTS, NUMBER_ARGUMENTS
from iamglue.changes.node_texts import source_line, source_text_on_one_line
from iamglue.changes.resource_types import has_access_by_properties, is_access_key, may_be_access_key
from iamglue.model.access_change import NotCompared
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.blocks import HclBlock, TerraformBlock
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.file_names import is_configuration_path
from iamglue.readers.terraform.hcl_syntax import HclBody
from iamglue.readers.terraform.module import ModuleCall, TerraformModule

# https://developer.hashicorp.com/terraform/language/expressions/references
_REFERENCE = re.compile(r"\b(local|var|module)\.([A-Za-z_][\w-]*)(?:\[[^\]]*\])?(?:\.([A-Za-z_][\w-]*))?")
# Functions that read a file whose name is computed, or list files.
# https://developer.hashicorp.com/terraform/language/functions/fileset
_COMPUTED_NAME = re.compile(r"\bfileset\(|\b(?:file|filebase64|templatefile)\((?!\s*\"(?:[^\"$]|\$\{path\.\w+\})*\")")
# Of a function, only who it runs as is about access.
_FUNCTION = "aws_lambda_function"


@dataclass(frozen=True, slots=True)
class _Module:
    """A module with the one that calls it; None for the root module."""

    module: TerraformModule
    caller: _Module | None

    def children(self, call: ModuleCall) -> Iterator[_Module]:
        """The modules that are read of a call."""
        for key in call.instances().bindings:
            child = self.module.child(call, key)
            if child is not None:
                yield _Module(child, self)


def unknown_definitions(root: TerraformModule) -> Iterator[tuple[str, NotCompared]]:
    """Yield the expressions that define the names in resources that may give access, as far as they are unknown."""
    queue = [part for module in _modules(_Module(root, None)) for part in _decisive_parts(module)]
    definitions: dict[str, str] = {}
    directories: set[str] = set()
    for module, text in queue:  # it grows in the loop
        if _COMPUTED_NAME.search(text):
            directories.add(module.module.scope.directory)
        for kind, name, member in dict.fromkeys(_REFERENCE.findall(text)):
            for title, block, attribute, defined_in in _definitions(module, kind, name, member):
                if title not in definitions:
                    value = block.evaluate(attribute)
                    definitions[title] = "" if value is None else "\n".join(_unknown_texts(value))
                    queue.append((defined_in, _attribute_text(block, attribute)))
    for title, text in definitions.items():
        if text:
            yield f"the value of `{title}`", NotCompared(text, only_if_changed=True)
    for directory in sorted(directories):
        what = f"the content of a file below `{directory}/`, where files are read by computed names"
        yield what, NotCompared(_content(directory), only_if_changed=True)


def _content(directory: str) -> str:
    """A digest of the files below a directory, without those of Terraform."""
    digest = hashlib.sha256()
    for path in sorted(Path(directory).rglob("*")):
        if path.is_file() and not is_configuration_path(path.as_posix()):
            digest.update(path.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _modules(module: _Module) -> Iterator[_Module]:
    yield module
    for call in module.module.calls:
        for child in module.children(call):
            yield from _modules(child)


def _definitions(
    module: _Module, kind: str, name: str, member: str
) -> Iterator[tuple[str, TerraformBlock, str, _Module]]:
    """Yield what a reference stands for: its address, the block and the attribute with its value, and their module."""
    prefix, inputs = module.module.scope.prefix, module.module.inputs
    if kind == "local":
        for block in module.module.blocks:
            if block.kind == "locals" and name in block.attribute_names():
                yield f"{prefix}local.{name}", block, name, module
    elif kind == "var" and module.caller is not None and inputs is not None:
        yield f"{prefix}var.{name}", inputs, name, module.caller
    elif kind == "module":
        for call in module.module.calls:
            for child in module.children(call) if call.name == name else ():
                for block in child.module.blocks:
                    if block.kind == "output" and block.labels == (member,):
                        yield f"{child.module.scope.prefix}{member}", block, "value", child


def _decisive_parts(module: _Module) -> Iterator[tuple[_Module, str]]:
    """Yield the texts of a module that decide access: of its resources, and the arguments of modules not read."""
    for resource in module.module.resources:
        resource_type = resource.block.labels[0]
        is_by_properties = resource_type == _FUNCTION or has_access_by_properties(resource_type)
        is_partial = is_by_properties and resource.block.kind == "resource"
        yield module, "\n".join(_block_texts(resource.block, is_partial=is_partial))
    for call in module.module.calls:
        is_read = any(True for _ in module.children(call))
        yield module, "\n".join(_number_texts(call.block)) if is_read else source_line(call.block)


def _number_texts(block: TerraformBlock) -> Iterator[str]:
    for name in NUMBER_ARGUMENTS:
        yield _attribute_text(block, name)


def _block_texts(block: TerraformBlock, *, is_partial: bool) -> Iterator[str]:
    """Yield the texts of the attributes that may be about access; of a block in JSON, all of it."""
    if not isinstance(block, HclBlock):
        yield source_line(block)
        return
    yield from _number_texts(block)
    yield from _body_texts(block.syntax.body, block.reader, is_all=not is_partial)


def _body_texts(body: HclBody, reader: Evaluator, *, is_all: bool) -> Iterator[str]:
    """Yield the texts of a body's attributes whose names are about access; `is_all`: of all that may be."""
    for name, attribute in body.attributes.items():
        if name not in META_ARGUMENTS and may_be_access_key(name) and (is_all or is_access_key(name)):
            yield reader.expression_text(attribute.value)
    for block in body.blocks:
        name = block.labels[0] if block.kind == "dynamic" and block.labels else block.kind
        if name not in META_ARGUMENTS and may_be_access_key(name):
            yield from _body_texts(block.body, reader, is_all=is_all or block.kind == "dynamic" or is_access_key(name))


def _attribute_text(block: TerraformBlock, name: str) -> str:
    """The text of an attribute's value; of a block in JSON, the text of the block."""
    if not isinstance(block, HclBlock):
        return source_line(block)
    expression = block.expression(name)
    return "" if expression is None else block.reader.expression_text(expression)


def _unknown_texts(value: Node) -> Iterator[str]:
    """Yield the expressions in a value that are known only at deployment."""
    for node in value.walk():
        if node.kind is NodeKind.UNKNOWN:
            yield source_text_on_one_line(node)
