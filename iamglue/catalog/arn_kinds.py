"""ARNs that differ only in their names, as one: whatever the formats of AWS's reference say of one, they say of all.

A format is a pattern of fixed words and variables, `table/${TableName}/index/${IndexName}`. A name in an ARN that
stands in none of the words of its service's formats is taken in by a variable, as any other such name would be.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from iamglue.catalog.resource_formats import corrected_formats
from iamglue.catalog.service_arn_formats import has_aws_owned_resources, resource_pattern, service_arn_formats
from iamglue.policy.arns import ARN_FIELD_COUNT

# No variable, placeholder or escape stands anywhere, and the service is fixed text.
_HEAD = re.compile(r"arn:[^:${}<>\[\]]*:[a-z][a-z0-9-]*:[^:${}<>\[\]]*:[^:${}<>\[\]]*")
_RESOURCE = re.compile(r"[A-Za-z0-9_.*?/:=+@,-]+")
_WORD = r"[A-Za-z0-9_.-]+"
_NAME = re.compile(f"({_WORD})")
_ANY_NAME = "!"  # in no format, and in no plain ARN
# A word of a format that a variable adjoins, or two variables in a row: there a name may be taken in by parts.
_ADJOINED = re.compile(r"[A-Za-z0-9_.-]\?\*|\*[A-Za-z0-9_.?-]|!")


def plain_parts(text: str) -> tuple[str, str, str] | None:
    """The fields of an ARN before its resource part, its service, and the resource part with its names made alike.

    None for what is no plain ARN, and where names cannot be told from the words of the service's formats. Of two ARNs
    with the same service and the same last part a format fits both or neither, and an action acts on both or neither.
    """
    resource = text.split(":", ARN_FIELD_COUNT - 1)[-1]
    head = text[: -len(resource) - 1]
    known = _known_after(head)
    if known is None or not _RESOURCE.fullmatch(resource) or "your" in resource.lower():
        return None
    service, words = known
    pieces = _NAME.split(resource)
    pieces[1::2] = [name if name in words else _ANY_NAME for name in pieces[1::2]]
    return head, service, "".join(pieces)


@lru_cache(maxsize=4096)
def _known_after(head: str) -> tuple[str, str] | None:
    """The service of an ARN's first fields, and the words of its formats; None where any name may be one of them."""
    if not _HEAD.fullmatch(head):
        return None
    service = head.split(":")[2]
    words = _words(service)
    return None if words is None or (head[-1] == ":" and has_aws_owned_resources(service)) else (service, words)


@cache
def _words(service: str) -> str | None:
    """The words of the service's formats, one a line; None where a name may be more than what a variable takes in."""
    formats = service_arn_formats(service)
    patterns = [resource_pattern(each) for each in (*formats, *corrected_formats(service))]
    if not formats or any(map(_ADJOINED.search, patterns)):
        return None
    return "\n".join(sorted({word for pattern in patterns for word in re.findall(_WORD, pattern)}))
