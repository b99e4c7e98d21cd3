"""Members and calls of values in CDK source."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from iamglue.infer.code.cdk.assignments import KeywordMap, call_function
from iamglue.infer.code.cdk.cdk_values import (
    NO_VALUE,
    BoundMethod,
    CdkFrame,
    Construct,
    DeploymentValue,
    Instance,
    LibraryMember,
    LibraryObject,
    ProgramClass,
    ProgramFunction,
    ProgramModule,
    PropertyMap,
    SourcePlace,
    UnknownValue,
)
from iamglue.infer.code.cdk.imported_resources import imported_resource
from iamglue.infer.code.cdk.instances import construct_of, instantiate, make_construct, path_of, scope_and_id
from iamglue.infer.code.cdk.interpreter import (
    CdkMachine,
    module_member,
)
from iamglue.infer.code.cdk.library_functions import LIBRARY_FUNCTIONS, map_call
from iamglue.infer.code.cdk.library_names import camel_case, library_name
from iamglue.infer.code.cdk.resource_attributes import attribute_value, resource_class

# https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.Aws.html and the attributes of the same names of a stack.
_PSEUDO_PARAMETERS = {
    "region": "AWS::Region",
    "account": "AWS::AccountId",
    "partition": "AWS::Partition",
    "urlSuffix": "AWS::URLSuffix",
    "REGION": "AWS::Region",
    "ACCOUNT_ID": "AWS::AccountId",
    "PARTITION": "AWS::Partition",
    "URL_SUFFIX": "AWS::URLSuffix",
}
# Methods that make a construct in the resource whose methods they are.
_MADE_BY_METHODS = {("aws_cognito.UserPool", "addClient"): "aws_cognito.UserPoolClient"}
# Levels of objects and lists in which constructs are given to other code, and how many arguments a callback takes.
_MAX_GIVEN_DEPTH, _CALLBACK_ARGUMENTS = 4, 3
_UNKNOWN_ARGUMENT = UnknownValue("what calls the function is not followed")
_LIST_CALLS = {"forEach", "map", "append", "push", "extend", "concat"}
_MAP_CALLS = {"items", "get", "update", "keys", "values", "copy", "setdefault", "pop"}


def member_of(machine: CdkMachine, target: Any, name: str) -> Any:
    """The member of a value by its name, as `target.name` reads it."""
    if isinstance(target, Instance):
        return _instance_member(machine, target, name)
    member = _MEMBERS.get(type(target))
    if member is not None:
        return member(target, name)
    if target is NO_VALUE:
        return UnknownValue(f"`{name}` is read from something without a value")
    return BoundMethod(target, camel_case(name) if not isinstance(target, list) else name)


def _map_member(target: PropertyMap, name: str) -> Any:
    """A member of an object, a method of a dictionary, or undefined; not known if the object is open."""
    if name in target.members:
        return target.members[name]
    if name in _MAP_CALLS:
        return BoundMethod(target, name)
    return UnknownValue(f"`{name}` is not known") if target.is_open else NO_VALUE


def _object_member(target: LibraryObject, name: str) -> Any:
    """A member of what the library gives: `Stack.of(this).region`."""
    if target.name.endswith("Stack.of") and name in _PSEUDO_PARAMETERS:
        return DeploymentValue("Ref", _PSEUDO_PARAMETERS[name])
    return BoundMethod(target, camel_case(name))


def _text_member(target: str, name: str) -> Any:
    """A method of a text, or the directory of a path in Python."""
    return posixpath.dirname(target) if name == "parent" else BoundMethod(target, name)


def _library_member(target: LibraryMember, name: str) -> Any:
    """A name in a library; those of classes have the spelling of TypeScript."""
    if target.name == "Aws" and name in _PSEUDO_PARAMETERS:
        return DeploymentValue("Ref", _PSEUDO_PARAMETERS[name])
    is_class = target.name.rpartition(".")[2][:1].isupper()
    return LibraryMember(library_name(target.name, camel_case(name) if is_class else name))


def _construct_member(target: Construct, name: str) -> Any:
    value = attribute_value(target, camel_case(name))
    return BoundMethod(target, camel_case(name)) if value is None else value


def _instance_member(machine: CdkMachine, target: Instance, name: str) -> Any:
    """A member of an object of the program: a field, a method, or an attribute of its construct."""
    if name in target.members:
        return target.members[name]
    owner: Any = target.owner
    while isinstance(owner, ProgramClass):
        for method in owner.info.methods:
            if method.name == name and not method.is_static:
                function = ProgramFunction(method.function, owner.parent, target, owner)
                return call_function(machine, function, (), target) if method.kind == "get" else function
        if name in owner.statics:
            return owner.statics[name]
        owner = owner.base
    if target.construct is not None:
        return _construct_member(target.construct, name)
    if name in _PSEUDO_PARAMETERS:
        return DeploymentValue("Ref", _PSEUDO_PARAMETERS[name])
    return BoundMethod(target, camel_case(name))


def _class_member(target: ProgramClass, name: str) -> Any:
    """A static member or method of a class."""
    if name in target.statics:
        return target.statics[name]
    for method in target.info.methods:
        if method.name == name and method.is_static:
            return ProgramFunction(method.function, target.parent, target, target)
    return UnknownValue(f"the class has no `{name}`")


_MEMBERS: dict[type[Any], Callable[[Any, str], Any]] = {
    ProgramClass: _class_member,
    ProgramModule: module_member,
    PropertyMap: _map_member,
    KeywordMap: _map_member,
    LibraryMember: _library_member,
    LibraryObject: _object_member,
    Construct: _construct_member,
    str: _text_member,
    UnknownValue: lambda target, _: target,
}


def call_value(machine: CdkMachine, callee: Any, arguments: Sequence[Any], place: SourcePlace) -> Any:
    """What a call or `new` gives."""
    if isinstance(callee, ProgramFunction):
        return call_function(machine, callee, arguments)
    if isinstance(callee, ProgramClass):
        return instantiate(machine, callee, arguments, place)
    if isinstance(callee, LibraryMember):
        return _library_call(machine, callee.name, arguments, place)
    if isinstance(callee, BoundMethod):
        return _method_call(machine, callee, arguments, place)
    _give_away(machine, arguments)
    return callee if isinstance(callee, UnknownValue) else UnknownValue("what is called is not known")


def _give_away(machine: CdkMachine, values: Iterable[Any], depth: int = 0) -> None:
    """Note that code which is not read gets values: it may change constructs in them, and call functions."""
    for value in values:
        construct = construct_of(value)
        if construct is not None:
            construct.is_given_away = True
        elif isinstance(value, PropertyMap | list) and depth < _MAX_GIVEN_DEPTH:
            _give_away(machine, value if isinstance(value, list) else value.members.values(), depth + 1)
        else:
            _call_back(machine, value)


def _call_back(machine: CdkMachine, value: Any) -> None:
    """Call a function of the program as code does that is not read; other values are not called."""
    if isinstance(value, ProgramFunction):
        call_function(machine, value, [_UNKNOWN_ARGUMENT] * _CALLBACK_ARGUMENTS)


def _library_call(machine: CdkMachine, name: str, arguments: Sequence[Any], place: SourcePlace) -> Any:
    """What a call of a function or class of a library gives."""
    if name == "require" and arguments and isinstance(arguments[0], str):
        return machine.imported(arguments[0], "=", CdkFrame(place.path))
    function = LIBRARY_FUNCTIONS.get(name)
    if function is not None:
        return function(arguments)
    if not name.startswith("aws_") and not name[:1].isupper():
        _give_away(machine, arguments)
    method = name.rpartition(".")[2]
    if method[:1].isupper():
        scope, own_id, _ = scope_and_id(arguments)
        has_id = isinstance(own_id, str) or (isinstance(own_id, UnknownValue) and resource_class(name) is not None)
        if path_of(scope) is not None and has_id:
            return make_construct(machine, name, arguments, place)
    elif method.startswith("from"):
        imported = imported_resource(name, arguments, place)
        if imported is not None:
            machine.add(imported)
            return imported
    return LibraryObject(name, tuple(arguments), place)


def _method_call(machine: CdkMachine, callee: BoundMethod, arguments: Sequence[Any], place: SourcePlace) -> Any:
    """What a call of a method of a library's value gives."""
    target = callee.target
    if isinstance(target, list) and callee.name in _LIST_CALLS:
        return _list_call(machine, target, callee.name, arguments, place)
    if isinstance(target, PropertyMap):
        return map_call(target, callee.name, arguments)
    if isinstance(target, str):
        return (
            target
            if callee.name in ("resolve", "absolute", "as_posix", "strip", "trim", "toString")
            else UnknownValue(f"the text is changed by `{callee.name}`")
        )
    if isinstance(target, list):
        _give_away(machine, target)
    for argument in arguments:
        _call_back(machine, argument)
    made = LibraryObject(callee.name, tuple(arguments), place, target)
    owner: Any = target
    while isinstance(owner, BoundMethod | LibraryObject):
        owner = owner.target if isinstance(owner, BoundMethod) else owner.owner
    construct = owner.construct if isinstance(owner, Instance) else owner
    if isinstance(construct, Construct):
        kind = _MADE_BY_METHODS.get((construct.name, callee.name))
        if kind is not None:
            return make_construct(machine, kind, [construct, *arguments], place)
        construct.calls.append(made)
    return made


def _list_call(machine: CdkMachine, target: list[Any], name: str, arguments: Sequence[Any], place: SourcePlace) -> Any:
    """What a method gives that changes a list or calls a function with each element."""
    if name in ("append", "push"):
        target.extend(arguments)
        return NO_VALUE
    if name in ("extend", "concat"):
        added = [item for part in arguments for item in (part if isinstance(part, list) else [part])]
        if name == "concat":
            return [*target, *added]
        target.extend(added)
        return NO_VALUE
    results = (
        [call_value(machine, arguments[0], [item, str(number)], place) for number, item in enumerate(target)]
        if arguments
        else []
    )
    return results if name == "map" else NO_VALUE
