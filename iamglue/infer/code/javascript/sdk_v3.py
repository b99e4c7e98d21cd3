"""Calls of the SDK for JavaScript v3: clients, commands, paginators, waiters, uploads, presigned URLs, credentials.

https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/
"""

from __future__ import annotations

from collections.abc import Callable

from iamglue.infer.code.javascript.evaluation import ELEMENTS, CallSite, call_unknown, member
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.requests import add_request, new_client, new_role, send, unknown_command
from iamglue.infer.code.javascript.script_objects import (
    UNKNOWN,
    PackageMember,
    ScriptClient,
    ScriptCommand,
    Value,
    join,
)
from iamglue.infer.code.javascript.sdk_names import (
    DOCUMENT_PACKAGE,
    V3_SCOPE,
    client_of_class,
    document_operation,
    operation_of,
    package_clients,
    waiter_operation,
)

_Helper = Callable[[ScriptMachine, PassedArguments, CallSite], Value]


def call_v3(machine: ScriptMachine, external: PackageMember, arguments: PassedArguments, site: CallSite) -> Value:
    """What a call, or `new`, of a member of a package of the SDK v3 gives."""
    package, names = external.package, external.names
    helper = _HELPERS.get((package.removeprefix(V3_SCOPE), names[-1] if names else ""))
    if helper is not None:
        return helper(machine, arguments, site)
    made = client_of_class(external)
    if made is not None:
        return new_client(machine, site, *made, arguments.at(0))
    if package == DOCUMENT_PACKAGE:
        return _document(machine, names, arguments, site)
    short = package.removeprefix(V3_SCOPE)
    client = package_clients().get(short)
    if client is not None and names:
        return _service(machine, client, names[-1], arguments, site)
    if short.startswith("client-") and names and names[-1].endswith(("Command", "Client")):
        machine.uncertain(site, site.text, f"the package {package} belongs to no known service")
        return unknown_command(machine, site)
    return call_unknown(machine, arguments)


def _service(machine: ScriptMachine, client: str, name: str, arguments: PassedArguments, site: CallSite) -> Value:
    """A command, paginator or waiter of a service's package."""
    if name.endswith("Command"):
        return _command(machine, client, operation_of(client, name.removesuffix("Command")), arguments, site)
    if name.startswith("paginate"):
        return _paginate(machine, client, operation_of(client, name.removeprefix("paginate")), arguments, site)
    for prefix in ("waitUntil", "waitFor"):
        if name.startswith(prefix):
            operation = waiter_operation(client, name.removeprefix(prefix))
            return _call_configured_helper(machine, client, operation, arguments, site)
    return UNKNOWN


def _command(
    machine: ScriptMachine, client: str, operation: str | None, arguments: PassedArguments, site: CallSite
) -> Value:
    """A command: it counts as a request where it is made, as it serves no other purpose than to be sent."""
    if operation is None:
        machine.uncertain(site, site.text, f"the service {client} has no known operation of this name")
        return unknown_command(machine, site)
    key = (site, client, operation, "", machine.current, machine.element)
    add_request(machine, site, (client, operation), arguments.at(0))
    command = machine.intern(("command", key), lambda: ScriptCommand(client, operation, key))
    machine.write((command, "input"), arguments.at(0))
    return frozenset({command})


def _document(machine: ScriptMachine, names: tuple[str, ...], arguments: PassedArguments, site: CallSite) -> Value:
    """`DynamoDBDocumentClient.from(client)`, and commands and paginators of the document client."""
    name = names[-1] if names else ""
    if name == "from" and len(names) == 2:
        made = new_client(machine, site, "dynamodb", "document", frozenset())
        for client in made:
            machine.write((client, "base"), arguments.at(0))
        return made
    if name.endswith("Command"):
        return _command(machine, "dynamodb", document_operation(name.removesuffix("Command")), arguments, site)
    if name.startswith("paginate"):
        return _paginate(machine, "dynamodb", document_operation(name.removeprefix("paginate")), arguments, site)
    return UNKNOWN


def _paginate(
    machine: ScriptMachine, client: str, operation: str | None, arguments: PassedArguments, site: CallSite
) -> Value:
    """A list of the pages, each a response of the operation."""
    pages = machine.new_object(site, "array")
    machine.set_field(pages, ELEMENTS, _call_configured_helper(machine, client, operation, arguments, site))
    return frozenset({pages})


def _call_configured_helper(
    machine: ScriptMachine, client: str, operation: str | None, arguments: PassedArguments, site: CallSite
) -> Value:
    """A helper that takes `{client, ...}` and the operation's input."""
    if operation is None:
        machine.uncertain(site, site.text, f"the service {client} has no known helper of this name")
        return UNKNOWN
    return _send(machine, (client, operation), member(machine, arguments.at(0), "client"), arguments.at(1), site)


def _send(
    machine: ScriptMachine,
    operation: tuple[str, str],
    senders: Value,
    parameters: Value,
    site: CallSite,
    helper: str = "",
) -> Value:
    """Note a request of a helper, by each of the clients that may send it."""
    helper = helper or site.text.rpartition(".")[2]
    result = add_request(machine, site, operation, parameters, helper=helper)
    for sender in senders:
        if isinstance(sender, ScriptClient):
            result = join(result, add_request(machine, site, operation, parameters, sender=sender, helper=helper))
    return result


def _upload(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """`new Upload({client, params})`: all its requests are authorized by s3:PutObject, but the one that cleans up.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    options = arguments.at(0)
    senders, parameters = member(machine, options, "client"), member(machine, options, "params")
    return _send(machine, ("s3", "PutObject"), senders, parameters, site, "Upload")


def _signed_url(machine: ScriptMachine, arguments: PassedArguments, _site: CallSite) -> Value:
    """A URL makes the request of its command with the client's credentials."""
    for client in arguments.at(0):
        if isinstance(client, ScriptClient):
            send(machine, client, arguments.at(1))
    return UNKNOWN


def _presigned_post(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    _send(machine, ("s3", "PutObject"), arguments.at(0), arguments.at(1), site)
    return UNKNOWN


def _temporary_credentials(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """`fromTemporaryCredentials`: those of a role that it assumes, by a request of its own.

    https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-credential-providers/
    """
    parameters = member(machine, arguments.at(0), "params")
    add_request(machine, site, ("sts", "AssumeRole"), parameters, helper="fromTemporaryCredentials")
    return new_role(machine, site, member(machine, parameters, "RoleArn"))


def _other_credentials(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """Credentials of a web identity or of Amazon Cognito: of a role, but the execution role does not assume it."""
    return new_role(machine, site, member(machine, arguments.at(0), "roleArn") or UNKNOWN)


_HELPERS: dict[tuple[str, str], _Helper] = {
    ("lib-storage", "Upload"): _upload,
    ("s3-request-presigner", "getSignedUrl"): _signed_url,
    ("s3-presigned-post", "createPresignedPost"): _presigned_post,
    ("credential-providers", "fromTemporaryCredentials"): _temporary_credentials,
    ("credential-providers", "fromTokenFile"): _other_credentials,
    ("credential-providers", "fromWebToken"): _other_credentials,
    ("credential-providers", "fromCognitoIdentity"): _other_credentials,
    ("credential-providers", "fromCognitoIdentityPool"): _other_credentials,
}
