"""Reads the organization of an account: its ID, and the SCPs and RCPs of each level, root first.

Only the management account and delegated administrators may read SCPs and RCPs:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.failures import Failure, FailureKind, sanitize_text
from iamglue.aws.subject_reader import SubjectReader
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import parse_attached_policy

PolicyLevels = tuple[tuple[AttachedPolicy, ...], ...]
_DESCRIBE = "organizations:DescribeOrganization"
_PARENTS = "organizations:ListParents"
_POLICY = "organizations:DescribePolicy"
# AWS returns this message to member accounts, whatever their policies allow. If a policy denies the request, the
# message names the action instead. The error code is the same, so only the message tells the two cases apart.
_MEMBER_ACCOUNT_MESSAGE = "You don't have permissions to access this resource."
# More than the maximum depth of organizational units, plus the root.
_MAX_DEPTH = 10
_BILLING_ONLY = "CONSOLIDATED_BILLING"


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization. `scps` and `rcps` are None if they could not be read, empty if none apply to the account."""

    id: str | None = None
    scps: PolicyLevels | None = None
    rcps: PolicyLevels | None = None
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_organization(client: ApiClient, account: str) -> Organization:
    """Read the organization of an account, as far as the credentials allow it."""
    reader = SubjectReader(client, Subject("account", account))
    response = reader.fetch(_DESCRIBE)
    if response is None:
        # The account is in no organization: no SCP or RCP applies.
        return (
            Organization(not_evaluated=tuple(reader.not_evaluated))
            if reader.not_evaluated
            else Organization(None, (), ())
        )
    organization = response["Organization"]
    if organization["MasterAccountId"] == account or organization["FeatureSet"] == _BILLING_ONLY:
        return Organization(
            organization["Id"], (), ()
        )  # SCPs and RCPs do not apply to the management account, and need all features
    try:
        targets = (*_parent_ids(client, account), account)
    except ApiError as error:
        _record_failure(reader, error, "the account's parents in the organization, and so its SCPs and RCPs")
        return Organization(organization["Id"], not_evaluated=tuple(reader.not_evaluated))
    documents: dict[str, AttachedPolicy] = {}
    scps = _read_levels(reader, targets, "SERVICE_CONTROL_POLICY", documents)
    rcps = _read_levels(reader, targets, "RESOURCE_CONTROL_POLICY", documents)
    return Organization(organization["Id"], scps, rcps, tuple(reader.not_evaluated))


def _parent_ids(client: ApiClient, account: str) -> tuple[str, ...]:
    """The ids of the root and the organizational units above an account, root first. Raises ApiError."""
    parent_ids: list[str] = []
    child = account
    while len(parent_ids) < _MAX_DEPTH:
        parents = list(client.items(_PARENTS, "Parents", ChildId=child))
        if not parents:
            break
        child = parents[0]["Id"]
        parent_ids.append(child)
        if parents[0]["Type"] == "ROOT":
            return tuple(reversed(parent_ids))
    raise ApiError(_PARENTS, Failure(FailureKind.OTHER, f"{_PARENTS} returned no root above {sanitize_text(child)}"))


def _read_levels(
    reader: SubjectReader, targets: tuple[str, ...], kind: str, documents: dict[str, AttachedPolicy]
) -> PolicyLevels | None:
    """Read the policies of one type at every level; None if that failed."""
    try:
        levels = tuple(_read_level(reader, target, kind, documents) for target in targets)
    except ApiError as error:
        _record_failure(reader, error, f"policies of type {kind}")
        return None
    # If the policy type is enabled, every level has at least one policy: AWS does not allow detaching the last one.
    return levels if any(levels) else ()


def _read_level(
    reader: SubjectReader, target: str, kind: str, documents: dict[str, AttachedPolicy]
) -> tuple[AttachedPolicy, ...]:
    """The policies attached to a root, organizational unit or account. Raises ApiError."""
    listed = reader.client.items("organizations:ListPoliciesForTarget", "Policies", TargetId=target, Filter=kind)
    return tuple(_read_policy(reader, policy["Id"], documents) for policy in list(listed))


def _read_policy(reader: SubjectReader, id: str, documents: dict[str, AttachedPolicy]) -> AttachedPolicy:
    """A policy by its ID; each is read once, though it may be attached at several levels. Raises ApiError."""
    if id not in documents:
        policy = reader.client.call(_POLICY, PolicyId=id)["Policy"]
        summary = policy["PolicySummary"]
        documents[id] = reader.check_policy(
            _POLICY, parse_attached_policy(summary["Name"], policy["Content"], summary.get("Arn"))
        )
    return documents[id]


def _record_failure(reader: SubjectReader, error: ApiError, what: str) -> None:
    """Record a failed request, as undecidable if member accounts can never make it."""
    if error.failure.kind is FailureKind.ACCESS_DENIED and _MEMBER_ACCOUNT_MESSAGE in error.failure.aws_message:
        reason = f"{what}: only the organization's management account and delegated administrators can read them"
        reader.record_not_evaluated(error.action, reason, NotEvaluatedKind.UNDECIDABLE)
    else:
        reader.record_not_evaluated(error.action, f"{what}: {error.failure.reason}")
