"""Calls on rules of EventBridge by the bus of the rule: the default bus is not part of a rule's ARN.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html: `rule/NAME` is on the
default bus, `rule/BUS/NAME` on another. The parameter is the bus's name or ARN; without it the default bus is meant:
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.infer.code.call_resource import spec_text
from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.values import Text

_BUS, _DEFAULT = "EventBusName", "default"
_ARN_MARK = ":event-bus/"


def calls_by_bus(call: SdkCall) -> Iterator[SdkCall]:
    """The call; one on a rule for the default bus without the bus, and for others with the bus's name."""
    bus = call.parameters.get(_BUS)
    if call.client != "events" or bus is None:
        yield call
        return
    names = frozenset(map(_name, bus.texts))
    others = frozenset(text for text in names if spec_text(text) != _DEFAULT)
    if len(others) < len(names):
        yield replace(call, parameters={name: value for name, value in call.parameters.items() if name != _BUS})
    if others or not bus.is_complete or not names:
        yield replace(call, parameters={**call.parameters, _BUS: replace(bus, texts=others)})


def _name(text: Text) -> Text:
    """The name of the bus; a text that is not an ARN as it stands."""
    written = spec_text(text)
    name = written.partition(_ARN_MARK)[2]
    return (name,) if written.startswith("arn:") and name and "$" not in name and "*" not in name else text
