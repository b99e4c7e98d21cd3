"""What expressions of CDK source may be: texts, resources, and what is only known at deployment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from iamglue.infer.code.javascript.syntax import ClassInfo, FunctionInfo, LexicalScope, Position

_LETTERS = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """A position in a file of the CDK project."""

    path: str
    at: Position

    def __str__(self) -> str:
        return f"{self.path}:{self.at[0] + 1}"


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value that the source does not show, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeploymentValue:
    """A value that only the deployment knows, as CloudFormation writes it: `{"Ref": "Table"}` as ("Ref", "Table")."""

    function: str
    argument: Any

    def as_json(self) -> dict[str, Any]:
        """The value as a template has it."""
        argument = self.argument
        if isinstance(argument, tuple):
            argument = [part.as_json() if isinstance(part, DeploymentValue) else part for part in argument]
            argument = ["", argument] if self.function == "Fn::Join" else argument
        return {self.function: argument}


@dataclass(frozen=True, slots=True)
class LibraryMember:
    """Something of the CDK or of the language's library by its dotted name: `aws_lambda.Function`, `path.join`."""

    name: str


@dataclass(slots=True, eq=False)
class PropertyMap:
    """An object or dictionary. `is_open`: it has further members that are not known."""

    members: dict[str, Any] = field(default_factory=dict)
    is_open: bool = False


@dataclass(slots=True, eq=False)
class LibraryObject:
    """What a function or class of a library gives: `Code.fromAsset("src")`. `owner` is what the method belongs to."""

    name: str
    arguments: tuple[Any, ...]
    place: SourcePlace
    owner: Any = None


@dataclass(slots=True, eq=False)
class Construct:
    """A construct of the library, with its path of ids, and the calls of its methods.

    `is_outside`: it refers to a resource that the app does not make, of which only the attributes in `given` are known.
    `number` distinguishes it from another construct with the same ids. `is_given_away`: code that is not read may
    change it.
    """

    name: str
    path: tuple[str, ...]
    properties: Any
    place: SourcePlace
    arguments: tuple[Any, ...] = ()
    is_outside: bool = False
    given: dict[str, Any] = field(default_factory=dict)
    calls: list[LibraryObject] = field(default_factory=list)
    number: str = ""
    is_given_away: bool = False

    @property
    def logical_id(self) -> str:
        """Its id in the template, without the hash that the CDK adds."""
        return logical_name(self.path) + self.number


@dataclass(slots=True, eq=False)
class CdkFrame:
    """The variables of one call of a function of the program, or of a module."""

    path: str
    parent: CdkFrame | None = None
    this: Any = None
    owner: ProgramClass | None = None
    variables: dict[object, Any] = field(default_factory=dict)
    returned: list[Any] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ProgramFunction:
    """A function of the program. `this`, if it is a method, is the object whose method it is."""

    info: FunctionInfo
    parent: CdkFrame
    this: Any = None
    owner: ProgramClass | None = None


@dataclass(slots=True, eq=False)
class ProgramClass:
    """A class of the program; `base` is what it extends."""

    info: ClassInfo
    parent: CdkFrame
    base: Any = None
    statics: dict[str, Any] = field(default_factory=dict)
    is_used: bool = False


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the program; `construct` is what the class extends, if that is one of the library."""

    owner: ProgramClass
    path: tuple[str, ...] = ()
    members: dict[str, Any] = field(default_factory=dict)
    construct: Construct | None = None


@dataclass(slots=True, eq=False)
class ProgramModule:
    """What a file of the program exports; `variables` are those of its own, which Python exports."""

    exports: dict[str, Any]
    activation: CdkFrame


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A method of a value of the library, before it is called."""

    target: Any
    name: str


# Longer texts and lists are not followed: a loop may double them.
_MAX_TEXT, MAX_ITEMS = 8192, 1000
NO_VALUE = None
# What begins the path of a stack: its ID is not a part of logical ids.
STACK_MARK = "\0"
# What a name in Python is looked up in: its scopes are those of functions, as the interpreter has them.
PYTHON_SCOPE = LexicalScope(FunctionInfo((0, 0), "", ""), None)


def join_texts(parts: Iterable[Any]) -> Any:
    """The text of several parts; an UnknownValue if one of them is not known."""
    texts: list[Any] = []
    for part in parts:
        if isinstance(part, UnknownValue):
            return part
        if not isinstance(part, str | DeploymentValue):
            return UnknownValue("a part of the string is not a string")
        nested = part.argument if isinstance(part, DeploymentValue) and part.function == "Fn::Join" else (part,)
        if sum(len(text) for text in (*texts, *nested) if isinstance(text, str)) > _MAX_TEXT:
            return UnknownValue("the text is too long")
        for item in nested:
            if isinstance(item, str) and texts and isinstance(texts[-1], str):
                texts[-1] += item
            else:
                texts.append(item)
    if all(isinstance(text, str) for text in texts):
        return "".join(texts)
    return texts[0] if len(texts) == 1 else DeploymentValue("Fn::Join", tuple(texts))


def logical_name(path: Iterable[str]) -> str:
    """The ids of a path as a logical ID: letters and digits alone. The CDK adds a hash, which is left out."""
    text = _LETTERS.sub("", "".join(part for part in path if not part.startswith(STACK_MARK)))
    return text if text[:1].isalpha() else f"Resource{text}"
