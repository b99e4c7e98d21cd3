"""The known use of one service by a role: which actions were used, which were not, since when and by which evidence.

CloudTrail records calls on data (objects, items, messages) only if data events are enabled:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
IAM reports the last use of every service, and of the actions of some services:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from iamglue.audit.access.recorded_roles import has_unknown_name, is_recorded_role, role_account
from iamglue.catalog.dependent_actions import dependent_actions
from iamglue.catalog.recorded_calls import (
    has_own_event,
    is_checked_with_others,
    is_management_call,
    is_reading_call,
    part_with_own_data_events,
    unrecorded_companions,
)
from iamglue.catalog.services import Action, find_action
from iamglue.catalog.trail_events import find_event_source
from iamglue.model.account import Role
from iamglue.model.usage import ANY_ROLE, TrailCoverage, Usage
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.variables import has_parameters
from iamglue.policy.patterns.wildcards import has_wildcard

# Has no API call: it is authorized as part of other calls, so neither CloudTrail nor IAM shows it.
_WITHOUT_CALL = "iam:passrole"
_TRAIL, _IAM = "CloudTrail", "IAM's last-accessed data"
_LISTED = 3
_MANAGEMENT, _DATA = "management", "data"
_ARN_SERVICE, _ARN_REGION, _ARN_ACCOUNT = 2, 3, 4
# Services where a resource that a trail selects includes what is below its ARN: objects, indexes, versions.
_WITH_PARTS = frozenset({"s3", "s3express", "dynamodb", "kinesis", "lambda"})

_NO_RECORD = "no record of calls to these services was provided"
_NOT_WHICH = "the service was used, but neither CloudTrail nor IAM shows which actions"
_ONLY_DATA = "only data events were recorded, and these calls may be management events"
_NO_DATA = "these calls may be data events, which CloudTrail records only if they are enabled"
_OTHER_RESOURCES = "these calls may be data events, which were not recorded for all resources of the role"
_NO_READS = "no event of a call that only reads was recorded: the trail may leave them out"
_NO_WRITES = "only events of calls that only read were recorded: the trail may leave out the others"
_NO_EVENT = "these are checked as part of other calls, whose records do not always show it"
_INCOMPLETE = "not all records could be read, and the others may be of these actions"
_NO_NAME = "the name of the role is not known before it is deployed, so its records are not known"
_DENIED = "all requests for these were denied, and it is not known which permission was missing"
_IF_ALL_DATA = "if the trail records all data events of these resources"
_OTHER_REGION = "no records were read of a Region that the role's policies name"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Since when something was not used, the source of that information, and the Regions and end of it if known.

    `condition` is what must be true, and no record shows. A trail can leave out data events by prefix, by name and by
    caller: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedEventSelector.html
    """

    since: str | None
    source: str
    condition: str = ""
    regions: tuple[str, ...] = field(default=(), compare=False)
    until: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        listed = f"{len(self.regions)} Regions" if len(self.regions) > _LISTED else ", ".join(self.regions)
        where = f" in {listed}" if listed else ""
        until = f", until {self.until[:10]}" if self.until else ""
        condition = f", {self.condition}" if self.condition else ""
        return f"{f'since {self.since[:10]}' if self.since else 'ever'} ({self.source}{where}{until}{condition})"


@dataclass(slots=True)
class ServiceUse:
    """The use of one service by one role. `used`: actions in lower case; key None in `unused`: the whole service.

    `companions` are actions in lower case that calls of used actions may need too. `unknown` are the names of requests
    of which it is not known which actions they were, `denied` the actions in lower case of requests that were denied.
    """

    prefix: str
    used: set[str] = field(default_factory=set)
    unused: dict[str | None, Evidence] = field(default_factory=dict)
    coverage: TrailCoverage | None = None
    accessed: bool | None = None
    companions: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    # Why a request of the role may be among the records, or those that were not read, without being known; "" if not.
    doubt: str = ""

    def is_used(self, action: Action) -> bool:
        """Whether an action was certainly used."""
        return str(action).lower() in self.used

    def unused_evidence(self, action: Action, resources: Iterable[str] = ()) -> Evidence | str:
        """The evidence that an action that is not among the used ones was not used; else why that is not known.

        `resources` are the patterns on which the role may use it.
        """
        name = str(action).lower()
        if name == _WITHOUT_CALL:
            return _NO_EVENT
        if None in self.unused:
            return self.unused[None]
        if name in self.unused:
            return self.unused[name]
        if name in self.denied:
            return _DENIED
        return self.recording_evidence(action, resources)

    def recording_evidence(self, action: Action, resources: Iterable[str] = ()) -> Evidence | str:
        """Since when CloudTrail recorded every call that needs an action; else why it may not have recorded all."""
        if self.coverage is None:
            return _NOT_WHICH if self.accessed or self.used else _NO_RECORD
        if self.doubt:
            return self.doubt
        if self.unknown:
            named = ", ".join(f"`{name}`" for name in sorted(self.unknown)[:_LISTED])
            return f"for some recorded requests it is not known which actions they need: {named}"
        if not has_own_event(action) or self._may_be_part(action):
            return _NO_EVENT
        return _coverage_evidence(action, self.coverage, tuple(resources))

    def _may_be_part(self, action: Action) -> bool:
        """Whether calls of used actions may have needed the action too."""
        return str(action).lower() in self.companions or (bool(self.used) and is_checked_with_others(action))


def _coverage_evidence(action: Action, coverage: TrailCoverage, resources: Sequence[str]) -> Evidence | str:
    """The evidence that an action without a record was not used, or the reason why that is not known."""
    is_management = is_management_call(action)
    if not coverage.management_events:
        return _ONLY_DATA
    if not is_management and not coverage.data_events:
        return _NO_DATA
    kinds = (_MANAGEMENT,) if is_management else (_MANAGEMENT, _DATA)
    is_reading = is_reading_call(action)
    if not set(kinds).isdisjoint(coverage.missing_reads if is_reading else coverage.missing_writes):
        return _NO_READS if is_reading else _NO_WRITES
    if coverage.regions and any(_is_of_other_region(resource, coverage.regions) for resource in resources):
        return _OTHER_REGION
    since, condition = coverage.start, ""
    if not is_management and coverage.data_resources is not None:
        condition = _IF_ALL_DATA
        starts = [_recorded_since(action, resource, coverage.data_resources) for resource in resources or ("*",)]
        known = [start for start in starts if start is not None]
        if len(known) < len(starts):
            return _OTHER_RESOURCES
        since = max((since, *known))
    return Evidence(since, _TRAIL, condition, coverage.regions, coverage.end)


def _is_of_other_region(resource: str, regions: Sequence[str]) -> bool:
    """Whether an ARN names a Region that is not one of these."""
    fields = split_arn_fields(resource)
    region = fields[_ARN_REGION] if len(fields) == ARN_FIELD_COUNT else ""
    return bool(region) and not has_parameters(region) and not has_wildcard(region) and region not in regions


def _recorded_since(action: Action, pattern: str, recorded: Iterable[tuple[str, str]]) -> str | None:
    """Since when data events were recorded of all resources of a pattern; None if of some they may not have been."""
    if action.has_no_resource_types:
        return min((start for resource, start in recorded if resource == "*"), default=None)
    part = part_with_own_data_events(action.service)
    is_about_part = any(kind.name == part for kind in action.resource_types)
    starts = [
        start
        for resource, start in recorded
        if _is_part(resource, part) == is_about_part and _is_within(pattern, resource)
    ]
    return min(starts, default=None)


def _is_part(resource: str, part: str | None) -> bool:
    """Whether a resource is the streams of a table, or the like: `table/orders/stream`."""
    return part is not None and resource.split("/")[2:3] == [part]


def _is_within(pattern: str, resource: str) -> bool:
    """Whether all that a pattern names is a resource, or a part of it: an object of a bucket, a version of a function.

    A Region or account that a template does not know is taken to be that of the resource.
    """
    fields, own = split_arn_fields(pattern), split_arn_fields(resource)
    if len(fields) != ARN_FIELD_COUNT or len(own) != ARN_FIELD_COUNT:
        return False
    *scope, name = fields
    *own_scope, own_name = own
    is_own = all(value == other or has_parameters(value) for value, other in zip(scope, own_scope, strict=True))
    has_parts = own_scope[_ARN_SERVICE] in _WITH_PARTS
    return is_own and (name == own_name or (has_parts and name.startswith((f"{own_name}/", f"{own_name}:"))))


def service_uses(usage: Usage, role: Role) -> Mapping[str, ServiceUse]:
    """The use of services by a role, keyed by service prefix."""
    uses: dict[str, ServiceUse] = {}
    doubt = _NO_NAME if has_unknown_name(role) else _INCOMPLETE if usage.gaps else ""

    def of(prefix: str) -> ServiceUse:
        return uses.setdefault(prefix.lower(), ServiceUse(prefix.lower(), doubt=doubt))

    accounts = _accounts(usage, role)
    for coverage in usage.coverage:
        if coverage.account is not None and accounts is not None and coverage.account not in accounts:
            continue
        if coverage.function is not None or not (coverage.role is None or is_recorded_role(coverage.role, role)):
            continue  # what other functions of the role did, or other roles, was left out of the file
        of(coverage.service).coverage = _better_coverage(of(coverage.service).coverage, coverage)
    for used in usage.access:
        if is_recorded_role(used.role, role):
            # A denied call does not show that the role has the action: another one may have been missing.
            use = of(used.action.partition(":")[0])
            (use.used if used.count > used.denied else use.denied).add(used.action.lower())
    for request in usage.unknown_requests:
        may_be_own = request.role == ANY_ROLE or is_recorded_role(request.role, role)
        source = find_event_source(request.source) if may_be_own else None
        if source is not None:
            of(source.prefix).unknown.add(request.name)
    for action in [action for use in uses.values() for action in use.used]:
        for companion in _companions(action):
            of(companion.partition(":")[0]).companions.add(companion)
    for report in usage.last_accessed:
        if is_recorded_role(report.role, role):
            _record_last_access(of(report.service), report.action, report.last, report.since)
    return uses


def _accounts(usage: Usage, role: Role) -> frozenset[str] | None:
    """The accounts in which a role is: its own, or those of its records if a template does not know it; None if any."""
    account = role_account(role.arn)
    if account is None or not has_parameters(account):
        return frozenset({account} if account else ())
    recorded = {role_account(used.role) for used in usage.access if is_recorded_role(used.role, role)}
    return frozenset(filter(None, recorded)) or None


@cache
def _companions(action: str) -> tuple[str, ...]:
    """The actions that calls of an action may need beside it; all in lower case."""
    known = find_action(action)
    names = (*dependent_actions(str(known)), *unrecorded_companions(str(known))) if known else ()
    return tuple(map(str.lower, names))


def used_action_count(usage: Usage, role: Role) -> int | None:
    """The number of actions that a role is recorded to have used: there may be more; None if nothing is known of it."""
    uses = {} if has_unknown_name(role) else service_uses(usage, role)
    return sum(len(use.used) for use in uses.values()) if uses else None


def _record_last_access(use: ServiceUse, action: str | None, last: str | None, since: str | None) -> None:
    """Record when IAM last saw the use of a service or of one of its actions; `last` is None if it saw none."""
    name = None if action is None else action if ":" in action else f"{use.prefix}:{action}"
    if last is None:
        use.unused[name.lower() if name else None] = Evidence(since, _IAM)
    elif name is not None:
        use.used.add(name.lower())
    else:
        use.accessed = True


def _better_coverage(first: TrailCoverage | None, second: TrailCoverage) -> TrailCoverage:
    """The better coverage: first the one with all events, then the longer one."""
    known: Iterable[TrailCoverage] = (second,) if first is None else (first, second)
    return max(
        known,
        key=lambda coverage: (
            coverage.management_events,
            coverage.data_events,
            coverage.data_resources is None,
            [-ord(letter) for letter in coverage.start],
        ),
    )
