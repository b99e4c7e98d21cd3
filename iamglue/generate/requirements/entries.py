"""From an entry of `reads`, `writes` or `calls` to what it needs: actions on ARNs under conditions."""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.services import ResourceType, service
from iamglue.catalog.shapes import ArnFormat, arn_format, formats, joint, types_of
from iamglue.errors import IamglueError
from iamglue.generate.requirements.actions import Asked, asked_actions
from iamglue.generate.requirements.kms_keys import key_name, key_needs
from iamglue.generate.requirements.labels import label, reason
from iamglue.generate.requirements.narrowing import narrowing
from iamglue.generate.requirements.resources import Place, arns, filled, place, variables
from iamglue.generate.requirements.s3_names import s3_resource, whole_bucket
from iamglue.generate.requirements.written_arns import whole_parameter
from iamglue.model.need import Need, Scope
from iamglue.model.spec import Entry, Resource
from iamglue.policy.conditions import Condition

_Grant = tuple[tuple[str, ...], tuple[Condition, ...]]


def entry_needs(entry: Entry, scope: Scope) -> tuple[Need, ...]:
    """What an entry needs, grouped without widening: one Need for the actions that share resources and conditions.

    Raises IamglueError (or Problems) at the entry's location where AWS has no such action, resource or condition.
    """
    literal = whole_parameter(entry.resource) or ""
    if literal.startswith("arn:"):
        entry = replace(entry, resource=Resource(literal))
    where = place(scope, entry.location, account=entry.account, regions=entry.regions)
    asked = asked_actions(entry)
    _check_options(entry, asked)
    grants: dict[_Grant, list[str]] = {}
    for item, one in (*((entry, one) for one in asked), *_missing_ok(entry)):
        resources, limits = _resources(item, one, where)
        conditions = tuple(sorted({*narrowing(item, one), *limits}))
        grants.setdefault((resources, conditions), []).append(one.action)
    needs = [
        Need(tuple(sorted(actions)), resources, label(entry.resource, resources), reason(entry), conditions)
        for (resources, conditions), actions in grants.items()
    ]
    return (*needs, *_key_needs(entry, tuple(one.action for one in asked), where))


def _resources(entry: Entry, one: Asked, where: Place) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    if one.kind is None:
        return ("*",), ()
    parameter = whole_parameter(entry.resource)
    if one.kind.service == "kms" and one.kind.name == "key" and not parameter:
        found = [key_name(_text(entry), scope, entry.location) for scope in where.scopes]
        return tuple(dict.fromkeys(arn for arn, _ in found)), found[0][1]
    kind, resource = _indexed(entry, one)
    resource = s3_resource(replace(entry, resource=resource), kind)
    own = formats(one.action, kind)
    named = arns(kind, own, resource, where)
    together = joint(one.action, kind.name)
    if not together:
        return named, ()
    if whole_parameter(resource):
        raise IamglueError(
            f"`{one.action}` also needs the {kind.name}'s parents, which a whole-ARN parameter does not tell",
            hint="write the variables of the ARN format instead",
            location=entry.location,
        )
    _, values = variables(kind, own, resource, entry.location)
    more = [
        arn
        for other in together
        for arn in filled(_joint_format(one.action, other.resource_type), values | dict(other.fill), where)
    ]
    return tuple(sorted({*named, *more})), ()


def _text(entry: Entry) -> str:
    found = entry.resource.text or entry.resource.get("KeyId")
    if found is None:
        raise IamglueError("expected the key's id, ARN or alias", location=entry.location)
    return found


def _joint_format(action: str, resource_type: str) -> ArnFormat:
    kinds: dict[str, ResourceType] = types_of(action)
    kind = kinds.get(resource_type)
    if kind is None:
        found = service(action.partition(":")[0])
        kind = (found.resource_types if found else kinds)[resource_type]
    return arn_format(kind.arn_formats[0])


def _indexed(entry: Entry, one: Asked) -> tuple[ResourceType, Resource]:
    """The index instead of the table for the actions that take one, when the entry names an index.

    A query of an index is checked on the index alone, though the reference marks the table as required:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    kind = one.kind
    if kind is None:
        raise TypeError(one)
    kinds = types_of(one.action)
    if entry.index is None or "index" not in kinds:
        return kind, entry.resource
    text = entry.resource.text
    if text is not None and text.startswith("arn:"):
        return kinds["index"], Resource(f"{text}/index/{entry.index}")
    if whole_parameter(entry.resource):
        raise IamglueError(
            "`index` does not go with a whole-ARN parameter", hint="pass the index's ARN", location=entry.location
        )
    table = text if text is not None else entry.resource.get("TableName")
    return kinds["index"], Resource(variables=(("TableName", table or ""), ("IndexName", entry.index)))


def _check_options(entry: Entry, asked: tuple[Asked, ...]) -> None:
    if entry.index is not None and not any("index" in types_of(one.action) for one in asked):
        raise IamglueError(
            "`index` is for actions that read an index: query and scan",
            hint="add `do: query`, or leave `index` out",
            location=entry.location,
        )
    objects = any(one.kind and one.kind.service == "s3" and one.kind.name == "object" for one in asked)
    if entry.missing_ok and not objects:
        raise IamglueError("`missing_ok` goes with reading S3 objects", location=entry.location)


def _missing_ok(entry: Entry) -> tuple[tuple[Entry, Asked], ...]:
    """S3 answers 404 for a key that is not there only to callers that may list the bucket, else 403.

    A request for an object carries no prefix, so this listing cannot be limited to one.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    found = service("s3")
    if not entry.missing_ok or found is None:
        return ()
    return ((whole_bucket(entry), Asked("s3:ListBucket", found.resource_types["bucket"])),)


def _key_needs(entry: Entry, actions: tuple[str, ...], where: Place) -> list[Need]:
    if entry.key is None:
        return []
    return [
        need
        for scope in where.scopes
        for need in key_needs(
            entry.service,
            actions,
            entry.key,
            scope,
            entry.location,
            label=f"{label(entry.resource, ())}Key",
            reason=reason(entry, f", encrypted with {entry.key}"),
        )
    ]
