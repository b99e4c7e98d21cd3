"""The roles of a CloudFormation template, and the policies that its resources give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamglue.findings import Gap
from iamglue.model.account import AttachedPolicy
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.readers.templates.template_documents import document_data
from iamglue.readers.templates.template_draft import AccountDraft, FunctionDraft, RoleDraft, arn_of
from iamglue.readers.templates.template_functions import Functions, owner
from iamglue.readers.templates.template_properties import Properties

_NOT_KNOWN = "its values are not known before deployment"


def take_role(properties: Properties, draft: AccountDraft) -> None:
    """Take in a role; its policies come with `take_policies`."""
    name, path = properties.text("RoleName"), properties.text("Path") or "/"
    made_up = name or f"${{{properties.id}}}"
    arn = arn_of("iam", f"role{path if path.startswith('/') else '/'}{made_up}", regional=False)
    tags = ((each.text("Key"), each.text("Value")) for each in properties.items("Tags"))
    draft.roles[properties.id] = RoleDraft(name or properties.id, arn, path, tags=tuple(sorted(tags)))
    draft.names[f"{properties.id}Arn"] = arn


def take_policies(
    written: WrittenFile, resources: Mapping[str, Properties], draft: AccountDraft, functions: Functions
) -> None:
    """Take in the policies that were found in the template, each for those who have it."""
    for policy in written.policies:
        properties = resources.get(policy.name.partition("/")[0])
        if policy.type is PolicyType.TRUST:
            role = owner(policy.name, draft)
            if role is not None:
                draft.roles[role].trust = as_attached(policy, "trust policy", role, draft)
        elif policy.managed and properties is not None:
            _managed(policy, properties, draft)
        elif policy.type is PolicyType.IDENTITY:
            for role in _owners(policy, properties, draft):
                name = policy.name.rpartition("/")[2]
                draft.roles[role].inline.append(as_attached(policy, name, role, draft))
        elif properties is not None and properties.resource.type == "AWS::Lambda::Permission":
            _permission(policy, properties, draft, functions)


def take_attachments(written: WrittenFile, draft: AccountDraft) -> None:
    """Attach the managed policies and boundaries that the template names."""
    for each in written.attachments:
        role = owner(each.owner, draft)
        if role is not None and each.kind != "sam-template":
            draft.attach(role, each.node.text, boundary=each.kind == "permissions-boundary")


def as_attached(
    policy: WrittenPolicy, name: str, role: str, draft: AccountDraft, arn: str | None = None
) -> AttachedPolicy:
    """A policy of a role; what is not known of it, or malformed, is a gap of the role's."""
    data = document_data(policy, lambda what: draft.gap(role, f"{what} in `{name}`", _NOT_KNOWN))
    found = draft.policy(name, data, arn)
    if found.policy is None:
        draft.gap(role, f"the document of `{name}`", f"it is malformed: {_fault(policy)}", Gap.FAILED)
    return found


def _fault(policy: WrittenPolicy) -> str:
    from iamglue.policy.reader import Elements  # noqa: PLC0415 - only for what is wrong

    elements = Elements(quoted=False)
    elements.policy(policy.node)
    return next((str(each) for each in elements.problems), f"the document at {policy.node.location}")


def _owners(policy: WrittenPolicy, properties: Properties | None, draft: AccountDraft) -> Iterable[str]:
    names = (
        properties.texts("Roles") if properties is not None and properties.resource.type == "AWS::IAM::Policy" else ()
    )
    wanted = names or ((policy.owner,) if policy.owner and policy.owner_kind == "role" else ())
    return dict.fromkeys(key for each in wanted if (key := owner(each, draft)) is not None)


def _managed(policy: WrittenPolicy, properties: Properties, draft: AccountDraft) -> None:
    name = properties.text("ManagedPolicyName") or properties.id
    arn = draft.filled(f"${{{properties.id}}}")
    owners = [key for each in properties.texts("Roles") if (key := owner(each, draft)) is not None]
    draft.managed[arn] = as_attached(policy, name, owners[0] if owners else name, draft, arn)
    for key in owners:
        draft.attach(key, arn)


def _permission(policy: WrittenPolicy, properties: Properties, draft: AccountDraft, functions: Functions) -> None:
    function = functions.of(properties.text("FunctionName"))
    if function is not None:
        permit(policy, properties.id, function, draft)


def permit(policy: WrittenPolicy, sid: str, function: FunctionDraft, draft: AccountDraft) -> None:
    """Take in a permission to invoke a function, which AWS writes with the ARN that the function has."""
    name = function.function.name
    data = document_data(policy, lambda what: draft.gap(name, f"who may invoke `{name}`: {what}", _NOT_KNOWN))
    for statement in data["Statement"] if isinstance(data, dict) else ():
        if isinstance(statement, dict):
            written = str(statement.get("Resource", ""))
            resource = written if written.startswith("arn:") else function.function.arn
            function.statements.append({"Sid": sid} | statement | {"Resource": resource})
