"""Statements that can match a resource whose name no policy mentions (that is, wildcard grants).

Fast checks: most statements of most roles name their resources, and need no further evaluation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamglue.engine.evaluate.conditions import condition_test
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, pattern_fields, split_arn_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList
from iamglue.policy.patterns.variables import has_request_variables, tokenize
from iamglue.policy.patterns.wildcards import covers, has_wildcard
from iamglue.risk.request_keys import is_never_present
from iamglue.risk.sample_resources import resource_shapes

_WILD = re.compile(r"[*?]|\$\{")


def may_apply_to_any_resource(term: StatementTerm) -> bool:
    """Whether a statement may apply to a request for a wildcard resource of a type that its action supports.

    Fast, and never wrongly False.
    """
    if not has_wildcard_resource(term):
        return False
    resources, actions = term.statement.resources, term.statement.actions
    if resources is not None and not (
        resources.negated or actions.negated or any(map(is_single_star, resources.values))
    ):
        prefixes = _resource_prefixes(actions.values)
        if not any(_may_match_unused_name(value, prefixes) for value in resources.values):
            return False
    return not any(_is_never_satisfied(condition, term.variables) for condition in term.statement.conditions)


def has_wildcard_resource(term: StatementTerm) -> bool:
    """Whether a statement's Resource may match every resource of some type: fast, and never wrongly False."""
    resources = term.statement.resources
    return resources is not None and (resources.negated or any(map(_is_wildcard_pattern, resources.values)))


def is_unconditional(term: StatementTerm) -> bool:
    """Whether a statement has no conditions and no policy variables in its Resource."""
    resources = term.statement.resources
    return not term.statement.conditions and (resources is None or not any("${" in value for value in resources.values))


@lru_cache(maxsize=8192)
def covers_shape(pattern: str, shape: str) -> bool:
    """Whether a Resource pattern matches every resource of a shape such as `iam:role/*`, in some account.

    A shape without a name, such as `glue:catalog`, is one resource: a pattern without a wildcard names it.
    """
    if is_single_star(pattern):
        return True
    service, _, resource = shape.partition(":")
    fields = pattern_fields(pattern)
    return (
        fields is not None
        and len(fields) == ARN_FIELD_COUNT
        and covers(fields[2], service)
        and covers(fields[5], resource)
        and has_wildcard(fields[5])
    )


def may_cover_shape(term: StatementTerm, shape: str) -> bool:
    """Whether a statement's Resource may match every resource of a shape: fast, and never wrongly False."""
    resources = term.statement.resources
    if resources is None or resources.negated:
        return True
    return any(_may_cover(value, shape) for value in resources.values)


@lru_cache(maxsize=16384)
def _may_cover(value: str, shape: str) -> bool:
    """Whether a Resource value may match every resource of a shape. A deployment parameter holds no wildcard."""
    if "${" not in value:
        return covers_shape(value, shape)
    if has_request_variables(value) or not value.startswith("arn:"):
        return True
    return covers_shape(_with_plain_parameters(value), shape)


def _is_wildcard_pattern(pattern: str) -> bool:
    is_wild = "*" in pattern or "?" in pattern or "$" in pattern
    return (is_wild or pattern.count(":") < ARN_FIELD_COUNT - 1) and _has_wildcard_name(pattern)


@lru_cache(maxsize=16384)
def _has_wildcard_name(pattern: str) -> bool:
    """Whether a resource pattern has a wildcard in the part that names the resource."""
    if is_single_star(pattern):
        return True
    fields = pattern_fields(pattern)
    return fields is not None and len(fields) == ARN_FIELD_COUNT and _WILD.search(fields[5]) is not None


def _may_match_unused_name(pattern: str, prefixes: frozenset[tuple[str, str]]) -> bool:
    """Whether a pattern may match an unused name, by the text before its first wildcard.

    A deployment parameter is the name of some resource: it has no wildcard, and is not the unused name.
    """
    fields = split_arn_fields(pattern)
    if len(fields) < ARN_FIELD_COUNT:
        return True
    name = _with_plain_parameters(fields[5]) if "$" in fields[5] else fields[5]
    wild = _WILD.search(name)
    begins = name[: wild.start()] if wild else name
    return wild is not None and any(
        start.startswith(begins) and (service == fields[2] or "$" in fields[2] or has_wildcard(fields[2]))
        for service, start in prefixes
    )


def may_match_shape(term: StatementTerm, shape: str) -> bool:
    """Whether a statement's Resource may match an unused name of a shape that is one: fast, and never wrongly False."""
    resources = term.statement.resources
    if resources is None or resources.negated or any(map(is_single_star, resources.values)):
        return True
    service, _, resource = shape.partition(":")
    prefixes = frozenset({(service, resource.partition("*")[0])})
    return any(_may_match_unused_name(value, prefixes) for value in resources.values)


def _with_plain_parameters(text: str) -> str:
    """The text with a letter in place of each deployment parameter."""
    return "".join("x" if token.is_named_parameter else token.text for token in tokenize(text))


@lru_cache(maxsize=8192)
def _resource_prefixes(actions: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """The services, and the text before the name, of all resource types of the actions."""
    known = actions_in(element_bitset(MatchList(actions)))
    shapes = {shape.partition(":")[::2] for action in known for shape in resource_shapes(str(action))}
    return frozenset((service, resource.partition("*")[0]) for service, resource in shapes)


@lru_cache(maxsize=4096)
def _is_never_satisfied(condition: Condition, variables: bool) -> bool:
    """Whether a condition is never satisfied, as no such request has its key."""
    return is_never_present(condition.key.lower()) and condition_test(condition, variables=variables)({}) is False
