"""Conditions that an entry's options put on its actions; an action that cannot carry one is an error, never wider."""

from __future__ import annotations

from iamglue.catalog.condition_keys import carried_keys, carries
from iamglue.catalog.services import ResourceType
from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError
from iamglue.generate.requirements.actions import Asked
from iamglue.generate.requirements.s3_names import s3_conditions
from iamglue.model.spec import Entry
from iamglue.policy.conditions import Condition, condition
from iamglue.policy.patterns.wildcards import is_pattern

_LEADING_KEYS = "dynamodb:LeadingKeys"
_ATTRIBUTES = "dynamodb:Attributes"
_SELECT = "dynamodb:Select"


def narrowing(entry: Entry, asked: Asked) -> tuple[Condition, ...]:
    """The conditions of one action of an entry, sorted.

    Raises IamglueError when a condition key is not carried by the action's requests.
    """
    found = [*_namespace(entry, asked), *_dynamodb(entry, asked)]
    if asked.kind:
        found += s3_conditions(entry, asked.action, asked.kind)
    for extra in entry.when:
        check_carried(entry, asked.action, asked.kind, extra.key)
        found.append(extra)
    _check_once(entry, found)
    return tuple(sorted(set(found)))


def _check_once(entry: Entry, found: list[Condition]) -> None:
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


def check_carried(entry: Entry, action: str, kind: ResourceType | None, key: str) -> None:
    """Raise IamglueError when requests for `action` on `kind` never carry `key`."""
    if carries(action, kind, key):
        return
    on = f" on {kind.service}/{kind.name}" if kind else ""
    raise IamglueError(
        f"requests for `{action}`{on} never carry the condition key `{key}`, so nothing would be allowed",
        hint=did_you_mean(key, carried_keys(action, kind)) or "limit another action with it, or leave it out",
        location=entry.location,
    )


def _namespace(entry: Entry, asked: Asked) -> list[Condition]:
    if not asked.condition or entry.resource.text in (None, "*"):
        return []
    text = entry.resource.text or ""
    operator = "StringLike" if is_pattern(text) else "StringEquals"
    return [condition(operator, asked.condition, text)]


def _dynamodb(entry: Entry, asked: Asked) -> list[Condition]:
    """Fine-grained access as DynamoDB documents it.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    found: list[Condition] = []
    if entry.leading_keys:
        check_carried(entry, asked.action, asked.kind, _LEADING_KEYS)
        like = "StringLike" if any(map(is_pattern, entry.leading_keys)) else "StringEquals"
        found.append(condition(f"ForAllValues:{like}", _LEADING_KEYS, *sorted(entry.leading_keys)))
        # ForAllValues holds for a request without the key.
        found.append(condition("Null", _LEADING_KEYS, "false"))
    if entry.attributes:
        check_carried(entry, asked.action, asked.kind, _ATTRIBUTES)
        found.append(condition("ForAllValues:StringEquals", _ATTRIBUTES, *sorted(entry.attributes)))
        if carries(asked.action, asked.kind, _SELECT):
            # Without it a request that selects all attributes names none and would pass.
            found.append(condition("StringEqualsIfExists", _SELECT, "SPECIFIC_ATTRIBUTES"))
    return found
