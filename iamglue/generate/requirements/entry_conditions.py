"""Conditions that an entry's options add to its actions.

An action that does not support a condition is an error: it is never granted without the condition.
"""

from __future__ import annotations

from iamglue.catalog.condition_keys import supported_keys, supports_key
from iamglue.catalog.services import ResourceType
from iamglue.errors import IamglueError
from iamglue.generate.requirements.requested_actions import RequestedAction
from iamglue.generate.requirements.s3_resources import s3_conditions
from iamglue.model.spec import AccessEntry
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.spelling import did_you_mean

_LEADING_KEYS = "dynamodb:LeadingKeys"
_ATTRIBUTES = "dynamodb:Attributes"
_SELECT = "dynamodb:Select"


def entry_conditions(entry: AccessEntry, requested: RequestedAction) -> tuple[Condition, ...]:
    """The conditions of one action of an entry, sorted.

    Raises IamglueError when the action's requests do not carry a condition key.
    """
    conditions = [*_namespace_conditions(entry, requested), *_dynamodb_conditions(entry, requested)]
    if requested.resource_type:
        conditions += s3_conditions(entry, requested.action, requested.resource_type)
    for extra in entry.when:
        check_supported_key(entry, requested.action, requested.resource_type, extra.key)
        conditions.append(extra)
    _check_unique(entry, conditions)
    return tuple(sorted(set(conditions)))


def _check_unique(entry: AccessEntry, conditions: list[Condition]) -> None:
    """Raise IamglueError when two conditions share operator and key: a policy document cannot contain both."""
    seen: dict[tuple[str, str], Condition] = {}
    for condition in conditions:
        earlier = seen.setdefault((str(condition.operator), condition.key.lower()), condition)
        if earlier != condition:
            raise IamglueError(
                f"`when` has {condition.operator} on `{condition.key}`, which another option of the entry already sets",
                hint="write the condition once: with the option or in `when`",
                location=entry.location,
            )


def check_supported_key(entry: AccessEntry, action: str, kind: ResourceType | None, key: str) -> None:
    """Raise IamglueError when requests for `action` on `kind` never carry `key`."""
    if supports_key(action, kind, key):
        return
    on = f" on {kind.service}/{kind.name}" if kind else ""
    raise IamglueError(
        f"requests for `{action}`{on} never carry the condition key `{key}`, so the condition would allow none of them",
        hint=did_you_mean(key, supported_keys(action, kind)) or "remove the condition, or move it to another entry",
        location=entry.location,
    )


def _namespace_conditions(entry: AccessEntry, requested: RequestedAction) -> list[Condition]:
    """The condition of an action that is limited by a condition key instead of a resource."""
    if not requested.condition_key or entry.resource.text in (None, "*"):
        return []
    text = entry.resource.text or ""
    operator = "StringLike" if has_wildcard(text) else "StringEquals"
    return [build_condition(operator, requested.condition_key, text)]


def _dynamodb_conditions(entry: AccessEntry, requested: RequestedAction) -> list[Condition]:
    """The conditions of fine-grained access, as DynamoDB documents it.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    conditions: list[Condition] = []
    if entry.leading_keys:
        check_supported_key(entry, requested.action, requested.resource_type, _LEADING_KEYS)
        operator = "StringLike" if any(map(has_wildcard, entry.leading_keys)) else "StringEquals"
        conditions.append(build_condition(f"ForAllValues:{operator}", _LEADING_KEYS, *sorted(entry.leading_keys)))
        # ForAllValues is also true for a request without the key, so require the key.
        conditions.append(build_condition("Null", _LEADING_KEYS, "false"))
    if entry.attributes:
        check_supported_key(entry, requested.action, requested.resource_type, _ATTRIBUTES)
        conditions.append(build_condition("ForAllValues:StringEquals", _ATTRIBUTES, *sorted(entry.attributes)))
        if supports_key(requested.action, requested.resource_type, _SELECT):
            # Without this condition a request that selects all attributes names none of them and is allowed.
            conditions.append(build_condition("StringEqualsIfExists", _SELECT, "SPECIFIC_ATTRIBUTES"))
    return conditions
