"""From recorded calls to the access that they show, in the form of `infer code`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from iamglue.errors import Location
from iamglue.infer.arn_resources import find_entry
from iamglue.infer.code.access import infer_access
from iamglue.infer.code.calls import CodePlace, CodeReading, SdkCall
from iamglue.infer.code.values import UNKNOWN_VALUE, CodeValue, join_values, literal_value
from iamglue.infer.entry_grants import entry_grants
from iamglue.infer.evidence import InferredAccess, InferredCode
from iamglue.infer.recording.recorder import RecordedCall
from iamglue.model.required_access import DeploymentScope

# moto's account, unless MOTO_ACCOUNT_ID says otherwise: https://docs.getmoto.org/en/latest/docs/multi_account.html
MOTO_ACCOUNT = "123456789012"
_KEYS = ("Key", "Prefix")


def recorded_access(calls: Sequence[RecordedCall], account: str = MOTO_ACCOUNT) -> InferredCode:
    """The access that calls show, each with the lines of the code and of the tests as evidence.

    ARNs of the tests' own account and Region become names: there they are made up. Keys of S3 objects are samples of
    the tests, and name no part of a bucket.
    """
    own = [call for recorded in calls for call in _sdk_calls(recorded)]
    paths = tuple(sorted({call.code[0] for call in calls}))
    inferred = infer_access(CodeReading(tuple(sorted(own, key=lambda call: call.place)), read=paths))
    scope = DeploymentScope("aws", _usual_region(calls), account)
    return replace(inferred, access=tuple(_with_name(item, scope) for item in inferred.access))


def _sdk_calls(recorded: RecordedCall) -> Iterable[SdkCall]:
    """The call at the place of the code, and at that of the test."""
    given = {name: value for name, value in json.loads(recorded.parameters).items() if value is not None}
    if recorded.client == "s3":
        given = _without_keys(given)
    parameters = {name: _code_value(value) for name, value in given.items()}
    role = None if recorded.role is None else literal_value(recorded.role)
    for path, line in (recorded.code, recorded.test):
        if path:
            yield SdkCall(recorded.client, recorded.operation, CodePlace(path, line, 1), parameters, role=role)


def _without_keys(value: Any) -> Any:
    """The parameters of a call of S3 with unknown keys; the source of a copy as a text is a bucket and a key."""
    if isinstance(value, list):
        return [_without_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: None if name in _KEYS else _copied_bucket(item) if name == "CopySource" else _without_keys(item)
        for name, item in value.items()
    }


def _copied_bucket(source: Any) -> Any:
    """The source of a copy with its bucket and an unknown key, whether it was given as a text or a mapping."""
    if not isinstance(source, str) or source.startswith("arn:"):
        return _without_keys(source)
    return {"Bucket": source.lstrip("/").partition("/")[0], "Key": None}


def _code_value(value: Any) -> CodeValue:
    """A recorded parameter as the values of code; null is one that is not known."""
    if isinstance(value, str):
        return literal_value(value)
    if isinstance(value, dict):
        return CodeValue(members=tuple((name, _code_value(item)) for name, item in value.items()))
    if isinstance(value, list):
        return CodeValue(items=reduce(join_values, map(_code_value, value)) if value else None)
    return UNKNOWN_VALUE if value is None else literal_value(json.dumps(value))


def _usual_region(calls: Iterable[RecordedCall]) -> str:
    regions = Counter(call.region for call in calls if call.region)
    return regions.most_common(1)[0][0] if regions else "us-east-1"


def _with_name(item: InferredAccess, scope: DeploymentScope) -> InferredAccess:
    """The access on a resource by its name, if its ARN is of the tests' account and Region."""
    text = item.entry.resource.text or ""
    grants = entry_grants(item.entry, scope, check_names=False) if text.startswith("arn:") else None
    own = [grant for grant in grants or () if grant.action == item.action]
    named = find_entry(own[0], scope, Location("")) if len(own) == 1 else None
    if named is None or (named.resource.text or "").startswith("arn:"):
        return item
    entry = replace(
        item.entry,
        resource=named.resource,
        resource_type=named.resource_type,
        account=named.account,
        regions=named.regions,
        index=named.index or item.entry.index,
        prefix=named.prefix or item.entry.prefix,
    )
    return replace(item, entry=entry)
