"""The calls of an entry of `reads`, `writes` or `calls`: what AWS checks for each word of `do`.

Nothing here is used by `generate`: a proof compares two readings of the same entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.catalog.call_tables import (
    CheckedAction,
    call_key_actions,
    call_operation_actions,
    usual_types,
    word_actions,
)
from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.catalog.services import ActionResource, ResourceType, find_action
from iamglue.generate.calls.athena_calls import is_query, query_requests
from iamglue.generate.calls.bedrock_calls import bedrock_type, guardrail_requests
from iamglue.generate.calls.call import Call, CallRequest, UnknownCallError
from iamglue.generate.calls.call_resources import SAMPLE, concrete_arn, concrete_text, resource_type
from iamglue.generate.calls.feature_requests import added_requests, feature_requests, key_service
from iamglue.generate.calls.joint_requests import joint_resources
from iamglue.generate.calls.passed_role_requests import passed_role_requests
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import Condition, build_condition


def entry_calls(entry: AccessEntry, scope: DeploymentScope, entries: tuple[AccessEntry, ...]) -> Iterator[Call]:
    """Yield the calls of an entry, one for each word of `do` and each Region; `entries` are all of the function."""
    scopes = [
        replace(scope, region=region, account=entry.account or scope.account)
        for region in entry.regions or (scope.region,)
    ]
    for word in entry.do or ("",):
        name = f"{entry.service} {word or f'({entry.access})'}"
        reason = f"{entry.access}, {entry.location}"
        for region_scope in scopes:
            try:
                yield Call(name, reason, tuple(_requests_of_word(entry, word, region_scope, entries)))
            except UnknownCallError as error:
                yield Call(name, reason, unknown=str(error))


def _requests_of_word(
    entry: AccessEntry, word: str, scope: DeploymentScope, entries: tuple[AccessEntry, ...]
) -> Iterator[CallRequest]:
    """Yield all requests of the calls behind a word of `do` ("" for the default), with those for keys and roles."""
    if is_query(entry):
        requests = list(query_requests(entry, word, scope))
        yield from requests
        yield from _key_requests(entry, requests, "s3", scope)
        return
    wanted = _find_actions(entry, word)
    requests = [item for checked in wanted for item in _requests_of_action(entry, checked, scope, entries)]
    requests += added_requests(entry, scope)
    yield from requests
    yield from guardrail_requests(entry, scope)
    yield from passed_role_requests(entry, tuple(checked.action for checked in wanted), scope, entries)
    if entry.missing_ok:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: 404 needs s3:ListBucket
        bucket = replace(entry, resource=SpecResource(_bucket_name(entry)), prefix=None)
        yield from _requests_of_action(bucket, CheckedAction("s3:ListBucket", "bucket"), scope, entries)
    yield from _key_requests(entry, requests, key_service(entry, requests), scope)


def _key_requests(
    entry: AccessEntry, requests: Iterable[CallRequest], service: str, scope: DeploymentScope
) -> Iterator[CallRequest]:
    """Yield the requests for the key that encrypts the data of the service, which is where the data is.

    What the entry says comes first; an access point says where its bucket is.
    """
    # Every caller of a service may use its AWS managed key.
    if entry.key is None or entry.key.rpartition(":")[2].startswith("alias/aws/"):
        return
    key_requests, point = [], entry.access_point or ""
    for request in requests:
        if request.action.startswith(f"{service}:"):
            arn = point if point.startswith("arn:") else request.resource
            region, account = arn.split(":", 5)[3:5] if arn.startswith("arn:") else ("", "")
            own = replace(
                scope,
                region=scope.region if entry.regions else region or scope.region,
                account=entry.account or account or scope.account,
            )
            key_requests += [
                key_request(action, entry.key, service, own) for action in call_key_actions(request.action)
            ]
    yield from dict.fromkeys(key_requests)


def _find_actions(entry: AccessEntry, word: str) -> tuple[CheckedAction, ...]:
    """The actions and types of a word: by our table, or by the operation's actions and AWS's reference."""
    lists = (entry.access,) if entry.access != "calls" else ("calls", "reads", "writes")
    kind = bedrock_type(entry) if entry.service == "bedrock" else entry.resource_type
    for access, key in ((access, key) for access in lists for key in (word or f"@{kind}", word)):
        checked_actions = word_actions(entry.service, access, key)
        if checked_actions is not None:
            return tuple(_with_entry_type(entry, checked) for checked in checked_actions)
    if not word:
        raise UnknownCallError(f"no call of {entry.service} is known for an entry of `{entry.access}` without `do`")
    actions = call_operation_actions(entry.service, word)
    if actions is None:
        raise UnknownCallError(f"`{word}` is not a known operation of {entry.service}")
    return tuple(checked for action in actions for checked in _reference_actions(entry, action))


def _with_entry_type(entry: AccessEntry, checked: CheckedAction) -> CheckedAction:
    """The action with the type that the entry names, or with the index of a table."""
    if entry.resource_type and checked.resource_type != "*":
        return replace(checked, resource_type=entry.resource_type)
    if entry.index is not None and "index" in _types_of_action(checked.action):
        return replace(checked, resource_type="index")
    by_arn = _type_of_arn(entry, checked.action)
    return replace(checked, resource_type=by_arn) if by_arn and checked.resource_type != "*" else checked


def _types_of_action(action: str) -> dict[str, ActionResource]:
    facts = find_action(action)
    return {kind.name.lower(): kind for kind in facts.resource_types} if facts else {}


def _reference_actions(entry: AccessEntry, action: str) -> Iterator[CheckedAction]:
    """Yield what AWS checks for an action, by its reference. Raises UnknownCallError if it does not say."""
    types = _types_of_action(action)
    if not types:
        yield CheckedAction(action, "*")
        return
    chosen = _chosen_type(entry, action, types)
    if chosen is None:
        raise UnknownCallError(f"AWS's reference lists several resource types for {action}: {', '.join(types)}")
    yield CheckedAction(action, chosen)


def _chosen_type(entry: AccessEntry, action: str, types: dict[str, ActionResource]) -> str | None:
    """The type that the entry means, among those of an action; None if it can be several."""
    if entry.index is not None and "index" in types:
        return "index"
    named = (entry.resource_type or _type_of_arn(entry, action) or "").lower()
    if named:
        return named if named in types else named.replace("-", " ")
    if entry.resource.text == "*" and not any(kind.required for kind in types.values()) and len(types) != 1:
        usual = [name for name in usual_types(entry.service) if name in types]
        return usual[0] if usual else "*"
    candidates = [name for name in usual_types(entry.service) if name in types] or list(types)
    mapped = [name for name in types if _has_variables(entry, name)]
    if len(mapped) == 1:
        return mapped[0]
    required = [name for name, kind in types.items() if kind.required]
    for choice in (candidates, required):
        if len(choice) == 1:
            return choice[0]
    return candidates[0] if set(candidates) < set(types) else None


def _has_variables(entry: AccessEntry, name: str) -> bool:
    """Whether a mapping has exactly variables of the type's ARN format."""
    kind = resource_type(entry.service, name)
    names = {variable for variable, _ in entry.resource.variables}
    return bool(names) and any(all(f"${{{variable}}}" in text for variable in names) for text in kind.arn_formats)


def _type_of_arn(entry: AccessEntry, action: str) -> str | None:
    """The only type of the action whose format the entry's ARN has; None for a name or several types."""
    text = concrete_text(entry.resource.text or "")
    if not text.startswith("arn:"):
        return None
    part = text.split(":", 5)[-1]
    names = [
        name
        for name in _types_of_action(action)
        if any(
            parse_arn_format(arn).parse_resource(part) is not None
            for arn in resource_type(action.partition(":")[0], name).arn_formats
        )
    ]
    return names[0] if len(names) == 1 else None


def _requests_of_action(
    entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope, entries: tuple[AccessEntry, ...]
) -> Iterator[CallRequest]:
    """Yield the request on the entry's resource, and those on the resources that the call also needs."""
    requests = feature_requests(entry, checked, scope)
    yield from (_own_request(entry, checked, scope),) if requests is None else requests
    kind = checked.resource_type.lower()
    if kind != "*" and checked.action.partition(":")[0] == entry.service:
        for name, resource in joint_resources(entry, checked.action, kind, entries):
            arn = concrete_arn(resource_type(entry.service, name), resource, scope)
            yield CallRequest(checked.action, arn, entry.when)


def _own_request(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> CallRequest:
    """The request on the entry's own resource; on "*" with the name as the value of the key that limits the action."""
    service = checked.action.partition(":")[0]
    conditions = [*entry.when, *_option_conditions(entry, checked)]
    if checked.resource_type == "*":
        if checked.key and entry.resource.text not in (None, "*"):
            conditions.append(build_condition("StringEquals", checked.key, concrete_text(entry.resource.text or "")))
        return CallRequest(checked.action, "*", tuple(conditions))
    if service == "kms" and checked.resource_type.lower() == "key":
        arn, key_conditions = _key_resource(entry.resource.text or "", scope)
        return CallRequest(checked.action, arn, (*conditions, *key_conditions))
    kind = resource_type(service, checked.resource_type)
    return CallRequest(checked.action, _entry_arn(entry, kind, scope), tuple(conditions))


def _entry_arn(entry: AccessEntry, kind: ResourceType, scope: DeploymentScope) -> str:
    """The concrete ARN of the entry's resource as one of a type: the bucket of an object, the index of a table."""
    name = (kind.service, kind.name.lower())
    if name == ("s3", "object"):
        return _object_arn(entry, scope)
    if name == ("s3", "bucket"):
        return _bucket_arn(entry, scope)
    if name == ("dynamodb", "index") and entry.index is not None:
        table = resource_type("dynamodb", "table")
        return f"{concrete_arn(table, entry.resource, scope)}/index/{concrete_text(entry.index)}"
    return concrete_arn(kind, entry.resource, scope)


def _object_arn(entry: AccessEntry, scope: DeploymentScope) -> str:
    """The ARN of an object; with `prefix`, of a sample under it."""
    arn = concrete_arn(resource_type("s3", "object"), entry.resource, scope)
    if entry.prefix is None:
        return arn
    return f"{_bucket_arn(entry, scope)}/{concrete_text(entry.prefix)}{SAMPLE}"


def _bucket_arn(entry: AccessEntry, scope: DeploymentScope) -> str:
    return concrete_arn(resource_type("s3", "bucket"), SpecResource(_bucket_name(entry)), scope)


def _bucket_name(entry: AccessEntry) -> str:
    """The name of a bucket without object key, or an ARN."""
    text = entry.resource.text
    bucket = entry.resource.get("BucketName") if text is None else text
    if bucket is None:
        raise UnknownCallError("the entry names no bucket")
    return bucket if bucket.startswith("arn:") else bucket.partition("/")[0]


def _option_conditions(entry: AccessEntry, checked: CheckedAction) -> Iterator[Condition]:
    """Yield what the request's context has because of the entry's options."""
    if checked.action in ("s3:ListBucket", "s3:ListBucketVersions") and checked.resource_type.lower() == "bucket":
        key = entry.prefix or _object_key(entry)
        if key not in ("", "*"):
            yield build_condition("StringEquals", "s3:prefix", concrete_text(key))
    if entry.leading_keys:
        yield build_condition("ForAnyValue:StringLike", "dynamodb:LeadingKeys", *entry.leading_keys)
        yield build_condition("ForAllValues:StringLike", "dynamodb:LeadingKeys", *entry.leading_keys)
    if entry.attributes:
        yield build_condition("ForAllValues:StringEquals", "dynamodb:Attributes", *entry.attributes)
        if checked.action in ("dynamodb:Query", "dynamodb:Scan"):
            yield build_condition("StringEquals", "dynamodb:Select", "SPECIFIC_ATTRIBUTES")


def _object_key(entry: AccessEntry) -> str:
    """The object key that the entry's name has after the bucket; "" without one."""
    text = entry.resource.text
    if text is None:
        return entry.resource.get("ObjectName") or ""
    return (text.split(":", 5)[-1] if text.startswith("arn:") else text).partition("/")[2]


def key_request(action: str, key: str, service: str, scope: DeploymentScope) -> CallRequest:
    """The request for a KMS key that a service makes for the caller."""
    arn, conditions = _key_resource(key, scope)
    region = arn.split(":")[3] if not key.startswith("arn:") else scope.region
    via = build_condition("StringEquals", "kms:ViaService", f"{service}.{region}.amazonaws.com")
    return CallRequest(action, arn, (*conditions, via))


def _key_resource(key: str, scope: DeploymentScope) -> tuple[str, tuple[Condition, ...]]:
    """The ARN of a key, and the alias by which the policy may name it."""
    text = concrete_text(key)
    head = f"arn:{scope.partition}:kms:{scope.region}:{scope.account}"
    name = text
    if text.startswith("arn:"):
        fields = text.split(":", 5)
        head, name = ":".join(fields[:5]), fields[5]
    if name.startswith("alias/"):
        return f"{head}:key/{SAMPLE}", (build_condition("ForAnyValue:StringEquals", "kms:ResourceAliases", name),)
    return f"{head}:key/{name.removeprefix('key/')}", ()
