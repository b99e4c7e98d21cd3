"""The spec of a function from what it, or its role, was seen to use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from iamglue.catalog.partitions import infer_partition
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.arn_resources import find_entry
from iamglue.infer.entries import group_entries
from iamglue.infer.entry_words import action_list
from iamglue.infer.policy_settings import item_grants
from iamglue.model.inference import ChangeKind, Inference, SpecChange
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, SpecFunction, SpecResource, is_function_name
from iamglue.model.spec_comments import CommentedFunction, DisabledEntry
from iamglue.model.trail_usage import TrailAccess
from iamglue.policy.arns import resource_covers

_ANY = "*"
_HEAD = ("Inferred from recorded requests: what was not used in their time is missing.",)
_NO_RESOURCE = "the records do not say on which resource: name it"
_DENIED = "every request was denied"
_NO_ENTRY = "no entry of a spec allows exactly this"


@dataclass(slots=True)
class _SpecAccess:
    """What was requested of one action on one resource, by all sessions."""

    count: int = 0
    denied: int = 0
    via: set[str] = field(default_factory=set)
    first: str = ""
    last: str = ""

    def add(self, access: TrailAccess) -> None:
        """Add an access of another session."""
        self.count += access.count
        self.denied += access.denied
        self.via |= {access.via} if access.via else set()
        self.first = min(self.first or access.first, access.first or self.first)
        self.last = max(self.last, access.last)

    @property
    def comment(self) -> str:
        """How often, until when and by which service the action was requested."""
        times = "once" if self.count == 1 else f"{self.count:,} times"
        period = f", last {self.last[:10]}" if self.last else ""
        via = f", by {', '.join(sorted(self.via))} with the role's permissions" if self.via else ""
        return f"{times}{period}{via}"


def usage_spec(accesses: Iterable[TrailAccess], name: str | None, place: str) -> Inference:
    """The spec of the function `name` (by default the only one that was seen) from the accesses of one role.

    Raises IamglueError if there is no access, or that of several roles or functions.
    """
    used: dict[tuple[str, str], _SpecAccess] = {}
    roles: set[str] = set()
    functions: set[str] = set()
    scopes: set[tuple[str, str]] = set()
    for access in accesses:
        roles.add(access.role)
        functions.add(access.function)
        if access.count > access.denied:
            scopes.add((access.region, access.account))
        used.setdefault((access.action, access.resource), _SpecAccess()).add(access)
    function = _function(name, roles, functions, scopes, place)
    return _inference(function, used)


def _function(
    name: str | None,
    roles: set[str],
    functions: set[str],
    scopes: set[tuple[str, str]],
    place: str,
) -> SpecFunction:
    """The function of the spec. Raises IamglueError if the records do not show which one, or are of several roles."""
    if not roles:
        raise IamglueError(
            "no request of the role or function was recorded", hint="check --role, --function and --since"
        )
    if len(roles) > 1:
        raise IamglueError(f"the requests are of {len(roles):,} roles", hint="choose one with --role or --function")
    own = functions - {""}
    chosen = name or (own.pop() if len(own) == 1 else roles.pop().rpartition("/")[2])
    if not is_function_name(chosen):
        raise IamglueError(f"`{chosen}` is not a valid name of a function", hint="name it with --function")
    regions, accounts = ({scope[at] for scope in scopes if scope[at]} for at in (0, 1))
    return SpecFunction(
        chosen,
        Location(place),
        region=regions.pop() if len(regions) == 1 else None,
        account=accounts.pop() if len(accounts) == 1 else None,
    )


def _inference(function: SpecFunction, used: dict[tuple[str, str], _SpecAccess]) -> Inference:
    """The spec for recorded access; what was always denied, or names no resource, is reported and left out."""
    scope = _scope(function)
    own = item_grants(function, scope)
    function = _with_logs(function, {action for action, _ in used})
    entries: dict[AccessEntry, _SpecAccess] = {}
    disabled: list[DisabledEntry] = []
    changes: list[SpecChange] = []
    for (action, resource), access in sorted(used.items()):
        subject = f"{action} on {resource}"
        if any(grant.action == action and _covers(grant.resource, resource) for grant in own):
            continue
        if access.count == access.denied:
            changes.append(SpecChange(ChangeKind.DROPPED, subject, _DENIED, function.location))
        elif resource == _ANY and action_resource_types(action):
            disabled.append(DisabledEntry(_unknown_entry(action), (access.comment, _NO_RESOURCE)))
            changes.append(SpecChange(ChangeKind.DROPPED, subject, _NO_RESOURCE, function.location))
        elif entry := find_entry(AtomicGrant(action, resource), scope, function.location):
            entries[entry] = access
        else:
            changes.append(SpecChange(ChangeKind.DROPPED, subject, _NO_ENTRY, function.location))
    groups = group_entries(entries, scope)
    comments = {group.entry: tuple(_comments([entries[item] for item in group.accesses])) for group in groups}
    result = replace(function, entries=tuple(group.entry for group in groups))
    return Inference((CommentedFunction(result, comments, tuple(disabled)),), tuple(changes), _HEAD)


def _with_logs(function: SpecFunction, actions: set[str]) -> SpecFunction:
    """The function without the right to create its log group, if it wrote to one that was there."""
    if "logs:CreateLogStream" not in actions or "logs:CreateLogGroup" in actions:
        return function
    settings = function.settings
    return replace(function, settings=replace(settings, logs=replace(settings.logs, create=False)))


def _covers(granted: str, resource: str) -> bool:
    return granted == resource or (resource != _ANY and resource_covers(granted, resource))


def _comments(accesses: Sequence[_SpecAccess]) -> Iterator[str]:
    """One comment for all accesses of an entry."""
    total = _SpecAccess()
    for access in accesses:
        total.count += access.count
        total.via |= access.via
        total.last = max(total.last, access.last)
    yield total.comment


def _unknown_entry(action: str) -> AccessEntry:
    service, _, name = action.partition(":")
    return AccessEntry(action_list(action), service, SpecResource(_ANY), Location(""), do=(name,))


def _scope(function: SpecFunction) -> DeploymentScope:
    partition = function.partition or infer_partition(function.region or "") or "aws"
    return DeploymentScope(partition, function.region or "${AWS::Region}", function.account or "${AWS::AccountId}")
