"""Functions of the languages' libraries and of the CDK whose values are known: paths, dictionaries, intrinsics."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from typing import Any

from iamglue.infer.code.cdk.cdk_values import NO_VALUE, DeploymentValue, PropertyMap, UnknownValue, join_texts


def map_call(target: PropertyMap, name: str, arguments: Sequence[Any]) -> Any:
    """What a method of a dictionary gives."""
    if name == "get" and arguments and isinstance(arguments[0], str):
        default = arguments[1] if len(arguments) > 1 else NO_VALUE
        missing = UnknownValue(f"`{arguments[0]}` is not known") if target.is_open else default
        return target.members.get(arguments[0], missing)
    if name == "update":
        for argument in arguments:
            is_known = isinstance(argument, PropertyMap)
            target.members.update(argument.members if is_known else {})
            target.is_open = target.is_open or not is_known or argument.is_open
        return NO_VALUE
    if name == "copy":
        return PropertyMap(dict(target.members), target.is_open)
    if name in ("setdefault", "pop"):
        return _changed_member(target, name, arguments)
    return UnknownValue("its dictionary is not known") if target.is_open else _member_list(target, name)


def _changed_member(target: PropertyMap, name: str, arguments: Sequence[Any]) -> Any:
    """What `setdefault` or `pop` gives, which change the dictionary."""
    key, default = (*arguments, NO_VALUE, NO_VALUE)[:2]
    if not isinstance(key, str) or (target.is_open and key not in target.members):
        target.is_open = True
        return UnknownValue("the member of its dictionary is not known")
    return target.members.setdefault(key, default) if name == "setdefault" else target.members.pop(key, default)


def _member_list(target: PropertyMap, name: str) -> Any:
    """The members of a dictionary as the list that `items`, `keys` and the like give."""
    listed: dict[str, list[Any]] = {
        "items": [[key, value] for key, value in target.members.items()],
        "entries": [[key, value] for key, value in target.members.items()],
        "keys": list(target.members),
        "values": list(target.members.values()),
    }
    return listed.get(name, UnknownValue("its dictionary is not known"))


def _joined_path(arguments: Sequence[Any]) -> Any:
    """A path from the app's directory, in which the CDK runs."""
    if all(isinstance(item, str) for item in arguments):
        return posixpath.normpath(posixpath.join(*arguments)) if arguments else ""
    return next((item for item in arguments if isinstance(item, UnknownValue)), UnknownValue("its path is not known"))


def _first_argument(arguments: Sequence[Any]) -> Any:
    return arguments[0] if arguments else NO_VALUE


def _directory(arguments: Sequence[Any]) -> Any:
    value = _first_argument(arguments)
    return posixpath.dirname(value) if isinstance(value, str) else UnknownValue("its path is not known")


def _dictionary(arguments: Sequence[Any]) -> PropertyMap:
    """A dictionary with the members of all arguments; open if one of them is not known."""
    result = PropertyMap()
    map_call(result, "update", arguments)
    return result


def _object_function(name: str) -> Callable[[Sequence[Any]], Any]:
    """The function of `Object` that lists members of its first argument."""

    def listed(arguments: Sequence[Any]) -> Any:
        """The list; not known if the object is open or not known."""
        value = _first_argument(arguments)
        is_known = isinstance(value, PropertyMap) and not value.is_open
        return _member_list(value, name) if is_known else UnknownValue("its object is not known")

    return listed


def _joined_list(arguments: Sequence[Any]) -> Any:
    """`Fn.join(separator, list)`."""
    if len(arguments) < 2 or not isinstance(arguments[0], str) or not isinstance(arguments[1], list):
        return UnknownValue("its parts are not known")
    parts: list[Any] = []
    for number, item in enumerate(arguments[1]):
        parts += [arguments[0], item] if number else [item]
    return join_texts(parts)


def _intrinsic(function: str) -> Callable[[Sequence[Any]], Any]:
    """The function of `Fn` that makes an intrinsic function of CloudFormation of literal arguments."""

    def call(arguments: Sequence[Any]) -> Any:
        """The value, known at deployment; not known unless all arguments are literal texts."""
        if not arguments or not all(isinstance(item, str) for item in arguments):
            return UnknownValue(f"the argument of `{function}` is not known")
        return DeploymentValue(function, tuple(arguments) if function == "Fn::GetAtt" else arguments[0])

    return call


LIBRARY_FUNCTIONS: dict[str, Callable[[Sequence[Any]], Any]] = {
    **dict.fromkeys(("path.join", "path.resolve", "os.path.join", " join"), _joined_path),
    **dict.fromkeys(("path.dirname", "os.path.dirname"), _directory),
    **dict.fromkeys(
        ("os.path.abspath", "os.path.realpath", "path.normalize", "os.path.normpath", "pathlib.Path", "str", "String"),
        _first_argument,
    ),
    **dict.fromkeys(("os.getcwd", "process.cwd"), lambda _: ""),
    "dict": _dictionary,
    "Object.entries": _object_function("entries"),
    "Object.keys": _object_function("keys"),
    "Object.values": _object_function("values"),
    "Object.assign": _dictionary,
    "Fn.join": _joined_list,
    "Fn.importValue": _intrinsic("Fn::ImportValue"),
    "Fn.ref": _intrinsic("Ref"),
    "Fn.sub": _intrinsic("Fn::Sub"),
    "Fn.getAtt": _intrinsic("Fn::GetAtt"),
}
