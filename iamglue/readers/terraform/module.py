"""A Terraform module: its blocks, the values of its names, and the modules that it calls."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from iamglue.errors import IamglueError
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.source_text import SourceText
from iamglue.readers.terraform.blocks import HclBlock, TerraformBlock, hcl_blocks, json_blocks
from iamglue.readers.terraform.expressions import ExpressionReader
from iamglue.readers.terraform.hcl_syntax import HclBody
from iamglue.readers.terraform.instances import BlockInstances, ModuleResource, expand_block, unknown_bindings
from iamglue.readers.terraform.known_modules.registry import known_module_file
from iamglue.readers.terraform.module_files import ModuleFile, TextFile, parse_module_file, read_directory
from iamglue.readers.terraform.override_blocks import merge_overrides
from iamglue.readers.terraform.references import resolve_resource
from iamglue.readers.terraform.scope import TerraformScope, setting_value
from iamglue.readers.terraform.values import is_empty
from iamglue.readers.terraform.variable_types import converted_value

# In characters. Reading and auditing so many takes fifteen seconds and 400 MB.
MAX_CONFIGURATION_LENGTH = 8 * 1024 * 1024
_MAX_LEVELS = 12
_MAX_MODULES = 500
_TWO_LABELS = 2


@dataclass(eq=False)
class ModuleCall:
    """A `module` block. `source` is its argument; `reason` says why it is not read, if so."""

    name: str
    block: TerraformBlock
    source: str
    instances: Callable[[], BlockInstances]
    children: dict[str, TerraformModule | None] = field(default_factory=dict)
    reason: str = ""


class TerraformModule:
    """The blocks of the files of one module, and the scope of its expressions.

    `inputs` is the block that calls the module, None for the root module. `placeholders`: an empty default of a
    variable (`[]`, `""`, null) is not its value, because the module is read without the one that calls it.
    """

    def __init__(
        self,
        files: Sequence[ModuleFile],
        scope: TerraformScope,
        values: Mapping[str, Node] | None = None,
        inputs: TerraformBlock | None = None,
        *,
        placeholders: bool = False,
    ) -> None:
        self.scope = scope
        self.inputs = inputs
        self.calls: list[ModuleCall] = []
        self.resources: list[ModuleResource] = []
        self.errors: list[IamglueError] = []
        self.directories: tuple[str, ...] = (scope.directory,)  # of this module and those that call it
        self._values = values or {}
        self._placeholders = placeholders
        self.blocks = merge_overrides(files, [_file_blocks(file, scope) for file in files])
        for block in self.blocks:
            self._add_block(block)

    def _add_block(self, block: TerraformBlock) -> None:
        """Add a block to the module's tables by its type."""
        scope, labels = self.scope, block.labels
        if block.kind == "locals":
            for name in block.attribute_names():
                scope.locals.setdefault(name, partial(block.evaluate, name))
        elif block.kind in ("resource", "data") and len(labels) == _TWO_LABELS:
            address = f"{'data.' if block.kind == 'data' else ''}{labels[0]}.{labels[1]}"
            resource = ModuleResource(block, address, scope)
            if address not in scope.resources:
                scope.resources[address] = resource
                self.resources.append(resource)
        elif block.kind == "variable" and labels:
            scope.variables.setdefault(labels[0], partial(self._variable, block))
        elif block.kind == "output" and labels:
            scope.outputs.setdefault(labels[0], partial(block.evaluate, "value"))
        elif block.kind == "module" and labels and labels[0] not in scope.modules:
            self._add_call(block)

    def _variable(self, block: TerraformBlock) -> Node | None:
        """The value of a variable: what the caller, the user or a file sets, else the default."""
        name = block.labels[0]
        if self.inputs is not None:
            value = self.inputs.evaluate(name)
        else:
            value = setting_value(self.scope.state.settings, name) or self._values.get(name)
        nullable = block.evaluate("nullable")
        if value is None or (value.is_null and nullable is not None and nullable.text == "false"):
            value = block.evaluate("default")
            if value is not None and self._placeholders and is_empty(value):
                return None
        type_expression = block.expression("type") if isinstance(block, HclBlock) else None
        if value is None or type_expression is None or not isinstance(block, HclBlock):
            return value
        return converted_value(value, type_expression, block.reader)

    def _add_call(self, block: TerraformBlock) -> None:
        """Record a `module` block; its instances and modules are computed when they are asked for."""
        source = block.evaluate("source")
        text = source.text if source is not None else ""
        instances: list[BlockInstances] = []

        def expand() -> BlockInstances:
            """The instances of the call, computed once."""
            if not instances:
                instances.append(expand_block(block))
            return instances[0]

        call = ModuleCall(block.labels[0], block, text, expand)
        self.calls.append(call)
        self.scope.modules[call.name] = lambda key: self._child_scope(call, key)

    def _child_scope(self, call: ModuleCall, key: str) -> TerraformScope | None:
        child = self.child(call, key)
        return None if child is None else child.scope

    def child(self, call: ModuleCall, key: str) -> TerraformModule | None:
        """The module that an instance of a call creates; None if it cannot be read, which `call.reason` says."""
        bindings = call.instances().bindings
        if key not in bindings:
            return None
        if key not in call.children:
            call.children[key] = None  # ends the recursion of modules that call themselves
            call.children[key] = self._load(call, key, bindings[key])
        return call.children[key]

    def _load(self, call: ModuleCall, key: str, bindings: Mapping[str, Node]) -> TerraformModule | None:
        """The module of one instance; None, with the reason in the call, if it cannot be read."""
        prefix = f"{self.scope.prefix}module.{call.name}{key}."
        state = self.scope.state
        state.module_count += 1
        if prefix.count("module.") > _MAX_LEVELS or state.module_count > _MAX_MODULES:
            call.reason = "there are too many modules"
            return None
        bindings = bindings or unknown_bindings(call.block, prefix.removesuffix("."))
        inputs = call.block.bind(bindings, key, editable=len(call.instances().bindings) < 2) if bindings else call.block
        if call.source.startswith(("./", "../")):
            return self._load_local(call, prefix, inputs)
        known_file = known_module_file(call.source, call.block.location_node)
        if known_file is None:
            call.reason = "its source is not a directory of this configuration"
            return None
        return TerraformModule((known_file,), self._scope_for(call, prefix, self.scope.directory), inputs=inputs)

    def _scope_for(self, call: ModuleCall, prefix: str, directory: str) -> TerraformScope:
        """The scope of a called module; `providers` may have resources created in another account or Region."""
        scope = TerraformScope(self.scope.state.settings, prefix, self.scope.state, directory)
        scope.has_other_provider = self.scope.has_other_provider or "providers" in call.block.attribute_names()
        return scope

    def _load_local(self, call: ModuleCall, prefix: str, inputs: TerraformBlock) -> TerraformModule | None:
        """The module of a directory; None, with the reason in the call, if it cannot be read."""
        directory = posixpath.normpath(f"{self.scope.directory}/{call.source}")
        if directory in self.directories:
            call.reason = "the module calls itself"
            return None
        directory_files = read_directory(f"{directory}/")
        files, malformed = parse_files(directory_files.configuration)
        errors = (*directory_files.errors, *malformed)
        if not files:
            call.reason = "; ".join(error.message for error in errors) or f"there are no files in `{directory}`"
            return None
        state = self.scope.state
        state.module_length += sum(len(file.source.text) for file in files)
        if state.module_length > MAX_CONFIGURATION_LENGTH:
            call.reason = f"the modules of the configuration have more than {MAX_CONFIGURATION_LENGTH:,} characters"
            return None
        module = TerraformModule(files, self._scope_for(call, prefix, directory), inputs=inputs)
        module.directories = (*self.directories, directory)
        module.errors += errors
        return module

    def modules(self) -> Iterator[TerraformModule]:
        """This module and all modules that it calls."""
        yield self
        for call in self.calls:
            for key in call.instances().bindings:
                child = self.child(call, key)
                if child is not None:
                    yield from child.modules()

    def instances(self) -> Iterator[tuple[str, TerraformBlock]]:
        """The full address and the block of each instance of this module's resources and data sources."""
        for resource in self.resources:
            for key in resource.instances.bindings:
                yield f"{self.scope.prefix}{resource.address}{key}", resource.instance(key)


def _file_blocks(file: ModuleFile, scope: TerraformScope) -> tuple[TerraformBlock, ...]:
    """The blocks of a file in HCL or JSON; an empty JSON file has none."""
    if file.body is not None:
        return hcl_blocks(file.body, file.source, scope)
    return () if file.root is None else tuple(json_blocks(file.root, file.source, scope))


def parse_files(files: Sequence[TextFile]) -> tuple[list[ModuleFile], list[IamglueError]]:
    """The parsed files, and the errors of malformed ones."""
    parsed_files, errors = [], []
    for file in files:
        try:
            parsed_files.append(parse_module_file(file))
        except IamglueError as error:
            errors.append(error)
    return parsed_files, errors


def variable_values(files: Sequence[TextFile], scope: TerraformScope) -> tuple[dict[str, Node], list[IamglueError]]:
    """The values of variables in .tfvars files; later files override earlier ones."""
    parsed_files, errors = parse_files(files)
    values: dict[str, Node] = {}
    for file in parsed_files:
        if file.body is not None:
            values |= _assignments(file.body, file.source, scope)
        elif file.root is not None:
            values |= {key.text: value for key, value in file.root.pairs}
    return values, errors


def _assignments(body: HclBody, source: SourceText, scope: TerraformScope) -> dict[str, Node]:
    """The values of a .tfvars file in HCL, by variable."""
    reader = ExpressionReader(source, scope)
    return {attribute.name: reader.evaluate(attribute.value) for attribute in body.attributes.values()}


def root_module(
    files: Sequence[ModuleFile],
    settings: ParameterValues,
    value_files: Sequence[TextFile],
    directory: str,
    *,
    placeholders: bool = False,
) -> TerraformModule:
    """The root module of a configuration."""
    scope = TerraformScope(settings, directory=directory)
    scope.state.resolve_resource = resolve_resource
    values, errors = variable_values(value_files, scope)
    module = TerraformModule(files, scope, values, placeholders=placeholders)
    module.errors += errors
    return module
