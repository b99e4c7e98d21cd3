"""Modules whose policies are not known: those of registries and repositories, and directories that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.policy.source.nodes import Node
from iamglue.readers.terraform.module import ModuleCall, TerraformModule

# A module that gets the name of a role may add policies to it.
_POLICY_ARGUMENT = re.compile(
    r"polic|statement|permission|principal|assume_role|trust|(?:^|_)roles?(?:_names?|_ids?)?$", re.IGNORECASE
)
_STATEMENT_KEYS = frozenset({"Statement", "Action", "NotAction", "actions", "not_actions"})
_META_ARGUMENTS = frozenset({"source", "version", "providers", "depends_on", "count", "for_each"})


def unread_modules(module: TerraformModule) -> Iterator[tuple[str, NotEvaluated]]:
    """The calls of modules that are not read and have arguments for policies, with the paths of their files."""
    for call in module.calls:
        arguments = policy_arguments(call)
        if call.source.startswith(".") or not arguments:
            continue
        if any(module.child(call, key) is None for key in call.instances().bindings):
            yield call.block.location_node.path, unread_module(module, call, arguments)


def unread_module(module: TerraformModule, call: ModuleCall, arguments: tuple[str, ...]) -> NotEvaluated:
    """Says that a module is not read."""
    address = f"{module.scope.prefix}module.{call.name}"
    names = f" ({', '.join(arguments)})" if arguments else ""
    what = f"the policies of the module at {call.block.location_node.location}{names}"
    reason = f"`{call.source}` is not read: {call.reason}"
    return NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("module", address), what, reason)


def policy_arguments(call: ModuleCall) -> tuple[str, ...]:
    """The arguments of a module that can hold a policy, by their names or values."""
    return tuple(
        name
        for name in call.block.attribute_names()
        if name not in _META_ARGUMENTS
        and (_POLICY_ARGUMENT.search(name) is not None or _has_statements(call.block.evaluate(name)))
    )


def _has_statements(node: Node | None) -> bool:
    """Whether a value contains a statement of a policy, as JSON or as an argument of a module."""
    return node is not None and any(
        key.text in _STATEMENT_KEYS for inner_node in node.walk() for key, _ in inner_node.pairs
    )
