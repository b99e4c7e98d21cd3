"""Parameters that a call need not have, and whose absence means something else: another action, or another resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce

from iamglue.catalog.call_parameters import ParameterEffect, parameter_rules
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.values import CodeValue

# Without these, the call is on the function and not on a version, on the table and not on an index, on the default bus
# or in the default group.
_NARROWING = {"lambda": "Qualifier", "dynamodb": "IndexName", "events": "EventBusName", "scheduler": "GroupName"}


def possible_calls(call: SdkCall) -> Iterator[SdkCall]:
    """The call as it stands; and without the parameters that it need not have, if that means something else."""
    yield call
    paths = {*replacing_parameters(call.client, call.operation), _NARROWING.get(call.client, "")}
    absent = [path for path in sorted(paths) if _is_optional(call, path)]
    if absent:
        yield replace(call, parameters=reduce(_without, absent, call.parameters))


def replacing_parameters(client: str, operation: str) -> tuple[str, ...]:
    """The paths of parameters without which a call needs another action: `VersionId` of S3."""
    rules = parameter_rules(client, operation)
    return tuple(path for rule in rules if rule.effect is ParameterEffect.REPLACES for path in rule.present)


def _is_optional(call: SdkCall, path: str) -> bool:
    """Whether a call may lack the parameter at a path of names."""
    first, *rest = path.split(".")
    value = call.parameters.get(first)
    if value is None:
        return False
    if first in call.optional:
        return True
    for name in rest:
        inner = value.member(name)
        if inner is None:
            return False
        if name in value.optional:
            return True
        value = inner
    return False


def _without(parameters: Mapping[str, CodeValue], path: str) -> dict[str, CodeValue]:
    """The parameters without the one at a path."""
    first, _, rest = path.partition(".")
    others = {name: value for name, value in parameters.items() if name != first}
    if not rest or first not in parameters:
        return others
    inner = parameters[first]
    return {**others, first: replace(inner, members=tuple(_without(dict(inner.members), rest).items()))}
