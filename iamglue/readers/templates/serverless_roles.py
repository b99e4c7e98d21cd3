"""The role that the Serverless Framework makes for one function, and not for the whole service.

Version 4 makes them itself, before that the plugin serverless-iam-roles-per-function did:
https://www.serverless.com/framework/docs/providers/aws/guide/iam
https://github.com/serverless/serverless, packages/serverless/lib/plugins/aws/package/lib/roles-per-function.js
https://github.com/functionalone/serverless-iam-roles-per-function
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.conditional_values import expanded_items

_PLUGIN = "serverless-iam-roles-per-function"


@dataclass(frozen=True, slots=True)
class FunctionRole:
    """What a serverless.yml says of the role of one function.

    `node` is where it says it. `settings` are further properties of the role, by name. With `inherits_statements` the
    role has the statements of the provider (None: this is not known), with `keeps_managed_policies` its managed
    policies. The plugin, if it makes the role, adds fewer statements for events than the framework.
    """

    node: Node
    statements: Node | None
    managed_policies: tuple[Node, ...]
    settings: dict[str, Node]
    inherits_statements: bool | None
    keeps_managed_policies: bool
    made_by_plugin: bool


def find_function_role(root: Node, function: Node) -> FunctionRole | None:
    """What the file says of the role of a function; None if the function runs as another role."""
    provider = root.get("provider")
    shared = provider_role(root)
    if function.get("role") is not None or (shared is not None and shared.kind is not NodeKind.MAP):
        return None
    statements, managed = _own_policies(function)
    role, per_function = _value_at(function, "iam", "role"), _text(shared, "mode") == "perFunction"
    if statements is None and not managed and not per_function:
        return None
    settings: dict[str, Node] = {}
    for name, values in (
        ("PermissionsBoundary", (_get(role, "permissionsBoundary"), function.get("iamPermissionsBoundary"))),
        ("PermissionsBoundary", (_value_at(root, "custom", _PLUGIN, "iamGlobalPermissionsBoundary"),)),
        ("PermissionsBoundary", (_get(shared, "permissionsBoundary"), _get(shared, "permissionBoundary"))),
        ("PermissionsBoundary", (_get(provider, "rolePermissionsBoundary"),)),
        ("RoleName", (_get(role, "name"), function.get("iamRoleStatementsName"))),
        ("Path", (_get(role, "path"), _get(shared, "path"))),
    ):
        value = next((item for item in values if item is not None), None)
        if value is not None:
            settings.setdefault(name, value)
    settings_of_inheritance = (
        _value_at(function, "iam", "inheritStatements"),
        function.get("iamRoleStatementsInherit"),
        _value_at(root, "custom", _PLUGIN, "defaultInherit"),
    )
    inherits = next((_truth(item) for item in settings_of_inheritance if item is not None), per_function)
    plugins = root.get("plugins")
    listed = expanded_items(_get(plugins, "modules") or plugins)
    return FunctionRole(
        statements or role or function,
        statements,
        managed,
        settings,
        inherits,
        per_function,
        any(item.text == _PLUGIN for item in listed),
    )


def provider_role(root: Node) -> Node | None:
    """What the provider says of the role of the service: an existing role, or settings of the one that is made."""
    provider = root.get("provider")
    return _value_at(provider, "iam", "role") or _get(provider, "role")


def _own_policies(function: Node) -> tuple[Node | None, tuple[Node, ...]]:
    """The statements and the managed policies of a function's own role, in their present or older place."""
    role = _value_at(function, "iam", "role")
    statements = _get(role, "statements")
    managed = (*expanded_items(_get(role, "managedPolicies")), *expanded_items(function.get("iamManagedPolicies")))
    return statements if statements is not None else function.get("iamRoleStatements"), managed


def _truth(node: Node) -> bool | None:
    """Whether a setting is `true`; None if its value is not known."""
    return None if node.kind is not NodeKind.SCALAR or "${" in node.text else node.text == "true"


def _value_at(node: Node | None, *keys: str) -> Node | None:
    """The value at a path of keys; None if a key is missing."""
    for key in keys:
        node = _get(node, key)
    return node


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if node is not None else None


def _text(node: Node | None, key: str) -> str:
    value = _get(node, key)
    return value.text if value is not None else ""
