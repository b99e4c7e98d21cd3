"""Modules, functions and objects of libraries: by name, with the meaning of those that matter in tables.

Other modules add to the tables: `FUNCTIONS` has what a call returns and does, `OBJECTS` what a name is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from iamglue.infer.code.python.abstract_objects import NOTHING, AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.opaque_libraries import check_library_call

ExternFunction = Callable[[ArgumentValues, Site], Values]
FUNCTIONS: dict[str, ExternFunction] = {}
OBJECTS: dict[str, Values] = {}
# Methods of library objects by their last name, whatever the object: `executor.submit(function, *arguments)`.
METHODS: dict[str, ExternFunction] = {}
# What they are called with is what they return: decorators of functions, and classes for events.
# https://docs.powertools.aws.dev/lambda/python/latest/utilities/data_classes/
_SAME_VALUE = (
    "functools.",
    "contextlib.",
    "dataclasses.",
    "types.",
    "aws_lambda_powertools.utilities.data_classes.",
    "aws_lambda_powertools.utilities.parser.",
)
# Libraries that are given clients and make no calls with them but those of the tables.
_WITHOUT_CALLS = frozenset({"aws_lambda_powertools", "aws_xray_sdk", "botocore", "boto3", "moto", "pytest", "rich"})
# Packages of the standard library whose objects give what they were given, which may be a client.
_KEEPING = frozenset(
    {"asyncio", "collections", "concurrent", "contextvars", "multiprocessing", "operator", "queue"}
) | {
    "threading",
    "weakref",
}
_STDLIB = frozenset(sys.stdlib_module_names) | {"builtins"}


@interned_dataclass
class ExternObject(AbstractObject):
    """Something of a library by its dotted name; `*` at the end is what a call there returned."""

    name: str

    @property
    def package(self) -> str:
        """The top-level package, by which tables know a library."""
        return self.name.partition(".")[0]

    @property
    def is_known(self) -> bool:
        """The standard library has no clients of AWS, but may keep one; of other packages it is not known."""
        return self.package in _STDLIB and not (self.package in _KEEPING and "*" in self.name)

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """An attribute by its name."""
        return extern_values(f"{self.name}.{name}")

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """What the tables say; else something of the same package."""
        function = FUNCTIONS.get(self.name) or METHODS.get(self.name.rpartition(".")[2])
        if function is not None:
            return function(arguments, at)
        if self.name.startswith(_SAME_VALUE):
            first = next((values for values in arguments.all_values() if values), NOTHING)
            is_option = any(obj.as_text is not None for obj in first) and self.package != "aws_lambda_powertools"
            return self.product if not first or is_option or self.name.endswith(".wraps") else first
        if self.package not in _STDLIB | _WITHOUT_CALLS:
            check_library_call(self.name, arguments, at)
        if self.package != "builtins":
            at.escape(arguments, has_clients=self.package not in _STDLIB | _WITHOUT_CALLS)
        return self.product

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """Something of the same package."""
        return self.product

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """Something of the same package."""
        return self.product

    @property
    def product(self) -> Values:
        """Something that the package made."""
        return frozenset({ExternObject(f"{self.package}.*")})


def extern_values(name: str) -> Values:
    """A name of a library: the object that the tables have, or its name."""
    if name in OBJECTS:
        return OBJECTS[name]
    package, _, rest = name.partition(".")
    if rest.count(".") > 5:
        name = f"{package}.*"
    elif rest.startswith("*."):
        name = f"{package}.*.{name.rpartition('.')[2]}"
    return frozenset({ExternObject(name)})


def extern_function(*names: str) -> Callable[[ExternFunction], ExternFunction]:
    """Add a function to the table of functions by its names."""

    def register(function: ExternFunction) -> ExternFunction:
        """Add the function to the table, and return it unchanged."""
        for name in names:
            FUNCTIONS[name] = function
        return function

    return register


def extern_method(*names: str) -> Callable[[ExternFunction], ExternFunction]:
    """Add a function to the table of methods by its names."""

    def register(function: ExternFunction) -> ExternFunction:
        """Add the function to the table, and return it unchanged."""
        for name in names:
            METHODS[name] = function
        return function

    return register


def elements_of(values: Values, at: Site) -> Values:
    """What an iteration of any of the values may give."""
    return frozenset(element for obj in values for element in obj.elements(at))


def apply(callables: Values, arguments: ArgumentValues, at: Site) -> Values:
    """What a call of any of them returns."""
    values: Values = NOTHING
    for obj in callables:
        values |= obj.call(arguments, at)
    return values
