"""Converts an entry of `reads`, `writes` or `calls` to its needs: actions on ARNs under conditions."""

from __future__ import annotations

from dataclasses import replace

from iamglue.catalog.required_types import required_types
from iamglue.catalog.resource_formats import (
    ArnFormat,
    action_resource_types,
    additional_resource_types,
    parse_arn_format,
    resource_type_formats,
)
from iamglue.catalog.services import ResourceType, find_service
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields, check_name_type, whole_arn_parameter
from iamglue.generate.requirements.athena_queries import is_athena_query, query_entries
from iamglue.generate.requirements.bedrock_needs import bedrock_needs, typed_bedrock_entry
from iamglue.generate.requirements.entry_conditions import entry_conditions
from iamglue.generate.requirements.joint_resources import following_arns
from iamglue.generate.requirements.kms_keys import kms_key_needs, parse_kms_key
from iamglue.generate.requirements.labels import entry_reason, resource_label
from iamglue.generate.requirements.passed_roles import pass_role_needs
from iamglue.generate.requirements.requested_actions import RequestedAction, requested_actions
from iamglue.generate.requirements.resource_arns import (
    ResourceScopes,
    fill_arn_format,
    match_arn_format,
    resource_arns_in_formats,
    resource_scopes,
)
from iamglue.generate.requirements.s3_access_points import access_point_type
from iamglue.generate.requirements.s3_resources import s3_resource, whole_bucket_entry
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.wildcards import has_wildcard

_Grant = tuple[tuple[str, ...], tuple[Condition, ...]]


def entry_needs(entry: AccessEntry, scope: DeploymentScope) -> tuple[RequiredAccess, ...]:
    """The needs of an entry: one RequiredAccess for the actions that share resources and conditions.

    Grouping never widens access. Raises IamglueError (or MultipleErrors) at the entry's location for an action,
    resource or condition that does not exist in AWS.
    """
    if is_athena_query(entry):
        return tuple(
            replace(need, reason=entry_reason(entry))
            for part in query_entries(entry)
            for need in entry_needs(part, scope)
        )
    literal = whole_arn_parameter(entry.resource) or ""
    if literal.startswith("arn:"):
        entry = replace(entry, resource=SpecResource(literal))
    entry = typed_bedrock_entry(entry)
    target_scopes = resource_scopes(scope, entry.location, account=entry.account, regions=entry.regions)
    all_requested = requested_actions(entry)
    _check_options(entry, all_requested)
    grants: dict[_Grant, list[str]] = {}
    for item, requested in (*((entry, requested) for requested in all_requested), *_missing_ok_actions(entry)):
        resources, limits = _resources_and_conditions(item, requested, target_scopes)
        conditions = tuple(sorted({*entry_conditions(item, requested), *limits}))
        grants.setdefault((resources, conditions), []).append(requested.action)
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
    return (
        *needs,
        *bedrock_needs(entry, all_requested, target_scopes),
        *pass_role_needs(entry, all_requested, scope),
        *_key_needs(entry, tuple(requested.action for requested in all_requested), target_scopes),
    )


def _resources_and_conditions(
    entry: AccessEntry, requested: RequestedAction, target_scopes: ResourceScopes
) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    """The ARNs of one action of an entry, and the conditions that come with the resource."""
    if requested.resource_type is None:
        return ("*",), ()
    parameter = whole_arn_parameter(entry.resource)
    if requested.resource_type.service == "kms" and requested.resource_type.name == "key" and not parameter:
        keys = [parse_kms_key(_kms_key_text(entry), scope, entry.location) for scope in target_scopes.scopes]
        return tuple(dict.fromkeys(arn for arn, _ in keys)), keys[0][1]
    kind, resource = _index_or_resource(entry, requested)
    kind = _access_point_or_type(entry, requested.action, kind)
    resource = s3_resource(entry if resource is entry.resource else replace(entry, resource=resource), kind)
    formats = resource_type_formats(requested.action, kind)
    arns = resource_arns_in_formats(kind, formats, resource, target_scopes)
    check_name_type(kind, requested.action, resource, arns[0], entry.location)
    additional_types = additional_resource_types(requested.action, kind.name)
    if not additional_types and not required_types(requested.action):
        return arns, ()
    if whole_arn_parameter(resource) and not additional_types:
        return tuple(sorted({*arns, *following_arns(requested.action, kind, {}, target_scopes)})), ()
    if whole_arn_parameter(resource):
        raise IamglueError(
            f"`{requested.action}` also needs the {kind.name}'s parents, which a whole-ARN parameter does not contain",
            hint="write the variables of the ARN format instead",
            location=entry.location,
        )
    _, values = match_arn_format(kind, formats, resource, entry.location)
    additional_arns = [
        arn
        for additional in additional_types
        for arn in fill_arn_format(
            _additional_format(requested.action, additional.resource_type),
            values | dict(additional.variable_defaults),
            target_scopes,
        )
    ]
    following = following_arns(requested.action, kind, values, target_scopes)
    return tuple(sorted({*arns, *additional_arns, *following})), ()


def _access_point_or_type(entry: AccessEntry, action: str, kind: ResourceType) -> ResourceType:
    """The type of an S3 access point if the entry names one, else `kind`."""
    access_point = access_point_type(action, kind, entry.resource)
    if access_point is None:
        raise IamglueError(f"`{action}` is not supported through S3 access points", location=entry.location)
    return access_point


def _kms_key_text(entry: AccessEntry) -> str:
    """The key of an entry for the service `kms`. Raises IamglueError if its mapping has no `KeyId`."""
    text = entry.resource.text or entry.resource.get("KeyId")
    if text is None:
        raise IamglueError("the key is missing: expected its ID, ARN or alias", location=entry.location)
    return text


def _additional_format(action: str, resource_type: str) -> ArnFormat:
    """The ARN format of a resource type that the action requires in addition."""
    kinds = action_resource_types(action)
    kind = kinds.get(resource_type)
    if kind is None:
        service = find_service(action.partition(":")[0])
        kind = (service.resource_types if service else kinds)[resource_type]
    return parse_arn_format(kind.arn_formats[0])


def _index_or_resource(entry: AccessEntry, requested: RequestedAction) -> tuple[ResourceType, SpecResource]:
    """The index instead of the table if the entry names an index and the action supports indexes.

    AWS checks a query of an index on the index alone, though the reference marks the table as required:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    kind = requested.resource_type
    if kind is None:
        raise TypeError(requested)
    kinds = action_resource_types(requested.action)
    if entry.index is None or "index" not in kinds:
        return kind, entry.resource
    text = entry.resource.text
    if text is not None and text.startswith("arn:"):
        return kinds["index"], SpecResource(f"{text}/index/{entry.index}")
    if whole_arn_parameter(entry.resource):
        raise IamglueError(
            "`index` cannot be combined with a whole-ARN parameter",
            hint="pass the index's ARN in the parameter",
            location=entry.location,
        )
    table = text if text is not None else entry.resource.get("TableName")
    return kinds["index"], SpecResource(variables=(("TableName", table or ""), ("IndexName", entry.index)))


def _check_options(entry: AccessEntry, all_requested: tuple[RequestedAction, ...]) -> None:
    """Raise IamglueError for `index` and `missing_ok` where no action of the entry uses them."""
    if entry.index is not None and not any(
        "index" in action_resource_types(requested.action) for requested in all_requested
    ):
        raise IamglueError(
            "`index` is only valid for actions that read an index: query and scan",
            hint="add `do: query`, or remove `index`",
            location=entry.location,
        )
    objects = any(
        requested.resource_type and requested.resource_type.service == "s3" and requested.resource_type.name == "object"
        for requested in all_requested
    )
    if entry.missing_ok and not objects:
        raise IamglueError("`missing_ok` is only valid for actions that read S3 objects", location=entry.location)


def _missing_ok_actions(entry: AccessEntry) -> tuple[tuple[AccessEntry, RequestedAction], ...]:
    """The s3:ListBucket that `missing_ok` needs; empty without `missing_ok`.

    For a missing object S3 returns 404 only to callers that may list the bucket, else 403. A request for an object
    carries no prefix, so the permission to list cannot be limited to a prefix.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    service = find_service("s3")
    if not entry.missing_ok or service is None:
        return ()
    return ((whole_bucket_entry(entry), RequestedAction("s3:ListBucket", service.resource_types["bucket"])),)


def _key_needs(entry: AccessEntry, actions: tuple[str, ...], target_scopes: ResourceScopes) -> list[RequiredAccess]:
    """The permissions on the entry's KMS key, in each Region and account of the resource."""
    if entry.key is None:
        return []
    fields = arn_fields(entry.resource.text or "")
    region, account = ("" if has_wildcard(field) else field for field in (fields[3], fields[4]))
    scopes = (
        replace(scope, region=region or scope.region, account=account or scope.account)
        for scope in target_scopes.scopes
    )
    return [
        need
        for scope in scopes
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
