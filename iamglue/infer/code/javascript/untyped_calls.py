"""Calls whose receiver is not known, but whose method and arguments are those of an operation of AWS."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.catalog.sdk_methods import method_clients, snake_case_name
from iamglue.infer.code.javascript.evaluation import REST, CallSite, is_unfilled
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import NotedRequest, PassedArguments, UncertainCall
from iamglue.infer.code.javascript.requests import unknown_command
from iamglue.infer.code.javascript.script_objects import EMPTY, Activation, PackageMember, ScriptCollection, Value
from iamglue.infer.code.javascript.sdk_names import document_operation, operation_of
from iamglue.infer.code.javascript.syntax import New
from iamglue.infer.code.sdk_models import input_members, required_members

_MAX_CANDIDATES = 8


def note_untyped_call(
    machine: ScriptMachine, receiver: Value, name: str, arguments: PassedArguments, site: CallSite
) -> None:
    """Note a call to be checked when all values are known, if its receiver is not known so far."""
    about = f"untyped {name}"
    others = frozenset(option for option in receiver if not _is_of_library(option))
    if others and not is_unfilled(others):
        machine.forget_check(site, about)
    elif any(isinstance(option, ScriptCollection) for option in arguments.at(0)):
        machine.check(site, about, _operation_check(machine, name, arguments.at(0), site))


def note_unknown_command(machine: ScriptMachine, callee: Value, site: New) -> Value:
    """Note `new` of a class that is not known and is named like a command of a service that the program uses.

    It gives a command that is not reported again where it is sent, or nothing.
    """
    name = site.text.rpartition(".")[2].removeprefix("new ")
    about = "unknown command"
    is_unknown = name.endswith("Command") and (not callee or is_unfilled(callee))
    operations = _named_operations(machine.imported_clients, name.removesuffix("Command")) if is_unknown else []
    if not operations:
        machine.forget_check(site, about)
        return EMPTY
    candidates = tuple(f"{client}.{operation}" for client, operation in operations[:_MAX_CANDIDATES])
    reason = "the class of the command is not known"
    machine.check(
        site,
        about,
        lambda activation: UncertainCall(activation.info.path, site.at, site.text, reason, candidates),
    )
    return unknown_command(machine, site)


def _named_operations(clients: set[str], name: str) -> list[tuple[str, str]]:
    """The operations of clients that a method or command may name."""
    return [
        (client, operation)
        for client in sorted(clients)
        for operation in sorted(
            filter(None, {operation_of(client, name), document_operation(name) if client == "dynamodb" else None})
        )
    ]


def _is_of_library(option: object) -> bool:
    """Whether something comes from a package, or a file that is not there, of which nothing is known."""
    return isinstance(option, PackageMember) and not option.package.startswith(
        ("global", "own:", "@aws-sdk/", "aws-sdk")
    )


def _operation_check(
    machine: ScriptMachine, name: str, parameters: Value, site: CallSite
) -> Callable[[Activation], UncertainCall | None]:
    """The check of a call, to be made when all values are known: the request, a report, or None."""

    def check(activation: Activation) -> UncertainCall | None:
        """Note the request of the only operation that fits; report the call if several do."""
        keys = _keys(machine, parameters)
        operations = [] if not keys else _operations(machine.imported_clients, name, keys)
        if len(operations) == 1:
            client, operation = operations[0]
            request = NotedRequest(client, operation, activation.info.path, site.at, parameters, is_by_name=True)
            machine.add_request((site, client, operation, "by name", activation), request)
            request.context, request.is_reached = activation, activation.is_reached
        if len(operations) == 1 or not keys:
            return None
        if not operations:
            return _call_of_other_service(activation, name, keys, site)
        candidates = tuple(f"{client}.{operation}" for client, operation in operations[:_MAX_CANDIDATES])
        reason = "the method and its parameters are those of several services, and its object is not known"
        return UncertainCall(activation.info.path, site.at, site.text, reason, candidates)

    return check


def _call_of_other_service(activation: Activation, name: str, keys: set[str], site: CallSite) -> UncertainCall | None:
    """A call that looks like one of a service of which the program imports no client: another package may make it."""
    known = {client for client, _ in method_clients(snake_case_name(name))}
    operations = _operations(known, name, keys) if any(key[:1].isupper() for key in keys) else []
    if not operations:
        return None
    candidates = tuple(f"{client}.{operation}" for client, operation in operations[:_MAX_CANDIDATES])
    reason = "the method and its parameters are those of AWS, and its object is not known"
    return UncertainCall(activation.info.path, site.at, site.text, reason, candidates)


def _keys(machine: ScriptMachine, parameters: Value) -> set[str]:
    """The names of the members of the first argument, if it is always an object that the program writes."""
    keys: set[str] = set()
    for option in parameters:
        if not isinstance(option, ScriptCollection) or option.kind != "object":
            return set()
        keys |= set(machine.field_names(option)) - {REST}
    return keys


def _operations(clients: set[str], name: str, keys: set[str]) -> list[tuple[str, str]]:
    """The operations that a method of that name may be, by the members that it is given."""
    return [
        (client, operation)
        for client, operation in _named_operations(clients, name)
        if keys <= (input_members(client, operation) or frozenset()) and required_members(client, operation) <= keys
    ]
