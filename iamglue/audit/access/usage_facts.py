"""The known use of one service by a role: which actions were used, which were not, since when and by which evidence.

CloudTrail records calls on data (objects, items, messages) only if data events are enabled:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
IAM reports the last use of every service, and of the actions of some services:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from iamglue.catalog.services import Action, find_service
from iamglue.model.account import Role
from iamglue.model.usage import TrailCoverage, Usage
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.variables import has_parameters

# All calls of these are management events: https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
# and the corresponding pages of the others. For other services, only certain management events count as such.
_MANAGED = frozenset({"ec2", "iam", "kms", "secretsmanager", "sts"})
_MANAGING = ("Create", "Delete", "Update", "Describe")
# Has no API call: it is authorized as part of other calls, so neither CloudTrail nor IAM shows it.
_WITHOUT_CALL = "iam:passrole"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Since when something was not used, and the source of that information."""

    since: str | None
    source: str

    def __str__(self) -> str:
        return f"{f'since {self.since[:10]}' if self.since else 'ever'} ({self.source})"


_TRAIL, _IAM = "CloudTrail", "IAM's last-accessed data"


@dataclass(slots=True)
class ServiceUse:
    """The use of one service by one role. `used`: actions in lower case; key None in `unused`: the whole service."""

    prefix: str
    used: set[str] = field(default_factory=set)
    unused: dict[str | None, Evidence] = field(default_factory=dict)
    coverage: TrailCoverage | None = None
    accessed: bool | None = None

    def unused_evidence(self, action: Action) -> Evidence | None:
        """The evidence that an action was not used; None if it was used or its use is unknown."""
        name = str(action).lower()
        if name in self.used or name == _WITHOUT_CALL:
            return None
        if None in self.unused:
            return self.unused[None]
        if name in self.unused:
            return self.unused[name]
        return self.recording_evidence(action)

    def recording_evidence(self, action: Action) -> Evidence | None:
        """Since when CloudTrail recorded every call of an action; None if it may not have recorded all of them."""
        if str(action).lower() == _WITHOUT_CALL or self.coverage is None or not _is_recorded(action, self.coverage):
            return None
        return Evidence(self.coverage.start, _TRAIL)


def service_uses(usage: Usage, role: Role) -> Mapping[str, ServiceUse]:
    """The use of services by a role, keyed by service prefix."""
    uses: dict[str, ServiceUse] = {}

    def of(prefix: str) -> ServiceUse:
        return uses.setdefault(prefix.lower(), ServiceUse(prefix.lower()))

    account = role.arn.split(":")[4] if role.arn.count(":") > 4 else None
    for coverage in usage.coverage:
        if coverage.account not in (None, account) and not (account and has_parameters(account)):
            continue
        if coverage.function is not None or not (coverage.role is None or is_recorded_role(coverage.role, role)):
            continue  # what other functions of the role did, or other roles, was left out of the file
        of(coverage.service).coverage = _wider(of(coverage.service).coverage, coverage)
    for used in usage.access:
        if is_recorded_role(used.role, role):
            prefix = used.action.partition(":")[0]
            # A call that was denied does not show that the role needs the action.
            of(prefix).used |= {used.action.lower()} if used.count > used.denied else set()
    for report in usage.last_accessed:
        if is_recorded_role(report.role, role):
            _record_last_access(of(report.service), report.action, report.last, report.since)
    return uses


def used_action_count(usage: Usage, role: Role) -> int | None:
    """The number of actions that a role is recorded to have used: there may be more; None if nothing is known of it."""
    uses = service_uses(usage, role)
    return sum(len(use.used) for use in uses.values()) if uses else None


def is_recorded_role(recorded: str, role: Role) -> bool:
    """Whether a role that is recorded by its name or ARN is `role`, whose account a template may not know."""
    if recorded in (role.name, role.arn):
        return True
    recorded_fields, fields = split_arn_fields(recorded), split_arn_fields(role.arn)
    if len(recorded_fields) != len(fields) or len(fields) != ARN_FIELD_COUNT:
        return False
    return recorded_fields[5] == fields[5] and all(
        value == other or has_parameters(other) for value, other in zip(recorded_fields, fields, strict=True)
    )


def _record_last_access(use: ServiceUse, action: str | None, last: str | None, since: str | None) -> None:
    name = None if action is None else action if ":" in action else f"{use.prefix}:{action}"
    if last is None:
        use.unused[name.lower() if name else None] = Evidence(since, _IAM)
    elif name is not None:
        use.used.add(name.lower())
    else:
        use.accessed = True


def _wider(first: TrailCoverage | None, second: TrailCoverage) -> TrailCoverage:
    """The better coverage: first the one with all events, then the longer one."""
    known: Iterable[TrailCoverage] = (second,) if first is None else (first, second)
    return max(
        known,
        key=lambda coverage: (
            coverage.management_events,
            coverage.data_events,
            [-ord(letter) for letter in coverage.start],
        ),
    )


def _is_recorded(action: Action, coverage: TrailCoverage) -> bool:
    """Whether CloudTrail would have recorded the action's calls."""
    return coverage.management_events and (coverage.data_events or _is_management(action))


def _is_management(action: Action) -> bool:
    """Whether the calls of an action are certainly management events.

    They are if it creates, updates, deletes or describes something that a Create action of the service creates.
    """
    if action.service in _MANAGED:
        return True
    known = find_service(action.service)
    nouns = [action.name.removeprefix(verb) for verb in _MANAGING if action.name.startswith(verb)]
    creating = {f"create{noun}".lower().removesuffix("s") for noun in nouns}
    return known is not None and any(name.removesuffix("s") in creating for name in known.actions)
