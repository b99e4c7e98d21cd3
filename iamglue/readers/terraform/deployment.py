"""What a Terraform configuration deploys: the resources and policies of its root module and of all local modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.errors import IamglueError, Location
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import unreadable_text
from iamglue.readers.terraform.blocks import TerraformBlock
from iamglue.readers.terraform.configuration import DATA_SOURCE
from iamglue.readers.terraform.instances import ModuleResource
from iamglue.readers.terraform.merged_documents import MergedDocuments
from iamglue.readers.terraform.module import MAX_CONFIGURATION_LENGTH, TerraformModule, parse_files, root_module
from iamglue.readers.terraform.module_files import DirectoryFiles, directory_prefix
from iamglue.readers.terraform.policy_attributes import POLICY_RESOURCES
from iamglue.readers.terraform.policy_collector import TerraformPolicyCollector, guess_policy_use, propagate_uses
from iamglue.readers.terraform.reference_values import NAMING_BY_TYPE, attribute_parameter
from iamglue.readers.terraform.resources import TerraformResource
from iamglue.readers.terraform.string_templates import expression_text
from iamglue.readers.terraform.unread_modules import policy_arguments, unread_module

_HOLDERS = frozenset({*POLICY_RESOURCES, "aws_lambda_function"})
# `var.enabled ? 1 : 0`
_SWITCH = re.compile(r"!?\s*var\.([A-Za-z][\w-]*)\s*\?")


@dataclass(frozen=True, slots=True)
class Deployment:
    """The resources and their policies, and the values of references to them by the names of their parameters.

    `switches` are the variables without a value on which it depends whether a resource with policies is created.
    `absent` are the gaps about resources with policies that are not created with the values of the variables.
    """

    resources: tuple[TerraformResource, ...]
    policies: ParsedFile
    reference_values: dict[str, str]
    switches: tuple[str, ...] = ()
    absent: frozenset[NotEvaluated] = frozenset()


def read_deployment(path: str, files: DirectoryFiles, settings: ParameterValues) -> Deployment:
    """What the files of a configuration deploy; `path` names it in messages.

    Raises IamglueError if no file can be read, or the files are too long together.
    """
    _check_length(path, files.length)
    parsed_files, errors = parse_files(files.configuration)
    if not parsed_files:
        raise errors[0] if errors else IamglueError("there are no Terraform files", location=Location(path))
    directory = directory_prefix(files.configuration[0].path).rstrip("/") or "."
    module = root_module(parsed_files, settings, files.values, directory)
    module.errors += (*files.errors, *errors)
    return _DeploymentReader(path, module, settings).read()


def _check_length(path: str, length: int) -> None:
    """Raise IamglueError if the files together are longer than can be read in reasonable time."""
    if length > MAX_CONFIGURATION_LENGTH:
        message = f"the configuration has {length:,} characters; the limit is {MAX_CONFIGURATION_LENGTH:,}"
        hint = "give --template the files of one part of it at a time, in a directory of their own"
        raise IamglueError(message, hint=hint, location=Location(path))


class _DeploymentReader:
    """Reads all modules of a configuration."""

    def __init__(self, path: str, root: TerraformModule, settings: ParameterValues) -> None:
        self._path = path
        self._modules = list(root.modules())
        instances = [(address, block) for module in self._modules for address, block in module.instances()]
        documents = {address: block for address, block in instances if block.labels[0] == DATA_SOURCE}
        self._resources = {address: block for address, block in instances if block.kind == "resource"}
        self._collector = TerraformPolicyCollector(root.scope, settings, documents)

    def read(self) -> Deployment:
        """The deployment."""
        collector = self._collector
        collector.add_owners(self._resources)
        for address, block in self._resources.items():
            collector.add_resource(block.labels[0], address, block)
        propagate_uses(collector)
        merged = MergedDocuments(collector)
        for address, block in collector.documents.items():
            node = collector.read_document(address, block, merged.statements_of)
            if node is not None:
                collector.add_policy(address, node, collector.uses.get(address) or guess_policy_use(node))
        policies = ParsedFile(
            self._path,
            "",
            policies=tuple(collector.policies),
            attachments=tuple(collector.attachments),
            not_evaluated=(*(entry for _, entry in collector.not_evaluated), *self._not_evaluated()),
        )
        resources = (TerraformResource(address, block.labels[0], block) for address, block in self._resources.items())
        switches = tuple(dict.fromkeys(self._switches()))
        return Deployment(
            tuple(resources), policies, dict(self._reference_values()), switches, frozenset(self._absent())
        )

    def _absent(self) -> Iterator[NotEvaluated]:
        """The gaps about resources with policies that are not created with the values of the variables."""
        gaps = (_absent_resource(module, resource) for module in self._modules for resource in module.resources)
        return filter(None, gaps)

    def _switches(self) -> Iterator[str]:
        """The variables of the root module in `count = var.enabled ? 1 : 0` that have no value."""
        for resource in (item for module in self._modules if module.inputs is None for item in module.resources):
            if resource.block.kind == "resource" and not resource.instances.is_complete:
                match = _SWITCH.match(expression_text(_argument_text(resource.block)))
                if match is not None:
                    yield match[1]

    def _reference_values(self) -> Iterator[tuple[str, str]]:
        """The names and ARNs of resources with names, by the parameters of references."""
        for address, block in self._resources.items():
            naming = NAMING_BY_TYPE.get(block.labels[0])
            for attribute in () if naming is None else (*naming.names, *naming.arns):
                value = self._collector.scope.resolve(f"{address}.{attribute}")
                parameter = attribute_parameter(address, attribute)
                if value is not None and value.kind is NodeKind.SCALAR and value.text != f"${{{parameter}}}":
                    yield parameter, value.text

    def _not_evaluated(self) -> Iterator[NotEvaluated]:
        """The gaps: files, modules, instances, conditions and texts that were not read or are not known."""
        scope = self._collector.scope
        for module in self._modules:
            for error in module.errors:
                subject = Subject("file", error.location.path if error.location else self._path)
                yield NotEvaluated(NotEvaluatedKind.FAILED, subject, f"the file at {error.location}", error.message)
            yield from _unread_calls(module)
            yield from filter(None, (_unknown_instances(module, resource) for resource in module.resources))
        for address, node in self._collector.undecided_conditions:
            what = f"which of the policies at {node.location} applies"
            reason = f"`{expression_text(node.text)}` is not known before deployment; all are evaluated"
            yield NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("policy", address), what, reason)
        for _, error in self._collector.malformed:
            yield unreadable_text(error, self._path)
        yield from scope.budget.not_evaluated(self._path)


def _unread_calls(module: TerraformModule) -> Iterator[NotEvaluated]:
    """The gaps for calls of modules that were not read, or whose number of instances is not known."""
    for call in module.calls:
        instances = call.instances()
        is_read = all(module.child(call, key) is not None for key in instances.bindings)
        arguments = policy_arguments(call)
        if not is_read and (arguments or call.source.startswith(".")):
            yield unread_module(module, call, arguments)
        elif is_read and not instances.is_complete:
            what = f"how many modules `{module.scope.prefix}module.{call.name}` are created"
            yield _undecidable(f"{module.scope.prefix}module.{call.name}", what, call.block)


def _unknown_instances(module: TerraformModule, resource: ModuleResource) -> NotEvaluated | None:
    """The gap for a resource with policies whose instances are not known, or that is not created; None for others."""
    block, address = resource.block, f"{module.scope.prefix}{resource.address}"
    if _has_policies(block) and not resource.instances.is_complete:
        return _undecidable(address, f"how many instances of `{address}` are created", block)
    return _absent_resource(module, resource)


def _has_policies(block: TerraformBlock) -> bool:
    """Whether it is a resource of a type that has policies, or a function."""
    return block.kind == "resource" and block.labels[0] in _HOLDERS


def _absent_resource(module: TerraformModule, resource: ModuleResource) -> NotEvaluated | None:
    """The gap for a resource with policies that the values of the root module's variables leave out, else None."""
    block, instances = resource.block, resource.instances
    is_created = bool(instances.bindings) or not instances.is_complete
    if is_created or not _has_policies(block) or module.inputs is not None or _argument(block).kind is NodeKind.LIST:
        return None
    address = f"{module.scope.prefix}{resource.address}"
    reason = f"`{expression_text(_argument_text(block))}` is 0 with the values of the variables"
    what = f"`{address}`, which is not created"
    return NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("policy", address), what, reason)


def _undecidable(address: str, what: str, block: TerraformBlock) -> NotEvaluated:
    """The gap for a block of which `count` or `for_each` is not known."""
    reason = f"`{expression_text(_argument_text(block))}` is not known before deployment; one instance is evaluated"
    return NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("policy", address), what, reason)


def _argument(block: TerraformBlock) -> Node:
    """The value of `count` or `for_each`; the location of the block if it has neither."""
    value = block.evaluate("count") or block.evaluate("for_each")
    return value if value is not None else block.location_node


def _argument_text(block: TerraformBlock) -> str:
    """The text of `count` or `for_each`."""
    node = _argument(block)
    return node.text or node.source.text[node.start : node.end]
