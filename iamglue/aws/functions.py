"""A function as it is deployed: its configuration, and who may invoke it, by which URL, and what is polled for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.event_sources import parse_event_source
from iamglue.aws.failures import FailureKind
from iamglue.aws.subject_reader import DELETED_WHILE_READ, SubjectDeletedError, SubjectReader
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import DeployedFunction, EventSourceMapping, FunctionResourcePolicy, FunctionUrl

RESOURCE_POLICY = "resource-based policy"
_GET = "lambda:GetFunctionConfiguration"
_POLICY = "lambda:GetPolicy"
_LATEST = "$LATEST"
_ARN_PARTS = 7


@dataclass(frozen=True, slots=True)
class ListedFunction:
    """A function that a listing has told of: its configuration without values of variables, and its event sources.

    `event_sources` is None where they could not be listed for all functions at once.
    """

    function: DeployedFunction
    event_sources: tuple[EventSourceMapping, ...] | None = None
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_function(
    calls: ApiClient, wanted: str, listed: ListedFunction | None = None
) -> tuple[DeployedFunction | None, tuple[NotEvaluated, ...]]:
    """The function with this name or ARN as far as it could be read, and what could not be."""
    name, region = function_name(wanted), function_region(wanted)
    reader = SubjectReader(calls, Subject("function", name, _unqualified(wanted)), region)
    if listed:
        reader.not_evaluated += listed.not_evaluated
    try:
        function = listed.function if listed else _configured(reader, name)
    except SubjectDeletedError:
        reader.record_not_evaluated(_GET, "there is no such function")
        function = None
    if function and function.arn != (_unqualified(wanted) or function.arn):
        reader.record_not_evaluated(_GET, f"the account has no such function: its function {name} is {function.arn}")
        function = None
    if function is None:
        return None, tuple(reader.not_evaluated)
    reader.subject = Subject("function", name, function.arn)
    try:
        return _whole(reader, function, listed.event_sources if listed else None), tuple(reader.not_evaluated)
    except SubjectDeletedError as gone:
        reader.not_evaluated.clear()
        reader.record_not_evaluated(str(gone), DELETED_WHILE_READ)
        return None, tuple(reader.not_evaluated)


def function_name(wanted: str) -> str:
    """The name of a function by its name or ARN, qualified or not."""
    return wanted.split(":")[6] if _is_arn(wanted) else wanted


def function_region(wanted: str) -> str | None:
    """The Region that a function's ARN names; None for a name."""
    return wanted.split(":")[3] if _is_arn(wanted) else None


def _is_arn(wanted: str) -> bool:
    return wanted.startswith("arn:") and wanted.count(":") >= _ARN_PARTS - 1


def _unqualified(wanted: str) -> str | None:
    return ":".join(wanted.split(":")[:_ARN_PARTS]) if _is_arn(wanted) else None


def _configured(reader: SubjectReader, name: str) -> DeployedFunction | None:
    answer = reader.fetch(_GET, owned=True, FunctionName=name)
    return parse_configuration(answer, reader) if answer else None


def parse_configuration(found: dict[str, Any], reader: SubjectReader) -> DeployedFunction:
    """A function by its configuration. The values of its variables are not looked at."""
    environment = found.get("Environment", {})
    if "Error" in environment:
        reason = "the names of its variables are encrypted, and the audit asks for no kms:Decrypt"
        reader.record_not_evaluated("kms:Decrypt", reason, NotEvaluatedKind.UNDECIDABLE)
    return DeployedFunction(
        name=found["FunctionName"],
        arn=found["FunctionArn"],
        role_arn=found["Role"],
        runtime=found.get("Runtime"),
        environment=tuple(sorted(environment.get("Variables", ()))),
        key_arn=found.get("KMSKeyArn") or None,
        in_vpc=bool(found.get("VpcConfig", {}).get("SubnetIds")),
        tracing=found.get("TracingConfig", {}).get("Mode") == "Active",
        log_group=found.get("LoggingConfig", {}).get("LogGroup"),
        dead_letter=found.get("DeadLetterConfig", {}).get("TargetArn") or None,
        layers=tuple(layer["Arn"] for layer in found.get("Layers", ())),
        file_systems=tuple(each["Arn"] for each in found.get("FileSystemConfigs", ())),
    )


def _whole(
    reader: SubjectReader, function: DeployedFunction, listed: tuple[EventSourceMapping, ...] | None
) -> DeployedFunction:
    name = function.name
    qualifiers = _qualifiers(reader, name)
    on_success, on_failure = _destinations(reader, name)
    return replace(
        function,
        on_success=on_success,
        on_failure=on_failure,
        event_sources=_event_sources(reader, function, qualifiers) if listed is None else listed,
        permissions=tuple(_permissions(reader, name, ("", *qualifiers))),
        urls=_urls(reader, name, qualifiers),
        tags=_tags(reader, function.arn),
    )


def _qualifiers(reader: SubjectReader, name: str) -> tuple[str, ...]:
    """The aliases of the function, and the versions that they send requests to."""
    aliases = reader.items("lambda:ListAliases", "Aliases", FunctionName=name)
    versions = {
        version
        for alias in aliases
        for version in (alias["FunctionVersion"], *alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", ()))
    }
    return (*sorted(alias["Name"] for alias in aliases), *sorted(versions - {_LATEST}))


def _permissions(reader: SubjectReader, name: str, qualifiers: Sequence[str]) -> list[FunctionResourcePolicy]:
    found = []
    for qualifier in qualifiers:
        answer = reader.fetch(_POLICY, FunctionName=name, **_qualified(qualifier))
        if answer:
            called = f"{RESOURCE_POLICY} of {qualifier}" if qualifier else RESOURCE_POLICY
            found.append(FunctionResourcePolicy(reader.attached_policy(_POLICY, called, answer["Policy"]), qualifier))
    return found


def _event_sources(
    reader: SubjectReader, function: DeployedFunction, qualifiers: Sequence[str]
) -> tuple[EventSourceMapping, ...]:
    """What is polled for the function, its aliases and versions: a listing by name leaves those out."""
    found: dict[str, EventSourceMapping] = {}
    for name in (function.name, *(f"{function.arn}:{qualifier}" for qualifier in qualifiers)):
        listed = reader.items("lambda:ListEventSourceMappings", "EventSourceMappings", FunctionName=name)
        found |= {each.uuid: each for each in map(parse_event_source, listed)}
    return tuple(found.values())


def _destinations(reader: SubjectReader, name: str) -> tuple[str | None, str | None]:
    """Where results go, on success and on failure: as the function says, else one of its aliases or versions."""
    found = reader.items("lambda:ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs", FunctionName=name)
    found.sort(key=lambda config: not config.get("FunctionArn", "").endswith(_LATEST))
    targets = [config.get("DestinationConfig", {}) for config in found]
    success, failure = (
        next(filter(None, (each.get(when, {}).get("Destination") for each in targets)), None)
        for when in ("OnSuccess", "OnFailure")
    )
    return success, failure


def _urls(reader: SubjectReader, name: str, qualifiers: Sequence[str]) -> tuple[FunctionUrl, ...]:
    action = "lambda:ListFunctionUrlConfigs"
    try:
        found = list(reader.calls.items(action, "FunctionUrlConfigs", region=reader.region, FunctionName=name))
    except ApiError as refused:
        if refused.failure.kind is FailureKind.UNSUPPORTED:
            return _single_urls(reader, name, qualifiers)
        reader.record_failure(refused, owned=True)
        return ()
    return tuple(_url(each) for each in found)


def _single_urls(reader: SubjectReader, name: str, qualifiers: Sequence[str]) -> tuple[FunctionUrl, ...]:
    """The URLs, asked for one by one: emulations of AWS know that, if not the list."""
    aliases = (qualifier for qualifier in qualifiers if not qualifier.isdigit())
    action = "lambda:GetFunctionUrlConfig"
    answers = (reader.fetch(action, FunctionName=name, **_qualified(alias)) for alias in ("", *aliases))
    return tuple(dict.fromkeys(_url(answer) for answer in answers if answer))


def _qualified(qualifier: str) -> dict[str, Any]:
    return {"Qualifier": qualifier} if qualifier else {}


def _url(found: dict[str, Any]) -> FunctionUrl:
    return FunctionUrl(found["AuthType"], ":".join(found["FunctionArn"].split(":")[_ARN_PARTS:]))


def _tags(reader: SubjectReader, arn: str) -> tuple[tuple[str, str], ...]:
    answer = reader.fetch("lambda:ListTags", owned=True, Resource=arn)
    return tuple(sorted(answer.get("Tags", {}).items())) if answer else ()
