"""The organization above an account: its id, and the SCPs and RCPs of each level, root first.

Only the management account and delegated administrators may read them:
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
# What a member account is told whatever its policies say; where they are what forbids it, AWS names the action.
_MEMBER = "You don't have permissions to access this resource."
# More than the levels of units that AWS allows, and the root.
_DEEPEST = 10
_BILLING_ONLY = "CONSOLIDATED_BILLING"


@dataclass(frozen=True, slots=True)
class Organization:
    """`scps` and `rcps` are None where they could not be read, and empty where none bind the account."""

    id: str | None = None
    scps: PolicyLevels | None = None
    rcps: PolicyLevels | None = None
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_organization(calls: ApiClient, account: str) -> Organization:
    """The organization of an account as far as it may be read."""
    reader = SubjectReader(calls, Subject("account", account))
    answer = reader.fetch(_DESCRIBE)
    if answer is None:
        # That it is in none is an answer: nothing limits it.
        return (
            Organization(not_evaluated=tuple(reader.not_evaluated))
            if reader.not_evaluated
            else Organization(None, (), ())
        )
    found = answer["Organization"]
    if found["MasterAccountId"] == account or found["FeatureSet"] == _BILLING_ONLY:
        return Organization(found["Id"], (), ())  # they bind no management account, and need all features
    try:
        targets = (*_above(calls, account), account)
    except ApiError as refused:
        _missed(reader, refused, "its place in the organization, and with it SCPs and RCPs")
        return Organization(found["Id"], not_evaluated=tuple(reader.not_evaluated))
    documents: dict[str, AttachedPolicy] = {}
    scps = _levels(reader, targets, "SERVICE_CONTROL_POLICY", documents)
    rcps = _levels(reader, targets, "RESOURCE_CONTROL_POLICY", documents)
    return Organization(found["Id"], scps, rcps, tuple(reader.not_evaluated))


def _above(calls: ApiClient, account: str) -> tuple[str, ...]:
    """The ids of what is above an account, root first. Raises Refused."""
    found: list[str] = []
    below = account
    while len(found) < _DEEPEST:
        parents = list(calls.items(_PARENTS, "Parents", ChildId=below))
        if not parents:
            break
        below = parents[0]["Id"]
        found.append(below)
        if parents[0]["Type"] == "ROOT":
            return tuple(reversed(found))
    raise ApiError(
        _PARENTS, Failure(FailureKind.OTHER, f"{_PARENTS} names nothing above {sanitize_text(below)} that is a root")
    )


def _levels(
    reader: SubjectReader, targets: tuple[str, ...], kind: str, known: dict[str, AttachedPolicy]
) -> PolicyLevels | None:
    try:
        levels = tuple(_level(reader, target, kind, known) for target in targets)
    except ApiError as refused:
        _missed(reader, refused, f"policies of type {kind}")
        return None
    # Where the type is enabled, every level has at least one: AWS lets nobody detach the last.
    return levels if any(levels) else ()


def _level(
    reader: SubjectReader, target: str, kind: str, known: dict[str, AttachedPolicy]
) -> tuple[AttachedPolicy, ...]:
    listed = reader.calls.items("organizations:ListPoliciesForTarget", "Policies", TargetId=target, Filter=kind)
    return tuple(_policy(reader, each["Id"], known) for each in list(listed))


def _policy(reader: SubjectReader, id: str, known: dict[str, AttachedPolicy]) -> AttachedPolicy:
    if id not in known:
        found = reader.calls.call(_POLICY, PolicyId=id)["Policy"]
        summary = found["PolicySummary"]
        known[id] = reader.check_policy(
            _POLICY, parse_attached_policy(summary["Name"], found["Content"], summary.get("Arn"))
        )
    return known[id]


def _missed(reader: SubjectReader, refused: ApiError, what: str) -> None:
    if refused.failure.kind is FailureKind.ACCESS_DENIED and _MEMBER in refused.failure.reason:
        reason = f"{what}: only the organization's management account and delegated administrators may read them"
        reader.record_not_evaluated(refused.action, reason, NotEvaluatedKind.UNDECIDABLE)
    else:
        reader.record_not_evaluated(refused.action, f"{what}: {refused.failure.reason}")
