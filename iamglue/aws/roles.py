"""Reads a role: trust policy, inline and attached policies, boundary, tags and last use."""

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


def read_role(
    client: ApiClient, managed: ManagedPolicies, name_or_arn: str
) -> tuple[Role | None, tuple[NotEvaluated, ...]]:
    """Read the role with this name or ARN; returns it, or None if it could not be read, and what was not read."""
    name, arn = role_name(name_or_arn), name_or_arn if name_or_arn.startswith("arn:") else None
    reader = SubjectReader(client, Subject("role", name, arn))
    try:
        response = reader.fetch(_GET, owned=True, RoleName=name)
    except SubjectDeletedError:
        reader.record_not_evaluated(_GET, "the role does not exist")
        return None, tuple(reader.not_evaluated)
    if response is None:
        return None, tuple(reader.not_evaluated)
    data = response["Role"]
    if arn and data["Arn"] != arn:
        reader.record_not_evaluated(_GET, f"the role does not exist: role {name} of the account is {data['Arn']}")
        return None, tuple(reader.not_evaluated)
    reader.subject = Subject("role", name, data["Arn"])
    try:
        role = _build_role(reader, managed, data)
    except SubjectDeletedError as error:
        reader.not_evaluated.clear()
        reader.record_not_evaluated(str(error), DELETED_WHILE_READ)
        return None, tuple(reader.not_evaluated)
    return role, tuple(reader.not_evaluated)


def role_name(name_or_arn: str) -> str:
    """The name of a role, from its name or its ARN (without the path)."""
    return name_or_arn.rpartition("/")[2] if name_or_arn.startswith("arn:") else name_or_arn


def _build_role(reader: SubjectReader, managed: ManagedPolicies, data: dict[str, Any]) -> Role:
    """The role with its policies, each read by a request. Raises SubjectDeletedError if it is deleted meanwhile."""
    name = data["RoleName"]
    boundary = data.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    inline = [
        _read_inline_policy(reader, name, policy)
        for policy in reader.items("iam:ListRolePolicies", "PolicyNames", of_policies=True, RoleName=name)
    ]
    listed = reader.items("iam:ListAttachedRolePolicies", "AttachedPolicies", of_policies=True, RoleName=name)
    return Role(
        name=name,
        arn=data["Arn"],
        trust=reader.attached_policy(_GET, TRUST_POLICY, document_text(data["AssumeRolePolicyDocument"])),
        policies=(*inline, *(managed.read(attached["PolicyArn"], reader) for attached in listed)),
        boundary=managed.read(boundary, reader) if boundary else None,
        path=data.get("Path", "/"),
        tags=tuple(sorted((tag["Key"], tag["Value"]) for tag in data.get("Tags", ()))),
        created=utc_timestamp(data.get("CreateDate")),
        last_used=utc_timestamp(data.get("RoleLastUsed", {}).get("LastUsedDate")),
    )


def _read_inline_policy(reader: SubjectReader, role: str, name: str) -> AttachedPolicy:
    """Read an inline policy; one that cannot be read has no document, and that is recorded."""
    action = "iam:GetRolePolicy"
    response = reader.fetch(action, owned=True, RoleName=role, PolicyName=name)
    return reader.attached_policy(action, name, document_text(response["PolicyDocument"]) if response else None)


def utc_timestamp(time: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC, to the second; None for None."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
