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
_EFS = "elasticfilesystem"


@dataclass(frozen=True, slots=True)
class InferredSpec:
    """The spec of a function inferred from its deployment, and what is unknown, as texts."""

    function: SpecFunction
    unknown: tuple[str, ...] = ()


def infer_function(function: DeployedFunction) -> SpecFunction:
    """The function as a spec would declare it, from its triggers and configuration."""
    return infer_spec(function).function


def infer_spec(function: DeployedFunction) -> InferredSpec:
    """The function as a spec would declare it, and what is unknown."""
    return _Draft(function).run()


class _Draft:
    """The draft of one function; `unknown` collects what cannot be expressed in the spec."""

    def __init__(self, deployed: DeployedFunction) -> None:
        self.deployed = deployed
        self.place = Location(f"configuration of {deployed.name}")
        self.scope = DeploymentScope(split_arn_fields(deployed.arn)[1], deployed.region, deployed.account)
        self.unknown: list[str] = [_UNKNOWN]
        partition = None if infer_partition(self.scope.region) == self.scope.partition else self.scope.partition
        self.function = SpecFunction(
            deployed.name, self.place, region=deployed.region, account=deployed.account, partition=partition
        )

    def run(self) -> InferredSpec:
        settings = self._settings()
        raw = tuple(self._mounts())
        function = replace(self.function, settings=settings, raw=raw, settings_location=self.place)
        self.function = function
        triggers = tuple(dict.fromkeys(self._triggers()))
        return InferredSpec(replace(function, triggers=triggers), tuple(dict.fromkeys(self.unknown)))

    def _triggers(self) -> Iterator[Trigger]:
        for each in event_source_mapping_triggers(self.deployed):
            failure = self._destination(each.on_failure, "mapping")
            yield from self._first(each, failure)
        for each in invoke_permission_triggers(self.deployed):
            yield from self._first(each, None)

    def _first(self, candidate: TriggerCandidate, failure: AccessEntry | None) -> Iterator[Trigger]:
        """The shortest spelling of a trigger that generates the same permissions as the last one, the full ARN."""
        sources = [each for each in candidate.source_spellings if not _has_parameter(each)]
        triggers = [self._trigger(candidate, resource, failure) for resource in sources]
        meanings = [self._meaning(each) for each in triggers]
        if not meanings or meanings[-1] is None:
            self.unknown.append(f"{candidate.display_name} cannot be expressed as a trigger")
            return
        trigger = next(each for each, meant in zip(triggers, meanings, strict=True) if meant == meanings[-1])
        yield trigger
        self.unknown += candidate.notes

    def _trigger(self, candidate: TriggerCandidate, resource: SpecResource, failure: AccessEntry | None) -> Trigger:
        account = None if candidate.account == self.scope.account else candidate.account
        return Trigger(
            candidate.name, resource, self.place, account=account, consumer=candidate.consumer, on_failure=failure
        )

    def _meaning(self, trigger: Trigger) -> object:
        def meaning() -> object:
            trigger_notes(trigger)
            said = trigger_permissions(trigger, self.function, self.scope)
            permissions = frozenset(replace(each, statement_id="") for each in said)
            return _asked(trigger_needs(trigger, self.function, self.scope)), permissions

        return _tried(meaning)

    def _settings(self) -> FunctionSettings:
        deployed = self.deployed
        usual = f"/aws/lambda/{deployed.name}"
        return FunctionSettings(
            logs=LogSettings(group=None if deployed.log_group in (None, "", usual) else deployed.log_group),
            vpc=deployed.in_vpc,
            tracing=deployed.tracing,
            insights=any(_INSIGHTS in layer for layer in deployed.layers),
            dead_letter=self._destination(deployed.dead_letter, "dead_letter"),
            on_success=self._destination(deployed.on_success, "on_success"),
            on_failure=self._destination(deployed.on_failure, "on_failure"),
            environment_key=deployed.key_arn,
        )

    def _destination(self, arn: str | None, setting: str) -> AccessEntry | None:
        """The entry that sends to an ARN; by name if the name generates the same permissions."""
        found = parse_arn(arn) if arn else None
        if found is None:
            self.unknown += [f"the destination `{arn}` is not a valid ARN"] if arn else []
            return None
        texts = (found.resource.rpartition(":")[2].rpartition("/")[2], str(found))
        entries = [AccessEntry(AccessList.WRITES, found.service, SpecResource(text), self.place) for text in texts]
        meanings = [self._sent(each, setting) for each in entries]
        if meanings[-1] is None:
            self.unknown.append(f"`{arn}` cannot be expressed as a destination")
            return None
        return next(each for each, meant in zip(entries, meanings, strict=True) if meant == meanings[-1])

    def _sent(self, entry: AccessEntry, setting: str) -> object:
        return _tried(lambda: _asked(destination_needs(entry, setting, self.scope)))

    def _mounts(self) -> Iterator[RawStatement]:
        """Statements for mounted access points. Lambda does not report the file system of an access point."""
        for arn in self.deployed.file_systems:
            found = parse_arn(arn)
            if found is None or found.service != _EFS:
                self.unknown.append(f"the permissions to mount `{arn}` are unknown")
                continue
            every = f"arn:{found.partition}:{_EFS}:{found.region}:{found.account}:file-system/*"
            why = "mounts the file system of the access point"
            held = (build_condition("StringEquals", f"{_EFS}:AccessPointArn", arn),)
            yield RawStatement((f"{_EFS}:ClientMount",), (every,), why, self.place, held)
            self.unknown.append(f"whether the function writes to the file system of `{arn}` is unknown")


def _asked(needs: Iterable[RequiredAccess]) -> frozenset[object]:
    """The required access without names and reasons, for comparison."""
    return frozenset[object]((need.actions, need.resources, need.conditions) for need in needs)


def _has_parameter(resource: SpecResource) -> bool:
    """Whether a spec would parse something in it as a parameter; deployed resources have none."""
    return any("${" in text for text in (resource.text or "", *(value for _, value in resource.variables)))


def _tried(make: Callable[[], object]) -> object:
    try:
        return make()
    except IamglueError:
        return None
