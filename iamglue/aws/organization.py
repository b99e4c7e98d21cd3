"""The organization above an account: its id, and the SCPs and RCPs of each level, root first.

Only the management account and delegated administrators may read them:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.aws.calls import Calls, Refused
from iamglue.aws.failures import Failure, Kind, clean
from iamglue.aws.reader import Reader
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.readers.api_documents import attached

Levels = tuple[tuple[AttachedPolicy, ...], ...]
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
    scps: Levels | None = None
    rcps: Levels | None = None
    gaps: tuple[NotEvaluated, ...] = ()


def read_organization(calls: Calls, account: str) -> Organization:
    """The organization of an account as far as it may be read."""
    reader = Reader(calls, Subject("account", account))
    answer = reader.answer(_DESCRIBE)
    if answer is None:
        # That it is in none is an answer: nothing limits it.
        return Organization(gaps=tuple(reader.gaps)) if reader.gaps else Organization(None, (), ())
    found = answer["Organization"]
    if found["MasterAccountId"] == account or found["FeatureSet"] == _BILLING_ONLY:
        return Organization(found["Id"], (), ())  # they bind no management account, and need all features
    try:
        targets = (*_above(calls, account), account)
    except Refused as refused:
        _missed(reader, refused, "its place in the organization, and with it SCPs and RCPs")
        return Organization(found["Id"], gaps=tuple(reader.gaps))
    documents: dict[str, AttachedPolicy] = {}
    scps = _levels(reader, targets, "SERVICE_CONTROL_POLICY", documents)
    rcps = _levels(reader, targets, "RESOURCE_CONTROL_POLICY", documents)
    return Organization(found["Id"], scps, rcps, tuple(reader.gaps))


def _above(calls: Calls, account: str) -> tuple[str, ...]:
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
    raise Refused(_PARENTS, Failure(Kind.OTHER, f"{_PARENTS} names nothing above {clean(below)} that is a root"))


def _levels(reader: Reader, targets: tuple[str, ...], kind: str, known: dict[str, AttachedPolicy]) -> Levels | None:
    try:
        levels = tuple(_level(reader, target, kind, known) for target in targets)
    except Refused as refused:
        _missed(reader, refused, f"policies of type {kind}")
        return None
    # Where the type is enabled, every level has at least one: AWS lets nobody detach the last.
    return levels if any(levels) else ()


def _level(reader: Reader, target: str, kind: str, known: dict[str, AttachedPolicy]) -> tuple[AttachedPolicy, ...]:
    listed = reader.calls.items("organizations:ListPoliciesForTarget", "Policies", TargetId=target, Filter=kind)
    return tuple(_policy(reader, each["Id"], known) for each in list(listed))


def _policy(reader: Reader, id: str, known: dict[str, AttachedPolicy]) -> AttachedPolicy:
    if id not in known:
        found = reader.calls.ask(_POLICY, PolicyId=id)["Policy"]
        summary = found["PolicySummary"]
        known[id] = reader.sound(_POLICY, attached(summary["Name"], found["Content"], summary.get("Arn")))
    return known[id]


def _missed(reader: Reader, refused: Refused, what: str) -> None:
    if refused.why.kind is Kind.DENIED and _MEMBER in refused.why.reason:
        reason = f"{what}: only the organization's management account and delegated administrators may read them"
        reader.gap(refused.action, reason, Gap.UNDECIDABLE)
    else:
        reader.gap(refused.action, f"{what}: {refused.why.reason}")
