"""Conditions that an entry's options put on its actions; an action that cannot carry one is an error, never wider."""

from __future__ import annotations

from iamglue.catalog.condition_keys import supported_keys, supports_key
from iamglue.catalog.services import ResourceType
from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.generate.requirements.requested_actions import RequestedAction
from iamglue.generate.requirements.s3_resources import s3_conditions
from iamglue.model.spec import AccessEntry
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.patterns.wildcards import has_wildcard

_LEADING_KEYS = "dynamodb:LeadingKeys"
_ATTRIBUTES = "dynamodb:Attributes"
_SELECT = "dynamodb:Select"


def entry_conditions(entry: AccessEntry, asked: RequestedAction) -> tuple[Condition, ...]:
    """The conditions of one action of an entry, sorted.

    Raises IamglueError when a condition key is not carried by the action's requests.
    """
    found = [*_namespace(entry, asked), *_dynamodb(entry, asked)]
    if asked.resource_type:
        found += s3_conditions(entry, asked.action, asked.resource_type)
    for extra in entry.when:
        check_supported_key(entry, asked.action, asked.resource_type, extra.key)
        found.append(extra)
    _check_once(entry, found)
    return tuple(sorted(set(found)))


def _check_once(entry: AccessEntry, found: list[Condition]) -> None:
    """Raise IamglueError when two conditions share operator and key: a policy document cannot say both."""
    seen: dict[tuple[str, str], Condition] = {}
    for one in found:
        other = seen.setdefault((str(one.operator), one.key.lower()), one)
        if other != one:
            raise IamglueError(
                f"`when` has {one.operator} on `{one.key}`, which another option of the entry sets already",
                hint="say it once, by the option or in `when`",
                location=entry.location,
            )


def check_supported_key(entry: AccessEntry, action: str, kind: ResourceType | None, key: str) -> None:
    """Raise IamglueError when requests for `action` on `kind` never carry `key`."""
    if supports_key(action, kind, key):
        return
    on = f" on {kind.service}/{kind.name}" if kind else ""
    raise IamglueError(
        f"requests for `{action}`{on} never carry the condition key `{key}`, so nothing would be allowed",
        hint=did_you_mean(key, supported_keys(action, kind)) or "limit another action with it, or leave it out",
        location=entry.location,
    )


def _namespace(entry: AccessEntry, asked: RequestedAction) -> list[Condition]:
    if not asked.condition_key or entry.resource.text in (None, "*"):
        return []
    text = entry.resource.text or ""
    operator = "StringLike" if has_wildcard(text) else "StringEquals"
    return [build_condition(operator, asked.condition_key, text)]


def _dynamodb(entry: AccessEntry, asked: RequestedAction) -> list[Condition]:
    """Fine-grained access as DynamoDB documents it.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    found: list[Condition] = []
    if entry.leading_keys:
        check_supported_key(entry, asked.action, asked.resource_type, _LEADING_KEYS)
        like = "StringLike" if any(map(has_wildcard, entry.leading_keys)) else "StringEquals"
        found.append(build_condition(f"ForAllValues:{like}", _LEADING_KEYS, *sorted(entry.leading_keys)))
        # ForAllValues holds for a request without the key.
        found.append(build_condition("Null", _LEADING_KEYS, "false"))
    if entry.attributes:
        check_supported_key(entry, asked.action, asked.resource_type, _ATTRIBUTES)
        found.append(build_condition("ForAllValues:StringEquals", _ATTRIBUTES, *sorted(entry.attributes)))
        if supports_key(asked.action, asked.resource_type, _SELECT):
            # Without it a request that selects all attributes names none and would pass.
            found.append(build_condition("StringEqualsIfExists", _SELECT, "SPECIFIC_ATTRIBUTES"))
    return found
