"""Calls whose receiver is not known, but whose method and arguments are those of an operation of AWS."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.infer.code.javascript.atoms import Activation, ObjectAtom, Value
from iamglue.infer.code.javascript.evaluation import REST, CallSite, is_unfilled
from iamglue.infer.code.javascript.machine import CallArguments, NotedRequest, ScriptMachine, UncertainCall
from iamglue.infer.code.javascript.sdk_names import document_operation, operation_of
from iamglue.infer.code.sdk_models import input_members, required_members

_MAX_CANDIDATES = 8


def note_untyped_call(
    machine: ScriptMachine, receiver: Value, name: str, arguments: CallArguments, site: CallSite
) -> None:
    """Note a call to be checked when all values are known, if its receiver is not known so far."""
    about = f"untyped {name}"
    if receiver and not is_unfilled(receiver):
        machine.forget_check(site, about)
    elif any(isinstance(atom, ObjectAtom) for atom in arguments.at(0)):
        machine.check(site, about, _check(machine, name, arguments.at(0), site))


def _check(
    machine: ScriptMachine, name: str, parameters: Value, site: CallSite
) -> Callable[[Activation], UncertainCall | None]:
    def check(activation: Activation) -> UncertainCall | None:
        keys = _keys(machine, parameters)
        operations = [] if not keys else _operations(machine.imported_clients, name, keys)
        if len(operations) == 1:
            client, operation = operations[0]
            request = NotedRequest(client, operation, activation.info.path, site.at, parameters, is_by_name=True)
            machine.add_request((site, client, operation, "by name", activation), request)
            request.context, request.is_reached = activation, activation.is_reached
        if len(operations) <= 1:
            return None
        candidates = tuple(f"{client}.{operation}" for client, operation in operations[:_MAX_CANDIDATES])
        reason = "the method and its parameters are those of several services, and its object is not known"
        return UncertainCall(activation.info.path, site.at, site.text, reason, candidates)

    return check


def _keys(machine: ScriptMachine, parameters: Value) -> set[str]:
    """The names of the members of the first argument, if it is always an object that the program writes."""
    keys: set[str] = set()
    for atom in parameters:
        if not isinstance(atom, ObjectAtom) or atom.kind != "object":
            return set()
        keys |= set(machine.field_names(atom)) - {REST}
    return keys


def _operations(clients: set[str], name: str, keys: set[str]) -> list[tuple[str, str]]:
    """The operations that a method of that name may be, by the members that it is given."""
    matches: list[tuple[str, str]] = []
    for client in sorted(clients):
        names = {operation_of(client, name), document_operation(name) if client == "dynamodb" else None}
        for operation in sorted(filter(None, names)):
            members = input_members(client, operation) or frozenset()
            if keys <= members and required_members(client, operation) <= keys:
                matches.append((client, operation))
    return matches
