"""`infer`: a draft spec of a deployed function, from its triggers and its configuration.

Neither shows what the code reads, writes and calls, so the draft must be completed by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from iamglue.catalog.partitions import infer_partition
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.deployed_triggers import (
    TriggerCandidate,
    event_source_mapping_triggers,
    invoke_permission_triggers,
)
from iamglue.generate.requirements.destinations import destination_needs
from iamglue.generate.requirements.triggers import trigger_needs, trigger_notes, trigger_permissions
from iamglue.model.account import DeployedFunction
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import (
    AccessEntry,
    AccessList,
    DurableSettings,
    FileSystem,
    FunctionSettings,
    LogSettings,
    RawStatement,
    SpecFunction,
    SpecResource,
    Trigger,
)
from iamglue.policy.arns import parse_arn, split_arn_fields
from iamglue.policy.conditions import build_condition

_UNKNOWN = "what the code reads, writes and calls is unknown: triggers and configuration do not show it"
_INSIGHTS = ":layer:LambdaInsightsExtension"
_EFS, _S3_FILES = "elasticfilesystem", "s3files"


@dataclass(frozen=True, slots=True)
class InferredSpec:
    """The spec of a function inferred from its deployment, and what is unknown, as texts.

    `not_declared` are the parts of the configuration that the spec cannot express, so that what they require of the
    role is unknown, each with the reason.
    """

    function: SpecFunction
    unknown: tuple[str, ...] = ()
    not_declared: tuple[tuple[str, str], ...] = ()


def infer_function(function: DeployedFunction) -> SpecFunction:
    """The function as a spec would declare it, from its triggers and configuration."""
    return infer_spec(function).function


def infer_spec(function: DeployedFunction, *, planned: bool = False) -> InferredSpec:
    """The function as a spec would declare it, and what is unknown.

    `planned`: the function was read from a template, and its texts may contain parameters.
    """
    return _Draft(function, planned=planned).run()


class _Draft:
    """The draft of one function; `unknown` collects what cannot be expressed in the spec."""

    def __init__(self, deployed: DeployedFunction, *, planned: bool) -> None:
        self.deployed = deployed
        self.planned = planned
        self.not_declared: list[tuple[str, str]] = []
        self.place = Location(f"configuration of {deployed.name}")
        self.scope = DeploymentScope(split_arn_fields(deployed.arn)[1], deployed.region, deployed.account)
        self.unknown: list[str] = [_UNKNOWN]
        partition = None if infer_partition(self.scope.region) == self.scope.partition else self.scope.partition
        self.function = SpecFunction(
            deployed.name, self.place, region=deployed.region, account=deployed.account, partition=partition
        )

    def run(self) -> InferredSpec:
        """The spec of the function: settings first, as triggers are compared in a function that has them."""
        settings = self._settings()
        raw = tuple(self._mount_statements())
        function = replace(self.function, settings=settings, raw=raw, settings_location=self.place)
        self.function = function
        triggers = tuple(dict.fromkeys(self._triggers()))
        return InferredSpec(
            replace(function, triggers=triggers),
            tuple(dict.fromkeys(self.unknown)),
            tuple(dict.fromkeys(self.not_declared)),
        )

    def _triggers(self) -> Iterator[Trigger]:
        """The triggers of event source mappings, then those of invoke permissions."""
        for candidate in event_source_mapping_triggers(self.deployed):
            failure = self._destination(candidate.on_failure, "mapping")
            trigger = self._shortest(candidate, failure)
            if trigger is None and candidate.requires_access:
                self.not_declared.append((candidate.display_name, "its source is not known, or of an unknown service"))
            yield from () if trigger is None else (trigger,)
        for candidate in invoke_permission_triggers(self.deployed):
            trigger = self._shortest(candidate, None)
            yield from () if trigger is None else (trigger,)

    def _shortest(self, candidate: TriggerCandidate, failure: AccessEntry | None) -> Trigger | None:
        """The shortest spelling of a trigger that generates the same permissions as the last one, the full ARN."""
        sources = [item for item in candidate.source_spellings if self.planned or not _has_parameter(item)]
        triggers = [self._trigger(candidate, resource, failure) for resource in sources]
        meanings = [self._trigger_meaning(item) for item in triggers]
        if not meanings or meanings[-1] is None:
            self.unknown.append(f"{candidate.display_name} cannot be expressed as a trigger")
            return None
        self.unknown += candidate.notes
        return next(item for item, meaning in zip(triggers, meanings, strict=True) if meaning == meanings[-1])

    def _trigger(self, candidate: TriggerCandidate, resource: SpecResource, failure: AccessEntry | None) -> Trigger:
        """The trigger of a candidate by one spelling of its source, with its account if that is not the function's."""
        account = None if candidate.account == self.scope.account else candidate.account
        return Trigger(
            candidate.name, resource, self.place, account=account, consumer=candidate.consumer, on_failure=failure
        )

    def _trigger_meaning(self, trigger: Trigger) -> object:
        """What a trigger generates, without names, to compare spellings; None if it is not valid."""

        def meaning() -> object:
            """The needs and the invoke permissions. Raises IamglueError for a trigger that is not valid."""
            trigger_notes(trigger)
            invoke_permissions = trigger_permissions(trigger, self.function, self.scope)
            permissions = frozenset(replace(permission, statement_id="") for permission in invoke_permissions)
            return _required_values(trigger_needs(trigger, self.function, self.scope)), permissions

        return _value_or_none(meaning)

    def _settings(self) -> FunctionSettings:
        """The settings of the configuration; the usual log group is left out."""
        deployed = self.deployed
        usual = f"/aws/lambda/{deployed.name}"
        # Before deployment the name of a function may not be known: the ARN has a parameter in its place.
        group = deployed.log_group or f"/aws/lambda/{deployed.arn.partition(':function:')[2] or deployed.name}"
        return FunctionSettings(
            logs=LogSettings(enabled=not deployed.without_logs, group=None if group == usual else group),
            vpc=deployed.in_vpc,
            tracing=deployed.tracing,
            insights=any(_INSIGHTS in layer for layer in deployed.layers),
            dead_letter=self._destination(deployed.dead_letter, "dead_letter"),
            on_success=self._destination(deployed.on_success, "on_success"),
            on_failure=self._destination(deployed.on_failure, "on_failure"),
            environment_key=deployed.key_arn,
            file_system=self._file_system(),
            durable=DurableSettings(deployed.durable_key) if deployed.durable else None,
        )

    def _file_system(self) -> FileSystem | None:
        """The mounted S3 Files file system, whose id is part of the ARN of its access point."""
        for arn in self.deployed.file_systems:
            access_point = parse_arn(arn)
            if access_point is None or access_point.service != _S3_FILES or "${" in arn:
                continue
            file_system = arn.partition("/access-point/")[0]
            self.unknown.append(f"whether the function writes to `{file_system}` is unknown")
            self.unknown.append(f"the bucket of `{file_system}`, which Lambda may read directly, is unknown")
            return FileSystem(file_system, arn, direct_reads=False)
        return None

    def _destination(self, arn: str | None, setting: str) -> AccessEntry | None:
        """The entry that sends to an ARN; by name if the name generates the same permissions."""
        destination = parse_arn(arn) if arn else None
        if destination is None:
            if arn:
                self.unknown.append(f"the destination `{arn}` is not a valid ARN")
                self.not_declared.append((f"the destination `{arn}`", "it is not a valid ARN, or not known"))
            return None
        name = destination.resource.rpartition(":")[2].rpartition("/")[2]
        # A bucket is named: its ARN is that of no object, to which the records are written.
        texts = (name,) if destination.service == "s3" else (name, str(destination))
        entries = [
            AccessEntry(AccessList.WRITES, destination.service, SpecResource(text), self.place) for text in texts
        ]
        meanings = [self._destination_meaning(item, setting) for item in entries]
        if meanings[-1] is None:
            self.unknown.append(f"`{arn}` cannot be expressed as a destination")
            self.not_declared.append((f"the destination `{arn}`", "it is of an unknown service"))
            return None
        return next(item for item, meaning in zip(entries, meanings, strict=True) if meaning == meanings[-1])

    def _destination_meaning(self, entry: AccessEntry, setting: str) -> object:
        return _value_or_none(lambda: _required_values(destination_needs(entry, setting, self.scope)))

    def _mount_statements(self) -> Iterator[RawStatement]:
        """Statements for mounted access points of EFS, for which Lambda does not report the file system."""
        for arn in self.deployed.file_systems:
            access_point = parse_arn(arn)
            if access_point and access_point.service == _S3_FILES and "${" not in arn:
                continue
            if access_point is None or access_point.service != _EFS:
                self.unknown.append(f"the permissions to mount `{arn}` are unknown")
                continue
            every = f"arn:{access_point.partition}:{_EFS}:{access_point.region}:{access_point.account}:file-system/*"
            why = "mounts the file system of the access point"
            conditions = (build_condition("StringEquals", f"{_EFS}:AccessPointArn", arn),)
            yield RawStatement((f"{_EFS}:ClientMount",), (every,), why, self.place, conditions)
            self.unknown.append(f"whether the function writes to the file system of `{arn}` is unknown")


def _required_values(needs: Iterable[RequiredAccess]) -> frozenset[object]:
    """The required access without names and reasons, for comparison."""
    return frozenset[object]((need.actions, need.resources, need.conditions) for need in needs)


def _has_parameter(resource: SpecResource) -> bool:
    """Whether a spec would parse something in it as a parameter; deployed resources have none."""
    return any("${" in text for text in (resource.text or "", *(value for _, value in resource.variables)))


def _value_or_none(make: Callable[[], object]) -> object:
    """The value that a function makes; None if it raises IamglueError."""
    try:
        return make()
    except IamglueError:
        return None
