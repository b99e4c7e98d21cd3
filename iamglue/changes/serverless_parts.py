"""What a file of the Serverless Framework has that gives access, and that is not a policy which is compared.

https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.changes.access_properties import property_texts
from iamglue.changes.node_texts import node_text
from iamglue.changes.resource_types import is_access_key, may_be_access_key
from iamglue.model.access_change import NotCompared
from iamglue.policy.source.nodes import Node

# Plugins of the Serverless Framework whose settings are read: they give a function a role of its own.
_KNOWN_PLUGINS = frozenset({"serverless-iam-roles-per-function", "serverless-offline"})
# Parts that are read, or that decide no access. Each other part is one of a plugin.
_KNOWN_PARTS = frozenset(
    {"service", "frameworkVersion", "functions", "provider", "resources", "plugins", "package", "custom", "layers"}
    | {"configValidationMode", "variablesResolutionMode", "disabledDeprecations", "deprecationNotificationMode"}
    | {"org", "app", "console", "dashboard", "outputs", "unresolvedVariablesNotificationMode"}
)
# Settings of the provider that are read with its role, or that decide no access.
_KNOWN_SETTINGS = frozenset(
    {
        "name",
        "runtime",
        "runtimeManagement",
        "memorySize",
        "timeout",
        "environment",
        "tags",
        "stackTags",
        "architecture",
    }
    | {"logRetentionInDays", "logDataProtectionPolicy", "versionFunctions", "tracing", "logs", "layers", "vpc", "ecr"}
    | {"deploymentMethod", "lambdaHashingVersion", "ephemeralStorageSize", "disableRollback", "rollbackConfiguration"}
    | {"iam", "iamRoleStatements", "iamManagedPolicies", "role", "rolePermissionsBoundary", "kmsKeyArn", "eventBridge"}
    | {"versionFunctions", "stackName", "apiName", "websocketsApiName", "notificationArns", "vpcOptions", "cloudWatch"}
)
_API_EVENTS = frozenset({"http", "httpApi", "websocket", "alb"})
# A variable of `custom` that another variable chooses, such as `${self:custom.arns.${sls:stage}}`.
_CHOSEN_VALUE = re.compile(r"\$\{self:custom\.([\w-]+)[\w.-]*\.?\$\{|\$\{self:(?:custom\.)?\$\{")


def serverless_parts(root: Node, text: str) -> Iterator[tuple[str, NotCompared]]:
    """Yield the parts of a file of the Serverless Framework that may give access, without its resources, by name."""
    plugins = root.get("plugins")
    modules = None if plugins is None else plugins.get("modules")
    for plugin in () if plugins is None else (modules if modules is not None else plugins).items:
        if plugin.text not in _KNOWN_PLUGINS:
            yield f"the plugin `{plugin.text}`", NotCompared("")
    for key, value in root.pairs:
        if key.text not in _KNOWN_PARTS:
            yield f"`{key.text}`", NotCompared(node_text(value))
    yield from _setting_parts(root.get("provider"))
    for name in ("functions", "layers"):
        section = root.get(name)
        for key, value in () if section is None else section.pairs:
            texts = [*_function_texts(value)] if name == "functions" else [*property_texts(value, is_access_key)]
            yield f"who may use `{key.text}` of `{name}`", NotCompared("\n".join(texts), is_grant=True)
    custom = root.get("custom")
    for name in {match[1] for match in _CHOSEN_VALUE.finditer(text)} if custom is not None else ():
        chosen = custom.get(name) if custom is not None and name else custom
        if chosen is not None:
            yield f"`custom.{name or '*'}`", NotCompared(node_text(chosen), only_if_changed=True)


def _setting_parts(provider: Node | None) -> Iterator[tuple[str, NotCompared]]:
    """Yield the settings of the provider: of its APIs, its bucket, the Region and the account."""
    for key, value in () if provider is None else provider.pairs:
        if key.text not in _KNOWN_SETTINGS and may_be_access_key(key.text):
            yield f"`{key.text}` of the provider", NotCompared(node_text(value))
    deployment_role = provider.get("iam") if provider is not None else None
    deployment_role = None if deployment_role is None else deployment_role.get("deploymentRole")
    if deployment_role is not None:
        yield "`deploymentRole` of the provider", NotCompared(node_text(deployment_role))


def _function_texts(function: Node) -> Iterator[str]:
    """Yield who may call a function: the events of its APIs."""
    events = function.get("events")
    for event in () if events is None else events.items:
        for key, value in event.pairs:
            if key.text in _API_EVENTS:
                yield f"{key.text}={node_text(value)}"
