"""Which members of a record's `requestParameters` say what an operation was about: its resources and further actions.

By the tables of `infer code` (`call_resources.tsv`, `call_parameters.tsv`) and the names of the operation's input, in
the spelling of CloudTrail: the first letter in lower case, and headers and query parameters as they are sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.catalog.call_parameters import ParameterEffect, ParameterRule, naming_parameters, parameter_rules
from iamglue.catalog.operations import client_operation_actions, client_prefix, service_clients
from iamglue.catalog.passed_roles import passed_role
from iamglue.catalog.required_types import required_types
from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.catalog.sdk_methods import client_operations
from iamglue.catalog.services import ResourceType
from iamglue.catalog.tables import table_rows
from iamglue.infer.code.calls import CodePlace, SdkCall
from iamglue.infer.code.naming import chosen_types, naming_paths
from iamglue.infer.code.sdk_models import operation_members
from iamglue.infer.code.values import UNKNOWN_VALUE
from iamglue.infer.trail.arn_parameters import path_parameters
from iamglue.infer.trail.named_arns import main_variable
from iamglue.infer.trail.parameter_values import ParameterPath, parameter_path
from iamglue.infer.trail.request_paths import has_request_paths, request_paths
from iamglue.infer.trail.trail_spelling import role_parameters, trail_paths

_ANY, _S3 = "*", "s3"
# The objects of S3 are named by two members, of which one has another name than the variable of the ARN.
_OBJECT, _BUCKET, _OBJECT_KEY = "object", "Bucket", "Key"
# AWS checks a query of an index on the index, and an invocation of a version or alias on that.
_PART = {"dynamodb:Query": "IndexName", "dynamodb:Scan": "IndexName", "lambda:InvokeFunction": "Qualifier"}
# Members with the account that owns the resource, if it is another than the caller's.
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
# https://docs.aws.amazon.com/glue/latest/webapi/API_GetTable.html
_OWNERS = {"ecr": "registryId", "glue": "CatalogId"}
_STATEMENTS = {
    "ExecuteStatement": "Statement",
    "BatchExecuteStatement": "Statements[].Statement",
    "ExecuteTransaction": "TransactStatements[].Statement",
}


@dataclass(frozen=True, slots=True)
class EventAction:
    """An IAM action that an event requests, and the operation (of a boto3 client) that the event is.

    `client` and `operation` are empty if the event is no operation of an SDK.
    """

    action: str
    client: str
    operation: str


@dataclass(frozen=True, slots=True)
class KindPlan:
    """A resource type that the action may be about, and where its name stands.

    `names` has the paths by the variables of the ARN; the key "" is for parameters that name the whole resource.
    `type_name` is the name of the type in lower case.
    """

    kind: ResourceType
    type_name: str
    names: tuple[tuple[str, tuple[ParameterPath, ...]], ...]


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A rule of `call_parameters.tsv`, with its paths in CloudTrail's spelling; each path has alternatives."""

    rule: ParameterRule
    present: tuple[tuple[ParameterPath, ...], ...]
    absent: tuple[tuple[ParameterPath, ...], ...]
    values: tuple[tuple[tuple[ParameterPath, ...], str], ...]


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """How the resources of one action are read from a record.

    `parts` are paths of which one is there if the request needed the action: a put in a transaction. `is_named_apart`:
    the actions of the operation act on different resources, so that those of the record's `resources` may be another
    action's. `key`, `part`: the paths of an object's key, and of an index or a version. `required` are the lower-case
    names of types on each of which AWS checks a call, if there are several, with the alternatives of each.
    """

    kinds: tuple[KindPlan, ...] = ()
    parts: tuple[ParameterPath, ...] = ()
    is_named_apart: bool = False
    key: tuple[ParameterPath, ...] = ()
    part: tuple[ParameterPath, ...] = ()
    passes_role: bool = False
    required: tuple[tuple[str, ...], ...] = ()

    def paths(self) -> Iterator[ParameterPath]:
        """All paths of the plan."""
        for kind in self.kinds:
            for _, paths in kind.names:
                yield from paths
        yield from (*self.parts, *self.key, *self.part)


@lru_cache(maxsize=16384)
def action_plan(item: EventAction) -> ActionPlan:
    """How the resources of an action are read from the records of its operation."""
    kinds = action_resource_types(item.action)
    passes_role = passed_role(item.action) is not None
    if not item.client or has_request_paths(item.client):
        return ActionPlan(
            tuple(map(_plan_without_names, kinds.values())),
            passes_role=passes_role,
            required=_required_types(item.action),
        )
    actions = client_operation_actions(item.client, item.operation) or ()
    own = [
        row.path
        for row in naming_parameters(item.client, item.operation, item.action)
        if len(actions) > 1 and not _names_all(item, row.path)
    ]
    return ActionPlan(
        tuple(plan for owner in _owners(item) for plan in _kind_plans(replace(item, client=owner))),
        tuple(path for text in own if "." in text for path in trail_paths(item.client, item.operation, text)),
        bool(own),
        trail_paths(item.client, item.operation, _OBJECT_KEY) if item.client == _S3 and _OBJECT in kinds else (),
        trail_paths(item.client, item.operation, _PART[item.action]) if item.action in _PART else (),
        passes_role,
        _required_types(item.action),
    )


def _required_types(action: str) -> tuple[tuple[str, ...], ...]:
    """The types on each of which a call of an action is checked, without those whose ids AWS assigns in the call."""
    types = required_types(action)
    groups = types.groups if types is not None else ()
    named = tuple(group for group in groups if types is None or types.created.isdisjoint(group))
    return named if len(groups) > 1 else ()


@lru_cache(maxsize=4096)
def rule_plans(client: str, operation: str) -> tuple[RulePlan, ...]:
    """The rules for the parameters of an operation that add or replace actions of the same service.

    Those of other services are requests with events of their own.
    """
    prefix = client_prefix(client)
    return tuple(
        RulePlan(
            rule,
            tuple(trail_paths(owner, operation, path) for path in rule.present),
            tuple(trail_paths(owner, operation, path) for path in rule.absent),
            tuple((trail_paths(owner, operation, path), value) for path, value in rule.values),
        )
        for owner in _owners(EventAction("", client, operation))
        for rule in parameter_rules(owner, operation)
        if rule.effect is not ParameterEffect.CONDITIONAL
        if all(action.partition(":")[0] == prefix for action in rule.actions)
    )


@lru_cache(maxsize=4096)
def owner_paths(client: str, operation: str) -> tuple[ParameterPath, ...]:
    """Where the account stands that owns the resource of an operation; () if the caller's account always does."""
    member = _OWNERS.get(client)
    has_member = member is not None and member in operation_members(client, operation)
    return trail_paths(client, operation, member) if member is not None and has_member else ()


@lru_cache(maxsize=1024)
def statement_paths(client: str, operation: str) -> tuple[ParameterPath, ...]:
    """Where the PartiQL statements of an operation stand; () if it has none."""
    if client != "dynamodb" or operation not in _STATEMENTS:
        return ()
    return trail_paths(client, operation, _STATEMENTS[operation])


@lru_cache(maxsize=16384)
def event_parameters(actions: tuple[EventAction, ...]) -> tuple[str, ...]:
    """The names in `requestParameters` that the resources of these actions need, `a.b` for the member `b` of `a`."""
    names: dict[str, None] = {}
    for item in actions:
        plan = action_plan(item)
        names.update(dict.fromkeys(path.parameter for path in plan.paths()))
    names.update(dict.fromkeys(path.parameter for path in operation_roles(actions)))
    for client, operation in dict.fromkeys((item.client, item.operation) for item in actions if item.client):
        for path in (*statement_paths(client, operation), *owner_paths(client, operation)):
            names[path.parameter] = None
        names.update(dict.fromkeys(path_parameters(client, operation)))
        for request in request_paths(client, operation):
            names.update(dict.fromkeys(path.parameter for _, path in request.parameters))
        for plan_of_rule in rule_plans(client, operation):
            for paths in (*plan_of_rule.present, *plan_of_rule.absent, *(paths for paths, _ in plan_of_rule.values)):
                names.update(dict.fromkeys(path.parameter for path in paths))
    return tuple(names)


@lru_cache(maxsize=16384)
def operation_roles(actions: tuple[EventAction, ...]) -> tuple[ParameterPath, ...]:
    """The parameters in which a role may stand that the operation passes to a service."""
    passing = [item for item in actions if item.client and action_plan(item).passes_role]
    names = [name for item in passing for name in role_parameters(item.client, item.operation)]
    return tuple(map(parameter_path, dict.fromkeys(names)))


def _plan_without_names(kind: ResourceType) -> KindPlan:
    return KindPlan(kind, kind.name.lower(), ())


def _kind_plans(item: EventAction) -> Iterator[KindPlan]:
    """The types of an action with the members of one client's operation that name them, the likeliest first."""
    members = dict.fromkeys(operation_members(item.client, item.operation), UNKNOWN_VALUE)
    call = SdkCall(item.client, item.operation, CodePlace("", 0, 0), members)
    for kind in chosen_types(call, item.action):
        formats = resource_type_formats(item.action, kind)
        names = naming_paths(call, item.action, kind)
        if names.get("") == (_BUCKET,):
            names = {"BucketName": (_BUCKET,)}
        elif "" in names and len(formats[0].variables) > 1 and kind.name.lower() != _OBJECT:
            # The table has the parameter of one variable; the others may be named as well: a schedule and its group.
            main = main_variable(formats[0], kind)
            others = naming_paths(replace(call, client=""), item.action, kind).items()
            own_paths = names[""]
            names = {variable: tuple(path for path in paths if path not in own_paths) for variable, paths in others}
            names[main] = own_paths
        yield KindPlan(
            kind,
            kind.name.lower(),
            tuple(
                (variable, tuple(path for text in paths for path in trail_paths(item.client, item.operation, text)))
                for variable, paths in names.items()
            ),
        )


def _names_all(item: EventAction, path: str) -> bool:
    """Whether a row of our table is for all actions of the operation."""
    rows = table_rows("call_resources")
    return any(
        row["client"] == item.client and row["parameter"] == path and row["actions"] == _ANY
        for row in rows
        if row["operations"] == _ANY or item.operation in row["operations"].split()
    )


def _owners(item: EventAction) -> tuple[str, ...]:
    """The clients of the service that have the operation, that of the action first: their events look alike."""
    prefix = client_prefix(item.client)
    clients = [item.client, *(service_clients(prefix) if prefix else ())]
    return tuple(client for client in dict.fromkeys(clients) if item.operation in client_operations(client))
