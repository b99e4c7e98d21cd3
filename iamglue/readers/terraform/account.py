"""Builds the account that a Terraform configuration or plan creates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account
from iamglue.model.origin import Origin
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node
from iamglue.readers.policy_collector import unreadable_text
from iamglue.readers.templates.account_draft import AccountDraft, RoleDraft, deployment_arn
from iamglue.readers.templates.reference_values import set_option_values
from iamglue.readers.templates.template_cases import MAX_CASES, with_cases
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_roles import add_attachments, add_invoke_permission, build_attached_policy
from iamglue.readers.terraform.api_routes import ApiRoutes
from iamglue.readers.terraform.blocks import attribute_value
from iamglue.readers.terraform.functions import add_alias, add_function, add_function_resource
from iamglue.readers.terraform.graphql_routes import add_graphql_routes
from iamglue.readers.terraform.listener_routes import ListenerRoutes
from iamglue.readers.terraform.module_files import DirectoryFiles
from iamglue.readers.terraform.policy_attributes import ATTACHMENT_RESOURCES, EXCLUSIVE_ATTACHMENTS, LAMBDA_PERMISSION
from iamglue.readers.terraform.reference_values import NAMING_BY_TYPE, attribute_parameter, reference_values
from iamglue.readers.terraform.resource_roles import add_resource_roles
from iamglue.readers.terraform.resources import TerraformResource, known_attributes, planned_resources
from iamglue.readers.terraform.string_templates import unresolved_parameter
from iamglue.readers.terraform.terraform_roles import TerraformRoles
from iamglue.readers.terraform.values import ValueFactory

# A configuration is evaluated again for each case, which takes a second for so many characters.
_MAX_CHARACTERS = 1024 * 1024
_UNNAMED = "inline_policy"  # the name of an inline policy without one
_DATA_SOURCE = re.compile(r"(?:^|\.)data\.aws_iam_policy_document\.")


def plan_account(path: str, root: Node, text: str, settings: ParameterValues) -> Account:
    """The account that a plan creates."""
    from iamglue.readers.terraform.plan import read_plan  # noqa: PLC0415 - only for plans

    return _build_account(path, planned_resources(root), read_plan(path, root, text, settings), settings, root)


def configuration_account(path: str, files: DirectoryFiles, settings: ParameterValues) -> Account:
    """The account that the files of a configuration create: .tf, .tf.json and .tfvars files, and local modules.

    Each value of the variables that decide whether a resource is created is a case. A file that is malformed or cannot
    be read is a gap. Raises IamglueError if no file can be read.
    """
    from iamglue.readers.terraform.deployment import Deployment, read_deployment  # noqa: PLC0415 - startup: only for configurations

    def read(values: ParameterValues) -> tuple[Account, Deployment]:
        """The account for these values of variables, and the deployment that it was read from."""
        deployment = read_deployment(path, files, values)
        resources, policies = deployment.resources, deployment.policies
        account = _build_account(path, resources, policies, values, values=deployment.reference_values)
        return account, deployment

    account, deployment = read(settings)
    switches = deployment.switches
    count = 2 ** len(switches)
    if count == 1 or count > MAX_CASES or count * files.length > _MAX_CHARACTERS:
        return account
    cases = []
    for truths in product(("true", "false"), repeat=len(switches)):
        chosen = tuple(zip(switches, truths, strict=True))
        case, case_deployment = read(replace(settings, values=(*settings.values, *chosen)))
        # That a resource is not created in a case is what the case is about.
        gaps = tuple(gap for gap in case.gaps if gap in account.gaps or gap not in case_deployment.absent)
        cases.append(replace(case, gaps=gaps, conditions=tuple((f"var.{name}", truth) for name, truth in chosen)))
    return with_cases(account, cases, complete=True)


def _build_account(
    path: str,
    resources: tuple[TerraformResource, ...],
    parsed_file: ParsedFile,
    settings: ParameterValues,
    root: Node | None = None,
    values: Mapping[str, str] | None = None,
) -> Account:
    """The account of the resources. Roles come first, because functions and policies refer to them."""
    draft = AccountDraft(set_option_values(settings), {path: root} if root is not None else {})
    if values is None:
        resource_names = (
            (resource.address, resource.kind, resource.text(NAMING_BY_TYPE[resource.kind].argument))
            for resource in resources
            if resource.kind in NAMING_BY_TYPE
        )
        values = reference_values(resource_names) | known_attributes(resources)
    draft.reference_values = dict(values) | draft.reference_values
    for resource in resources:
        if resource.kind == "aws_iam_role":
            _add_role(resource, draft)
    functions, roles = FunctionIndex(draft), TerraformRoles(draft)
    for resource in resources:
        if resource.kind == "aws_lambda_function":
            add_function(resource, draft, functions, roles)
    for resource in resources:
        if resource.kind == "aws_lambda_alias":
            add_alias(resource, draft, functions)
    for resource in resources:
        add_function_resource(resource, draft, functions)
    ApiRoutes(resources, draft).add_open_routes(functions)
    ListenerRoutes(resources, draft).add_open_routes(functions)
    add_graphql_routes(resources, draft, functions)
    add_resource_roles(resources, draft, roles)
    _add_policies(resources, parsed_file, draft, functions, roles)
    _attach_policies(resources, draft, roles)
    add_attachments(parsed_file, draft)
    _record_not_evaluated_parts(resources, parsed_file, draft, roles)
    if parsed_file.syntax_error is not None:
        draft.not_evaluated.append(unreadable_text(parsed_file.syntax_error, path))
    return draft.build_account(path)


def _record_not_evaluated_parts(
    resources: Iterable[TerraformResource], parsed_file: ParsedFile, draft: AccountDraft, roles: TerraformRoles
) -> None:
    """Record the parts of a configuration that were not evaluated; unknown policies as those of the role."""
    role_texts = {resource.address: resource.text("role") or resource.text("role_name") for resource in resources}
    for gap in parsed_file.not_evaluated:
        address = gap.subject.name
        role = roles.find(address, role_texts.get(address, "")) if gap.policies_unknown else None
        if role is not None:
            draft.record_unknown_policy(role, gap.what, gap.reason)
        else:
            draft.not_evaluated.append(gap)


def _add_role(resource: TerraformResource, draft: AccountDraft) -> None:
    """Add the role by its address, and its ARN as the value of references to it."""
    name, path = draft.fill_references(resource.text("name")), draft.fill_references(resource.text("path")) or "/"
    name_or_reference = name or draft.fill_references(f"${{{attribute_parameter(resource.address, 'name')}}}")
    own_arn = draft.reference_values.get(attribute_parameter(resource.address, "arn"))
    is_path = path.startswith("/")
    arn = own_arn or deployment_arn("iam", f"role{path if is_path else '/'}{name_or_reference}", regional=False)
    display_name = name if name and not name.startswith("${") else resource.label
    origin = draft.origin(resource.block.location_node, address=resource.address)
    draft.roles[resource.address] = RoleDraft(display_name, arn, path, origin=origin)
    draft.reference_values[attribute_parameter(resource.address, "arn")] = arn


def _add_policies(
    resources: Iterable[TerraformResource],
    parsed_file: ParsedFile,
    draft: AccountDraft,
    functions: FunctionIndex,
    roles: TerraformRoles,
) -> None:
    """Add each policy to its resource; the policy of a data source to all resources that refer to it."""
    policies_by_name: dict[str, list[ParsedPolicy]] = {}
    for policy in parsed_file.policies:
        is_data_source = _DATA_SOURCE.search(policy.name) is not None
        for suffix in (f".{attribute}" for attribute in ("json", "minified_json")) if is_data_source else ("",):
            policies_by_name.setdefault(
                unresolved_parameter(f"{policy.name}{suffix}") if is_data_source else policy.name, []
            ).append(policy)
    for resource in resources:
        own_policies = policies_by_name.get(resource.address, [])
        for argument in ("policy", "assume_role_policy"):
            texts = resource.possible_texts(argument)
            policies = [policy for text in texts for policy in policies_by_name.get(text, ())]
            is_trust = argument == "assume_role_policy"
            policies += [policy for policy in own_policies if (policy.type is PolicyType.TRUST) is is_trust]
            _add_resource_policies(policies, resource, draft, functions, roles)
        if resource.kind == "aws_iam_role":
            _add_inline_policy_blocks(resource, policies_by_name, draft)
        elif resource.kind == "aws_iam_policy" and _policy_arn(resource, draft) not in draft.managed_policies:
            draft.unknown_documents.add(_policy_arn(resource, draft))


def _add_inline_policy_blocks(
    resource: TerraformResource, policies_by_name: dict[str, list[ParsedPolicy]], draft: AccountDraft
) -> None:
    """Add the inline policies in blocks of a role, and every policy that a block can have.

    A block has documents of its own, which are among the role's policies in the order of the blocks, or those of data
    sources. If one of its own is malformed, a policy gets the name of the block before.
    """
    role_policies = policies_by_name.get(resource.address, ())
    own_policies = [policy for policy in role_policies if policy.type is not PolicyType.TRUST]
    named: list[tuple[str, ParsedPolicy]] = []
    for block in resource.blocks("inline_policy"):
        name, count = draft.fill_references(block.text("name")) or _UNNAMED, block.document_count("policy")
        referenced = (policy for text in block.possible_texts("policy") for policy in policies_by_name.get(text, ()))
        named += [(name, policy) for policy in (*referenced, *own_policies[:count])]
        del own_policies[:count]
    for name, policy in (*named, *((_UNNAMED, policy) for policy in own_policies)):
        draft.roles[resource.address].inline.append(build_attached_policy(policy, name, resource.address, draft))


def _add_resource_policies(
    policies: Sequence[ParsedPolicy],
    resource: TerraformResource,
    draft: AccountDraft,
    functions: FunctionIndex,
    roles: TerraformRoles,
) -> None:
    """Add the policies of a resource to its role, function or managed policy; several if one of them applies."""
    if not policies:
        return
    if resource.address in draft.roles:
        if any(policy.type is PolicyType.TRUST for policy in policies):
            trust = _combine(policies)
            draft.roles[resource.address].trust = build_attached_policy(trust, "trust policy", resource.address, draft)
    elif resource.kind == "aws_iam_policy":
        name, arn = draft.fill_references(resource.text("name")) or resource.label, _policy_arn(resource, draft)
        draft.managed_policies[arn] = build_attached_policy(_combine(policies), name, name, draft, arn)
    elif resource.kind == LAMBDA_PERMISSION:
        function = functions.find(draft.fill_references(resource.text("function_name")))
        if function is not None:
            for policy in policies:
                add_invoke_permission(policy, resource.label, function, draft)
    elif resource.kind == "aws_iam_role_policy":
        _add_inline_policies(policies, resource, draft, roles)


def _policy_arn(resource: TerraformResource, draft: AccountDraft) -> str:
    """The ARN of a managed policy, as attachments name it."""
    return draft.fill_references(f"${{{attribute_parameter(resource.address, 'arn')}}}")


def _combine(policies: Sequence[ParsedPolicy]) -> ParsedPolicy:
    """One policy with the statements of all."""
    first = policies[0]
    if len(policies) == 1:
        return first
    statements = tuple(statement for policy in policies for statement in policy.statement_nodes)
    pairs = [(key, value) for key, value in first.node.pairs if key.text != "Statement"]
    factory = ValueFactory(first.node.source, (first.node.start, first.node.end))
    node = factory.map([*pairs, (factory.text("Statement"), factory.list(statements))])
    return replace(first, node=node)


def _add_inline_policies(
    policies: Sequence[ParsedPolicy], resource: TerraformResource, draft: AccountDraft, roles: TerraformRoles
) -> None:
    """Add the policies of an `aws_iam_role_policy` to its role."""
    role = roles.find(resource.text("role"), *(policy.owner or "" for policy in policies))
    if role is None:
        _record_missing_role(resource, resource.text("role"), draft)
        return
    name = draft.fill_references(resource.text("name")) or resource.label
    draft.roles[role].inline += [build_attached_policy(policy, name, role, draft) for policy in policies]


def _record_missing_role(resource: TerraformResource, role: str, draft: AccountDraft) -> None:
    """Record a policy whose role is not in the configuration."""
    what, reason = f"what `{resource.address}` allows", f"its role, `{role}`, is not in the template"
    subject = Subject("policy", resource.address)
    draft.not_evaluated.append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, what, reason))


def _attach_policies(resources: Iterable[TerraformResource], draft: AccountDraft, roles: TerraformRoles) -> None:
    """Attach permissions boundaries and managed policies to the roles."""
    for resource in resources:
        if resource.kind == "aws_iam_role":
            boundary = resource.text("permissions_boundary")
            if boundary:
                origin = _origin(resource, "permissions_boundary", draft)
                draft.attach_policy(resource.address, boundary, boundary=True, origin=origin)
        owner_argument, owner_kind = EXCLUSIVE_ATTACHMENTS.get(resource.kind, ("", ""))
        if owner_kind == "role" and roles.find(resource.text(owner_argument)) is None:
            _record_missing_role(resource, resource.text(owner_argument), draft)  # others are attachments of the file
        for argument in ATTACHMENT_RESOURCES.get(resource.kind, ()):
            if not argument.startswith("role"):
                continue
            for text in resource.texts(argument):
                role = roles.find(text)
                if role is None:
                    _record_missing_role(resource, text, draft)
                    continue
                origin = _origin(resource, "policy_arn", draft)
                for policy_arn in resource.possible_texts("policy_arn"):
                    draft.attach_policy(role, policy_arn, origin=origin)


def _origin(resource: TerraformResource, argument: str, draft: AccountDraft) -> Origin:
    """Where a resource sets an argument."""
    node = attribute_value(resource.block, argument) or resource.block.location_node
    return draft.origin(node, address=f"{resource.address}.{argument}")
