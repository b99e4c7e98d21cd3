"""Reads the templates of nested stacks and applications that are local files beside the template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.patterns.variables import substitute_parameters
from iamglue.policy.source.nodes import Node
from iamglue.readers.local_documents import local_path, read_local_document
from iamglue.readers.templates.stack_scopes import PARENT_SCOPE, change_texts, rename_unknown_values
from iamglue.readers.templates.template_cases import join_accounts
from iamglue.readers.templates.template_properties import ResourceProperties

# Resource type -> the property with the location of its template.
_LOCATIONS = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_MAX_DEPTH = 5
_OUTPUTS = ".Outputs."
AccountReader = Callable[[str, Node, ParameterValues, tuple[str, ...]], Account]


def add_nested_stacks(
    account: Account,
    root: Node,
    resources: Iterable[ResourceProperties],
    settings: ParameterValues,
    parents: tuple[str, ...],
    read_account: AccountReader,
) -> Account:
    """The account with the roles and functions of its nested stacks; those that cannot be read are not evaluated.

    `root` is the template, `parents` are the paths of the templates that it is nested in, and its own.
    """
    for properties in resources:
        location_property = _LOCATIONS.get(properties.resource.type)
        if location_property is None:
            continue
        location = _asset_path(root, properties.id) or properties.text(location_property)
        path = local_path(parents[-1], location)
        document = read_local_document(parents[-1], location)
        if path is None or document is None or path in parents or len(parents) > _MAX_DEPTH:
            account = replace(account, gaps=(*account.gaps, _unread_stack(properties, location)))
            continue
        values = _stack_parameters(properties, settings)
        nested = _with_scope(read_account(path, document, values, (*parents, path)), properties.id)
        account = join_accounts(account, nested, _add_stack)
    return _with_nested_outputs(account)


def _add_stack(account: Account, nested: Account) -> Account:
    """The account with what a nested stack creates, and what of it was not evaluated."""
    return replace(
        account,
        functions=(*account.functions, *nested.functions),
        roles=(*account.roles, *nested.roles),
        resource_roles=(*account.resource_roles, *nested.resource_roles),
        gaps=(*account.gaps, *nested.gaps),
        reference_names=(*account.reference_names, *nested.reference_names),
        outputs=(*account.outputs, *nested.outputs),
        outside_policies=(*account.outside_policies, *nested.outside_policies),
    )


def _asset_path(root: Node, logical_id: str) -> str:
    """The file of a nested stack's template that CDK names in the resource's metadata; empty if there is none.

    https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cx_api-readme.html
    """
    node: Node | None = root
    for name in ("Resources", logical_id, "Metadata", "aws:asset:path"):
        node = node.get(name) if node is not None else None
    return node.text if node is not None else ""


def _unread_stack(properties: ResourceProperties, location: str) -> NotEvaluated:
    """The gap for a nested stack whose template is not a local file, or cannot be read."""
    what = f"the roles and functions of the nested stack `{properties.id}`"
    reason = (
        f"its template, `{location}`, is not a readable file beside this one"
        if location
        else "its template is not known"
    )
    return NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("stack", properties.id), what, reason)


def _stack_parameters(properties: ResourceProperties, settings: ParameterValues) -> ParameterValues:
    """The parameters of a nested stack; what its parent does not know either gets a name of its own."""
    passed = [(name, properties.text("Parameters", name)) for name in properties.keys("Parameters")]
    outside = [(name, rename_unknown_values(value, PARENT_SCOPE)) for name, value in passed if value]
    general = [(name, value) for name, value in settings.values if name not in dict(passed) and _is_location(name)]
    return ParameterValues((*general, *outside), settings.trust)


def _is_location(name: str) -> bool:
    """Whether an option sets the account, Region or partition, which nested stacks share."""
    return name.startswith("AWS::") or name in ("Region", "Account", "AccountId", "Partition")


def _with_scope(account: Account, scope: str) -> Account:
    """The account with other names for its unknown values, so that those of two stacks are not taken for the same.

    What the parent passed is known by the names that the parent has for it.
    """
    renamed = change_texts(
        replace(account, cases=()), lambda text: rename_unknown_values(text, scope, home=PARENT_SCOPE)
    )
    return replace(
        renamed,
        reference_names=tuple((f"{scope}.{name}", kind) for name, kind in account.reference_names),
        conditions=tuple((f"{scope}.{name}", truth) for name, truth in account.conditions),
        outputs=tuple((f"{scope}{_OUTPUTS}{name}", value) for name, value in renamed.outputs),
        cases=tuple(_with_scope(case, scope) for case in account.cases),
    )


def _with_nested_outputs(account: Account) -> Account:
    """The account with the values of its nested stacks' outputs; some are passed to other nested stacks."""
    values = dict(pair for pair in account.outputs if _OUTPUTS in pair[0])
    cases = tuple(map(_with_nested_outputs, account.cases))
    account = replace(account, cases=(), outputs=tuple(pair for pair in account.outputs if _OUTPUTS not in pair[0]))
    for _ in range(_MAX_DEPTH if values else 0):
        filled = change_texts(account, lambda text: substitute_parameters(text, values) if "${" in text else text)
        if filled == account:
            break
        account = filled
    return replace(account, cases=cases)
