"""Clients of boto3, botocore and aiobotocore: methods, paginators, waiters, presigned URLs and transfers."""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.catalog.sdk_methods import client_method_operation, method_clients, snake_case_name
from iamglue.infer.code.python.abstract_objects import NONE, NOTHING, AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.interning import Interned, interned_dataclass
from iamglue.infer.code.python.mapping_members import members_of
from iamglue.infer.code.python.records import RequestRecord
from iamglue.infer.code.python.sdk_parameters import CONFIGURATION, add_table_names, fitting_operations
from iamglue.infer.code.python.sdk_responses import HarmlessObject, respond
from iamglue.infer.code.python.strings import literals_of, text_values
from iamglue.infer.code.sdk_models import waiter_model

_HARMLESS = frozenset({"exceptions", "can_paginate", "close", "waiter_names", "events", "__class__"})
# Helpers that boto3 adds to clients -> their parameters in order, and the operations with the parameters of each.
# https://boto3.amazonaws.com/v1/documentation/api/latest/reference/customizations/s3.html
TRANSFERS = {
    "upload_file": (("Filename", "Bucket", "Key", "ExtraArgs"), ("PutObject",)),
    "upload_fileobj": (("Fileobj", "Bucket", "Key", "ExtraArgs"), ("PutObject",)),
    "download_file": (("Bucket", "Key", "Filename", "ExtraArgs"), ("HeadObject", "GetObject")),
    "download_fileobj": (("Bucket", "Key", "Fileobj", "ExtraArgs"), ("HeadObject", "GetObject")),
    "copy": (("CopySource", "Bucket", "Key", "ExtraArgs", "Callback", "SourceClient"), ("CopyObject",)),
    "generate_presigned_post": (("Bucket", "Key"), ("PutObject",)),
}
# Helpers that sign a request of another kind; the operation has the helper's name.
_TOKENS = {
    ("rds", "generate_db_auth_token"): ("DBHostname", "Port", "DBUsername", "Region"),
    ("dsql", "generate_db_connect_auth_token"): ("Hostname", "Region", "ExpiresIn"),
    ("dsql", "generate_db_connect_admin_auth_token"): ("Hostname", "Region", "ExpiresIn"),
}


@interned_dataclass
class Connection(Interned):
    """The credentials, Region and endpoint of a session or client: cells `role`, `region` and `endpoint`.

    `parent` is that of the session that makes it: a client of one of several sessions has the role of that one.
    """

    site: int
    context: tuple[int, ...]
    parent: Connection | None = None


@interned_dataclass
class ClientObject(AbstractObject):
    """A client of a service; "" is one whose name is not known."""

    service: str
    connection: Connection | None = None

    @property
    def makes_requests(self) -> bool:
        """True."""
        return True

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """A method; what makes no calls is harmless."""
        if name in _HARMLESS:
            return frozenset({HarmlessObject(name)})
        if name == "meta":
            return frozenset({MetaObject(self)})
        return frozenset({ClientMethod(self, name)})

    def request(
        self, operation: str, parameters: Mapping[str, Values], at: Site, *, more: bool = False, helper: str = ""
    ) -> Values:
        """Record a request; returns its response."""
        sent = {name: values for name, values in parameters.items() if name not in CONFIGURATION}
        add_table_names(operation, sent, at)
        at.request(
            RequestRecord(at.node, at.path, self.service, operation, sent, more, helper, connection=self.connection)
        )
        return respond(self.service, operation, sent, at)

    def escape(self, at: Site) -> None:
        """Code that is not known may make any call with it."""
        if self.service:
            at.doubt(f"a client of {self.service} is given to code that is not part of the program")


@interned_dataclass
class MetaObject(AbstractObject):
    """The `meta` of a client or resource."""

    client: ClientObject

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """`client` is the client; nothing else makes calls."""
        return frozenset({self.client}) if name == "client" else frozenset({HarmlessObject(name)})


@interned_dataclass
class ClientMethod(AbstractObject):
    """A method of a client."""

    client: ClientObject
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: PLR0911
        """Record what the method requests."""
        service, name = self.client.service, self.name
        if name in ("__aenter__", "__enter__"):
            return frozenset({self.client})
        if name.startswith("__"):
            return NONE
        if name == "get_paginator":
            return self._named_helper(arguments.get(0, "operation_name"), "paginator", at)
        if name == "get_waiter":
            return self._named_helper(arguments.get(0, "waiter_name"), "waiter", at)
        if name == "generate_presigned_url":
            return self._presign(arguments, at)
        if service in ("s3", "") and name in TRANSFERS:
            return transfer(self.client, name, arguments, at)
        if (service, name) in _TOKENS:
            names = _TOKENS[(service, name)]
            parameters = {key: values for place, key in enumerate(names) if (values := arguments.get(place, key))}
            return self.client.request(name, parameters, at, helper=name)
        return self._operation(arguments, at)

    @property
    def problem(self) -> str:
        """That there is no such method, if nothing else is called."""
        return f"clients of {self.client.service} have no method {self.name}" if self.client.service else ""

    def _operation(self, arguments: ArgumentValues, at: Site, helper: str = "") -> Values:
        """Record the request of a method; NOTHING for a name that no operation has, which is reported later."""
        service = self.client.service
        if not service:
            return self._of_unknown_client(arguments, at)
        operation = client_method_operation(service, self.name)
        if operation is None:
            return NOTHING
        return self.client.request(operation, arguments.keywords, at, more=arguments.more_keywords, helper=helper)

    def _of_unknown_client(self, arguments: ArgumentValues, at: Site) -> Values:
        """The service's name is not known: the method and keywords may say which it is."""
        candidates = [
            (client, operation) for client, operation in fitting_operations(self.name, frozenset(arguments.keywords))
        ]
        if len(candidates) == 1:
            client, operation = candidates[0]
            at.request(
                RequestRecord(
                    at.node,
                    at.path,
                    client,
                    operation,
                    dict(arguments.keywords),
                    arguments.more_keywords,
                    by_name=True,
                    connection=self.client.connection,
                )
            )
            return respond(client, operation, dict(arguments.keywords), at)
        names = tuple(f"{client}.{operation}" for client, operation in candidates)
        at.doubt("the name of the client's service is not known", names)
        return NOTHING

    def _named_helper(self, names: Values, kind: str, at: Site) -> Values:
        """Paginators or waiters by their names."""
        objects: set[AbstractObject] = set()
        literals = literals_of(names)
        if len(literals) < len(names) or not names:
            at.doubt(f"the name of the {kind} is not known")
        for literal in literals:
            operation = (
                _paginator_operation(self.client.service, literal)
                if kind == "paginator"
                else _waiter_operation(self.client.service, literal)
            )
            if operation is None:
                at.doubt(f"{self.client.service or 'the client'} has no {kind} {literal}")
            else:
                objects.add(RepeaterObject(self.client, operation, kind))
        return frozenset(objects)

    def _presign(self, arguments: ArgumentValues, at: Site) -> Values:
        """A URL that makes one request with these credentials."""
        names = arguments.get(0, "ClientMethod")
        literals = literals_of(names)
        if len(literals) < len(names) or not names:
            at.doubt("the method of the presigned URL is not known")
        parameters, more = members_of(arguments.get(1, "Params"), at.machine, at.unit)
        for literal in literals:
            method = ClientMethod(self.client, literal)
            method._operation(ArgumentValues((), parameters, NOTHING, more), at, "generate_presigned_url")
        return text_values("https://")

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """A method has no attributes that make calls."""
        return frozenset({HarmlessObject(name)})

    def escape(self, at: Site) -> None:
        """Code that is not known may call the method."""
        self.call(ArgumentValues(more_keywords=True), at)


@interned_dataclass
class RepeaterObject(AbstractObject):
    """A paginator or waiter: it requests one operation again and again."""

    client: ClientObject
    operation: str
    kind: str

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """`paginate` or `wait`; other attributes make no calls."""
        if name in ("paginate", "wait"):
            return frozenset({RepeaterMethod(self, name)})
        return frozenset({HarmlessObject(name)})


@interned_dataclass
class RepeaterMethod(AbstractObject):
    """`paginate` or `wait`."""

    owner: RepeaterObject
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """Record the request with the keywords of the call."""
        owner = self.owner
        return owner.client.request(
            owner.operation, arguments.keywords, at, more=arguments.more_keywords, helper=self.name
        )

    def escape(self, at: Site) -> None:
        """Code that is not known may call it."""
        self.call(ArgumentValues(more_keywords=True), at)


def transfer(
    client: ClientObject, name: str, arguments: ArgumentValues, at: Site, bound: Mapping[str, Values] | None = None
) -> Values:
    """Record the requests of a transfer; `bound` are parameters that an object has."""
    names, operations = TRANSFERS[name]
    bound = bound or {}
    names = tuple(key for key in names if key not in bound)
    values = {key: value for number, key in enumerate(names) if (value := arguments.get(number, key))}
    values.update(bound)
    extra, more = members_of(values.get("ExtraArgs", NOTHING), at.machine, at.unit)
    s3 = ClientObject(client.service or "s3", client.connection)
    target: dict[str, Values] = {key: values[key] for key in ("Bucket", "Key") if key in values}
    if name == "copy":
        source, _ = members_of(values.get("CopySource", NOTHING), at.machine, at.unit)
        readers = [obj for obj in values.get("SourceClient", NOTHING) if isinstance(obj, ClientObject)] or [s3]
        for reader in readers:
            reader.request("HeadObject", source, at, helper=name)
        target["CopySource"] = values.get("CopySource", NOTHING)
    for operation in operations:
        s3.request(operation, {**extra, **target}, at, more=more or arguments.more_keywords, helper=name)
    return NONE


def _paginator_operation(service: str, name: str) -> str | None:
    """The operation of a paginator; of an unknown service if only one has it, else None."""
    if service:
        return client_method_operation(service, name)
    candidates = method_clients(name)
    return candidates[0][1] if len(candidates) == 1 else None


def _waiter_operation(service: str, name: str) -> str | None:
    """The operation that a waiter repeats; None if the service has no waiter of the name."""
    for waiter, described in waiter_model(service).items():
        if name in (waiter, snake_case_name(waiter)):
            return str(described["operation"])
    return None
