"""Functions and classes of libraries whose documentation says which requests they make: `javascript_helpers.tsv`."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.javascript.checked_environments import read_variable
from iamglue.infer.code.javascript.evaluation import METHODS, CallSite, call_unknown, member
from iamglue.infer.code.javascript.list_methods import LIST_METHODS, call_list_method
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.object_members import member_names
from iamglue.infer.code.javascript.requests import add_request, new_client, new_role
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    NOTHING,
    UNKNOWN,
    PackageMember,
    ScriptClient,
    ScriptHelper,
    Value,
    literal_text,
)
from iamglue.infer.code.javascript.syntax import New

_Row = dict[str, str]


@cache
def _helper_rows() -> dict[tuple[str, str], tuple[_Row, ...]]:
    """The rows of the table by package and member."""
    rows: dict[tuple[str, str], tuple[_Row, ...]] = {}
    for row in table_rows("javascript_helpers"):
        key = (row["package"], row["member"])
        rows[key] = (*rows.get(key, ()), row)
    return rows


@cache
def _classes() -> frozenset[tuple[str, str]]:
    """The classes whose methods have rows."""
    return frozenset((package, name.partition("().")[0]) for package, name in _helper_rows() if "()." in name)


def call_documented_helper(
    machine: ScriptMachine, external: PackageMember, arguments: PassedArguments, site: CallSite
) -> Value | None:
    """What a documented function, or class, gives; None if it is none."""
    name = ".".join(external.names) or "default"
    unfixed = _helper_rows().get((external.package, "*"), ())
    for row in unfixed:
        machine.uncertain(site, site.text, _reason(row))
    rows = _helper_rows().get((external.package, name))
    is_class = (external.package, name) in _classes() or (bool(unfixed) and isinstance(site, New))
    if rows is None and not is_class:
        return None
    _add_requests(machine, rows or (), arguments, EMPTY, site)
    given = call_unknown(machine, arguments)
    if isinstance(site, New) or is_class:
        made = machine.intern(("helper", site, machine.current), lambda: ScriptHelper(external.package, name))
        machine.write((made, "options"), arguments.at(0))
        return frozenset({made})
    return given


def _reason(row: _Row) -> str:
    """Why the calls of a package are not resolved, by a row that lists no operations."""
    if row["client"] == "-":
        return f"{row['package']} signs requests, and their operations are not known"
    return f"{row['package']} calls {row['client']}, and its documentation does not say with which operations"


def _helper_method(
    machine: ScriptMachine, helper: ScriptHelper, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """Note the requests that the documentation lists for a method, and give its result."""
    variable = read_variable(helper.package, name, arguments)
    if variable is not None:
        return variable
    rows = _helper_rows().get((helper.package, f"{helper.name}().{name}"))
    if rows is not None:
        _add_requests(machine, rows, arguments, machine.read((helper, "options")), site)
    if name in LIST_METHODS and rows is None:
        return call_list_method(machine, helper, name, arguments, site)
    return call_unknown(machine, arguments)


def _add_requests(
    machine: ScriptMachine, rows: tuple[_Row, ...], arguments: PassedArguments, options: Value, site: CallSite
) -> None:
    """Add the requests that a documented helper makes with these arguments, by the rows of its table."""
    for row in rows:
        written = dict(part.split("=") for part in row["parameters"].split())
        values = {
            name: _filter_paths(_value_at(machine, path, arguments, options), path) for name, path in written.items()
        }
        if None in values.values() or not _is_set(values.pop(_IF, None) or (EMPTY if _IF in written else UNKNOWN)):
            continue
        parameters = machine.new_object((site, row["operation"]), "object")
        for name, value in values.items():
            machine.set_field(parameters, name, value or UNKNOWN)
        senders: list[ScriptClient | None] = [
            client
            for source in (options, arguments.at(0))
            for key in _CLIENT_OPTIONS
            for client in member(machine, source, key)
            if isinstance(client, ScriptClient)
        ]
        made = _client_of_options(machine, row["client"], arguments.at(0), site)
        for sender in [*senders, *made] or [None]:
            operation = (row["client"], row["operation"])
            add_request(machine, site, operation, frozenset({parameters}), sender=sender, helper=site.text)


def _client_of_options(machine: ScriptMachine, client: str, options: Value, site: CallSite) -> list[ScriptClient]:
    """The client that a middleware of middy makes with its options; none if the options do not say how.

    With `awsClientAssumeRole` it uses the credentials that `@middy/sts` put under that name, so another role's.
    https://middy.js.org/docs/middlewares/sts
    """
    given, assumed = member(machine, options, "awsClientOptions"), member(machine, options, "awsClientAssumeRole")
    if assumed and _is_set(assumed):
        as_role = machine.new_object(("options of a role", site, client), "object")
        machine.set_field(as_role, "credentials", new_role(machine, site, UNKNOWN))
        machine.set_field(as_role, "region", member(machine, given, "region"))
        given = frozenset({as_role})
    made = new_client(machine, site, client, "v3", given) if given else frozenset()
    return [made_client for made_client in made if isinstance(made_client, ScriptClient)]


def _filter_paths(value: Value, path: str) -> Value | None:
    """The texts of a value that its path takes: `PATH/` those that end with a slash, `PATH!/` the others.

    None if it takes none of them.
    """
    if not path.endswith("/"):
        return value
    is_folder = not path.endswith("!/")
    texts = {option: literal_text(option) for option in value}
    chosen = frozenset(option for option, text in texts.items() if text is None or text.endswith("/") == is_folder)
    return chosen if chosen or not value else None


def _is_set(value: Value) -> bool:
    """Whether an option may be one that is not false."""
    return any(option is not NOTHING and literal_text(option) not in ("", "false") for option in value)


# The name of the option without which there is no request.
_IF = "?"
# What libraries call the option that gives them a client.
_CLIENT_OPTIONS = ("awsSdkV3Client", "awsSdkClient", "client")


def _value_at(machine: ScriptMachine, path: str, arguments: PassedArguments, options: Value) -> Value:
    """The value at a path: `0.tableName` of the first argument, `new.tableName` of the constructor's.

    `*` is any member, and `names` the names of the members.
    """
    first, *names = path.removesuffix("/").removesuffix("!").split(".")
    value = options if first == "new" else arguments.at(int(first))
    for name in names:
        value = member_names(machine, value) if name == "names" else member(machine, value, name)
    return value


METHODS[ScriptHelper] = _helper_method
