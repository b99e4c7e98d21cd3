"""Builds the account that a CloudFormation or SAM template creates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.findings import NotEvaluatedKind
from iamglue.model.account import Account
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector, unreadable_text
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.api_routes import add_open_routes
from iamglue.readers.templates.cloudformation import read_resources
from iamglue.readers.templates.graphql_routes import add_graphql_routes
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.kafka_clusters import add_cluster_authentication
from iamglue.readers.templates.listener_routes import add_listener_routes
from iamglue.readers.templates.named_exports import named_exports
from iamglue.readers.templates.nested_stacks import add_nested_stacks
from iamglue.readers.templates.reference_values import set_option_values, template_references
from iamglue.readers.templates.resource_roles import add_resource_roles
from iamglue.readers.templates.sam import record_refused_globals
from iamglue.readers.templates.sam_api_permissions import add_api_permissions
from iamglue.readers.templates.sam_connectors import CONNECTOR, add_connectors, embedded_connectors
from iamglue.readers.templates.sam_functions import add_sam_function
from iamglue.readers.templates.sam_globals import merge_globals
from iamglue.readers.templates.sam_roles import STATE_MACHINE, add_sam_role
from iamglue.readers.templates.sam_service_roles import add_service_roles
from iamglue.readers.templates.template_cases import read_cases
from iamglue.readers.templates.template_expansion import expand_template
from iamglue.readers.templates.template_functions import FunctionIndex, add_function, add_function_resources
from iamglue.readers.templates.template_properties import ResourceProperties
from iamglue.readers.templates.template_resource import TemplateResource
from iamglue.readers.templates.template_roles import add_attachments, add_policies, add_role

_ROLE, _FUNCTION, _SAM_FUNCTION = "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Serverless::Function"


def cloudformation_account(path: str, root: Node, text: str, settings: ParameterValues) -> Account:
    """The account of a template whose document is `root`, with those of nested stacks in files beside it."""
    return _read_account(path, root, text, settings, (path,))


def _read_account(path: str, document: Node, text: str, settings: ParameterValues, parents: tuple[str, ...]) -> Account:
    """The account of a template; `parents` are the paths of the templates that it is nested in, and its own."""

    def read(root: Node) -> Account:
        """The account of the template in one case of its conditions."""
        collector = PolicyCollector(settings)
        record_refused_globals(document, collector)
        draft, properties = build_draft(path, document, root, text, collector)
        return add_nested_stacks(draft.build_account(path), root, properties.values(), settings, parents, _read_nested)

    root = merge_globals(expand_template(document, settings))
    return read_cases(root, set_option_values(settings), read)


def build_draft(
    path: str, document: Node, root: Node, text: str, collector: PolicyCollector, *, framework: bool = False
) -> tuple[AccountDraft, dict[str, ResourceProperties]]:
    """The draft of a template, `root`, that was made of a document, and the properties of its resources."""
    references = template_references(root)
    resolver = IntrinsicResolver(root, framework=framework, references=references, budget=collector.budget)
    read_resources(root, resolver, collector)
    resources = {resource.id: resource for resource in _resources(root, resolver, collector)}
    draft = AccountDraft(references.values | set_option_values(collector.settings), {document.path: document})
    draft.reference_names = references.names
    draft.outputs = tuple(_outputs(root, resolver))
    draft.exports = tuple(named_exports(root, resolver, conditional=True))
    properties = {key: ResourceProperties(resource, draft) for key, resource in resources.items()}
    functions = _fill_draft(properties, collector.build_file(path, text), draft)
    add_open_routes(properties, root.get("Globals"), functions)
    add_listener_routes(properties, functions)
    add_graphql_routes(properties, functions)
    return draft, properties


def _outputs(root: Node, resolver: IntrinsicResolver) -> Iterator[tuple[str, str]]:
    """The outputs of a template that are texts."""
    outputs = root.get("Outputs")
    for key, output in outputs.pairs if outputs is not None else ():
        value = resolver.resolve_text(output.get("Value"))
        if value:
            yield key.text, value


def _read_nested(path: str, document: Node, settings: ParameterValues, parents: tuple[str, ...]) -> Account:
    return _read_account(path, document, document.source.text, settings, parents)


def _fill_draft(
    properties_by_id: dict[str, ResourceProperties], parsed_file: ParsedFile, draft: AccountDraft
) -> FunctionIndex:
    """Add roles, then functions, which refer to roles, then the other resources and the policies."""
    functions = FunctionIndex(draft)
    for properties in properties_by_id.values():
        if properties.resource.type == _ROLE:
            add_role(properties, draft)
        elif properties.resource.type in (_SAM_FUNCTION, STATE_MACHINE):
            add_sam_role(properties, draft)
    for properties in properties_by_id.values():
        if properties.resource.type == _FUNCTION:
            add_function(properties, None, draft, functions)
        elif properties.resource.type == _SAM_FUNCTION:
            add_sam_function(properties, draft, functions)
    add_function_resources(properties_by_id.values(), functions)
    add_cluster_authentication(properties_by_id.values(), draft)
    add_service_roles(properties_by_id.values(), draft)
    add_resource_roles(properties_by_id, draft)
    add_api_permissions(properties_by_id.values(), functions)
    add_policies(parsed_file, properties_by_id, draft, functions)
    add_attachments(parsed_file, draft)
    add_connectors(properties_by_id, draft, functions)
    _record_not_evaluated_parts(parsed_file, draft)
    if parsed_file.syntax_error is not None:
        draft.not_evaluated.append(unreadable_text(parsed_file.syntax_error, parsed_file.path))
    return functions


def _record_not_evaluated_parts(parsed_file: ParsedFile, draft: AccountDraft) -> None:
    """Record the parts of a file that were not evaluated; those of a role may be policies of the role."""
    for gap in parsed_file.not_evaluated:
        name = gap.subject.name.partition("/")[0]
        role = draft.sam_role_keys.get(name, name)
        if role in draft.roles and gap.kind is NotEvaluatedKind.UNDECIDABLE:
            draft.record_unknown_policy(role, gap.what, gap.reason)
        else:
            draft.not_evaluated.append(gap)


def _resources(root: Node, resolver: IntrinsicResolver, collector: PolicyCollector) -> Iterator[TemplateResource]:
    """The resources of a template; one whose properties are an intrinsic function has no properties."""
    resources = root.get("Resources")
    for key, value in resources.pairs if resources is not None else ():
        kind, properties = value.get("Type"), value.get("Properties")
        if kind is None or key.text.startswith("Fn::"):
            continue
        if properties is None or properties.kind is not NodeKind.MAP or parse_intrinsic(properties) is not None:
            properties = replace(value, pairs=())
        yield TemplateResource(key.text, kind.text, properties, resolver, collector, key)
        for connector_key, connector in embedded_connectors(key.text, value):
            connector_id = f"{key.text}{connector_key.text}"
            yield TemplateResource(connector_id, CONNECTOR, connector, resolver, collector, connector_key)
