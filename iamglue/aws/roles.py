"""A role as it is deployed: trust policy, inline and attached policies, boundary, tags and last use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from iamglue.aws.api_client import ApiClient
from iamglue.aws.managed_policies import ManagedPolicies
from iamglue.aws.subject_reader import DELETED_WHILE_READ, SubjectDeletedError, SubjectReader
from iamglue.findings import NotEvaluated, Subject
from iamglue.model.account import AttachedPolicy, Role
from iamglue.readers.api_documents import document_text

TRUST_POLICY = "trust policy"
_GET = "iam:GetRole"


def read_role(calls: ApiClient, managed: ManagedPolicies, wanted: str) -> tuple[Role | None, tuple[NotEvaluated, ...]]:
    """The role with this name or ARN as far as it could be read, and what could not be."""
    name, arn = role_name(wanted), wanted if wanted.startswith("arn:") else None
    reader = SubjectReader(calls, Subject("role", name, arn))
    try:
        answer = reader.fetch(_GET, owned=True, RoleName=name)
    except SubjectDeletedError:
        reader.record_not_evaluated(_GET, "there is no such role")
        return None, tuple(reader.not_evaluated)
    if answer is None:
        return None, tuple(reader.not_evaluated)
    found = answer["Role"]
    if arn and found["Arn"] != arn:
        reader.record_not_evaluated(_GET, f"the account has no such role: its role {name} is {found['Arn']}")
        return None, tuple(reader.not_evaluated)
    reader.subject = Subject("role", name, found["Arn"])
    try:
        role = _role(reader, managed, found)
    except SubjectDeletedError as gone:
        reader.not_evaluated.clear()
        reader.record_not_evaluated(str(gone), DELETED_WHILE_READ)
        return None, tuple(reader.not_evaluated)
    return role, tuple(reader.not_evaluated)


def role_name(wanted: str) -> str:
    """The name of a role by its name or ARN: what stands behind the path."""
    return wanted.rpartition("/")[2] if wanted.startswith("arn:") else wanted


def _role(reader: SubjectReader, managed: ManagedPolicies, found: dict[str, Any]) -> Role:
    name = found["RoleName"]
    boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    inline = [
        _inline(reader, name, policy) for policy in reader.items("iam:ListRolePolicies", "PolicyNames", RoleName=name)
    ]
    listed = reader.items("iam:ListAttachedRolePolicies", "AttachedPolicies", RoleName=name)
    return Role(
        name=name,
        arn=found["Arn"],
        trust=reader.attached_policy(_GET, TRUST_POLICY, document_text(found["AssumeRolePolicyDocument"])),
        policies=(*inline, *(managed.read(each["PolicyArn"], reader) for each in listed)),
        boundary=managed.read(boundary, reader) if boundary else None,
        path=found.get("Path", "/"),
        tags=tuple(sorted((tag["Key"], tag["Value"]) for tag in found.get("Tags", ()))),
        created=utc_timestamp(found.get("CreateDate")),
        last_used=utc_timestamp(found.get("RoleLastUsed", {}).get("LastUsedDate")),
    )


def _inline(reader: SubjectReader, role: str, name: str) -> AttachedPolicy:
    action = "iam:GetRolePolicy"
    answer = reader.fetch(action, owned=True, RoleName=role, PolicyName=name)
    return reader.attached_policy(action, name, document_text(answer["PolicyDocument"]) if answer else None)


def utc_timestamp(time: datetime | None) -> str | None:
    """A moment as ISO 8601 in UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
