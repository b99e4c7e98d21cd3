"""Adds the roles of a CloudFormation template and their policies to a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from iamglue.findings import NotEvaluatedKind
from iamglue.model.account import AttachedPolicy
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.readers.templates.account_draft import UNKNOWN_STATEMENT, AccountDraft, RoleDraft, deployment_arn
from iamglue.readers.templates.function_draft import FunctionDraft
from iamglue.readers.templates.template_documents import document_data, known_statements, plain_data
from iamglue.readers.templates.template_functions import FunctionIndex, find_role_key
from iamglue.readers.templates.template_properties import ResourceProperties


def add_role(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Add a role without its policies, which `add_policies` adds."""
    name, path = properties.text("RoleName"), properties.text("Path") or "/"
    name_or_reference = name or f"${{{properties.id}}}"
    arn = deployment_arn("iam", f"role{path if path.startswith('/') else '/'}{name_or_reference}", regional=False)
    tags = ((tag.text("Key"), tag.text("Value")) for tag in properties.items("Tags"))
    draft.roles[properties.id] = RoleDraft(
        name or properties.id, arn, path, tags=tuple(sorted(tags)), origin=draft.origin(properties.declaration)
    )
    draft.reference_values[f"{properties.id}.Arn"] = arn


def add_policies(
    parsed_file: ParsedFile, resources: Mapping[str, ResourceProperties], draft: AccountDraft, functions: FunctionIndex
) -> None:
    """Add the policies of the template to their roles and functions."""
    for policy in parsed_file.policies:
        properties = resources.get(policy.name.partition("/")[0])
        if policy.type is PolicyType.TRUST:
            role = find_role_key(policy.name, draft)
            if role is not None:
                draft.roles[role].trust = build_attached_policy(policy, "trust policy", role, draft)
        elif policy.managed and properties is not None:
            _add_managed_policy(policy, properties, draft)
        elif policy.type is PolicyType.IDENTITY:
            name = policy.name.rpartition("/")[2]
            for owner in _owner_names(policy, properties):
                role = find_role_key(owner, draft)
                attached_policy = build_attached_policy(policy, name, role or owner, draft)
                if role is not None:
                    draft.roles[role].inline.append(attached_policy)
                elif _may_be_outside(properties):
                    draft.outside_policies.append((draft.fill_references(owner), attached_policy))
        elif properties is not None and properties.resource.type == "AWS::Lambda::Permission":
            _add_permission(policy, properties, draft, functions)


def add_attachments(parsed_file: ParsedFile, draft: AccountDraft) -> None:
    """Attach the managed policies and boundaries that the template names."""
    for attachment in parsed_file.attachments:
        role = find_role_key(attachment.owner, draft)
        if role is not None and attachment.kind in ("managed-policy", "permissions-boundary"):
            is_boundary = attachment.kind == "permissions-boundary"
            draft.attach_policy(
                role,
                attachment.node.text,
                boundary=is_boundary,
                origin=draft.origin(attachment.node, address=attachment.owner),
            )


def build_attached_policy(
    policy: ParsedPolicy, name: str, role: str, draft: AccountDraft, arn: str | None = None
) -> AttachedPolicy:
    """A policy of a role; unknown statements and malformed documents are recorded as not evaluated.

    Those of a managed policy, one with an ARN, are recorded for each role that it is attached to.
    """

    def record_omission(what: str) -> None:
        """Record a statement that is not known: for the managed policy, or for the role itself."""
        what = f"{what} in `{name}`"
        if arn is not None:
            draft.unknown_statements.setdefault(arn, []).append(what)
        elif policy.type is PolicyType.TRUST:
            draft.record_not_evaluated(role, what, UNKNOWN_STATEMENT)
        else:
            draft.record_unknown_policy(role, what, UNKNOWN_STATEMENT)

    statements = tuple(known_statements(policy, record_omission))
    origin = replace(draft.origin(policy.node, statements, address=policy.name), synthesized=policy.synthesized)
    attached_policy = draft.build_policy(name, document_data(policy, statements), arn, origin)
    if attached_policy.policy is None:
        draft.record_not_evaluated(
            role, f"the document of `{name}`", f"it is malformed: {_first_problem(policy)}", NotEvaluatedKind.FAILED
        )
    return attached_policy


def _first_problem(policy: ParsedPolicy) -> str:
    """The place and the message of the first problem in a malformed policy, on one line."""
    texts = (f"{problem.location}: {problem.message}" for problem in policy.problems)
    return next(texts, f"the document at {policy.node.location}")


def _owner_names(policy: ParsedPolicy, properties: ResourceProperties | None) -> Iterable[str]:
    """The roles that have a policy inline, as the template names them, without duplicates."""
    names = (
        properties.texts("Roles") if properties is not None and properties.resource.type == "AWS::IAM::Policy" else ()
    )
    return dict.fromkeys(names or ((policy.owner,) if policy.owner and policy.owner_kind == "role" else ()))


def _may_be_outside(properties: ResourceProperties | None) -> bool:
    """Whether a policy is a resource of its own, whose role may be in another stack."""
    return properties is not None and properties.resource.type in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")


def _add_managed_policy(policy: ParsedPolicy, properties: ResourceProperties, draft: AccountDraft) -> None:
    """Add a managed policy of the template and attach it to the roles that it names."""
    name = properties.text("ManagedPolicyName") or properties.id
    arn = draft.fill_references(f"${{{properties.id}}}")
    draft.managed_policies[arn] = build_attached_policy(policy, name, name, draft, arn)
    for role_name in properties.texts("Roles"):
        key = find_role_key(role_name, draft)
        if key is not None:
            draft.attach_policy(key, arn)
        else:
            draft.outside_policies.append((role_name, draft.managed_policies[arn]))
            for what in draft.unknown_statements.get(arn, ()):
                draft.record_unknown_policy(role_name, what, UNKNOWN_STATEMENT)


def _add_permission(
    policy: ParsedPolicy, properties: ResourceProperties, draft: AccountDraft, functions: FunctionIndex
) -> None:
    """Add a permission to its function; one for a function outside the template is left out."""
    function = functions.find(properties.text("FunctionName"))
    if function is not None:
        add_invoke_permission(policy, properties.id, function, draft)


def add_invoke_permission(policy: ParsedPolicy, sid: str, function: FunctionDraft, draft: AccountDraft) -> None:
    """Add a permission to invoke a function; its statement names the ARN of the function, as in AWS."""
    name = function.function.name
    statements = known_statements(
        policy, lambda what: draft.record_not_evaluated(name, f"who may invoke `{name}`: {what}", UNKNOWN_STATEMENT)
    )
    for node in statements:
        statement = plain_data(node)
        if isinstance(statement, dict):
            resource_text = str(statement.get("Resource", ""))
            resource = resource_text if resource_text.startswith("arn:") else function.function.arn
            function.add_statement({"Sid": sid} | statement | {"Resource": resource}, node)
