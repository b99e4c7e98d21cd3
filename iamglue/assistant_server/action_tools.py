"""The tool that looks up actions in the Service Authorization Reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.assistant_server.arguments import AccessLevel, ActionPattern, KeyName, ResourceTypeName, Service
from iamglue.assistant_server.results import MAX_ITEMS, ToolAnswer
from iamglue.catalog import services
from iamglue.catalog.condition_key_lookup import candidate_key_names, find_condition_key
from iamglue.catalog.condition_keys import supported_keys, supports_key
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.catalog.services import Action
from iamglue.catalog.verbs import verbs
from iamglue.errors import IamglueError
from iamglue.policy.patterns.wildcards import matches
from iamglue.readers.spec.entry_keys import ENTRY_LISTS
from iamglue.spelling import did_you_mean, nearest_word

_MAX_NAMES = 500
_MAX_NAMES_IN_HINT = 5


@dataclass(frozen=True, slots=True)
class _ActionFilter:
    """What an action must have."""

    name_pattern: str
    access_level: str | None
    resource_type: str | None
    condition_key: str | None

    def matches(self, action: Action) -> bool:
        """Whether an action has all of it."""
        types = {kind.name.lower() for kind in action.resource_types}
        return (
            matches(self.name_pattern, action.name.lower())
            and self.access_level in (None, action.access_level)
            and (self.resource_type is None or self.resource_type.lower() in types)
            and (self.condition_key is None or _supports(action, self.condition_key))
        )


def find_actions(
    service: Service = None,
    pattern: ActionPattern = None,
    access_level: AccessLevel = None,
    resource_type: ResourceTypeName = None,
    condition_key: KeyName = None,
) -> ToolAnswer:
    """Look up IAM actions: their access level, description, resource types with ARN formats, and condition keys.

    Give a service or a pattern, such as `s3:Get*` for the actions that this wildcard of a policy matches. `answer` has
    their number, their number by access level, and their names; `quoted` has the details of the first ones. For one
    service, `verbs` are the short words that `do` of a spec's entry takes, by list, with the actions of each. Use it
    instead of memory: an action that it does not list does not exist in AWS's Service Authorization Reference of the
    date in `reference_date`. A global condition key such as aws:SourceIp is supported by every action.
    """
    prefix, name_pattern = _prefix_and_name(service, pattern)
    prefixes = [prefix] if prefix is not None else _prefixes(pattern or "")
    if resource_type is not None:
        _check_resource_type(prefixes, resource_type)
    if condition_key is not None:
        _check_condition_key(condition_key)
    action_filter = _ActionFilter(name_pattern, access_level, resource_type, condition_key)
    actions = [action for name in prefixes for action in _actions(name) if action_filter.matches(action)]
    shown = actions[:MAX_ITEMS]
    types = {(action.service, kind.name) for action in shown for kind in action.resource_types}
    return ToolAnswer(
        {
            "count": len(actions),
            "by_access_level": dict(sorted(Counter(action.access_level for action in actions).items())),
            "names": [str(action) for action in actions[:_MAX_NAMES]],
            "names_left_out": max(0, len(actions) - _MAX_NAMES),
            "reference_date": services.reference_date(),
            "verbs": _verbs_data(prefixes[0]) if len(prefixes) == 1 else {},
        },
        {
            "actions": [_action_data(action) for action in actions],
            "resource_types": [_type_data(*names) for names in sorted(types)],
        },
    )


def _verbs_data(prefix: str) -> dict[str, dict[str, list[str]]]:
    """The verbs of a service by the list of a spec that they belong to, with their actions; the default one first."""
    listed = {name: sorted(verbs(prefix, name), key=lambda verb: not verb.default) for name in ENTRY_LISTS}
    return {name: {verb.name: list(verb.actions) for verb in of_list} for name, of_list in listed.items() if of_list}


def _prefix_and_name(service: str | None, pattern: str | None) -> tuple[str | None, str]:
    """The prefix of the one service to search, None for several, and the lower-case pattern of action names."""
    if service is None and pattern is None:
        raise IamglueError("find_actions needs a service or a pattern", hint="for example service s3, pattern Get*")
    prefix, colon, name = (pattern or "*").rpartition(":")
    if service is None:
        return None, name.lower()
    if colon and prefix.lower() != service.lower():
        raise IamglueError(f"the pattern `{pattern}` is not of the service {service}", hint=f"write {name}")
    return _require_prefix(service), name.lower()


def _prefixes(pattern: str) -> list[str]:
    """The services that the part of a pattern before the colon matches; all services without that part."""
    prefix, colon, _ = pattern.lower().rpartition(":")
    if not colon:
        return list(services.service_prefixes())
    return [name for name in services.service_prefixes() if matches(prefix, name)] or [_require_prefix(prefix)]


def _require_prefix(service: str) -> str:
    """The prefix of a service in AWS's spelling. Raises IamglueError, with the nearest prefix, for a wrong one."""
    known = services.find_service(service)
    if known is None:
        raise IamglueError(
            f"`{service}` is not an IAM prefix of a service, expected one such as s3",
            hint=did_you_mean(service.lower(), services.service_prefixes()) or _name_hint(service),
        )
    return known.prefix


def _name_hint(service: str) -> str | None:
    """A hint for the name of a service, such as Amazon EventBridge, where its prefix is expected."""
    prefixes = {name: prefix for prefix, name in services.service_names().items()}
    names = [name for name in prefixes if service.lower() in name.lower()]
    nearest = nearest_word(service, prefixes)
    if nearest is not None and not names:
        names = [nearest]
    return ", ".join(f"`{prefixes[name]}` is {name}" for name in names[:_MAX_NAMES_IN_HINT]) or None


def _check_resource_type(prefixes: Sequence[str], name: str) -> None:
    """Raises IamglueError if no service has such a resource type: an empty answer would look like a fact."""
    known_services = filter(None, map(services.find_service, prefixes))
    names = list(dict.fromkeys(kind.name for service in known_services for kind in service.resource_types.values()))
    if name.lower() not in {known.lower() for known in names}:
        is_one = len(prefixes) == 1
        hint = did_you_mean(name, names) or (f"its resource types are {', '.join(names)}" if is_one else None)
        where = prefixes[0] if is_one else "any service that the pattern matches"
        raise IamglueError(f"`{name}` is not a resource type of {where}", hint=hint)


def _check_condition_key(name: str) -> None:
    """Raises IamglueError if AWS has no such condition key: an empty answer would look like a fact."""
    if find_condition_key(name) is None:
        hint = did_you_mean(name, candidate_key_names(name)) or "write it with its prefix, such as s3:prefix"
        raise IamglueError(f"`{name}` is not a condition key that AWS lists", hint=hint)


def _supports(action: Action, key: str) -> bool:
    """Whether a request for an action can contain a condition key, on some resource or on none."""
    return any(supports_key(str(action), kind, key) for kind in (None, *action_resource_types(str(action)).values()))


def _actions(prefix: str) -> Iterator[Action]:
    service = services.find_service(prefix)
    yield from service.actions.values() if service else ()


def _action_data(action: Action) -> dict[str, Any]:
    """What AWS's reference says of an action."""
    return {
        "action": str(action),
        "access_level": action.access_level,
        "description": action.description,
        "resource_types": [kind.name for kind in action.resource_types],
        "condition_keys": _key_names(action),
        "dependent_actions": list(action.dependent_actions),
    }


def _key_names(action: Action) -> list[str]:
    """The condition keys of an action on any of its resources, as AWS's reference writes them."""
    names = {
        key
        for kind in (None, *action_resource_types(str(action)).values())
        for key in supported_keys(str(action), kind)
    }
    return sorted(names)


def _type_data(prefix: str, name: str) -> dict[str, Any]:
    """A resource type with its ARN formats; none if AWS's reference names the type without describing it."""
    service = services.find_service(prefix)
    kind = service.resource_types.get(name.lower()) if service else None
    return {"service": prefix, "name": name, "arns": list(kind.arn_formats) if kind else []}
