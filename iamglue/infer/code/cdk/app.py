"""The template that a CDK app makes, as far as its source shows it without being run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iamglue.infer.code.cdk import evaluate_nodes  # noqa: F401 - it fills the table of kinds of nodes
from iamglue.infer.code.cdk.cdk_functions import FunctionResource, template_value
from iamglue.infer.code.cdk.cdk_triggers import trigger_resources
from iamglue.infer.code.cdk.cdk_values import Construct, LibraryMember, ProgramClass
from iamglue.infer.code.cdk.instances import SCOPES, instantiate_unused
from iamglue.infer.code.cdk.interpreter import CdkMachine
from iamglue.infer.code.cdk.members import member_of
from iamglue.infer.code.cdk.resource_attributes import FUNCTION_CLASSES, property_of, resource_class
from iamglue.infer.code.cdk.source_files import CdkSources
from iamglue.model.account import OPEN_ENVIRONMENT

_MANY = "the app is too large to be followed to its end: functions and variables may be missing"


@dataclass(frozen=True, slots=True)
class CdkApp:
    """The template as JSON, with notes on what the source does not show.

    `function_notes` are by the name or logical ID of a function, `notes` are about all of the app.
    `root` is the directory in which the app runs.
    """

    root: Path
    template: str
    function_notes: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]


def read_cdk_app(path: Path) -> CdkApp:
    """The app of a `cdk.json`, or of a source file. Raises IamglueError if there is none in a language that is read."""
    sources = CdkSources(path)
    machine = CdkMachine(sources, member_of)
    for entry in sources.entry_paths():
        machine.module(entry)
    for owner in list(machine.classes):
        if not owner.is_used and _is_scope(owner):
            instantiate_unused(machine, owner)
    resources, notes = _resources(machine.constructs, sources)
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    general = (*sources.notes, *((_MANY,) if machine.is_exhausted else ()))
    function_notes = {name: tuple(dict.fromkeys(texts)) for name, texts in notes.items()}
    return CdkApp(sources.root, json.dumps(template), function_notes, general)


def _is_scope(owner: ProgramClass) -> bool:
    """Whether a class extends a stack or construct of the library."""
    base: Any = owner
    while isinstance(base, ProgramClass):
        base = base.base
    return isinstance(base, LibraryMember) and (base.name in SCOPES or base.name in FUNCTION_CLASSES)


def _resources(constructs: list[Construct], sources: CdkSources) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The template's resources by logical ID, and the notes on functions by logical ID and by name."""
    resources: dict[str, Any] = {}
    notes: dict[str, list[str]] = {}
    for construct in constructs:
        if construct.is_outside:
            continue
        if construct.name in FUNCTION_CLASSES and not _is_import(construct):
            function = FunctionResource(construct, sources)
            properties = function.properties()
            _add(resources, construct.logical_id, "AWS::Serverless::Function", properties)
            notes.setdefault(construct.logical_id, []).extend(function.notes)
            if "FunctionName" in properties:  # the name by which the template's reader knows the function
                notes[properties["FunctionName"]] = notes[construct.logical_id]
        else:
            _add_named(resources, construct)
    for number, trigger in enumerate(trigger_resources(constructs)):
        name = trigger.function.logical_id
        if trigger.note:
            notes.setdefault(name, []).append(trigger.note)
        else:
            target = "TargetFunctionArn" if trigger.type.endswith("::Url") else "FunctionName"
            properties = {target: {"Ref": name}, **dict(trigger.properties)}
            resources[f"Trigger{number}Of{name}"] = {"Type": trigger.type, "Properties": properties}
    return resources, notes


def _is_import(construct: Construct) -> bool:
    """Whether a function is one that the app refers to by its name, and does not make."""
    return bool(construct.given)


def _add_named(resources: dict[str, Any], construct: Construct) -> None:
    """Add a resource with its physical name, if the source shows it."""
    known = resource_class(construct.name)
    if known is None or known.type == "AWS::CfnParameter" or not construct.path[-1]:
        return
    name = template_value(property_of(construct.properties, known.name)) if known.name else None
    _add(resources, construct.logical_id, known.type, {known.template_name: name} if name is not None else {})


def _add(resources: dict[str, Any], logical_id: str, kind: str, properties: dict[str, Any]) -> None:
    """Add a resource; of one that the source makes several times, what differs is not known."""
    if logical_id not in resources:
        resources[logical_id] = {"Type": kind, "Properties": properties}
        return
    old = resources[logical_id]["Properties"]
    variables = old.get("Environment", {}).get("Variables", {})
    for name, value in properties.get("Environment", {}).get("Variables", {}).items():
        variables[name] = value if variables.get(name, value) == value else ""
    for name in list(old):
        if name not in ("Environment", OPEN_ENVIRONMENT) and old[name] != properties.get(name):
            del old[name]
