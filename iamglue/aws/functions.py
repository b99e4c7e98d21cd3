"""Reads a deployed function: its configuration, resource-based policies, URLs and event sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.event_sources import parse_event_source
from iamglue.aws.failures import FailureKind
from iamglue.aws.subject_reader import DELETED_WHILE_READ, SubjectDeletedError, SubjectReader
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import (
    DeployedFunction,
    EventSourceMapping,
    FunctionResourcePolicy,
    FunctionUrl,
    destination_gap,
)

RESOURCE_POLICY = "resource-based policy"
_GET = "lambda:GetFunctionConfiguration"
_POLICY = "lambda:GetPolicy"
_VERSIONS = "lambda:ListVersionsByFunction"
_LATEST = "$LATEST"
_ARN_PARTS = 7


@dataclass(frozen=True, slots=True)
class ListedFunction:
    """A function from a listing: its configuration, without values of environment variables, and its event sources.

    `event_sources` is None if they could not be listed for all functions at once.
    """

    function: DeployedFunction
    event_sources: tuple[EventSourceMapping, ...] | None = None
    not_evaluated: tuple[NotEvaluated, ...] = ()


def read_function(
    client: ApiClient, name_or_arn: str, listed: ListedFunction | None = None
) -> tuple[DeployedFunction | None, tuple[NotEvaluated, ...]]:
    """Read the function with this name or ARN; returns it, or None if it could not be read, and what was not read."""
    name, region = function_name(name_or_arn), function_region(name_or_arn)
    reader = SubjectReader(client, Subject("function", name, _unqualified_arn(name_or_arn)), region)
    if listed:
        reader.not_evaluated += listed.not_evaluated
    try:
        function = listed.function if listed else _read_configuration(reader, name)
    except SubjectDeletedError:
        reader.record_not_evaluated(_GET, "the function does not exist")
        function = None
    if function and function.arn != (_unqualified_arn(name_or_arn) or function.arn):
        reader.record_not_evaluated(
            _GET, f"the function does not exist: function {name} of the account is {function.arn}"
        )
        function = None
    if function is None:
        return None, tuple(reader.not_evaluated)
    reader.subject = Subject("function", name, function.arn)
    try:
        return _read_details(reader, function, listed.event_sources if listed else None), tuple(reader.not_evaluated)
    except SubjectDeletedError as error:
        reader.not_evaluated.clear()
        reader.record_not_evaluated(str(error), DELETED_WHILE_READ)
        return None, tuple(reader.not_evaluated)


def function_name(name_or_arn: str) -> str:
    """The name of a function, from its name or its ARN (qualified or not)."""
    return name_or_arn.split(":")[6] if _is_arn(name_or_arn) else name_or_arn


def function_region(name_or_arn: str) -> str | None:
    """The Region of a function's ARN; None for a name."""
    return name_or_arn.split(":")[3] if _is_arn(name_or_arn) else None


def _is_arn(name_or_arn: str) -> bool:
    return name_or_arn.startswith("arn:") and name_or_arn.count(":") >= _ARN_PARTS - 1


def _unqualified_arn(name_or_arn: str) -> str | None:
    return ":".join(name_or_arn.split(":")[:_ARN_PARTS]) if _is_arn(name_or_arn) else None


def _read_configuration(reader: SubjectReader, name: str) -> DeployedFunction | None:
    response = reader.fetch(_GET, owned=True, FunctionName=name)
    return parse_configuration(response, reader) if response else None


def parse_configuration(configuration: dict[str, Any], reader: SubjectReader) -> DeployedFunction:
    """Parse a function's configuration. The values of its environment variables are not read."""
    environment = configuration.get("Environment", {})
    if "Error" in environment:
        reason = "the names of its environment variables are encrypted, and the audit does not use kms:Decrypt"
        reader.record_not_evaluated("kms:Decrypt", reason, NotEvaluatedKind.UNDECIDABLE)
    return DeployedFunction(
        name=configuration["FunctionName"],
        arn=configuration["FunctionArn"],
        role_arn=configuration["Role"],
        runtime=configuration.get("Runtime"),
        environment=tuple(sorted(environment.get("Variables", ()))),
        key_arn=configuration.get("KMSKeyArn") or None,
        in_vpc=bool(configuration.get("VpcConfig", {}).get("SubnetIds")),
        tracing=configuration.get("TracingConfig", {}).get("Mode") == "Active",
        log_group=configuration.get("LoggingConfig", {}).get("LogGroup"),
        dead_letter=configuration.get("DeadLetterConfig", {}).get("TargetArn") or None,
        layers=tuple(layer["Arn"] for layer in configuration.get("Layers", ())),
        file_systems=tuple(file_system["Arn"] for file_system in configuration.get("FileSystemConfigs", ())),
        durable="DurableConfig" in configuration,
        durable_key=configuration.get("DurableConfig", {}).get("KMSKeyArn") or None,
    )


def _read_details(
    reader: SubjectReader, function: DeployedFunction, listed: tuple[EventSourceMapping, ...] | None
) -> DeployedFunction:
    """Add the parts that are not in the configuration of a function."""
    name = function.name
    qualifiers = _read_qualifiers(reader, name)
    versions = reader.items(_VERSIONS, "Versions", FunctionName=name)
    _record_unread_versions(reader, versions, qualifiers)
    on_success, on_failure = _read_destinations(reader, name)
    return replace(
        function,
        on_success=on_success,
        on_failure=on_failure,
        event_sources=_read_event_sources(reader, function, qualifiers) if listed is None else listed,
        permissions=tuple(_read_permissions(reader, name, ("", *qualifiers))),
        urls=_read_urls(reader, name, qualifiers),
        tags=_read_tags(reader, function.arn),
        versions=_versions_with_other_roles(reader, function, versions),
    )


def _versions_with_other_roles(
    reader: SubjectReader, function: DeployedFunction, versions: list[dict[str, Any]]
) -> tuple[DeployedFunction, ...]:
    """The newest version with each role that is not the function's: a version keeps the role of its publication.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
    """
    parsed = (replace(parse_configuration(version, reader), arn=function.arn) for version in versions)
    by_role = {version.role_arn: version for version in parsed if version.role_arn != function.role_arn}
    return tuple(by_role.values())


def _record_unread_versions(reader: SubjectReader, versions: list[dict[str, Any]], qualifiers: Sequence[str]) -> None:
    """Record the versions that no alias routes requests to: each may have a policy, which would take a request each."""
    unread = [version["Version"] for version in versions if version["Version"] not in (_LATEST, *qualifiers)]
    if unread:
        what = (
            f"the resource-based policies of {len(unread)} versions"
            if len(unread) > 1
            else (f"the resource-based policy of version {unread[0]}")
        )
        reason = "the policies of versions are read only if an alias routes requests to them"
        reader.record_not_evaluated(what, reason, NotEvaluatedKind.UNDECIDABLE)


def _read_qualifiers(reader: SubjectReader, name: str) -> tuple[str, ...]:
    """The aliases of the function, and the versions that they route requests to."""
    aliases = reader.items("lambda:ListAliases", "Aliases", FunctionName=name)
    versions = {
        version
        for alias in aliases
        for version in (alias["FunctionVersion"], *alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", ()))
    }
    return (*sorted(alias["Name"] for alias in aliases), *sorted(versions - {_LATEST}))


def _read_permissions(reader: SubjectReader, name: str, qualifiers: Sequence[str]) -> list[FunctionResourcePolicy]:
    """The resource-based policies of the function ("") and of its aliases and versions, which have their own."""
    policies = []
    for qualifier in qualifiers:
        response = reader.fetch(_POLICY, FunctionName=name, **_qualifier_parameters(qualifier))
        if response:
            policy_name = f"{RESOURCE_POLICY} of {qualifier}" if qualifier else RESOURCE_POLICY
            policies.append(
                FunctionResourcePolicy(reader.attached_policy(_POLICY, policy_name, response["Policy"]), qualifier)
            )
    return policies


def _read_event_sources(
    reader: SubjectReader, function: DeployedFunction, qualifiers: Sequence[str]
) -> tuple[EventSourceMapping, ...]:
    """Read the event sources of the function, its aliases and versions; a listing by name omits the latter two."""
    mappings: dict[str, EventSourceMapping] = {}
    for name in (function.name, *(f"{function.arn}:{qualifier}" for qualifier in qualifiers)):
        listed = reader.items("lambda:ListEventSourceMappings", "EventSourceMappings", FunctionName=name)
        mappings |= {mapping.uuid: mapping for mapping in map(parse_event_source, listed)}
    return tuple(mappings.values())


def _read_destinations(reader: SubjectReader, name: str) -> tuple[str | None, str | None]:
    """The destinations on success and on failure, of the function, else of one of its aliases or versions.

    Others are recorded as not evaluated.
    """
    configs = reader.items("lambda:ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs", FunctionName=name)
    configs.sort(key=lambda config: not config.get("FunctionArn", "").endswith(_LATEST))
    targets = [config.get("DestinationConfig", {}) for config in configs]
    success, failure = (
        [*filter(None, (target.get(when, {}).get("Destination") for target in targets))]
        for when in ("OnSuccess", "OnFailure")
    )
    for other in sorted({name for names in (success, failure) for name in names if name != names[0]}):
        reader.record_not_evaluated(*destination_gap(other), NotEvaluatedKind.UNDECIDABLE)
    return next(iter(success), None), next(iter(failure), None)


def _read_urls(reader: SubjectReader, name: str, qualifiers: Sequence[str]) -> tuple[FunctionUrl, ...]:
    """The URLs of the function and its aliases; a failed listing is recorded."""
    action = "lambda:ListFunctionUrlConfigs"
    try:
        configs = list(reader.client.items(action, "FunctionUrlConfigs", region=reader.region, FunctionName=name))
    except ApiError as error:
        if error.failure.kind is FailureKind.UNSUPPORTED:
            return _read_single_urls(reader, name, qualifiers)
        reader.record_failure(error, owned=True)
        return ()
    return tuple(_parse_url(config) for config in configs)


def _read_single_urls(reader: SubjectReader, name: str, qualifiers: Sequence[str]) -> tuple[FunctionUrl, ...]:
    """Read the URLs one by one: some AWS emulations do not implement the listing."""
    aliases = (qualifier for qualifier in qualifiers if not qualifier.isdigit())
    action = "lambda:GetFunctionUrlConfig"
    responses = (reader.fetch(action, FunctionName=name, **_qualifier_parameters(alias)) for alias in ("", *aliases))
    return tuple(dict.fromkeys(_parse_url(response) for response in responses if response))


def _qualifier_parameters(qualifier: str) -> dict[str, Any]:
    return {"Qualifier": qualifier} if qualifier else {}


def _parse_url(config: dict[str, Any]) -> FunctionUrl:
    return FunctionUrl(config["AuthType"], ":".join(config["FunctionArn"].split(":")[_ARN_PARTS:]))


def _read_tags(reader: SubjectReader, arn: str) -> tuple[tuple[str, str], ...]:
    response = reader.fetch("lambda:ListTags", owned=True, Resource=arn)
    return tuple(sorted(response.get("Tags", {}).items())) if response else ()
