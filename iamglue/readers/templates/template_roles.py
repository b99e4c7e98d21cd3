"""The roles of a CloudFormation template, and the policies that its resources give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamglue.findings import NotEvaluatedKind
from iamglue.model.account import AttachedPolicy
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.readers.templates.account_draft import AccountDraft, FunctionDraft, RoleDraft, deployment_arn
from iamglue.readers.templates.template_documents import document_data
from iamglue.readers.templates.template_functions import FunctionIndex, find_role_key
from iamglue.readers.templates.template_properties import ResourceProperties

_NOT_KNOWN = "its values are not known before deployment"


def add_role(properties: ResourceProperties, draft: AccountDraft) -> None:
    """Take in a role; its policies come with `take_policies`."""
    name, path = properties.text("RoleName"), properties.text("Path") or "/"
    made_up = name or f"${{{properties.id}}}"
    arn = deployment_arn("iam", f"role{path if path.startswith('/') else '/'}{made_up}", regional=False)
    tags = ((each.text("Key"), each.text("Value")) for each in properties.items("Tags"))
    draft.roles[properties.id] = RoleDraft(name or properties.id, arn, path, tags=tuple(sorted(tags)))
    draft.reference_values[f"{properties.id}Arn"] = arn


def add_policies(
    written: ParsedFile, resources: Mapping[str, ResourceProperties], draft: AccountDraft, functions: FunctionIndex
) -> None:
    """Take in the policies that were found in the template, each for those who have it."""
    for policy in written.policies:
        properties = resources.get(policy.name.partition("/")[0])
        if policy.type is PolicyType.TRUST:
            role = find_role_key(policy.name, draft)
            if role is not None:
                draft.roles[role].trust = build_attached_policy(policy, "trust policy", role, draft)
        elif policy.managed and properties is not None:
            _managed(policy, properties, draft)
        elif policy.type is PolicyType.IDENTITY:
            for role in _owners(policy, properties, draft):
                name = policy.name.rpartition("/")[2]
                draft.roles[role].inline.append(build_attached_policy(policy, name, role, draft))
        elif properties is not None and properties.resource.type == "AWS::Lambda::Permission":
            _permission(policy, properties, draft, functions)


def add_attachments(written: ParsedFile, draft: AccountDraft) -> None:
    """Attach the managed policies and boundaries that the template names."""
    for each in written.attachments:
        role = find_role_key(each.owner, draft)
        if role is not None and each.kind != "sam-template":
            draft.attach_policy(role, each.node.text, boundary=each.kind == "permissions-boundary")


def build_attached_policy(
    policy: ParsedPolicy, name: str, role: str, draft: AccountDraft, arn: str | None = None
) -> AttachedPolicy:
    """A policy of a role; what is not known of it, or malformed, is a gap of the role's."""
    data = document_data(policy, lambda what: draft.record_not_evaluated(role, f"{what} in `{name}`", _NOT_KNOWN))
    found = draft.build_policy(name, data, arn)
    if found.policy is None:
        draft.record_not_evaluated(
            role, f"the document of `{name}`", f"it is malformed: {_fault(policy)}", NotEvaluatedKind.FAILED
        )
    return found


def _fault(policy: ParsedPolicy) -> str:
    from iamglue.policy.reader import PolicyReader  # noqa: PLC0415 - only for what is wrong

    elements = PolicyReader(quoted=False)
    elements.policy(policy.node)
    return next((str(each) for each in elements.problems), f"the document at {policy.node.location}")


def _owners(policy: ParsedPolicy, properties: ResourceProperties | None, draft: AccountDraft) -> Iterable[str]:
    names = (
        properties.texts("Roles") if properties is not None and properties.resource.type == "AWS::IAM::Policy" else ()
    )
    wanted = names or ((policy.owner,) if policy.owner and policy.owner_kind == "role" else ())
    return dict.fromkeys(key for each in wanted if (key := find_role_key(each, draft)) is not None)


def _managed(policy: ParsedPolicy, properties: ResourceProperties, draft: AccountDraft) -> None:
    name = properties.text("ManagedPolicyName") or properties.id
    arn = draft.fill_references(f"${{{properties.id}}}")
    owners = [key for each in properties.texts("Roles") if (key := find_role_key(each, draft)) is not None]
    draft.managed_policies[arn] = build_attached_policy(policy, name, owners[0] if owners else name, draft, arn)
    for key in owners:
        draft.attach_policy(key, arn)


def _permission(
    policy: ParsedPolicy, properties: ResourceProperties, draft: AccountDraft, functions: FunctionIndex
) -> None:
    function = functions.find(properties.text("FunctionName"))
    if function is not None:
        add_invoke_permission(policy, properties.id, function, draft)


def add_invoke_permission(policy: ParsedPolicy, sid: str, function: FunctionDraft, draft: AccountDraft) -> None:
    """Take in a permission to invoke a function, which AWS writes with the ARN that the function has."""
    name = function.function.name
    data = document_data(
        policy, lambda what: draft.record_not_evaluated(name, f"who may invoke `{name}`: {what}", _NOT_KNOWN)
    )
    for statement in data["Statement"] if isinstance(data, dict) else ():
        if isinstance(statement, dict):
            written = str(statement.get("Resource", ""))
            resource = written if written.startswith("arn:") else function.function.arn
            function.statements.append({"Sid": sid} | statement | {"Resource": resource})
