"""Resource objects of boto3 (`Table`, `Bucket`, `Instance`), as boto3's own descriptions of them say.

https://boto3.amazonaws.com/v1/documentation/api/latest/guide/resources.html
The file is long because resources, their methods and collections make each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from iamglue.catalog.sdk_methods import snake_case_name
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
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.sdk_clients import TRANSFERS, ClientObject, Connection, MetaObject, transfer
from iamglue.infer.code.python.sdk_responses import HarmlessObject, ResponseObject
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, TextObject, literals_of, text_values
from iamglue.infer.code.sdk_models import resource_model, waiter_model

# Loads that boto3 adds by hand: it has no other way to know a bucket's creation date, or an object of a listing.
# https://github.com/boto/boto3/blob/develop/boto3/s3/inject.py
_LOADS: dict[tuple[str, str], dict[str, Any]] = {
    ("s3", "Bucket"): {"request": {"operation": "ListBuckets"}},
    ("s3", "ObjectSummary"): {
        "request": {
            "operation": "HeadObject",
            "params": [
                {"target": "Bucket", "source": "identifier", "name": "BucketName"},
                {"target": "Key", "source": "identifier", "name": "Key"},
            ],
        }
    },
}
_BOUND = {"Bucket": {"Bucket": "Name"}, "Object": {"Bucket": "BucketName", "Key": "Key"}}
_BOUND["ObjectSummary"] = _BOUND["Object"]


@interned_dataclass
class ResourceObject(AbstractObject):
    """A resource object; `kind` is "" for the service itself. Its identifiers are cells.

    `is_loaded`: its data came with a response, so that its attributes make no call.
    """

    service: str
    kind: str
    site: int
    context: tuple[int, ...]
    connection: Connection | None = None
    is_loaded: bool = False

    @property
    def makes_requests(self) -> bool:
        """True."""
        return True

    @property
    def model(self) -> Mapping[str, Any]:
        """boto3's description: its actions, identifiers, and the resources that it leads to."""
        described = resource_model(self.service)
        model: Mapping[str, Any] = described["resources"][self.kind] if self.kind else described["service"]
        return model

    @property
    def client(self) -> ClientObject:
        """The client that makes its requests."""
        return ClientObject(self.service, self.connection)

    def identifier(self, name: str, at: Site) -> Values:
        """What an identifier may be."""
        return at.read((self, "identifier", name))

    def attribute(self, name: str, at: Site) -> Values:  # noqa: PLR0911
        """A method, identifier, sub-resource or collection; any other attribute loads the resource's data."""
        model = self.model
        if name == "meta":
            return frozenset({MetaObject(self.client)})
        for identifier in model.get("identifiers", ()):
            if name in (snake_case_name(identifier["name"]), snake_case_name(identifier.get("memberName", "-"))):
                return self.identifier(identifier["name"], at) or UNKNOWN_STRINGS
        if name in ("load", "reload") or name.startswith("wait_until_") or self._is_helper(name):
            return frozenset({ResourceMethod(self, name)})
        for key in model.get("actions", {}):
            if snake_case_name(key) == name:
                return frozenset({ResourceMethod(self, name, key)})
        for key in model.get("hasMany", {}):
            if snake_case_name(key) == name:
                return frozenset({CollectionObject(self, key)})
        for key, related in self.subresources().items():
            is_reference = any(part["source"] == "data" for part in related["resource"].get("identifiers", ()))
            if name == (snake_case_name(key) if is_reference else key):
                return self._reference(related, at) if is_reference else frozenset({ResourceMethod(self, name, key)})
        return self._load_attribute(name, at)

    def subresources(self) -> Mapping[str, Any]:
        """The resources that this one leads to; the service itself makes each by its identifiers."""
        described: dict[str, Any] = dict(self.model.get("has", {}))
        for key, resource in resource_model(self.service)["resources"].items() if not self.kind else ():
            given = [{"target": part["name"], "source": "input"} for part in resource.get("identifiers", ())]
            described.setdefault(key, {"resource": {"type": key, "identifiers": given}})
        return described

    def _is_helper(self, name: str) -> bool:
        """Whether boto3 adds a method by hand, which its descriptions do not have."""
        if self.service == "s3" and self.kind in _BOUND:
            return name in TRANSFERS and name != "generate_presigned_post"
        if (self.service, self.kind) == ("dynamodb", "Table"):
            return name == "batch_writer"
        return (self.service, self.kind, name) == ("ec2", "", "create_tags") or name == "get_available_subresources"

    def _reference(self, related: Mapping[str, Any], at: Site) -> Values:
        """A resource that the data names: to know it the data is loaded."""
        self.load(at)
        return frozenset({self._related_resource(related["resource"], {}, UNKNOWN_STRINGS, at)})

    def _load_attribute(self, name: str, at: Site) -> Values:
        """A part of the resource's data, which is loaded first; NOTHING for a name that the service has not."""
        if name.startswith("_") or self.is_loaded or not self.kind:
            return UNKNOWN_STRINGS if self.kind else NOTHING
        self.load(at)
        return frozenset({ResponseObject(self.service, "", at.site, at.unit.context, (name,))})

    def load(self, at: Site, helper: str = "") -> None:
        """Record the request that loads the resource's data."""
        described = _LOADS.get((self.service, self.kind)) or self.model.get("load")
        if described is not None:
            self.send(described["request"], {}, at, helper=helper or f"{self.kind}.load")

    def send(
        self, request: Mapping[str, Any], given: Mapping[str, Values], at: Site, *, helper: str, more: bool = False
    ) -> tuple[dict[str, Values], Values]:
        """Record a request; returns its parameters and response."""
        parameters = self.bound_parameters(request, at)
        parameters.update(given)
        return parameters, self.client.request(request["operation"], parameters, at, more=more, helper=helper)

    def bound_parameters(self, request: Mapping[str, Any], at: Site) -> dict[str, Values]:
        """The parameters that boto3 fills from the resource."""
        parameters: dict[str, Values] = {}
        for part in request.get("params", ()):
            source = part["source"]
            if source == "identifier":
                values = self.identifier(part["name"], at) or UNKNOWN_STRINGS
            else:
                values = text_values(str(part["value"])) if "value" in part else UNKNOWN_STRINGS
            target = re.match(r"(\w+)(\[(?:\d+|)\])?(\..*)?$", part["target"])
            if target is None or target[3]:
                parameters.setdefault(part["target"].partition(".")[0].partition("[")[0], UNKNOWN)
            elif target[2]:
                listed = Container("list", at.machine.site((at.node, self, part["target"])), at.unit.context)
                listed.put(at, ("0",), values)
                parameters[target[1]] = frozenset({listed})
            else:
                parameters[target[1]] = values
        return parameters

    def _related_resource(
        self,
        resource: Mapping[str, Any],
        parameters: Mapping[str, Values],
        other: Values,
        at: Site,
        given: ArgumentValues | None = None,
    ) -> ResourceObject:
        """A resource that this one leads to; `other` are identifiers that only the response has."""
        identifiers: dict[str, Values] = {}
        position = 0
        for part in resource.get("identifiers", ()):
            values = other
            if part["source"] == "identifier":
                values = self.identifier(part["name"], at)
            elif part["source"] == "requestParameter":
                values = parameters.get(part["path"].partition("[")[0].partition(".")[0], other)
            elif part["source"] == "response":
                values = _response_part(other, part["path"], at)
            elif part["source"] == "input" and given is not None:
                values = given.get(position, snake_case_name(part["target"]))
                position += 1
            identifiers[part["target"]] = values
        # Known identifiers distinguish resources of one place: `{name: Table(name) for name in names}`.
        known = tuple(values if len(values) == 1 else None for values in identifiers.values())
        site = at.machine.site((at.node, self.kind, resource["type"], known))
        is_loaded = "path" in resource
        made = ResourceObject(self.service, resource["type"], site, at.unit.context, self.connection, is_loaded)
        for name, values in identifiers.items():
            at.write((made, "identifier", name), values)
        return made

    def make(self, key: str, arguments: ArgumentValues, at: Site) -> Values:
        """A sub-resource by its identifiers."""
        return frozenset(
            {self._related_resource(self.subresources()[key]["resource"], {}, UNKNOWN_STRINGS, at, arguments)}
        )

    def act(self, key: str, arguments: ArgumentValues, at: Site) -> Values:
        """Record an action; returns the resource that it makes, or the response."""
        action = self.model["actions"][key]
        helper = f"{self.kind}.{snake_case_name(key)}" if self.kind else snake_case_name(key)
        parameters, response = self.send(
            action["request"], arguments.keywords, at, helper=helper, more=arguments.more_keywords
        )
        if "resource" in action:
            return frozenset({self._related_resource(action["resource"], parameters, response, at)})
        return response

    def listed(self, key: str, given: Mapping[str, Values], more: bool, at: Site) -> Values:
        """Record the listing of a collection; returns its elements."""
        collection = self.model["hasMany"][key]
        if "request" not in collection:
            self.load(at)
            return frozenset({self._related_resource(collection["resource"], {}, UNKNOWN_STRINGS, at)})
        helper = f"{self.kind}.{snake_case_name(key)}" if self.kind else snake_case_name(key)
        parameters, response = self.send(collection["request"], given, at, helper=helper, more=more)
        return frozenset({self._related_resource(collection["resource"], parameters, response, at)})

    def item(self, key: Values, at: Site) -> Values:  # noqa: ARG002
        """An element, where an action makes a list of resources."""
        return frozenset({self})

    def elements(self, at: Site) -> Values:  # noqa: ARG002
        """An element, where an action makes a list of resources."""
        return frozenset({self})

    def escape(self, at: Site) -> None:
        """Code that is not known may make any call with it."""
        at.doubt(f"a resource of {self.service} is given to code that is not part of the program")


@interned_dataclass
class ResourceMethod(AbstractObject):
    """A method of a resource; `key` is its name in boto3's description."""

    owner: ResourceObject
    name: str
    key: str = ""

    def call(self, arguments: ArgumentValues, at: Site) -> Values:  # noqa: PLR0911
        """Record what the method requests."""
        owner, name = self.owner, self.name
        if name in ("load", "reload"):
            owner.load(at, f"{owner.kind}.{name}")
            return NONE
        if name.startswith("wait_until_"):
            return self._wait(arguments, at)
        if self.key and self.key in owner.model.get("actions", {}):
            return owner.act(self.key, arguments, at)
        if self.key:
            return owner.make(self.key, arguments, at)
        if name == "batch_writer":
            owner.client.request(
                "BatchWriteItem", {"TableName": owner.identifier("Name", at)}, at, helper="Table.batch_writer"
            )
            return frozenset({HarmlessObject(name)})
        if name == "create_tags":
            return owner.client.request("CreateTags", arguments.keywords, at, helper=name)
        if name in TRANSFERS:
            bound = {key: owner.identifier(of, at) for key, of in _BOUND[owner.kind].items()}
            return transfer(owner.client, name, arguments, at, bound)
        return UNKNOWN_STRINGS

    def _wait(self, arguments: ArgumentValues, at: Site) -> Values:
        """Record the request that `wait_until_...` repeats."""
        for key, waiter in self.owner.model.get("waiters", {}).items():
            if f"wait_until_{snake_case_name(key)}" == self.name:
                operation = waiter_model(self.owner.service)[waiter["waiterName"]]["operation"]
                request = {"operation": operation, "params": waiter.get("params", ())}
                self.owner.send(request, arguments.keywords, at, helper=f"{self.owner.kind}.{self.name}")
        return NONE

    def escape(self, at: Site) -> None:
        """Code that is not known may call the method."""
        self.call(ArgumentValues(more_keywords=True), at)


@interned_dataclass
class CollectionObject(AbstractObject):
    """A collection of resources; it requests a listing when it is iterated."""

    owner: ResourceObject
    key: str
    given: Container | None = None

    def elements(self, at: Site) -> Values:
        """Record the listing, and give an element of it."""
        given: dict[str, Values] = {}
        more = False
        if self.given is not None:
            for key in self.given.keys(at.machine, at.unit):
                name = literals_of(frozenset({TextObject(key)}))
                if name:
                    given[name[0]] = self.given.get(at.machine, key, at.unit)
                else:
                    more = True
        return self.owner.listed(self.key, given, more, at)

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002
        """The bound method of that name."""
        return frozenset({CollectionMethod(self, name)})

    def escape(self, at: Site) -> None:
        """Code that is not known may iterate it."""
        self.elements(at)


@interned_dataclass
class CollectionMethod(AbstractObject):
    """A method of a collection: `all`, `filter`, `limit`, `page_size`, `pages`, or an action on all its elements."""

    owner: CollectionObject
    name: str

    def call(self, arguments: ArgumentValues, at: Site) -> Values:
        """The collection with its filters, or the listing and the action on its elements."""
        owner = self.owner
        if self.name in ("all", "filter", "limit", "page_size"):
            given = Container("dict", at.site, at.unit.context)
            if owner.given is not None:
                for key in owner.given.keys(at.machine, at.unit):
                    given.put(at, key, owner.given.get(at.machine, key, at.unit))
            for name, values in arguments.keywords.items() if self.name == "filter" else ():
                given.put(at, (name,), values)
            return frozenset({CollectionObject(owner.owner, owner.key, given)})
        values = owner.elements(at)
        for obj in values if self.name != "pages" else ():
            if isinstance(obj, ResourceObject):
                self._act_on_element(obj, arguments, at)
        return values

    def _act_on_element(self, element: ResourceObject, arguments: ArgumentValues, at: Site) -> None:
        """Record the batch action that the collection's method is; other methods only list."""
        for key, action in element.model.get("batchActions", {}).items():
            if snake_case_name(key) == self.name:
                helper = f"{snake_case_name(self.owner.key)}.{self.name}"
                element.send(action["request"], arguments.keywords, at, helper=helper)


def _response_part(response: Values, path: str, at: Site) -> Values:
    """The part of a response at a path; a text that is not known if there may be several responses."""
    values: Values = NOTHING
    for obj in response:
        values |= obj.step(path, at) if isinstance(obj, ResponseObject) else UNKNOWN_STRINGS
    return values or UNKNOWN_STRINGS
