"""Clients and instances that a program is given: by the types that it writes for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iamglue.infer.code.python.abstract_objects import NONE, NOTHING, AbstractObject, Site, Values
from iamglue.infer.code.python.classes import ClassObject, InstanceObject
from iamglue.infer.code.python.environment import environment_values
from iamglue.infer.code.python.extern import ExternObject
from iamglue.infer.code.python.functions import FunctionObject, call_with_unknown
from iamglue.infer.code.python.sdk_clients import ClientObject
from iamglue.infer.code.python.sdk_resources import ResourceObject
from iamglue.infer.code.python.sdk_sessions import DEFAULT_CONNECTION, SessionObject
from iamglue.infer.code.python.strings import literals_of, text_values
from iamglue.infer.code.sdk_models import client_names, resource_model

# The packages of types for boto3: https://youtype.github.io/boto3_stubs_docs/, https://github.com/youtype/types-aiobotocore
_STUBS = re.compile(r"(?:mypy_boto3|types_boto3|types_aiobotocore|types_aioboto3)_(\w+)\.(?:\w+\.)*(\w+)$")
_NAMED_CLASS = re.compile(r"(\w+?)(Client|ServiceResource)$")
_WRAPPERS = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar"})
# Names in classes of the types -> clients, where the client has another name.
_SERVICE_IDS = {
    "sfn": "stepfunctions",
    "eventbridge": "events",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "elasticloadbalancingv2": "elbv2",
    "elasticloadbalancing": "elb",
    "costexplorer": "ce",
    "databasemigrationservice": "dms",
    "configservice": "config",
    "bedrockagentruntime": "bedrock-agent-runtime",
    "iotdataplane": "iot-data",
}


def annotated_values(values: Values, declared: Values, at: Site) -> Values:
    """The values of a name with a type: a value that is not known is what the type says."""
    if any(obj.is_known and obj not in NONE for obj in values):
        return values
    typed = frozenset(made for obj in declared for made in _objects_of_type(obj, at))
    return typed or values


def annotation_parts(node: ast.expr) -> Iterator[ast.expr]:
    """The types that an annotation names: those of `Optional[X]`, `X | None` and of strings."""
    match node:
        case ast.Constant(value=str(text)):
            try:
                yield from annotation_parts(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return
        case ast.BinOp(left=left, right=right):
            yield from annotation_parts(left)
            yield from annotation_parts(right)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner) if name in _WRAPPERS:
            for part in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
                yield from annotation_parts(part)
        case ast.Name() | ast.Attribute():
            yield node


def settings_field(cls: ClassObject, name: str, at: Site) -> Values:
    """The environment variable of a field of a pydantic settings class, with the class's `env_prefix`.

    https://docs.pydantic.dev/latest/concepts/pydantic_settings/
    """
    prefixes: Values = NOTHING
    for configuration in cls.lookup("model_config", at)[0] | cls.lookup("Config", at)[0]:
        if isinstance(configuration, ClassObject):
            prefixes |= configuration.lookup("env_prefix", at)[0]
        else:
            prefixes |= configuration.item(text_values("env_prefix"), at)
    prefix = "".join(literals_of(prefixes)[:1])
    return environment_values(text_values((prefix + name).upper()))


def _objects_of_type(declared: AbstractObject, at: Site) -> Iterator[AbstractObject]:
    """The client, resource, session or instance that a type says; a class without methods gives none."""
    if isinstance(declared, ClassObject):
        if any(isinstance(statement, ast.FunctionDef) for statement in declared.node.body):
            yield instance_of_class(declared, at)
        return
    name = getattr(declared, "name", "") if isinstance(declared, ExternObject) else ""
    stub = _STUBS.match(name)
    if stub is not None:
        service = stub[1].rstrip("_").replace("_", "-")
        yield from _sdk_objects(service if service in client_names() else "", stub[2], at)
    elif name in ("boto3.Session", "boto3.session.Session", "aioboto3.Session", "botocore.session.Session"):
        yield SessionObject(DEFAULT_CONNECTION)
    elif name == "botocore.client.BaseClient":
        yield ClientObject("")
    elif named := _NAMED_CLASS.search(name.rpartition(".")[2]):
        yield from _sdk_objects(service_of(named[1]), named[0], at)


def service_of(name: str) -> str:
    """The client that the types call so (`SecretsManager`: `secretsmanager`); "" if there is none."""
    plain = name.lower()
    if plain in _SERVICE_IDS:
        return _SERVICE_IDS[plain]
    return next((client for client in sorted(client_names()) if client.replace("-", "") == plain), "")


def _sdk_objects(service: str, name: str, at: Site) -> Iterator[AbstractObject]:
    """The client or resource of a class of boto3's types; nothing for an unknown service."""
    if not service:
        return
    site = at.machine.site((at.unit, "typed", service, name))
    if name.endswith("Client"):
        yield ClientObject(service)
    elif name.endswith("ServiceResource") and resource_model(service):
        yield ResourceObject(service, "", site, ())
    elif name.replace("Resource", "") in resource_model(service).get("resources", {}):
        yield ResourceObject(service, name.replace("Resource", ""), site, ())


def instance_of_class(cls: ClassObject, at: Site) -> InstanceObject:
    """An instance that the program does not make: its constructor's parameters are not known."""
    instance = InstanceObject(cls, at.machine.site((cls, "any")), ())
    functions, _ = cls.lookup("__init__", at)
    for function in functions:
        if isinstance(function, FunctionObject):
            call_with_unknown(function, at, instance)
    return instance
