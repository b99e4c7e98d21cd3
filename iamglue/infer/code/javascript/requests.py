"""What the SDKs' calls add to the machine: requests with their parameters, and clients with their options."""

from __future__ import annotations

from iamglue.infer.code.javascript.evaluation import CallSite, call, member
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import NotedRequest, PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    UNKNOWN,
    ScriptClient,
    ScriptCommand,
    ScriptCredentials,
    ScriptFunction,
    ScriptObject,
    ScriptResponse,
    Value,
    join,
)


def add_request(
    machine: ScriptMachine,
    site: CallSite,
    operation: tuple[str, str],
    parameters: Value,
    *,
    sender: ScriptObject | None = None,
    helper: str = "",
) -> Value:
    """Note a request of (client, operation) at a call, and give what it responds."""
    client, name = operation
    activation = machine.current
    path = activation.info.path if activation is not None else ""
    key = (site, client, name, helper, activation, machine.element)
    request = machine.add_request(key, NotedRequest(client, name, path, site.at, parameters, helper))
    if sender is not None:
        request.clients.setdefault(sender)
    return response(machine, client, name, key)


def response(machine: ScriptMachine, client: str, operation: str, key: object) -> Value:
    """The response of a request, the same for each evaluation of its call."""
    return frozenset({machine.intern(("response", key, ()), lambda: ScriptResponse(client, operation, key))})


def new_client(machine: ScriptMachine, site: CallSite, client: str, style: str, options: Value) -> Value:
    """A client that is made at a call, with its options."""
    made = machine.intern(("client", site, machine.current, client, style), lambda: ScriptClient(client, style))
    machine.imported_clients.add(client)
    machine.write((made, "options"), options)
    given = member(machine, options, "credentials")
    machine.write((made, "credentials"), join(given, call(machine, _functions(given), PassedArguments(), site)))
    return frozenset({made})


def _functions(value: Value) -> Value:
    """The functions that give a client's credentials."""
    return frozenset(option for option in value if isinstance(option, ScriptFunction))


def send(machine: ScriptMachine, client: ScriptClient, commands: Value) -> Value:
    """Send commands with a client."""
    result: Value = frozenset()
    for command in commands:
        if isinstance(command, ScriptCommand):
            request = machine.requests.get(command.key)
            if request is None:
                result = join(result, UNKNOWN)
                continue
            request.clients.setdefault(client)
            result = join(result, response(machine, command.client, command.operation, command.key))
    return result or UNKNOWN


def unknown_command(machine: ScriptMachine, site: CallSite) -> Value:
    """A command of an operation that is not known, which is reported where it is made and not where it is sent."""
    return frozenset({machine.intern(("unknown command", site), lambda: ScriptCommand("", "", site))})


def new_role(machine: ScriptMachine, site: CallSite, role: Value) -> Value:
    """Credentials of a role, whose ARN is `role`."""
    made = machine.intern(("role", site, machine.current), lambda: ScriptCredentials(site))
    machine.write((made, "role"), role)
    return frozenset({made})
