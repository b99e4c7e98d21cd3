"""From the machine's values to the values and calls that all readers of code give."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iamglue.infer.code.calls import CallBasis, CodePlace, SdkCall
from iamglue.infer.code.javascript.atoms import (
    EMPTY,
    MANY_ATOM,
    ClientAtom,
    ObjectAtom,
    ResponseAtom,
    RoleAtom,
    Value,
    join,
    literal_texts,
)
from iamglue.infer.code.javascript.evaluation import ANY_KEY, ELEMENTS, REST, member
from iamglue.infer.code.javascript.machine import Machine, SdkRequest
from iamglue.infer.code.values import UNKNOWN_TEXT, UNKNOWN_VALUE, CodeValue, Text, join_values

_MAX_DEPTH = 6
_MAX_CALLS = 8  # of one operation at a place; more are joined

Place = Callable[[str, tuple[int, int]], CodePlace]


def code_value(machine: Machine, value: Value, depth: int = _MAX_DEPTH) -> CodeValue:
    """A value as all readers describe it."""
    result: CodeValue | None = None
    for atom in value:
        part = _atom_value(machine, atom, depth)
        result = part if result is None else join_values(result, part)
    return result or UNKNOWN_VALUE


def _atom_value(machine: Machine, atom: object, depth: int) -> CodeValue:
    if isinstance(atom, tuple):
        text = _plain(atom)
        return UNKNOWN_VALUE if text == UNKNOWN_TEXT else CodeValue(frozenset({text}))
    if not isinstance(atom, ObjectAtom) or not depth:
        return UNKNOWN_VALUE
    if atom.kind == "array":
        items = machine.read((atom, ELEMENTS))
        return CodeValue(items=code_value(machine, items, depth - 1)) if items else CodeValue(items=UNKNOWN_VALUE)
    names = [name for name in machine.field_names(atom) if name not in (REST, ELEMENTS)]
    members = tuple((name, code_value(machine, machine.read((atom, name)), depth - 1)) for name in sorted(names))
    return CodeValue(members=members, is_complete=REST not in atom.keys)


def _plain(text: Text) -> Text:
    """A text without the mark of one that has too many forms."""
    return tuple(UNKNOWN_TEXT[0] if part == MANY_ATOM[0] else part for part in text)


def sdk_calls(machine: Machine, requests: Iterable[SdkRequest], place: Place) -> list[SdkCall]:
    """The calls of requests: one for each role and endpoint of the clients that send them."""
    calls: dict[tuple[object, ...], list[SdkCall]] = {}
    for request in requests:
        clients = [client for client in request.clients if isinstance(client, ClientAtom)]
        made = [client for client in clients if not client.is_declared] or clients
        for role, endpoint, region in _identities(machine, made):
            call = _call(machine, request, place, role, endpoint, region)
            key = (call.client, call.operation, call.place, call.helper, call.is_reached, endpoint, role)
            known = calls.setdefault(key, [])
            if call not in known:
                known.append(call)
    return [call for same in calls.values() for call in (same if len(same) <= _MAX_CALLS else [_joined(same)])]


def _identities(machine: Machine, clients: list[ClientAtom]) -> list[tuple[CodeValue | None, str, CodeValue | None]]:
    identities: dict[tuple[CodeValue | None, str], CodeValue | None] = {}
    for client in clients:
        role = client_role(machine, client)
        endpoint = _endpoint(machine, client)
        region = option(machine, client, "region")
        known = code_value(machine, region) if region else None
        key = (role, endpoint)
        other = identities.get(key)
        identities[key] = join_values(other, known) if other is not None and known is not None else known or other
    return [(*key, region) for key, region in identities.items()] or [(None, "", None)]


def _call(
    machine: Machine,
    request: SdkRequest,
    place: Place,
    role: CodeValue | None,
    endpoint: str,
    region: CodeValue | None,
) -> SdkCall:
    objects = frozenset(atom for atom in request.parameters if isinstance(atom, ObjectAtom))
    given = code_value(machine, objects) if objects else CodeValue()
    return SdkCall(
        request.client,
        request.operation,
        place(request.path, request.at),
        {name: value for name, value in given.members if name != ANY_KEY},
        not given.is_complete or objects != request.parameters or given.member(ANY_KEY) is not None,
        request.helper,
        CallBasis.NAME if request.is_by_name else CallBasis.TYPE,
        request.is_reached,
        role,
        region,
        endpoint,
    )


def _joined(calls: list[SdkCall]) -> SdkCall:
    first, *others = calls
    parameters = dict(first.parameters)
    has_more = first.has_more_parameters
    for other in others:
        has_more = has_more or other.has_more_parameters
        for name, value in other.parameters.items():
            parameters[name] = join_values(parameters[name], value) if name in parameters else value
    return SdkCall(
        first.client,
        first.operation,
        first.place,
        parameters,
        has_more,
        first.helper,
        first.basis,
        first.is_reached,
        first.role,
        first.region,
        first.endpoint,
    )


def client_role(machine: Machine, client: ClientAtom, depth: int = 4) -> CodeValue | None:
    """The ARN of the role whose credentials a client has; None if it has those of the function."""
    given = join(option(machine, client, "credentials"), machine.read((client, "credentials")))
    sources = [given, *(member(machine, value, "accessKeyId") for value in (given, _options(machine, client)))]
    roles = [role for source in sources for atom in source if (role := _role(machine, atom)) is not None]
    if not roles and depth:
        bases = [atom for atom in machine.read((client, "base")) if isinstance(atom, ClientAtom)]
        roles = [role for base in bases if (role := client_role(machine, base, depth - 1)) is not None]
    result = None
    for role in roles:
        result = role if result is None else join_values(result, role)
    return result


def _options(machine: Machine, client: ClientAtom) -> Value:
    return join(machine.read((client, "options")), machine.read((client, "v2 options")))


def option(machine: Machine, client: ClientAtom, name: str) -> Value:
    """An option of a client: its own, that of the client it uses, or (v2) that of all clients."""
    for source in ((client, "options"), (client, "base options"), (client, "v2 options")):
        value = member(machine, machine.read(source), name)
        if value:
            return value
    for base in machine.read((client, "base")):
        if isinstance(base, ClientAtom) and base is not client:
            return option(machine, base, name)
    return EMPTY


def _role(machine: Machine, atom: object) -> CodeValue | None:
    if isinstance(atom, RoleAtom):
        return code_value(machine, machine.read((atom, "role")))
    if isinstance(atom, ResponseAtom) and atom.client == "sts" and atom.operation.startswith("AssumeRole"):
        request = machine.requests.get(atom.key)
        return code_value(machine, member(machine, request.parameters, "RoleArn")) if request else UNKNOWN_VALUE
    return None


def _endpoint(machine: Machine, client: ClientAtom) -> str:
    """A literal endpoint that is not AWS's, if the client has no other."""
    value = option(machine, client, "endpoint")
    texts = literal_texts(value)
    if not texts or len(value) > len(texts):
        return ""
    return next((text for text in texts if ".amazonaws.com" not in text), "")
