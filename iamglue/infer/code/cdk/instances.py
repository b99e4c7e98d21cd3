"""Objects of the program's classes: their constructors, and the construct that a class of the library makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iamglue.infer.code.cdk.assignments import KeywordMap, call_function
from iamglue.infer.code.cdk.cdk_values import (
    STACK_MARK,
    CdkFrame,
    Construct,
    Instance,
    LibraryMember,
    LibraryObject,
    ProgramClass,
    ProgramFunction,
    PropertyMap,
    SourcePlace,
    UnknownValue,
)
from iamglue.infer.code.cdk.interpreter import CdkMachine

# https://docs.aws.amazon.com/cdk/v2/guide/constructs.html: these make no resource of their own.
SCOPES = {"App", "Stack", "NestedStack", "Stage", "Construct", "constructs.Construct"}
_STACKS = {"Stack", "Stage", "NestedStack", "App"}
_WITH_ID = 2


def instantiate(machine: CdkMachine, owner: ProgramClass, arguments: Sequence[Any], place: SourcePlace) -> Instance:
    """A new object of a class of the program."""
    owner.is_used = True
    instance = Instance(owner)
    _initialize(machine, owner, instance, arguments, place)
    return instance


def instantiate_unused(machine: CdkMachine, owner: ProgramClass) -> None:
    """A stack that nothing in the source makes: its parameters are not known."""
    parameters = UnknownValue("the source does not show who makes the stack, and with what")
    app = LibraryObject("App", (), SourcePlace(owner.parent.path, owner.info.at))
    arguments: list[Any] = [app, owner.info.name, parameters]
    constructors = [method for method in owner.info.methods if method.name == "constructor"]
    if constructors and owner.parent.path.endswith(".py"):
        arguments = [app, owner.info.name, KeywordMap({}, is_open=True)]
    instantiate(machine, owner, arguments, app.place)


def _initialize(
    machine: CdkMachine, owner: ProgramClass, instance: Instance, arguments: Sequence[Any], place: SourcePlace
) -> None:
    """Run the constructor of a class on an object; without one, that of the class it extends."""
    if owner.base is None:
        _set_fields(machine, owner, instance)
    for method in owner.info.methods:
        if method.name == "constructor":
            call_function(machine, ProgramFunction(method.function, owner.parent, instance, owner), arguments, instance)
            return
    _initialize_as(machine, owner.base, instance, arguments, place)
    if owner.base is not None:
        _set_fields(machine, owner, instance)


def _set_fields(machine: CdkMachine, owner: ProgramClass, instance: Instance) -> None:
    """Set what the class declares of its objects: after the constructor of the class that it extends."""
    machine.run_body(owner.info.fields, CdkFrame(owner.parent.path, owner.parent, instance, owner))


def initialize_base(machine: CdkMachine, activation: CdkFrame, arguments: Sequence[Any], place: SourcePlace) -> None:
    """`super(...)`: run the constructor of what the class extends on the same object."""
    if isinstance(activation.this, Instance) and activation.owner is not None:
        _initialize_as(machine, activation.owner.base, activation.this, arguments, place)
        _set_fields(machine, activation.owner, activation.this)


def _initialize_as(
    machine: CdkMachine, base: Any, instance: Instance, arguments: Sequence[Any], place: SourcePlace
) -> None:
    """Run the constructor of a base on an object: the program's own, or that of a construct, which gives it a path."""
    if isinstance(base, ProgramClass):
        _initialize(machine, base, instance, arguments, place)
        return
    scope, name, properties = scope_and_id(arguments)
    path = path_of(scope) or ()
    own = name if isinstance(name, str) else ""
    if isinstance(base, LibraryMember) and base.name not in SCOPES:
        instance.construct = make_construct(machine, base.name, arguments, place)
        instance.path = (*path, own)
        if isinstance(properties, PropertyMap):
            instance.members.setdefault("props", properties)
        return
    is_stack = isinstance(base, LibraryMember) and base.name in _STACKS
    instance.path = (STACK_MARK + own,) if is_stack else (*path, own)


def scope_and_id(arguments: Sequence[Any]) -> tuple[Any, Any, Any]:
    """The scope, id and properties of a construct, from arguments by position or by name."""
    positional = [item for item in arguments if not isinstance(item, KeywordMap)]
    keywords = next((item for item in arguments if isinstance(item, KeywordMap)), None)
    values: list[Any] = [*positional, *[None] * _WITH_ID][: max(_WITH_ID, len(positional))]
    if keywords is not None:
        members = keywords.members
        if values[0] is None:
            values[0] = members.get("scope")
        if values[1] is None:
            values[1] = members.get("id", members.get("construct_id"))
    third = values[2] if len(values) > _WITH_ID else None
    return values[0], values[1], third if isinstance(third, PropertyMap | UnknownValue) else keywords


def path_of(value: Any) -> tuple[str, ...] | None:
    """The path of a scope; None if the value is no scope."""
    if isinstance(value, Instance | Construct):
        return value.path
    return () if isinstance(value, LibraryObject) and value.name in _STACKS else None


def make_construct(machine: CdkMachine, name: str, arguments: Sequence[Any], place: SourcePlace) -> Construct:
    """A construct of a class of the library; an empty part of its path stands for an ID that is not known."""
    scope, own_id, properties = scope_and_id(arguments)
    own = own_id if isinstance(own_id, str) else ""
    path = (STACK_MARK + own,) if name in _STACKS else (*(path_of(scope) or ()), own)
    construct = Construct(name, path, properties, place, tuple(arguments))
    machine.add(construct)
    return construct


def construct_of(value: Any) -> Construct | None:
    """The construct that a value is, or that an object of a class of the program extends."""
    if isinstance(value, Instance):
        return value.construct
    return value if isinstance(value, Construct) else None
