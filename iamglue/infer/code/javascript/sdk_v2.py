"""Calls of the SDK for JavaScript v2, and methods of clients, which v3 has too.

https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/index.html
"""

from __future__ import annotations

from collections.abc import Callable

from iamglue.infer.code.javascript.bound_parameters import with_bound_parameters
from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    CALLS,
    MEMBERS,
    METHODS,
    CallSite,
    call,
    call_unknown,
    member,
)
from iamglue.infer.code.javascript.list_methods import LIST_METHODS, call_list_method
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments, UncertainCall
from iamglue.infer.code.javascript.object_members import method_of
from iamglue.infer.code.javascript.requests import add_request, new_client, new_role, send
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    Activation,
    PackageMember,
    PromiseSettler,
    ScriptClient,
    ScriptCommand,
    ScriptFunction,
    ScriptResponse,
    Value,
    join,
    literal_texts,
)
from iamglue.infer.code.javascript.sdk_names import (
    client_of_class,
    document_operation,
    operation_of,
    operations,
    waiter_operation,
)

ClientMethod = Callable[[ScriptMachine, ScriptClient, PassedArguments, CallSite], Value]

# Methods of clients that make no request: AWS.Service and Client in the documentation of the SDKs.
_WITHOUT_REQUEST = frozenset(
    [
        "destroy",
        "config",
        "middlewareStack",
        "on",
        "once",
        "off",
        "customizeRequests",
        "setupRequestListeners",
        "defineService",
        "setRegion",
        "addNamedListener",
        "removeListener",
        "createSet",
        "toString",
    ]
)


def call_v2(machine: ScriptMachine, external: PackageMember, arguments: PassedArguments, site: CallSite) -> Value:
    """What a call, or `new`, of a member of the package aws-sdk gives."""
    names = external.names
    made = client_of_class(external)
    if made is not None:
        return _client(machine, made, arguments, site)
    if names == ("S3", "ManagedUpload"):
        parameters = member(machine, arguments.at(0), "params")
        senders = member(machine, arguments.at(0), "service")
        return _add_managed_upload(machine, senders, parameters, site)
    if names in (("TemporaryCredentials",), ("ChainableTemporaryCredentials",)):
        given = arguments.at(0)
        parameters = member(machine, given, "params") if names[0].startswith("Chainable") else given
        add_request(machine, site, ("sts", "AssumeRole"), parameters, helper=names[0])
        return new_role(machine, site, member(machine, parameters, "RoleArn"))
    if names in (("WebIdentityCredentials",), ("CognitoIdentityCredentials",), ("TokenFileWebIdentityCredentials",)):
        return new_role(machine, site, member(machine, arguments.at(0), "RoleArn") or UNKNOWN)
    if names == ("config", "update"):
        machine.write(("v2", "options"), arguments.at(0))
        return UNKNOWN
    if names == (ANY_KEY,):
        reason = "the name of the service is not known"
        machine.uncertain(site, site.text, reason)
    return call_unknown(machine, arguments)


def _client(machine: ScriptMachine, made: tuple[str, str], arguments: PassedArguments, site: CallSite) -> Value:
    """A client; `service` among the options of a document client is the client that it uses."""
    client = new_client(machine, site, *made, arguments.at(0))
    base = member(machine, arguments.at(0), "service")
    for option in client:
        machine.write((option, "base"), base)
        machine.write((option, "v2 options"), machine.read(("v2", "options")))
    return client


def _add_managed_upload(machine: ScriptMachine, senders: Value, parameters: Value, site: CallSite) -> Value:
    """Note the upload of `new AWS.S3.ManagedUpload({params, service})`, and which clients send it."""
    operation, helper = ("s3", "PutObject"), "ManagedUpload"
    result = add_request(machine, site, operation, parameters, helper=helper)
    for sender in senders:
        if isinstance(sender, ScriptClient):
            add_request(machine, site, operation, parameters, sender=sender, helper=helper)
    return result


def _client_method(
    machine: ScriptMachine, client: ScriptClient, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """A method of a client: an operation, or one of the helpers."""
    helper = _HELPERS.get((client.client, name)) or _HELPERS.get(("", name))
    if helper is not None:
        return helper(machine, client, arguments, site)
    operation = _operation(client, name)
    if operation is not None:
        return _request(machine, client, operation, arguments, site, "")
    if name == ANY_KEY:
        reason = f"the method of the client of {client.client} is not known"
        machine.uncertain(site, site.text, reason)
    elif name not in _WITHOUT_REQUEST and not name.startswith("_"):
        machine.check(site, "method", lambda activation: _no_operation(machine, activation, client, name, site))
    return call_unknown(machine, arguments)


def _operation(client: ScriptClient, name: str) -> str | None:
    """The operation of a client's method; None for a helper or an unknown name. A document client has its own names."""
    if client.style == "document":
        document = document_operation(name)
        if document is not None:
            return document
    return operation_of(client.client, name) if name[:1].islower() else None


def _no_operation(
    machine: ScriptMachine, activation: Activation, client: ScriptClient, name: str, site: CallSite
) -> UncertainCall | None:
    """A method that the client has not; nothing if another client that may be meant here has it."""
    path = activation.info.path
    if any(request.at == site.at and request.path == path for request in machine.requests.values()):
        return None
    close = [f"{client.client}.{known}" for key, known in operations(client.client).items() if key.startswith(name)]
    reason = f"the client of {client.client} has no method {name} that is known"
    return UncertainCall(path, site.at, site.text, reason, tuple(close[:5]))


def _request(
    machine: ScriptMachine,
    client: ScriptClient,
    operation: str,
    arguments: PassedArguments,
    site: CallSite,
    helper: str,
) -> Value:
    """A request with its input as first argument, and perhaps a callback as last."""
    first = frozenset(option for option in arguments.at(0) if not isinstance(option, ScriptFunction | PromiseSettler))
    if client.style != "v3":
        first = with_bound_parameters(machine, client, operation, first, site)
    result = add_request(machine, site, (client.client, operation), first, sender=client, helper=helper)
    for argument in (*arguments.values, arguments.rest):
        callbacks = frozenset(option for option in argument if isinstance(option, ScriptFunction | PromiseSettler))
        call(machine, callbacks, PassedArguments((EMPTY, result)), site)
    return result


def _send(machine: ScriptMachine, client: ScriptClient, arguments: PassedArguments, site: CallSite) -> Value:
    """Send a command as v3 does, also with a callback; one that is not known is reported."""
    commands = arguments.at(0)
    machine.check(site, "send", lambda activation: _unknown_command(activation, commands, site))
    result = send(machine, client, commands)
    for argument in arguments.values[1:]:
        call(machine, argument, PassedArguments((EMPTY, result)), site)
    return result


def _unknown_command(activation: Activation, commands: Value, site: CallSite) -> UncertainCall | None:
    """The report of a sent command of which no request is known; None if one is."""
    if any(isinstance(command, ScriptCommand) for command in commands):
        return None
    return UncertainCall(activation.info.path, site.at, site.text, "the command that is sent is not known")


def _by_name(machine: ScriptMachine, client: ScriptClient, arguments: PassedArguments, site: CallSite) -> Value:
    """`getSignedUrl("getObject", params)` and `makeRequest`: the operation's name is the first argument."""
    names = literal_texts(arguments.at(0))
    given = PassedArguments(arguments.values[1:], arguments.rest, arguments.is_open)
    helper = site.text.rpartition(".")[2]
    for name in names:
        operation = _operation(client, name)
        if operation is not None:
            _request(machine, client, operation, given, site, helper)
    first = arguments.at(0)
    machine.check(site, "operation", lambda activation: _unknown_name(activation, client, first, site))
    return UNKNOWN


def _unknown_name(activation: Activation, client: ScriptClient, first: Value, site: CallSite) -> UncertainCall | None:
    """The report of an operation's name that is not known; None if all names are those of operations."""
    names = literal_texts(first)
    if names and len(names) == len(first) and all(_operation(client, name) for name in names):
        return None
    return UncertainCall(activation.info.path, site.at, site.text, "the name of the operation is not known")


def _wait_for(machine: ScriptMachine, client: ScriptClient, arguments: PassedArguments, site: CallSite) -> Value:
    """The requests of `waitFor(state, parameters)`; a state that is not known is reported."""
    names = literal_texts(arguments.at(0))
    known = [operation for name in names if (operation := waiter_operation(client.client, name))]
    given = PassedArguments(arguments.values[1:], arguments.rest, arguments.is_open)
    if not known:
        reason = "the state that is waited for is not known"
        machine.uncertain(site, site.text, reason)
    result = EMPTY
    for operation in known:
        result = join(result, _request(machine, client, operation, given, site, "waitFor"))
    return result or UNKNOWN


def _upload(machine: ScriptMachine, client: ScriptClient, arguments: PassedArguments, site: CallSite) -> Value:
    return _request(machine, client, "PutObject", arguments, site, "upload")


def _presigned_post(machine: ScriptMachine, client: ScriptClient, arguments: PassedArguments, site: CallSite) -> Value:
    return _request(machine, client, "PutObject", arguments, site, "createPresignedPost")


_HELPERS: dict[tuple[str, str], ClientMethod] = {
    ("", "send"): _send,
    ("", "makeRequest"): _by_name,
    ("", "getSignedUrl"): _by_name,
    ("", "getSignedUrlPromise"): _by_name,
    ("", "waitFor"): _wait_for,
    ("s3", "upload"): _upload,
    ("s3", "createPresignedPost"): _presigned_post,
}


def _client_member(machine: ScriptMachine, client: ScriptClient, name: str) -> Value:
    return method_of(machine, client, name) if name not in ("config", "middlewareStack") else UNKNOWN


def _response_method(
    machine: ScriptMachine, response: ScriptResponse, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """Of a request (`promise`, `send`, `eachPage`), or of what it gives."""
    if name == "promise":
        return frozenset({response})
    if name in ("send", "eachPage", "eachItem"):
        return call(machine, arguments.at(0), PassedArguments((EMPTY, frozenset({response}), UNKNOWN)), site)
    if name in LIST_METHODS:
        return call_list_method(machine, response, name, arguments, site)
    return call_unknown(machine, arguments)


def _call_client(machine: ScriptMachine, _client: ScriptClient, arguments: PassedArguments, _site: CallSite) -> Value:
    return call_unknown(machine, arguments)


MEMBERS[ScriptClient] = _client_member
METHODS[ScriptClient] = _client_method
METHODS[ScriptResponse] = _response_method
CALLS[ScriptClient] = _call_client
