"""From the machine's values to the values and calls that all readers of code give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from iamglue.infer.code.calls import CallBasis, CodePlace, SdkCall
from iamglue.infer.code.javascript.evaluation import ANY_KEY, ELEMENTS, REST, member
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import NotedRequest
from iamglue.infer.code.javascript.object_members import member_names
from iamglue.infer.code.javascript.optional_parameters import given_parameters, optional_parameters
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    MANY_TEXTS,
    NOTHING,
    ScriptClient,
    ScriptCollection,
    ScriptCredentials,
    ScriptFunction,
    ScriptResponse,
    Value,
    join,
    join_all,
    literal_texts,
)
from iamglue.infer.code.values import UNKNOWN_TEXT, UNKNOWN_VALUE, CodeValue, Text, join_values

_MAX_DEPTH = 5  # in a parameter: RequestItems has tables, lists, elements, PutRequest, Item
_MAX_NODES = 200  # objects and lists in a parameter
_MAX_CALLS = 8  # of one operation at a place; more are joined

_BATCHES = ("BatchGetItem", "BatchWriteItem")

Place = Callable[[str, tuple[int, int]], CodePlace]


def code_value(machine: ScriptMachine, value: Value) -> CodeValue:
    """A value as all readers describe it; of large and deep ones the outer parts."""
    return _Conversion(machine).value(value, _MAX_DEPTH)


class _Conversion:
    """The conversion of one value, of at most `_MAX_NODES` objects."""

    def __init__(self, machine: ScriptMachine) -> None:
        self._machine = machine
        self._count = 0
        self._inside: set[ScriptCollection] = set()

    def value(self, value: Value, depth: int) -> CodeValue:
        """What a value may be; what is in it more than `depth` levels deep is not known."""
        texts = frozenset(_unmarked_text(option) for option in value if isinstance(option, tuple))
        others = [option for option in value if not isinstance(option, tuple) and option is not NOTHING]
        objects = [option for option in others if isinstance(option, ScriptCollection) and option not in self._inside]
        is_whole = len(objects) == len(others) and len(objects) + len(texts) > 0 and UNKNOWN_TEXT not in texts
        result = CodeValue(texts - {UNKNOWN_TEXT}, is_complete=is_whole)
        self._count += len(objects)
        if objects and (not depth or self._count > _MAX_NODES):
            return replace(result, is_complete=False)
        for option in objects:
            self._inside.add(option)
            result = join_values(result, self._object(option, depth - 1))
            self._inside.discard(option)
        return result

    def _object(self, instance: ScriptCollection, depth: int) -> CodeValue:
        """The members of an object, or the elements of a list as one value."""
        machine = self._machine
        if instance.kind == "array":
            return CodeValue(items=self.value(machine.read((instance, ELEMENTS)), depth))
        names = sorted(name for name in machine.field_names(instance) if name not in (REST, ELEMENTS))
        given = {name: machine.read((instance, name)) for name in names}
        members = tuple((name, self.value(value, depth)) for name, value in given.items())
        optional = frozenset(name for name, value in given.items() if NOTHING in value)
        return CodeValue(members=members, is_complete=REST not in instance.keys, optional=optional)


def _unmarked_text(text: Text) -> Text:
    """A text without the mark of one that has too many forms."""
    return tuple(UNKNOWN_TEXT[0] if part == MANY_TEXTS[0] else part for part in text)


def sdk_calls(machine: ScriptMachine, requests: Iterable[NotedRequest], place: Place) -> list[SdkCall]:
    """The calls of requests: one for each role and endpoint of the clients that send them."""
    calls: dict[tuple[object, ...], list[SdkCall]] = {}
    for request in requests:
        clients = [client for client in request.clients if isinstance(client, ScriptClient)]
        made = [client for client in clients if not client.is_declared] or clients
        for identity in _identities(machine, made):
            call = _call(machine, request, place, identity)
            key = (call.client, call.operation, call.place, call.helper, call.is_reached, call.endpoint, call.role)
            known = calls.setdefault(key, [])
            if call not in known:
                known.append(call)
    return [call for same in calls.values() for call in (same if len(same) <= _MAX_CALLS else [_join_calls(same)])]


@dataclass(frozen=True, slots=True)
class _Identity:
    """As whom and where a client sends: the role, an endpoint that is not AWS's, the Region."""

    role: CodeValue | None = None
    endpoint: str = ""
    region: CodeValue | None = None


def _identities(machine: ScriptMachine, clients: list[ScriptClient]) -> list[_Identity]:
    """The identities that clients may have; without clients that of the function."""
    identities: dict[tuple[CodeValue | None, str], _Identity] = {}
    for client in clients:
        for identity in client_identities(machine, client):
            key = (identity.role, identity.endpoint)
            other = identities.get(key)
            identities[key] = identity if other is None else _join_identities(other, identity)
    return list(identities.values()) or [_Identity()]


def _join_identities(first: _Identity, second: _Identity) -> _Identity:
    """Two identities that differ in the Region at most; it is not known if one of them has none."""
    is_known = first.region is not None and second.region is not None
    region = join_values(first.region, second.region) if first.region and second.region and is_known else None
    return replace(first, region=region)


def client_identities(machine: ScriptMachine, client: ScriptClient, depth: int = 4) -> list[_Identity]:
    """The identities that a client may have: one for each object that its options may be."""
    options: list[Value] = [frozenset({option}) for option in machine.read((client, "options"))] or [EMPTY]
    identities = [identity for given in options for identity in _options_identities(machine, client, given)]
    bases = [option for option in machine.read((client, "base")) if isinstance(option, ScriptClient)]
    if bases and depth:
        below = [identity for base in bases for identity in client_identities(machine, base, depth - 1)]
        return [_with_base_options(identity, base) for identity in identities for base in below]
    return identities


def _with_base_options(identity: _Identity, base: _Identity) -> _Identity:
    return _Identity(identity.role or base.role, identity.endpoint or base.endpoint, identity.region or base.region)


def _options_identities(machine: ScriptMachine, client: ScriptClient, options: Value) -> list[_Identity]:
    """Two identities if the credentials of a role may be left out: with the role, and without it."""
    general = machine.read((client, "v2 options"))
    credentials = member(machine, options, "credentials")
    if any(isinstance(option, ScriptFunction) for option in credentials):
        credentials = join(credentials, machine.read((client, "credentials")))
    is_optional = NOTHING in credentials
    role = _role_of(machine, join(credentials, member(machine, credentials, "accessKeyId")))
    role = role or _role_of(machine, member(machine, options, "accessKeyId"))
    common = member(machine, general, "credentials")
    role = role or _role_of(machine, join(common, member(machine, common, "accessKeyId")))
    region = member(machine, options, "region") or member(machine, general, "region")
    endpoint = member(machine, options, "endpoint") or member(machine, general, "endpoint")
    identity = _Identity(role, _endpoint(endpoint), code_value(machine, region) if region else None)
    return [identity, replace(identity, role=None)] if role is not None and is_optional else [identity]


def _role_of(machine: ScriptMachine, credentials: Value) -> CodeValue | None:
    """The role of credentials; None if they are of none that the code assumes."""
    result: CodeValue | None = None
    for option in credentials:
        role = _credentials_role(machine, option)
        if role is not None:
            result = role if result is None else join_values(result, role)
    return result


def _call(machine: ScriptMachine, request: NotedRequest, place: Place, identity: _Identity) -> SdkCall:
    """The SDK call of a request, with what its parameters may be."""
    objects = frozenset(option for option in request.parameters if isinstance(option, ScriptCollection))
    names = sorted({name for option in objects for name in option.keys} - {REST, ANY_KEY})
    values = {name: _member(machine, objects, name) for name in names}
    values = given_parameters(request.client, request.operation, values)
    given = {name: code_value(machine, value) for name, value in values.items()}
    if request.operation in _BATCHES and "TableName" not in given:
        # The keys of `RequestItems` are the names of tables.
        batches = join_all([machine.read((option, "RequestItems")) for option in objects])
        given["TableName"] = code_value(machine, member_names(machine, batches))
    is_open = any(not option.keys.keys().isdisjoint((REST, ANY_KEY)) for option in objects)
    return SdkCall(
        request.client,
        request.operation,
        place(request.path, request.at),
        given,
        is_open or objects != request.parameters,
        request.helper,
        CallBasis.NAME if request.is_by_name else CallBasis.TYPE,
        request.is_reached,
        identity.role,
        identity.region,
        identity.endpoint,
        optional_parameters(request.client, request.operation, values, objects),
    )


def _member(machine: ScriptMachine, objects: Iterable[ScriptCollection], name: str) -> Value:
    """A parameter, as those objects have it that have it at all."""
    return join_all([machine.read((option, name)) for option in objects if name in option.keys])


def _join_calls(calls: list[SdkCall]) -> SdkCall:
    """Several calls of an operation at one place as one, whose parameters may be those of any."""
    first, *others = calls
    parameters = dict(first.parameters)
    has_more, optional = first.has_more_parameters, first.optional
    for other in others:
        has_more = has_more or other.has_more_parameters
        optional |= other.optional | (parameters.keys() ^ other.parameters.keys())
        for name, value in other.parameters.items():
            parameters[name] = join_values(parameters[name], value) if name in parameters else value
    return replace(first, parameters=parameters, has_more_parameters=has_more, optional=optional)


def _credentials_role(machine: ScriptMachine, option: object) -> CodeValue | None:
    """The role that credentials are of: made by a provider, or by a call of `AssumeRole`; None for others."""
    if isinstance(option, ScriptCredentials):
        return code_value(machine, machine.read((option, "role")))
    if isinstance(option, ScriptResponse) and option.client == "sts" and option.operation.startswith("AssumeRole"):
        request = machine.requests.get(option.key)
        return code_value(machine, member(machine, request.parameters, "RoleArn")) if request else UNKNOWN_VALUE
    return None


def _endpoint(value: Value) -> str:
    """A literal endpoint that is not AWS's, if the client has no other."""
    texts = literal_texts(value)
    if not texts or len(value) > len(texts):
        return ""
    return next((text for text in texts if ".amazonaws.com" not in text), "")
