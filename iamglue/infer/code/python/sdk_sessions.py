"""Sessions of boto3, botocore and aioboto3, and the clients and resources that they make."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import (
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractObject,
    ArgumentValues,
    Site,
    Values,
)
from iamglue.infer.code.python.containers import Container
from iamglue.infer.code.python.extern import OBJECTS, extern_function
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.sdk_clients import ClientObject, Connection
from iamglue.infer.code.python.sdk_resources import ResourceObject
from iamglue.infer.code.python.sdk_responses import HarmlessObject, ResponseObject
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, literals_of
from iamglue.infer.code.python.texts import symbol_of
from iamglue.infer.code.sdk_models import client_names, resource_model
from iamglue.infer.code.values import UnknownPart, ValueOrigin

_CLIENT_PARAMETERS = (
    "service_name",
    "region_name",
    "api_version",
    "use_ssl",
    "verify",
    "endpoint_url",
    "aws_access_key_id",
)
_SESSION_PARAMETERS = (
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "region_name",
    "botocore_session",
)
# The variables that Lambda sets to the role's own credentials.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_OWN_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"})
# What `boto3.client` uses.
DEFAULT_CONNECTION = Connection(-1, ())


@interned_dataclass
class SessionObject(AbstractObject):
    """A session: its clients have the credentials and the Region of `connection`."""

    connection: Connection

    @property
    def makes_requests(self) -> bool:
        """True."""
        return True

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """What makes clients or resources; other attributes make no calls."""
        if name == "resource":
            return frozenset({SessionMethod(self.connection, name)})
        if name in ("client", "create_client"):
            return frozenset({SessionMethod(self.connection, "client")})
        if name == "region_name":
            return UNKNOWN_STRINGS
        return frozenset({SessionPart(self.connection, name)})

    def set_attribute(self, name: str, values: Values, at: Site) -> None:
        """`_credentials` replaces the session's credentials."""
        if name == "_credentials":
            at.write((self.connection, "role"), role_of(values, at))

    def escape(self, at: Site) -> None:
        """Code that is not known may make any client with it."""
        at.doubt("a session is given to code that is not part of the program")


@interned_dataclass
class SessionPart(AbstractObject):
    """A method or attribute of a session that makes no calls; credentials keep whose they are."""

    connection: Connection
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """Something of the session."""
        if self.name == "get_credentials":
            return frozenset({SessionPart(self.connection, "credentials")})
        return frozenset({self})

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """Something of the session."""
        if self.name == "get_component":
            return frozenset({HarmlessObject(name)})
        return frozenset({self})


@interned_dataclass
class SessionMethod(AbstractObject):
    """`client` or `resource` of a session."""

    connection: Connection
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """A client or resource for each name that the service may have."""
        connection = derive(self.connection, arguments, _CLIENT_PARAMETERS, at)
        objects: set[AbstractObject] = set()
        for obj in arguments.get(0, "service_name") or (UNKNOWN if arguments.more_keywords else NOTHING):
            literals = literals_of(frozenset({obj}))
            service = literals[0] if literals and literals[0] in client_names() else ""
            if literals == [""]:  # an attribute that the subclasses set
                continue
            if literals and not service:
                at.doubt(f"there is no service {literals[0]!r}")
            elif self.name == "client":
                objects.add(ClientObject(service, connection))
            elif service and resource_model(service):
                objects.add(ResourceObject(service, "", at.site, at.unit.context, connection))
            else:
                at.doubt("the name of the resource's service is not known")
        return frozenset(objects)


def derive(parent: Connection, arguments: ArgumentValues, names: tuple[str, ...], at: Site) -> Connection:
    """The connection of a session or client that is made from another."""
    connection = Connection(at.site, at.unit.context, parent)
    keys = arguments.get(names.index("aws_access_key_id"), "aws_access_key_id")
    role = role_of(keys, at)
    for obj in arguments.get(4, "botocore_session") if names is _SESSION_PARAMETERS else ():
        if isinstance(obj, SessionObject):
            role |= at.read((obj.connection, "role"))
    at.write((connection, "role"), role or at.read((parent, "role")))
    for name, key in (("region", "region_name"), ("endpoint", "endpoint_url")):
        given = arguments.get(names.index(key), key) if key in names else NOTHING
        at.write((connection, name), given if given - NONE else at.read((parent, name)))
    return connection


def role_of(keys: Values, at: Site) -> Values:
    """The ARN of the role whose credentials these are; NOTHING if they are, or may be, the function's own."""
    roles: Values = NOTHING
    for obj in keys:
        if isinstance(obj, ResponseObject) and obj.role is not None:
            roles |= at.read(obj.role) or UNKNOWN
        elif isinstance(obj, CredentialsObject):
            roles |= at.read((obj, "role"))
        elif isinstance(obj, SessionPart):
            own = at.read((obj.connection, "role"))
            if not own:
                return NOTHING
            roles |= own
        elif isinstance(obj, Container):
            roles |= role_of(obj.all_items(at), at)
        elif obj in NONE or obj in UNKNOWN or _is_own_key(obj):
            return NOTHING
        elif obj.as_text is not None or isinstance(obj, ResponseObject):
            roles |= UNKNOWN
    return roles


def _is_own_key(obj: AbstractObject) -> bool:
    """Whether an access key may be the function's own: from Lambda's variables, or not known."""
    symbol = symbol_of(obj.as_text) if obj.as_text is not None else None
    if symbol is None:
        return obj.as_text is not None and any(isinstance(part, UnknownPart) for part in obj.as_text)
    if symbol.origin is ValueOrigin.ENVIRONMENT:
        return symbol.name in _OWN_KEYS
    return symbol.origin is ValueOrigin.PARAMETER


@interned_dataclass
class CredentialsObject(AbstractObject):
    """Credentials that refresh themselves: the cell `role` has the role's ARN."""

    site: int
    context: tuple[int, ...]

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """A part of the credentials."""
        return frozenset({self})

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG002
        """`get_frozen_credentials()` and the like."""
        return frozenset({self})


@extern_function("boto3.client")
def _client(arguments: ArgumentValues, at: Site) -> Values:
    return SessionMethod(DEFAULT_CONNECTION, "client").call(arguments, at)


@extern_function("boto3.resource")
def _resource(arguments: ArgumentValues, at: Site) -> Values:
    return SessionMethod(DEFAULT_CONNECTION, "resource").call(arguments, at)


@extern_function(
    "boto3.Session",
    "boto3.session.Session",
    "aioboto3.Session",
    "aioboto3.session.Session",
    "botocore.session.Session",
    "botocore.session.get_session",
    "aiobotocore.session.get_session",
    "aiobotocore.session.AioSession",
    "aiobotocore.get_session",
    "boto3._get_default_session",
)
def _session(arguments: ArgumentValues, at: Site) -> Values:
    return frozenset({SessionObject(derive(DEFAULT_CONNECTION, arguments, _SESSION_PARAMETERS, at))})


@extern_function("boto3.setup_default_session")
def _setup_default_session(arguments: ArgumentValues, at: Site) -> Values:
    """Give the role and Region of the arguments to what `boto3.client` uses."""
    made = derive(DEFAULT_CONNECTION, arguments, _SESSION_PARAMETERS, at)
    for name in ("role", "region"):
        at.write((DEFAULT_CONNECTION, name), at.read((made, name)))
    return NONE


@extern_function(
    "botocore.credentials.RefreshableCredentials.create_from_metadata",
    "botocore.credentials.RefreshableCredentials",
    "botocore.credentials.DeferredRefreshableCredentials",
    "botocore.credentials.AssumeRoleCredentialFetcher",
    "aiobotocore.credentials.AioRefreshableCredentials.create_from_metadata",
    "aiobotocore.credentials.AioDeferredRefreshableCredentials",
)
def _refreshable_credentials(arguments: ArgumentValues, at: Site) -> Values:
    """Credentials of the role that any of the arguments, or the function that refreshes them, has."""
    credentials = CredentialsObject(at.site, at.unit.context)
    for values in arguments.all_values():
        for obj in values:
            if isinstance(obj, Container | ResponseObject | CredentialsObject):
                at.write((credentials, "role"), role_of(frozenset({obj}), at))
            elif not obj.as_text:
                made = obj.call(ArgumentValues(), at) if hasattr(obj, "code") or hasattr(obj, "receiver") else NOTHING
                at.write((credentials, "role"), role_of(made - NONE - UNKNOWN, at))
    at.write((credentials, "role"), arguments.keywords.get("role_arn", NOTHING))
    return frozenset({credentials})


for _name in ("boto3.dynamodb", "boto3.s3.transfer.TransferConfig", "botocore.config", "botocore.exceptions"):
    OBJECTS[_name] = frozenset({HarmlessObject(_name)})
for _name in ("boto3.set_stream_logger", "botocore.client.Config", "boto3.exceptions", "botocore.UNSIGNED"):
    OBJECTS[_name] = frozenset({HarmlessObject(_name)})
OBJECTS["boto3.DEFAULT_SESSION"] = frozenset({SessionObject(DEFAULT_CONNECTION)})
