"""An account as a Terraform configuration or plan will make it."""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.errors import IamglueError
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.account import Account
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import PolicyType, Settings, WrittenPolicy
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.template_draft import AccountDraft, RoleDraft, arn_of
from iamglue.readers.templates.template_functions import Functions, owner
from iamglue.readers.templates.template_names import given_names
from iamglue.readers.templates.template_roles import as_attached, permit, take_attachments
from iamglue.readers.terraform.functions import take_function, take_part
from iamglue.readers.terraform.names import NAMED, key, resource_names
from iamglue.readers.terraform.resources import TerraformResource, configuration_resources, planned_resources
from iamglue.readers.terraform.table import ATTACHMENTS, PERMISSION
from iamglue.readers.terraform.templates import hole

_PLAN_KEYS = ("planned_values", "resource_changes", "prior_state")


def is_plan(root: Node) -> bool:
    """Whether a document is what `terraform show -json` prints."""
    return root.get("terraform_version") is not None and any(root.get(name) is not None for name in _PLAN_KEYS)


def plan_account(path: str, root: Node, text: str, settings: Settings) -> Account:
    """The account of a plan."""
    from iamglue.readers.terraform.plan import read_plan  # noqa: PLC0415 - only for plans

    return _account(path, planned_resources(root), read_plan(path, root, text, settings), settings)


def configuration_account(path: str, text: str, settings: Settings) -> Account:
    """The account of a .tf or .tf.json file. Raises IamglueError for one that cannot be read."""
    from iamglue.readers.terraform.configuration import read_hcl  # noqa: PLC0415 - startup: needs python-hcl2

    resources = configuration_resources(path, text, settings)
    return _account(path, resources, read_hcl(path, text, settings), settings)


def _account(path: str, resources: tuple[TerraformResource, ...], written: WrittenFile, settings: Settings) -> Account:
    draft = AccountDraft(given_names(settings))
    named = (
        (each.address, each.kind, each.text(NAMED[each.kind].argument)) for each in resources if each.kind in NAMED
    )
    draft.names = resource_names(named) | draft.names
    for each in resources:
        if each.kind == "aws_iam_role":
            _take_role(each, draft)
    functions = Functions(draft)
    for each in resources:
        if each.kind == "aws_lambda_function":
            take_function(each, draft, functions)
    for each in resources:
        take_part(each, draft, functions)
    _take_policies(resources, written, draft, functions)
    _attach(resources, draft)
    take_attachments(written, draft)
    draft.gaps += written.not_evaluated
    if written.malformed is not None:
        draft.gaps.append(_unread(written.malformed, path))
    return draft.account(path)


def _unread(error: IamglueError, path: str) -> NotEvaluated:
    return NotEvaluated(Gap.FAILED, Subject("policy", path), f"the text at {error.location}", error.message)


def _take_role(resource: TerraformResource, draft: AccountDraft) -> None:
    name, path = draft.filled(resource.text("name")), draft.filled(resource.text("path")) or "/"
    made_up = name or f"${{{key(resource.address, 'name')}}}"
    arn = arn_of("iam", f"role{path if path.startswith('/') else '/'}{made_up}", regional=False)
    known = name if name and not name.startswith("${") else _label(resource)
    draft.roles[resource.address] = RoleDraft(known, arn, path)
    draft.names[key(resource.address, "arn")] = arn


def _take_policies(
    resources: Iterable[TerraformResource], written: WrittenFile, draft: AccountDraft, functions: Functions
) -> None:
    """Each policy at the resource that it stands in, or, if it is a data source's, at those that refer to it."""
    found: dict[str, list[WrittenPolicy]] = {}
    for policy in written.policies:
        data = policy.name.startswith("data.")
        for name in (f".{each}" for each in ("json", "minified_json")) if data else ("",):
            found.setdefault(hole(f"{policy.name}{name}") if data else policy.name, []).append(policy)
    for resource in resources:
        for policy in found.get(resource.address, ()):
            _take_policy(policy, resource, draft, functions, trust=policy.type is PolicyType.TRUST)
        for argument in ("policy", "assume_role_policy"):
            for policy in found.get(resource.text(argument), ()):
                _take_policy(policy, resource, draft, functions, trust=argument == "assume_role_policy")
        if resource.kind == "aws_iam_role":
            _take_blocks(resource, found, draft)


def _take_blocks(resource: TerraformResource, found: dict[str, list[WrittenPolicy]], draft: AccountDraft) -> None:
    """The inline policies that stand in blocks of a role: those written out are in the blocks' order."""
    written = iter([each for each in found.get(resource.address, ()) if each.type is not PolicyType.TRUST])
    for block in resource.blocks("inline_policy"):
        for policy in found.get(block.text("policy")) or filter(None, [next(written, None)]):
            name = draft.filled(block.text("name")) or "inline_policy"
            draft.roles[resource.address].inline.append(as_attached(policy, name, resource.address, draft))


def _take_policy(
    policy: WrittenPolicy, resource: TerraformResource, draft: AccountDraft, functions: Functions, *, trust: bool
) -> None:
    if trust and resource.address in draft.roles:
        draft.roles[resource.address].trust = as_attached(policy, "trust policy", resource.address, draft)
    elif resource.kind == "aws_iam_policy":
        arn = draft.filled(f"${{{key(resource.address, 'arn')}}}")
        name = draft.filled(resource.text("name")) or _label(resource)
        draft.managed[arn] = as_attached(policy, name, name, draft, arn)
    elif resource.kind == PERMISSION:
        function = functions.of(draft.filled(resource.text("function_name")))
        if function is not None:
            permit(policy, _label(resource), function, draft)
    elif resource.kind == "aws_iam_role_policy":
        _inline(policy, resource, draft)


def _inline(policy: WrittenPolicy, resource: TerraformResource, draft: AccountDraft) -> None:
    texts = (resource.text("role"), policy.owner or "")
    role = next((found for text in texts if text and (found := owner(draft.filled(text), draft)) is not None), None)
    if role is not None:
        name = draft.filled(resource.text("name")) or _label(resource)
        draft.roles[role].inline.append(as_attached(policy, name, role, draft))


def _label(resource: TerraformResource) -> str:
    return resource.address.rpartition(".")[2]


def _attach(resources: Iterable[TerraformResource], draft: AccountDraft) -> None:
    for each in resources:
        if each.kind == "aws_iam_role":
            boundary = each.text("permissions_boundary")
            if boundary:
                draft.attach(each.address, boundary, boundary=True)
        for argument in ATTACHMENTS.get(each.kind, ()):
            if not argument.startswith("role"):
                continue
            for text in each.texts(argument):
                role = owner(draft.filled(text), draft)
                if role is not None:
                    draft.attach(role, each.text("policy_arn"))
