"""An account as a Terraform configuration or plan will make it."""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.account_draft import AccountDraft, RoleDraft, deployment_arn
from iamglue.readers.templates.reference_values import set_option_values
from iamglue.readers.templates.template_functions import FunctionIndex, find_role_key
from iamglue.readers.templates.template_roles import add_attachments, add_invoke_permission, build_attached_policy
from iamglue.readers.terraform.functions import add_function, add_function_resource
from iamglue.readers.terraform.policy_attributes import ATTACHMENT_RESOURCES, LAMBDA_PERMISSION
from iamglue.readers.terraform.reference_values import NAMING_BY_TYPE, attribute_parameter, reference_values
from iamglue.readers.terraform.resources import TerraformResource, configuration_resources, planned_resources
from iamglue.readers.terraform.string_templates import unresolved_parameter

_PLAN_KEYS = ("planned_values", "resource_changes", "prior_state")


def is_plan(root: Node) -> bool:
    """Whether a document is what `terraform show -json` prints."""
    return root.get("terraform_version") is not None and any(root.get(name) is not None for name in _PLAN_KEYS)


def plan_account(path: str, root: Node, text: str, settings: ParameterValues) -> Account:
    """The account of a plan."""
    from iamglue.readers.terraform.plan import read_plan  # noqa: PLC0415 - only for plans

    return _account(path, planned_resources(root), read_plan(path, root, text, settings), settings)


def configuration_account(path: str, text: str, settings: ParameterValues) -> Account:
    """The account of a .tf or .tf.json file. Raises IamglueError for one that cannot be read."""
    from iamglue.readers.terraform.configuration import read_configuration  # noqa: PLC0415 - startup: needs python-hcl2

    resources = configuration_resources(path, text, settings)
    return _account(path, resources, read_configuration(path, text, settings), settings)


def _account(
    path: str, resources: tuple[TerraformResource, ...], written: ParsedFile, settings: ParameterValues
) -> Account:
    draft = AccountDraft(set_option_values(settings))
    named = (
        (each.address, each.kind, each.text(NAMING_BY_TYPE[each.kind].argument))
        for each in resources
        if each.kind in NAMING_BY_TYPE
    )
    draft.reference_values = reference_values(named) | draft.reference_values
    for each in resources:
        if each.kind == "aws_iam_role":
            _take_role(each, draft)
    functions = FunctionIndex(draft)
    for each in resources:
        if each.kind == "aws_lambda_function":
            add_function(each, draft, functions)
    for each in resources:
        add_function_resource(each, draft, functions)
    _take_policies(resources, written, draft, functions)
    _attach(resources, draft)
    add_attachments(written, draft)
    draft.not_evaluated += written.not_evaluated
    if written.syntax_error is not None:
        draft.not_evaluated.append(_unread(written.syntax_error, path))
    return draft.build_account(path)


def _unread(error: IamglueError, path: str) -> NotEvaluated:
    return NotEvaluated(
        NotEvaluatedKind.FAILED, Subject("policy", path), f"the text at {error.location}", error.message
    )


def _take_role(resource: TerraformResource, draft: AccountDraft) -> None:
    name, path = draft.fill_references(resource.text("name")), draft.fill_references(resource.text("path")) or "/"
    made_up = name or f"${{{attribute_parameter(resource.address, 'name')}}}"
    arn = deployment_arn("iam", f"role{path if path.startswith('/') else '/'}{made_up}", regional=False)
    known = name if name and not name.startswith("${") else _label(resource)
    draft.roles[resource.address] = RoleDraft(known, arn, path)
    draft.reference_values[attribute_parameter(resource.address, "arn")] = arn


def _take_policies(
    resources: Iterable[TerraformResource], written: ParsedFile, draft: AccountDraft, functions: FunctionIndex
) -> None:
    """Each policy at the resource that it stands in, or, if it is a data source's, at those that refer to it."""
    found: dict[str, list[ParsedPolicy]] = {}
    for policy in written.policies:
        data = policy.name.startswith("data.")
        for name in (f".{each}" for each in ("json", "minified_json")) if data else ("",):
            found.setdefault(unresolved_parameter(f"{policy.name}{name}") if data else policy.name, []).append(policy)
    for resource in resources:
        for policy in found.get(resource.address, ()):
            _take_policy(policy, resource, draft, functions, trust=policy.type is PolicyType.TRUST)
        for argument in ("policy", "assume_role_policy"):
            for policy in found.get(resource.text(argument), ()):
                _take_policy(policy, resource, draft, functions, trust=argument == "assume_role_policy")
        if resource.kind == "aws_iam_role":
            _take_blocks(resource, found, draft)


def _take_blocks(resource: TerraformResource, found: dict[str, list[ParsedPolicy]], draft: AccountDraft) -> None:
    """The inline policies that stand in blocks of a role: those written out are in the blocks' order."""
    written = iter([each for each in found.get(resource.address, ()) if each.type is not PolicyType.TRUST])
    for block in resource.blocks("inline_policy"):
        for policy in found.get(block.text("policy")) or filter(None, [next(written, None)]):
            name = draft.fill_references(block.text("name")) or "inline_policy"
            draft.roles[resource.address].inline.append(build_attached_policy(policy, name, resource.address, draft))


def _take_policy(
    policy: ParsedPolicy, resource: TerraformResource, draft: AccountDraft, functions: FunctionIndex, *, trust: bool
) -> None:
    if trust and resource.address in draft.roles:
        draft.roles[resource.address].trust = build_attached_policy(policy, "trust policy", resource.address, draft)
    elif resource.kind == "aws_iam_policy":
        arn = draft.fill_references(f"${{{attribute_parameter(resource.address, 'arn')}}}")
        name = draft.fill_references(resource.text("name")) or _label(resource)
        draft.managed_policies[arn] = build_attached_policy(policy, name, name, draft, arn)
    elif resource.kind == LAMBDA_PERMISSION:
        function = functions.find(draft.fill_references(resource.text("function_name")))
        if function is not None:
            add_invoke_permission(policy, _label(resource), function, draft)
    elif resource.kind == "aws_iam_role_policy":
        _inline(policy, resource, draft)


def _inline(policy: ParsedPolicy, resource: TerraformResource, draft: AccountDraft) -> None:
    texts = (resource.text("role"), policy.owner or "")
    role = next(
        (found for text in texts if text and (found := find_role_key(draft.fill_references(text), draft)) is not None),
        None,
    )
    if role is not None:
        name = draft.fill_references(resource.text("name")) or _label(resource)
        draft.roles[role].inline.append(build_attached_policy(policy, name, role, draft))


def _label(resource: TerraformResource) -> str:
    return resource.address.rpartition(".")[2]


def _attach(resources: Iterable[TerraformResource], draft: AccountDraft) -> None:
    for each in resources:
        if each.kind == "aws_iam_role":
            boundary = each.text("permissions_boundary")
            if boundary:
                draft.attach_policy(each.address, boundary, boundary=True)
        for argument in ATTACHMENT_RESOURCES.get(each.kind, ()):
            if not argument.startswith("role"):
                continue
            for text in each.texts(argument):
                role = find_role_key(draft.fill_references(text), draft)
                if role is not None:
                    draft.attach_policy(role, each.text("policy_arn"))
