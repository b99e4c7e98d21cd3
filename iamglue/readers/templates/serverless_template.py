"""The CloudFormation template that the Serverless Framework makes of a serverless.yml, as far as access depends on it.

Follows the framework's packaging: https://github.com/serverless/serverless, lib/plugins/aws/package, and the plugin
https://github.com/functionalone/serverless-iam-roles-per-function
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from iamglue.policy.model import VERSION_2012
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.conditional_values import expanded_items
from iamglue.readers.templates.node_factory import NodeFactory
from iamglue.readers.templates.serverless_events import ServerlessEvent, event_names, normal_name, serverless_event
from iamglue.readers.templates.serverless_logs import log_property, log_statements, shared_log_statements
from iamglue.readers.templates.serverless_roles import find_function_role, provider_role
from iamglue.readers.templates.serverless_routes import all_events, open_routes
from iamglue.readers.templates.serverless_settings import setting_statements

SHARED_ROLE = "IamRoleLambdaExecution"
_VPC_POLICY = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
_DURABLE_POLICY = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy"
_COPIED = (("Runtime", "runtime"), ("Layers", "layers"), ("KmsKeyArn", "kmsKeyArn"), ("Handler", "handler"))
_FUNCTION = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"


@dataclass(slots=True)
class _RoleAdditions:
    """What the framework adds to a role for functions: statements, and services that may assume it.

    `of_plugin` are the statements that the plugin for roles of functions adds as well.
    """

    statements: list[Any] = field(default_factory=list)
    of_plugin: list[Any] = field(default_factory=list)
    trusted: list[str] = field(default_factory=list)


def serverless_template(root: Node, collector: PolicyCollector) -> Node:
    """The template of a serverless.yml whose variables are resolved; what is not known is recorded."""
    return _TemplateBuilder(root, collector).build()


class _TemplateBuilder:
    """Builds the resources of one service."""

    def __init__(self, root: Node, collector: PolicyCollector) -> None:
        self._root = root
        self._collector = collector
        self._provider = root.get("provider") or root
        self._role = provider_role(root)
        self._resources: list[tuple[Node, Node]] = []
        self._shared = _RoleAdditions()
        service = root.get("service")
        named = service.get("name") if service is not None else None
        self._prefix = f"{(named or service or root).text}-${{sls.stage}}"

    def build(self) -> Node:
        """The template, with the resources of the file after those of the framework."""
        functions = [pair for part in expanded_items(self._root.get("functions")) for pair in part.pairs]
        self._record_unknown_parts()
        self._events = list(all_events(function for _, function in functions))
        for key, function in functions:
            self._add_function(key, function)
        if self._needs_shared_role(functions):
            self._add_shared_role(functions)
        for part in expanded_items(self._root.get("resources")):
            resources = part.get("Resources")
            self._resources += resources.pairs if resources is not None and resources.kind is NodeKind.MAP else ()
        factory = NodeFactory(self._root)
        resources_node = replace(factory.map(), pairs=tuple(self._merged_resources()))
        parts = list(expanded_items(self._root.get("resources")))
        sections = [(name, value) for name in ("Mappings", "Parameters") for part in parts if (value := part.get(name))]
        return factory.map(*sections, ("Resources", resources_node))

    def _record_unknown_parts(self) -> None:
        """Record functions and resources that a variable without a known value stands for."""
        for name in ("functions", "resources"):
            for part in expanded_items(self._root.get(name)):
                if part.kind is not NodeKind.MAP and not part.is_null:
                    what, reason = f"the {name} at {part.location}", f"the value of `{part.text}` is not known"
                    self._collector.record_not_evaluated(name, what, reason)
        for key, function in (pair for part in expanded_items(self._root.get("functions")) for pair in part.pairs):
            if function.kind is not NodeKind.MAP:
                what, reason = f"the function at {function.location}", f"the value of `{function.text}` is not known"
                self._collector.record_not_evaluated(key.text, what, reason)

    def _merged_resources(self) -> Iterator[tuple[Node, Node]]:
        """The resources, with the properties that `extensions` and resources of the same name override."""
        overrides: dict[str, list[Node]] = {}
        for part in expanded_items(self._root.get("resources")):
            extensions = part.get("extensions")
            for key, value in extensions.pairs if extensions is not None else ():
                overrides.setdefault(key.text, []).append(value)
        by_name: dict[str, tuple[Node, Node]] = {}
        for key, value in self._resources:
            previous = by_name.get(key.text)
            by_name[key.text] = (key, value if previous is None else _with_properties(previous[1], value))
        for name, (key, value) in by_name.items():
            for override in overrides.get(name, ()):
                value = _with_properties(value, override)  # noqa: PLW2901 - each override is over the one before
            yield key, value

    def _needs_shared_role(self, functions: list[tuple[Node, Node]]) -> bool:
        """Whether the framework makes the role of the service: some function has no role of its own."""
        has_own_role = self._role is not None and self._role.kind is not NodeKind.MAP
        return (
            bool(functions) and not has_own_role and any(self._uses_shared_role(function) for _, function in functions)
        )

    def _uses_shared_role(self, function: Node) -> bool:
        return function.get("role") is None and find_function_role(self._root, function) is None

    def _provider_setting(self, name: str, older_name: str) -> Node | None:
        """A setting of the shared role, in its present or older place."""
        is_map = self._role is not None and self._role.kind is NodeKind.MAP
        value = self._role.get(name) if is_map and self._role is not None else None
        return value if value is not None else self._provider.get(older_name)

    def _add_shared_role(self, functions: list[tuple[Node, Node]]) -> None:
        """Add the role of the service, with what its functions need and what the provider adds."""
        has_vpc = any(function.get("vpc") is not None for _, function in functions)
        statements = self._provider_setting("statements", "iamRoleStatements")
        managed = list(expanded_items(self._provider_setting("managedPolicies", "iamManagedPolicies")))
        properties: dict[str, Any] = {
            "Policies": [
                self._policy(
                    [*shared_log_statements(functions, self._prefix), *_items(statements), *self._shared.statements]
                )
            ],
            "ManagedPolicyArns": [
                *managed,
                *([_VPC_POLICY] if has_vpc or self._provider.get("vpc") is not None else []),
            ],
        }
        for name, setting, older in (
            ("PermissionsBoundary", "permissionsBoundary", "rolePermissionsBoundary"),
            ("PermissionsBoundary", "permissionBoundary", ""),
            ("RoleName", "name", ""),
            ("Path", "path", ""),
        ):
            value = self._provider_setting(setting, older)
            if value is not None:
                properties.setdefault(name, value)
        self._add(
            SHARED_ROLE,
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": _trust(self._shared.trusted), **properties},
            self._role or self._provider,
        )

    def _policy(self, statements: list[Any]) -> dict[str, Any]:
        document = {"Version": VERSION_2012, "Statement": statements}
        return {"PolicyName": f"{self._prefix}-lambda", "PolicyDocument": document}

    def _add_function(self, key: Node, function: Node) -> None:
        """Add a function with its events and permissions, and what these add to its role or the shared one."""
        normal = normal_name(key.text)
        function_id, name = f"{normal}LambdaFunction", function.get("name") or f"{self._prefix}-{key.text}"
        of_settings = setting_statements(function, self._provider, self._prefix)
        additions = _RoleAdditions([*of_settings], [*of_settings])
        arn = f"{_FUNCTION}{name.text if isinstance(name, Node) else name}"
        events = list(expanded_items(function.get("events")))
        for number, event in enumerate(events, start=1):
            added = serverless_event(event, number, normal, arn)
            additions.statements += added.statements
            additions.of_plugin += added.statements if added.name in ("sqs", "stream") else ()
            additions.trusted += added.trusted
            self._record_event(key.text, event, added)
            target = {"FunctionName": {"Fn::GetAtt": [function_id, "Arn"]}}
            if added.mapping is not None:
                mapping = target | added.mapping
                self._add(f"{normal}Mapping{number}", "AWS::Lambda::EventSourceMapping", mapping, event)
            for index, permission in enumerate(added.permissions):
                logical_id = f"{normal}Permission{number}{'AB'[index] if index else ''}"
                self._add(logical_id, "AWS::Lambda::Permission", target | permission, event)
        self._add_url(normal, function_id, function)
        role = self._function_role(normal, name, function, additions)
        settings: dict[str, Any] = {"FunctionName": name, "Role": role} | {
            target: value
            for target, setting in _COPIED
            if (value := function.get(setting) or self._provider.get(setting)) is not None
        }
        of_both = (node.get("environment") for node in (self._provider, function))
        variables = {key.text: value for node in of_both for part in expanded_items(node) for key, value in part.pairs}
        if variables:
            settings["Environment"] = {"Variables": variables}
        vpc, dead_letter = function.get("vpc") or self._provider.get("vpc"), function.get("onError")
        # The framework takes functions of CloudFront out of the VPC.
        if vpc is not None and all(event.get("cloudFront") is None for event in events):
            settings["VpcConfig"] = {"SubnetIds": vpc.get("subnetIds") or vpc}
        if dead_letter is not None:
            settings["DeadLetterConfig"] = {"TargetArn": dead_letter}
        if function.get("durableConfig") is not None:
            settings["DurableConfig"] = {"ExecutionTimeout": "1"}
        settings |= open_routes(events, self._provider, self._events) | log_property(function)
        self._add(function_id, "AWS::Lambda::Function", settings, key)

    def _record_event(self, function: str, event: Node, added: ServerlessEvent) -> None:
        """Record what is not known of an event, and the role of the framework's custom resources."""
        if added.unknown and not added.custom_resource:
            what = f"what the event `{added.unknown}` at {event.location} adds to the role and the function"
            is_known = added.unknown in event_names()
            reason = "its source is not known before deployment" if is_known else "the event is not in iamglue's table"
            self._collector.record_not_evaluated(function, what, reason)
        if added.custom_resource:
            what = (
                f"the role of the function with which the framework configures the existing source at {event.location}"
            )
            self._collector.record_not_evaluated(function, what, "iamglue does not know its policies")

    def _function_role(self, normal: str, name: Any, function: Node, additions: _RoleAdditions) -> Any:
        """The `Role` of a function: its own, the service's, or one that the framework or the plugin makes."""
        own = find_function_role(self._root, function)
        if own is not None:
            inherited = self._provider_setting("statements", "iamRoleStatements")
            if own.inherits_statements is None and inherited is not None:
                what = f"whether the role of `{normal}` has the statements at {inherited.location}"
                reason = "the setting that it inherits them is not known before deployment"
                self._collector.record_not_evaluated(f"{normal}{SHARED_ROLE}", what, reason)
            inherited = inherited if own.inherits_statements else None
            managed: list[Any] = [
                *(expanded_items(self._provider_setting("managedPolicies", "")) if own.keeps_managed_policies else ()),
                *(_VPC_POLICY for node in (function, self._provider) if node.get("vpc") is not None),
                *([_DURABLE_POLICY] if function.get("durableConfig") is not None else []),
                *own.managed_policies,
            ]
            logs = log_statements([name.text if isinstance(name, Node) else name])
            statements = [*logs, *_items(inherited), *_items(own.statements)]
            statements += additions.of_plugin if own.made_by_plugin else additions.statements
            properties = {
                "AssumeRolePolicyDocument": _trust(additions.trusted),
                "Policies": [self._policy(statements)],
                "ManagedPolicyArns": managed,
                **own.settings,
            }
            self._add(f"{normal}{SHARED_ROLE}", "AWS::IAM::Role", properties, own.node)
            return {"Fn::GetAtt": [f"{normal}{SHARED_ROLE}", "Arn"]}
        role = function.get("role")
        if role is None and self._role is not None and self._role.kind is not NodeKind.MAP:
            role = self._role
        if role is None:
            self._shared.statements += additions.statements
            self._shared.trusted += additions.trusted
            return {"Fn::GetAtt": [SHARED_ROLE, "Arn"]}
        is_name = role.kind is NodeKind.SCALAR and role.tag is None and not role.text.startswith(("arn:", "${"))
        return {"Fn::GetAtt": [role.text, "Arn"]} if is_name else role

    def _add_url(self, normal: str, function_id: str, function: Node) -> None:
        """Add a function URL; without an authorizer everyone may call it."""
        url = function.get("url")
        if url is None or url.text == "false":
            return
        authorizer = url.get("authorizer")
        auth = "AWS_IAM" if authorizer is not None and authorizer.text == "aws_iam" else "NONE"
        target = {"Fn::GetAtt": [function_id, "Arn"]}
        self._add(
            f"{normal}LambdaFunctionUrl", "AWS::Lambda::Url", {"TargetFunctionArn": target, "AuthType": auth}, url
        )
        if auth == "NONE":
            permission = {"FunctionName": target, "Principal": "*", "Action": "lambda:InvokeFunctionUrl"}
            self._add(
                f"{normal}LambdaPermissionFnUrl",
                "AWS::Lambda::Permission",
                permission | {"FunctionUrlAuthType": auth},
                url,
            )

    def _add(self, logical_id: str, kind: str, properties: dict[str, Any], location: Node) -> None:
        """Add a resource, which is located where the file asks for it."""
        factory = NodeFactory(location)
        resource = factory.data({"Type": kind, "Properties": properties})
        self._resources.append((factory.text(logical_id), resource))


def _trust(services: list[str]) -> dict[str, Any]:
    """The trust policy of a role that Lambda and these services assume."""
    principal = {"Service": ["lambda.amazonaws.com", *dict.fromkeys(services)]}
    statement = {"Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole"]}
    return {"Version": VERSION_2012, "Statement": [statement]}


def _items(node: Node | None) -> list[Node]:
    return list(node.items) if node is not None and node.kind is NodeKind.LIST else [node] if node is not None else []


def _with_properties(resource: Node, override: Node) -> Node:
    """A resource with the properties of an override over its own."""
    properties, more = resource.get("Properties"), override.get("Properties")
    if properties is None or more is None:
        return override if properties is None else resource
    names = {key.text for key, _ in more.pairs}
    merged = replace(properties, pairs=(*(pair for pair in properties.pairs if pair[0].text not in names), *more.pairs))
    return replace(
        resource, pairs=tuple((key, merged if key.text == "Properties" else value) for key, value in resource.pairs)
    )
