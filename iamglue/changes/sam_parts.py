"""What of a SAM template decides who may call its functions, and dynamic references of a template.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-controlling-access-to-apis.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.changes.access_properties import property_texts
from iamglue.changes.node_texts import node_text
from iamglue.changes.resource_types import is_access_key
from iamglue.model.access_change import NotCompared
from iamglue.policy.source.nodes import Node

_API_EVENTS = frozenset({"Api", "HttpApi"})
_API_SECTIONS = ("Api", "HttpApi", "WebSocketApi")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^}]*\}\}")


def sam_global_parts(root: Node) -> Iterator[tuple[str, NotCompared]]:
    """Yield who may call the APIs of a template by its section `Globals`, by name; also of a template without it."""
    sections = root.get("Globals")
    for name in _API_SECTIONS:
        section = None if sections is None else sections.get(name)
        texts = [] if section is None else property_texts(section, is_access_key)
        yield f"`{name}` of `Globals`", NotCompared("\n".join(texts), only_if_changed=True)


def sam_event_texts(properties: Node) -> Iterator[str]:
    """Yield the events of a function by which an API calls it."""
    events = properties.get("Events")
    for _, event in () if events is None else events.pairs:
        event_type = event.get("Type")
        if event_type is not None and event_type.text in _API_EVENTS:
            yield node_text(event)


def find_dynamic_references(properties: Node | None) -> Iterator[str]:
    """Yield the dynamic references in a resource's properties: their values are known only at deployment."""
    for node in () if properties is None else properties.walk():
        yield from _DYNAMIC_REFERENCE.findall(node.text or "")
