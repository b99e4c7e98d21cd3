"""An account as a CloudFormation or SAM template will make it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.account import Account
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import Settings
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.found_policies import FoundPolicies
from iamglue.readers.templates.cloudformation import read_template
from iamglue.readers.templates.intrinsics import Resolver, intrinsic
from iamglue.readers.templates.sam_functions import take_sam_function, take_sam_role
from iamglue.readers.templates.template_draft import AccountDraft
from iamglue.readers.templates.template_functions import Functions, take_function, take_parts
from iamglue.readers.templates.template_names import NAMED, given_names, reference_names
from iamglue.readers.templates.template_properties import Properties
from iamglue.readers.templates.template_resource import Resource
from iamglue.readers.templates.template_roles import take_attachments, take_policies, take_role

_ROLE, _FUNCTION, _SAM_FUNCTION = "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Serverless::Function"


def cloudformation_account(path: str, root: Node, text: str, settings: Settings) -> Account:
    """The account of a template whose document is `root`."""
    found = FoundPolicies(settings)
    read_template(root, found)
    resolver = Resolver(root, budget=found.budget)
    resources = {each.id: each for each in _resources(root, resolver, found)}
    draft = AccountDraft(given_names(settings))
    defaults = _globals(root)
    properties = {
        key: Properties(each, draft, defaults if each.type == _SAM_FUNCTION else None)
        for key, each in resources.items()
    }
    draft.names = (
        reference_names(
            (key, each.resource.type, _name(each)) for key, each in properties.items() if each.resource.type in NAMED
        )
        | draft.names
    )
    _take(properties, found.file(path, text), draft)
    return draft.account(path)


def _name(properties: Properties) -> str:
    """The name of a resource, empty where AWS makes it up; that of a rule has the bus before it."""
    name = properties.text(NAMED[properties.resource.type].property)
    bus = properties.text("EventBusName").rpartition("/")[2] if properties.resource.type == "AWS::Events::Rule" else ""
    return f"{bus}/{name or f'${{{properties.id}}}'}" if bus and bus != "default" else name


def _take(properties: dict[str, Properties], written: WrittenFile, draft: AccountDraft) -> None:
    functions = Functions(draft)
    for each in properties.values():
        if each.resource.type == _ROLE:
            take_role(each, draft)
        elif each.resource.type == _SAM_FUNCTION:
            take_sam_role(each, draft)
    for each in properties.values():
        if each.resource.type == _FUNCTION:
            take_function(each, None, draft, functions)
        elif each.resource.type == _SAM_FUNCTION:
            take_sam_function(each, draft, functions)
    take_parts(properties.values(), functions)
    take_policies(written, properties, draft, functions)
    take_attachments(written, draft)
    draft.gaps += _read_gaps(written)


def _read_gaps(written: WrittenFile) -> Iterator[NotEvaluated]:
    yield from written.not_evaluated
    if written.malformed is not None:
        subject = Subject("policy", written.path)
        yield NotEvaluated(Gap.FAILED, subject, f"the text at {written.malformed.location}", written.malformed.message)


def _resources(root: Node, resolver: Resolver, found: FoundPolicies) -> Iterator[Resource]:
    given = root.get("Resources")
    for key, value in given.pairs if given is not None else ():
        kind, properties = value.get("Type"), value.get("Properties")
        if kind is None or key.text.startswith("Fn::"):
            continue
        if properties is None or properties.shape is not Shape.MAP or intrinsic(properties) is not None:
            properties = replace(value, pairs=())
        yield Resource(key.text, kind.text, properties, resolver, found)


def _globals(root: Node) -> Node | None:
    given = root.get("Globals")
    found = given.get("Function") if given is not None else None
    return found if found is not None and found.shape is Shape.MAP else None
