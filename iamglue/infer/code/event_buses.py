"""Calls of EventBridge by the bus: that of a rule, where the default one is not part of the ARN, and that of events.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html: `rule/NAME` is on the
default bus, `rule/BUS/NAME` on another. The parameter is the bus's name or ARN; without it the default bus is meant:
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.infer.code.call_resource import spec_text
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.values import Text, join_values, literal_value

_BUS, _DEFAULT = "EventBusName", "default"
_ENTRIES, _ANY_KEY = "Entries", "*"
_ARN_MARK = ":event-bus/"


def calls_by_bus(call: SdkCall) -> Iterator[SdkCall]:
    """The call; one on a rule for the default bus without the bus, and for others with the bus's name.

    Events whose entries name no bus go to the default one.
    """
    if call.client == "events" and call.operation == "PutEvents":
        yield _with_default_bus(call)
        return
    bus = call.parameters.get(_BUS)
    if call.client != "events" or bus is None:
        yield call
        return
    names = frozenset(map(_bus_name, bus.texts))
    others = frozenset(text for text in names if spec_text(text) != _DEFAULT)
    if len(others) < len(names):
        yield replace(call, parameters={name: value for name, value in call.parameters.items() if name != _BUS})
    if others or not bus.is_complete or not names:
        yield replace(call, parameters={**call.parameters, _BUS: replace(bus, texts=others)})


def _with_default_bus(call: SdkCall) -> SdkCall:
    """The call with the default bus for entries that are known and name no bus."""
    events = call.parameters.get(_ENTRIES)
    event = events.items if events is not None else None
    if events is None or event is None or not (events.is_complete and event.is_complete):
        return call
    members = dict(event.members)
    if _ANY_KEY in members or (_BUS in members and _BUS not in event.optional):
        return call
    default = literal_value(_DEFAULT)
    bus = join_values(members[_BUS], default) if _BUS in members else default
    named = replace(event, members=tuple(sorted({**members, _BUS: bus}.items())))
    return replace(call, parameters={**call.parameters, _ENTRIES: replace(events, items=named)})


def _bus_name(text: Text) -> Text:
    """The name of the bus; a text that is not an ARN as it stands."""
    written = spec_text(text)
    name = written.partition(_ARN_MARK)[2]
    return (name,) if written.startswith("arn:") and name and "$" not in name and "*" not in name else text
