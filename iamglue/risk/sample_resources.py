"""Sample ARNs with an unused name, one for each Region and account that policies name; used to test wildcard grants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from iamglue.catalog import services
from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.catalog.services import ResourceType
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import StatementTerm
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, pattern_fields
from iamglue.policy.patterns.wildcards import covers, has_wildcard, intersects, matches
from iamglue.risk.request_keys import UNUSED_NAME

_NAMED = 3  # ARNs that are evaluated before a proof
_PLACES = 12  # pairs of a Region and an account that are evaluated
ArnLocation = tuple[str, str, str]  # partition, Region, account


@lru_cache(maxsize=4096)
def _arn_parts(action: str, shape: str) -> tuple[str, str, bool, bool]:
    """The service and resource of a sample ARN, and whether such ARNs have a Region and an account."""
    owner, _, resource = shape.partition(":")
    fresh = resource.replace("*", UNUSED_NAME)
    forms = [
        form
        for kind in _resource_types(action)
        for form in resource_type_formats(action, kind)
        if form.service == owner
    ]
    for fits in (str.__eq__, covers, intersects):
        for form in forms:
            if fits(form.resource_glob(), resource):
                return owner, fresh, bool(form.region), bool(form.account)
    return owner, fresh, True, True


def sample_arns(action: str, shape: str, allows: Iterable[StatementTerm], home: ArnLocation) -> Iterator[str]:
    """ARNs of the shape (`dynamodb:table/*`) with an unused name, one for each location that Resource patterns name."""
    first = _sample_arn(action, shape, home)
    yield first
    owner = shape.partition(":")[0]
    yielded = {first}
    for place in _named_locations(owner, allows, home):
        arn = _sample_arn(action, shape, place)
        if arn not in yielded:
            yield arn
            yielded.add(arn)
        if len(yielded) >= _PLACES:
            return


@lru_cache(maxsize=4096)
def sample_request(action: str, shape: str, place: ArnLocation) -> Request:
    """A request for the action on an ARN of the shape with an unused name, in a location."""
    return Request(action, _sample_arn(action, shape, place))


@lru_cache(maxsize=16384)
def _sample_arn(action: str, shape: str, place: ArnLocation) -> str:
    """The ARN of a shape in a place; types without a Region or an account, such as buckets, have empty fields."""
    owner, resource, has_region, has_account = _arn_parts(action, shape)
    partition, region, account = place
    return f"arn:{partition}:{owner}:{region if has_region else ''}:{account if has_account else ''}:{resource}"


def named_arns(action: str, allows: Iterable[StatementTerm], home: ArnLocation) -> list[str]:
    """Up to three ARNs of resources that statements name for the action; wildcards become an unused name."""
    shapes = resource_shapes(action)
    if not shapes:
        return ["*"]
    arns = []
    for term in allows:
        resources = term.statement.resources
        for value in resources.values[:_NAMED] if resources is not None and not resources.negated else ():
            if is_single_star(value):
                return list(sample_arns(action, shapes[0], (), home))
            fields = pattern_fields(value)
            if fields is not None and len(fields) == ARN_FIELD_COUNT and "${" not in value:
                owner, resource = fields[2], fields[5].replace("*", UNUSED_NAME).replace("?", "x")
                if any(shape.startswith(f"{owner}:") and covers(shape[len(owner) + 1 :], resource) for shape in shapes):
                    partition, region, account = _named_location(fields, home)
                    arns.append(f"arn:{partition}:{owner}:{region}:{account}:{resource}")
    return arns[:_NAMED]


def _named_locations(owner: str, allows: Iterable[StatementTerm], home: ArnLocation) -> Iterable[ArnLocation]:
    """Yield the places, other than the own one, in which statements name resources of the service."""
    for term in allows:
        resources = term.statement.resources
        for pattern in resources.values if resources is not None and not resources.negated else ():
            fields = pattern_fields(pattern) if pattern != "*" else None
            if fields is not None and len(fields) == ARN_FIELD_COUNT and fields[2] in (owner, "*"):
                named = _named_location(fields, home)
                if named != home:
                    yield named


def _named_location(fields: tuple[str, ...], home: ArnLocation) -> ArnLocation:
    """A location that the fields of a pattern match: that of the caller, as far as possible."""
    partition, region, account = map(_matching_text, (fields[1], fields[3], fields[4]), home)
    return partition, region, account


@lru_cache(maxsize=1024)
def _matching_text(pattern: str, preferred: str) -> str:
    """A text that the pattern matches: the preferred one if it does."""
    if not has_wildcard(pattern):
        return pattern
    return preferred if matches(pattern, preferred) else pattern.replace("*", "").replace("?", "1")


@cache
def is_wildcard_shape(action: str, shape: str) -> bool:
    """Whether a shape has a name part, and starts like a resource type of the action.

    The password policy of an account, for example, does not have a name.
    """
    start, star, _ = shape.partition("*")
    return bool(star) and any(resource_shape.partition("*")[0] == start for resource_shape in resource_shapes(action))


@cache
def resource_shapes(action: str) -> tuple[str, ...]:
    """The shapes of all resource types of an action, as `service:resource`."""
    forms = (form for kind in _resource_types(action) for form in resource_type_formats(action, kind))
    return tuple(dict.fromkeys(f"{form.service}:{form.resource_glob()}" for form in forms))


def _resource_types(action: str) -> Iterable[ResourceType]:
    """The resource types of an action; empty if the action is unknown."""
    return action_resource_types(action).values() if services.find_action(action) else ()
