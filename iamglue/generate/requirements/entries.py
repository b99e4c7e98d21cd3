"""From an entry of `reads`, `writes` or `calls` to what it needs: actions on ARNs under conditions."""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.resource_formats import (
    ArnFormat,
    action_resource_types,
    additional_resource_types,
    parse_arn_format,
    resource_type_formats,
)
from iamglue.catalog.services import ResourceType, find_service
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import whole_arn_parameter
from iamglue.generate.requirements.entry_conditions import entry_conditions
from iamglue.generate.requirements.kms_keys import kms_key_needs, parse_kms_key
from iamglue.generate.requirements.labels import entry_reason, resource_label
from iamglue.generate.requirements.requested_actions import RequestedAction, requested_actions
from iamglue.generate.requirements.resource_arns import (
    ResourceScopes,
    fill_arn_format,
    match_arn_format,
    resource_arns_in_formats,
    resource_scopes,
)
from iamglue.generate.requirements.s3_resources import s3_resource, whole_bucket_entry
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition

_Grant = tuple[tuple[str, ...], tuple[Condition, ...]]


def entry_needs(entry: AccessEntry, scope: DeploymentScope) -> tuple[RequiredAccess, ...]:
    """What an entry needs, grouped without widening: one Need for the actions that share resources and conditions.

    Raises IamglueError (or Problems) at the entry's location where AWS has no such action, resource or condition.
    """
    literal = whole_arn_parameter(entry.resource) or ""
    if literal.startswith("arn:"):
        entry = replace(entry, resource=SpecResource(literal))
    where = resource_scopes(scope, entry.location, account=entry.account, regions=entry.regions)
    asked = requested_actions(entry)
    _check_options(entry, asked)
    grants: dict[_Grant, list[str]] = {}
    for item, one in (*((entry, one) for one in asked), *_missing_ok(entry)):
        resources, limits = _resources(item, one, where)
        conditions = tuple(sorted({*entry_conditions(item, one), *limits}))
        grants.setdefault((resources, conditions), []).append(one.action)
    needs = [
        RequiredAccess(
            tuple(sorted(actions)),
            resources,
            resource_label(entry.resource, resources),
            entry_reason(entry),
            conditions,
        )
        for (resources, conditions), actions in grants.items()
    ]
    return (*needs, *_key_needs(entry, tuple(one.action for one in asked), where))


def _resources(
    entry: AccessEntry, one: RequestedAction, where: ResourceScopes
) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    if one.resource_type is None:
        return ("*",), ()
    parameter = whole_arn_parameter(entry.resource)
    if one.resource_type.service == "kms" and one.resource_type.name == "key" and not parameter:
        found = [parse_kms_key(_text(entry), scope, entry.location) for scope in where.scopes]
        return tuple(dict.fromkeys(arn for arn, _ in found)), found[0][1]
    kind, resource = _indexed(entry, one)
    resource = s3_resource(replace(entry, resource=resource), kind)
    own = resource_type_formats(one.action, kind)
    named = resource_arns_in_formats(kind, own, resource, where)
    together = additional_resource_types(one.action, kind.name)
    if not together:
        return named, ()
    if whole_arn_parameter(resource):
        raise IamglueError(
            f"`{one.action}` also needs the {kind.name}'s parents, which a whole-ARN parameter does not tell",
            hint="write the variables of the ARN format instead",
            location=entry.location,
        )
    _, values = match_arn_format(kind, own, resource, entry.location)
    more = [
        arn
        for other in together
        for arn in fill_arn_format(
            _joint_format(one.action, other.resource_type), values | dict(other.variable_defaults), where
        )
    ]
    return tuple(sorted({*named, *more})), ()


def _text(entry: AccessEntry) -> str:
    found = entry.resource.text or entry.resource.get("KeyId")
    if found is None:
        raise IamglueError("expected the key's id, ARN or alias", location=entry.location)
    return found


def _joint_format(action: str, resource_type: str) -> ArnFormat:
    kinds: dict[str, ResourceType] = action_resource_types(action)
    kind = kinds.get(resource_type)
    if kind is None:
        found = find_service(action.partition(":")[0])
        kind = (found.resource_types if found else kinds)[resource_type]
    return parse_arn_format(kind.arn_formats[0])


def _indexed(entry: AccessEntry, one: RequestedAction) -> tuple[ResourceType, SpecResource]:
    """The index instead of the table for the actions that take one, when the entry names an index.

    A query of an index is checked on the index alone, though the reference marks the table as required:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    kind = one.resource_type
    if kind is None:
        raise TypeError(one)
    kinds = action_resource_types(one.action)
    if entry.index is None or "index" not in kinds:
        return kind, entry.resource
    text = entry.resource.text
    if text is not None and text.startswith("arn:"):
        return kinds["index"], SpecResource(f"{text}/index/{entry.index}")
    if whole_arn_parameter(entry.resource):
        raise IamglueError(
            "`index` does not go with a whole-ARN parameter", hint="pass the index's ARN", location=entry.location
        )
    table = text if text is not None else entry.resource.get("TableName")
    return kinds["index"], SpecResource(variables=(("TableName", table or ""), ("IndexName", entry.index)))


def _check_options(entry: AccessEntry, asked: tuple[RequestedAction, ...]) -> None:
    if entry.index is not None and not any("index" in action_resource_types(one.action) for one in asked):
        raise IamglueError(
            "`index` is for actions that read an index: query and scan",
            hint="add `do: query`, or leave `index` out",
            location=entry.location,
        )
    objects = any(
        one.resource_type and one.resource_type.service == "s3" and one.resource_type.name == "object" for one in asked
    )
    if entry.missing_ok and not objects:
        raise IamglueError("`missing_ok` goes with reading S3 objects", location=entry.location)


def _missing_ok(entry: AccessEntry) -> tuple[tuple[AccessEntry, RequestedAction], ...]:
    """S3 answers 404 for a key that is not there only to callers that may list the bucket, else 403.

    A request for an object carries no prefix, so this listing cannot be limited to one.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    found = find_service("s3")
    if not entry.missing_ok or found is None:
        return ()
    return ((whole_bucket_entry(entry), RequestedAction("s3:ListBucket", found.resource_types["bucket"])),)


def _key_needs(entry: AccessEntry, actions: tuple[str, ...], where: ResourceScopes) -> list[RequiredAccess]:
    if entry.key is None:
        return []
    return [
        need
        for scope in where.scopes
        for need in kms_key_needs(
            entry.service,
            actions,
            entry.key,
            scope,
            entry.location,
            label=f"{resource_label(entry.resource, ())}Key",
            reason=entry_reason(entry, f", encrypted with {entry.key}"),
        )
    ]
