"""Functions of libraries that call AWS, as the table `python_helpers` says."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.python.addresses import split_address
from iamglue.infer.code.python.containers import Container
from iamglue.infer.code.python.extern import FUNCTIONS, ExternFunction, ExternThing
from iamglue.infer.code.python.sdk_clients import ClientThing
from iamglue.infer.code.python.sdk_responses import HarmlessThing
from iamglue.infer.code.python.shared import shared_data
from iamglue.infer.code.python.strings import TextThing, literals_of
from iamglue.infer.code.python.things import NONE, NOTHING, UNKNOWN, ArgumentValues, At, Thing, Values

# An operation of the table: further calls, which the library's documentation does not list, with a keyword.
_WITH = "@with:"


@shared_data
class LibraryThing(Thing):
    """An object of a library whose methods call AWS; the arguments of its constructor are cells."""

    name: str
    site: int
    context: tuple[int, ...]

    def attribute(self, name: str, at: At) -> Values:  # noqa: ARG002
        """A method that the table has; others make no calls that are known."""
        full = f"{self.name}.{name}"
        return frozenset({LibraryMethod(self, full)}) if full in helper_rows() else _RESULT

    def call(self, arguments: ArgumentValues, at: At) -> Values:  # noqa: ARG002
        """A decorator or the like."""
        return arguments.get(0, "")


@shared_data
class LibraryMethod(Thing):
    """A method of such an object."""

    owner: LibraryThing
    name: str

    def call(self, arguments: ArgumentValues, at: At) -> Values:
        """Record what the table says."""
        return _request(self.name, arguments, at, self.owner)


@cache
def helper_rows() -> dict[str, list[dict[str, str]]]:
    """The rows of the table by function."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in table_rows("python_helpers"):
        rows.setdefault(row["function"], []).append(row)
    return rows


def add_helpers() -> None:
    """Add the functions and classes of the table to those of libraries."""
    for name in helper_rows():
        owner, _, method = name.rpartition(".")
        if owner.rpartition(".")[2][:1].isupper():
            FUNCTIONS.setdefault(owner, _constructor(owner))
        elif not owner.endswith("*"):
            FUNCTIONS[name] = _function(name)
        if method[:1].isupper():
            FUNCTIONS[name] = _constructor(name)
        elif owner.endswith("*"):
            FUNCTIONS[name] = _function(name)


def _function(name: str) -> ExternFunction:
    def call(arguments: ArgumentValues, at: At) -> Values:
        return _request(name, arguments, at, None)

    return call


def _constructor(name: str) -> ExternFunction:
    def call(arguments: ArgumentValues, at: At) -> Values:
        made = LibraryThing(name, at.site, at.unit.context)
        for position, values in enumerate(arguments.positional):
            at.write((made, position), values)
        for keyword, values in arguments.keywords.items():
            at.write((made, keyword), values)
        if name in helper_rows():
            _request(name, arguments, at, None)
        return frozenset({made})

    return call


def _request(name: str, arguments: ArgumentValues, at: At, owner: LibraryThing | None) -> Values:
    for row in helper_rows()[name]:
        parameters = {
            key: values
            for part in row["parameters"].split()
            for key, values in [_parameter(part, arguments, at, owner)]
        }
        if row["operation"] == "@signed":
            services = ", ".join(literals_of(parameters.get("Service", NOTHING))) or "a service that is not known"
            at.doubt(f"HTTP requests are signed for {services}: which requests is not known")
            continue
        if row["operation"].startswith(_WITH):
            if row["operation"].removeprefix(_WITH) in arguments.keywords:
                keyword = row["operation"].removeprefix(_WITH)
                at.doubt(f"with `{keyword}` it also calls {row['client']}: which calls and resources is not known")
            continue
        paths = parameters.pop("Path", None) if row["client"] == "s3" else None
        if paths is not None:
            place = _s3_place(paths, at)
            if place is None:
                continue
            parameters.update(place)
            if row["operation"].startswith("List"):
                parameters["Prefix"] = parameters.pop("Key")
        operation = row["operation"] if row["operation"] != "@mode:1" else _mode(arguments)
        ClientThing(row["client"]).request(operation, parameters, at, helper=name)
    return frozenset({ExternThing(f"{name.partition('.')[0]}.*")})


def _parameter(part: str, arguments: ArgumentValues, at: At, owner: LibraryThing | None) -> tuple[str, Values]:
    key, _, place = part.partition("=")
    steps = place.split(":")
    if steps[0] == "self":
        values = at.read((owner, int(steps[1]))) | at.read((owner, steps[2]))
    else:
        values = arguments.get(int(steps[0]), steps[1])
    if steps[-1] == "keys":
        values = frozenset(item for thing in values for item in thing.elements(at))
    return key, values or UNKNOWN


def _mode(arguments: ArgumentValues) -> str:
    modes = literals_of(arguments.get(1, "mode"))
    return "PutObject" if modes and all(mode[:1] in "wax" for mode in modes) else "GetObject"


def _s3_place(paths: Values, at: At) -> dict[str, Values] | None:
    """The bucket and key of addresses; None if none of them may be one of S3."""
    buckets: set[Thing] = set()
    keys: set[Thing] = set()
    for thing in paths - NONE:
        inner = thing.elements(at) if isinstance(thing, Container) else frozenset({thing})
        for path in inner:
            split = split_address(path.as_text) if path.as_text is not None else None
            if split is not None:
                buckets.add(TextThing(split[0]))
                keys.add(TextThing(split[1]))
    if not buckets:
        return None
    return {"Bucket": frozenset(buckets), "Key": frozenset(keys)}


# A method that makes no calls.
_RESULT: Values = frozenset({HarmlessThing("data")})
