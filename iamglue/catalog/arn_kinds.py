"""Groups ARNs that differ only in their names: the formats of AWS's reference treat them alike.

A format is a pattern of fixed words and variables, `table/${TableName}/index/${IndexName}`. A name in an ARN that is
not one of the fixed words of its service's formats is matched by a variable, like every other such name.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from iamglue.catalog.resource_formats import corrected_formats
from iamglue.catalog.service_arn_formats import has_aws_owned_resources, resource_pattern, service_arn_formats
from iamglue.policy.arns import ARN_FIELD_COUNT

# No variable, placeholder or escape in these fields, and a literal service.
_HEAD = re.compile(r"arn:[^:${}<>\[\]]*:[a-z][a-z0-9-]*:[^:${}<>\[\]]*:[^:${}<>\[\]]*")
_RESOURCE = re.compile(r"[A-Za-z0-9_.*?/:=+@,-]+")
_WORD = r"[A-Za-z0-9_.-]+"
_NAME = re.compile(f"({_WORD})")
_ANY_NAME = "!"  # occurs in no format and in no plain ARN
# A word next to a variable, or two adjacent variables: there, a name may be matched in parts.
_ADJOINED = re.compile(r"[A-Za-z0-9_.-]\?\*|\*[A-Za-z0-9_.?-]|!")


def plain_parts(text: str) -> tuple[str, str, str] | None:
    """The fields of an ARN before its resource part, its service, and the resource part with all names replaced.

    None if the text is not a plain ARN, or if its names cannot be distinguished from the words of the service's
    formats. If two ARNs have the same service and the same replaced resource part, they fit the same formats and the
    same actions apply to them.
    """
    resource = text.split(":", ARN_FIELD_COUNT - 1)[-1]
    head = text[: -len(resource) - 1]
    service_and_words = _service_and_words(head)
    if service_and_words is None or not _RESOURCE.fullmatch(resource) or "your" in resource.lower():
        return None
    service, words = service_and_words
    pieces = _NAME.split(resource)
    pieces[1::2] = [name if name in words else _ANY_NAME for name in pieces[1::2]]
    return head, service, "".join(pieces)


@lru_cache(maxsize=4096)
def _service_and_words(head: str) -> tuple[str, str] | None:
    """The service of an ARN, and the words of its formats; None if any name may be one of these words."""
    if not _HEAD.fullmatch(head):
        return None
    service = head.split(":")[2]
    words = _format_words(service)
    return None if words is None or (head[-1] == ":" and has_aws_owned_resources(service)) else (service, words)


@cache
def _format_words(service: str) -> str | None:
    """The words of the service's formats, one per line; None if a name may be matched in parts."""
    formats = service_arn_formats(service)
    patterns = [resource_pattern(arn_format) for arn_format in (*formats, *corrected_formats(service))]
    if not formats or any(map(_ADJOINED.search, patterns)):
        return None
    return "\n".join(sorted({word for pattern in patterns for word in re.findall(_WORD, pattern)}))
