"""An account as a CloudFormation or SAM template will make it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.cloudformation import read_template
from iamglue.readers.templates.intrinsics import IntrinsicResolver, parse_intrinsic
from iamglue.readers.templates.reference_values import NAMING_BY_TYPE, reference_values, set_option_values
from iamglue.readers.templates.sam_functions import add_sam_function, add_sam_role
from iamglue.readers.templates.template_functions import FunctionIndex, add_function, add_function_resources
from iamglue.readers.templates.template_properties import ResourceProperties
from iamglue.readers.templates.template_resource import TemplateResource
from iamglue.readers.templates.template_roles import add_attachments, add_policies, add_role

_ROLE, _FUNCTION, _SAM_FUNCTION = "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Serverless::Function"


def cloudformation_account(path: str, root: Node, text: str, settings: ParameterValues) -> Account:
    """The account of a template whose document is `root`."""
    found = PolicyCollector(settings)
    read_template(root, found)
    resolver = IntrinsicResolver(root, budget=found.budget)
    resources = {each.id: each for each in _resources(root, resolver, found)}
    draft = AccountDraft(set_option_values(settings))
    defaults = _globals(root)
    properties = {
        key: ResourceProperties(each, draft, defaults if each.type == _SAM_FUNCTION else None)
        for key, each in resources.items()
    }
    draft.reference_values = (
        reference_values(
            (key, each.resource.type, _name(each))
            for key, each in properties.items()
            if each.resource.type in NAMING_BY_TYPE
        )
        | draft.reference_values
    )
    _take(properties, found.build_file(path, text), draft)
    return draft.build_account(path)


def _name(properties: ResourceProperties) -> str:
    """The name of a resource, empty where AWS makes it up; that of a rule has the bus before it."""
    name = properties.text(NAMING_BY_TYPE[properties.resource.type].property)
    bus = properties.text("EventBusName").rpartition("/")[2] if properties.resource.type == "AWS::Events::Rule" else ""
    return f"{bus}/{name or f'${{{properties.id}}}'}" if bus and bus != "default" else name


def _take(properties: dict[str, ResourceProperties], written: ParsedFile, draft: AccountDraft) -> None:
    functions = FunctionIndex(draft)
    for each in properties.values():
        if each.resource.type == _ROLE:
            add_role(each, draft)
        elif each.resource.type == _SAM_FUNCTION:
            add_sam_role(each, draft)
    for each in properties.values():
        if each.resource.type == _FUNCTION:
            add_function(each, None, draft, functions)
        elif each.resource.type == _SAM_FUNCTION:
            add_sam_function(each, draft, functions)
    add_function_resources(properties.values(), functions)
    add_policies(written, properties, draft, functions)
    add_attachments(written, draft)
    draft.not_evaluated += _read_gaps(written)


def _read_gaps(written: ParsedFile) -> Iterator[NotEvaluated]:
    yield from written.not_evaluated
    if written.syntax_error is not None:
        subject = Subject("policy", written.path)
        yield NotEvaluated(
            NotEvaluatedKind.FAILED,
            subject,
            f"the text at {written.syntax_error.location}",
            written.syntax_error.message,
        )


def _resources(root: Node, resolver: IntrinsicResolver, found: PolicyCollector) -> Iterator[TemplateResource]:
    given = root.get("Resources")
    for key, value in given.pairs if given is not None else ():
        kind, properties = value.get("Type"), value.get("Properties")
        if kind is None or key.text.startswith("Fn::"):
            continue
        if properties is None or properties.kind is not NodeKind.MAP or parse_intrinsic(properties) is not None:
            properties = replace(value, pairs=())
        yield TemplateResource(key.text, kind.text, properties, resolver, found)


def _globals(root: Node) -> Node | None:
    given = root.get("Globals")
    found = given.get("Function") if given is not None else None
    return found if found is not None and found.kind is NodeKind.MAP else None
