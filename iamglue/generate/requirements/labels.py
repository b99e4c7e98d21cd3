"""Short names of resources for Sids, and the lines of a spec as reasons."""

from __future__ import annotations

import re

from iamglue.model.required_access import Reason
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.patterns.variables import tokenize

_WORD = re.compile(r"[A-Za-z0-9]+")


def camel_case(text: str) -> str:
    """Join the alphanumeric words of `text`, each capitalized: valid characters of a Sid."""
    return "".join(word[0].upper() + word[1:] for word in _WORD.findall(text))


def resource_label(resource: SpecResource, resources: tuple[str, ...]) -> str:
    """A short name of a resource for a statement's Sid; "Any" for "*"."""
    text = resource.text
    if text is None:
        values = [value for _, value in resource.variables]
        text = resource.variables[0][0] if values == ["true"] else " ".join(values)
    if text.startswith("arn:"):
        text = text.rpartition(":")[2] or text
    plain = "".join(token.name if token.name != token.text else token.text for token in tokenize(text))
    word = camel_case(plain)[:40]
    return word or ("Any" if resources in ((), ("*",)) else "All")


def entry_reason(entry: AccessEntry, more: str = "") -> Reason:
    """The entry as written in the spec, with its location, its `why` and the suffix `more`."""
    verbs = f" ({', '.join(entry.do)})" if entry.do else ""
    return Reason(f"{entry_text(entry)}{verbs}, {entry.location}{reason_suffix(entry.why)}{more}")


def entry_text(entry: AccessEntry) -> str:
    """The list, service and resource of an entry as written in the spec."""
    service = f"{entry.service}/{entry.resource_type}" if entry.resource_type else entry.service
    named = entry.resource.text
    if named is None:
        named = "{" + ", ".join(f"{name}: {value}" for name, value in entry.resource.variables) + "}"
    return f"{entry.access} {service} {named}"


def reason_suffix(why: str | None) -> str:
    """A `why` of the spec as the end of a line, with line breaks replaced; empty for None."""
    return f": {' '.join(why.split())}" if why else ""
