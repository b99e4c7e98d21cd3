"""Functions of libraries that call AWS, as the table `python_helpers` says."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.python.abstract_objects import (
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    Site,
    Values,
)
from iamglue.infer.code.python.bucket_addresses import address_parameters
from iamglue.infer.code.python.extern import FUNCTIONS, ExternFunction, ExternObject, extern_function
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.sdk_clients import ClientObject
from iamglue.infer.code.python.sdk_responses import HarmlessObject
from iamglue.infer.code.python.strings import literals_of
from iamglue.infer.code.python.texts import literal_of
from iamglue.infer.code.values import Text

# An operation of the table: further calls, which the library's documentation does not list, with a keyword.
_WITH = "@with:"
# Reading or writing by the argument `mode`; a listing if the address has wildcards or is a folder; no request at all.
_MODE, _GLOB, _NO_CALL = "@mode:1", "@glob", "-"


@interned_dataclass
class LibraryInstance(AbstractObject):
    """An object of a library whose methods call AWS; the arguments of its constructor are cells."""

    name: str
    site: int
    context: tuple[int, ...]

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """A method; those that the table does not have make no calls if the class makes them when it is used at all."""
        full = f"{self.name}.{name}"
        if full in helper_rows():
            return frozenset({LibraryMethod(self, full)})
        return _RESULT if self.name in helper_rows() or name.startswith("_") else frozenset({UnlistedMethod(full)})

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """A decorator or the like."""
        return arguments.get(0, "")


@extern_function("fsspec.filesystem")
def _filesystem(arguments: ArgumentValues, at: Site) -> Values:
    """The file system of a protocol: https://filesystem-spec.readthedocs.io/en/latest/api.html."""
    if not {"s3", "s3a"}.isdisjoint(literals_of(arguments.get(0, "protocol"))):
        return frozenset({LibraryInstance("s3fs.S3FileSystem", at.site, at.unit.context)})
    return frozenset({ExternObject("fsspec.*")})


@interned_dataclass
class LibraryMethod(AbstractObject):
    """A method of such an object."""

    owner: LibraryInstance
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """Record what the table says."""
        return _add_requests(self.name, arguments, at, self.owner)


@interned_dataclass
class UnlistedMethod(AbstractObject):
    """A method of a class that calls AWS, which the table does not have; or an attribute."""

    name: str

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """Something that the library made."""
        return _RESULT

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """Report that it is not known what it calls."""
        at.doubt(f"whether {self.name} calls AWS, and with which operations, is not known")
        return _RESULT


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
            FUNCTIONS.setdefault(owner, _helper_constructor(owner))
        elif not owner.endswith("*"):
            FUNCTIONS[name] = _helper_function(name)
        if method[:1].isupper():
            FUNCTIONS[name] = _helper_constructor(name)
        elif owner.endswith("*"):
            FUNCTIONS[name] = _helper_function(name)


def _helper_function(name: str) -> ExternFunction:
    """The meaning of a function of the table."""

    def call(arguments: ArgumentValues, at: Site) -> Values:
        return _add_requests(name, arguments, at, None)

    return call


def _helper_constructor(name: str) -> ExternFunction:
    """The meaning of a class of the table: an object that remembers its arguments."""

    def call(arguments: ArgumentValues, at: Site) -> Values:
        """The object; a constructor with rows of its own makes requests too."""
        made = LibraryInstance(name, at.site, at.unit.context)
        for position, values in enumerate(arguments.positional):
            at.write((made, position), values)
        for keyword, values in arguments.keywords.items():
            at.write((made, keyword), values)
        if name in helper_rows():
            _add_requests(name, arguments, at, None)
        return frozenset({made})

    return call


def _add_requests(name: str, arguments: ArgumentValues, at: Site, owner: LibraryInstance | None) -> Values:
    """Record the requests of a helper's rows, and report those that the table does not know exactly."""
    for row in helper_rows()[name]:
        parameters = {
            key: values
            for part in row["parameters"].split()
            for key, values in [_parameter(part, arguments, at, owner)]
        }
        if row["operation"] == "@signed":
            services = ", ".join(literals_of(parameters.get("Service", NOTHING))) or "a service that is not known"
            at.doubt(f"HTTP requests are signed for {services}: which requests is not known")
        elif row["operation"].startswith(_WITH):
            keyword = row["operation"].removeprefix(_WITH)
            if keyword in arguments.keywords:
                at.doubt(f"with `{keyword}` it also calls {row['client']}: which calls and resources is not known")
        elif row["operation"] != _NO_CALL:
            paths = parameters.pop("Path", None) if row["client"] == "s3" else None
            for operation in _operations(row["operation"], arguments, paths or NOTHING):
                _add_request(row["client"], operation, parameters, paths, name, at)
    return frozenset({ExternObject(f"{name.partition('.')[0]}.*")})


def _add_request(
    client: str, operation: str, parameters: dict[str, Values], paths: Values | None, name: str, at: Site
) -> None:
    """Record one request; with addresses `s3://bucket/key`, if one of them may be of S3."""
    sent = dict(parameters)
    if paths is not None:
        place = address_parameters(name.partition(".")[0], paths, at)
        if place is None:
            return
        sent.update(place)
        if operation.startswith("List"):
            sent["Prefix"] = sent.pop("Key")
    ClientObject(client).request(operation, sent, at, helper=name)


def _operations(written: str, arguments: ArgumentValues, paths: Values) -> list[str]:
    """The operations that an operation of the table means here."""
    if written == _MODE:
        return _mode_operations(arguments.get(1, "mode") - NONE)
    if written != _GLOB:
        return [written]
    # An address that is not known may have wildcards too, but hardly ever has.
    ends = (obj.as_text for obj in paths)
    return ["ListObjectsV2"] if any(text and _is_listed(text) for text in ends) else []


def _is_listed(text: Text) -> bool:
    """Whether an address has wildcards, or is that of a folder."""
    last = text[-1]
    is_folder = isinstance(last, str) and last.endswith("/")
    return is_folder or any(isinstance(part, str) and any(sign in part for sign in "*?[") for part in text)


def _mode_operations(modes: Values) -> list[str]:
    """What opening a file in a mode needs: appending reads what is there; a mode that is not known may be any."""
    if not modes:
        return ["GetObject"]
    literals = [literal_of(obj.as_text) if obj.as_text is not None else None for obj in modes]
    reads = any(mode is None or mode[:1] == "a" or "r" in mode or "+" in mode for mode in literals)
    writes = any(mode is None or mode[:1] in "wax" or "+" in mode for mode in literals)
    return [*(["GetObject"] if reads else []), *(["PutObject"] if writes else [])]


def _parameter(part: str, arguments: ArgumentValues, at: Site, owner: LibraryInstance | None) -> tuple[str, Values]:
    """A parameter by `NAME=PLACE:KEYWORD`: from the arguments, or with `self` from those of the constructor."""
    key, _, place = part.partition("=")
    steps = place.split(":")
    if steps[0] == "self":
        values = at.read((owner, int(steps[1]))) | at.read((owner, steps[2]))
    else:
        values = arguments.get(int(steps[0]), steps[1])
    if steps[-1] == "keys":
        values = frozenset(item for obj in values for item in obj.elements(at))
    return key, values or UNKNOWN


# A method that makes no calls.
_RESULT: Values = frozenset({HarmlessObject("data")})
