"""Reader of access denied messages, in the forms that AWS services, SDKs and logs write.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import Any

from iamglue.errors import IamglueError
from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.readers.denials.assume_role_messages import find_assume_role_messages
from iamglue.readers.denials.events import read_document
from iamglue.readers.denials.lambda_messages import find_lambda_messages
from iamglue.readers.denials.log_text import MAX_DEPTH, plain_text, split_json, without_wraps
from iamglue.readers.denials.message import DenialMessage
from iamglue.readers.denials.operation_names import find_operations, operation_action
from iamglue.readers.denials.other_causes import find_other_causes
from iamglue.readers.denials.service_messages import find_service_messages
from iamglue.readers.denials.short_messages import (
    find_denied_operations,
    find_named_actions,
    find_queue_messages,
    read_bare_denial,
)
from iamglue.readers.denials.standard_messages import (
    find_ciphertext_messages,
    find_encoded_messages,
    find_standard_messages,
)

# One of these is in every message; most lines of a log have none.
_DENIAL_WORDS = re.compile(r"denied|authori|permi|forbidden|assume|cipher|decrypt|mount|access|403", re.IGNORECASE)
# Where messages of two forms overlap, the first form has the details.
_FORMS = (
    find_assume_role_messages,
    find_standard_messages,
    find_lambda_messages,
    find_service_messages,
    find_other_causes,
    find_queue_messages,
    find_named_actions,
    find_encoded_messages,
    find_ciphertext_messages,
    find_denied_operations,
)
# How far in front of a message the operation may be named.
_OPERATION_DISTANCE = 400


def read_denial(text: str) -> AccessDenial:
    """The first denial of `read_denials`, with its errors."""
    return read_denials(text)[0]


def read_denials(text: str) -> tuple[AccessDenial, ...]:
    """The distinct denials in a message, a log, a CloudTrail event or other JSON, in order.

    Raises IamglueError for a text without an access denied message.
    """
    denials = _distinct(_read_value(text, MAX_DEPTH))
    unwrapped = without_wraps(text)
    if unwrapped != text:
        # A terminal breaks words, too: then the lines say less than the whole.
        others = _distinct(_read_value(unwrapped, MAX_DEPTH))
        if all(other in denials or _is_detailed(other) for other in others):
            denials = max((denials, others), key=_fact_count)
    if denials:
        return denials
    bare = read_bare_denial(plain_text(text))
    if bare is not None:
        return (bare,)
    raise IamglueError(
        "the text is not an access denied message of AWS",
        hint="expected `is not authorized to perform`, `AccessDenied` or similar; give the whole message, a CloudTrail "
        "event or the output of `aws sts decode-authorization-message`",
    )


def _read_value(value: Any, depth: int) -> tuple[AccessDenial, ...]:
    """The denials in a JSON value or a text; text inside may be JSON again, `depth` times."""
    if depth == 0:
        return ()
    if isinstance(value, str):
        parts = list(split_json(value))
        return tuple(
            denial
            for part in parts
            for denial in (_read_text(part) if isinstance(part, str) else _read_value(part, depth - 1))
        )
    if isinstance(value, dict):
        known = read_document(value, lambda inner: _read_value(inner, depth - 1))
        if known is not None:
            return known
        value = list(value.values())
    if isinstance(value, list):
        return tuple(denial for item in value for denial in _read_value(item, depth - 1))
    return ()


def _read_text(text: str) -> tuple[AccessDenial, ...]:
    """The denials in a text without JSON."""
    if not _DENIAL_WORDS.search(text):
        return ()
    line = plain_text(text)
    messages: list[DenialMessage] = []
    for find_messages in _FORMS:
        taken = sorted((message.start, message.end) for message in messages)
        messages += [message for message in find_messages(line) if not _overlaps(message, taken)]
    messages.sort(key=lambda message: message.start)
    previous_ends = (0, *(message.end for message in messages))
    return tuple(_with_operation(message, end, line) for message, end in zip(messages, previous_ends, strict=False))


def _overlaps(message: DenialMessage, taken: list[tuple[int, int]]) -> bool:
    """Whether a part of the message was already read; `taken` are the parts that were, in order."""
    at = bisect_left(taken, (message.end, 0))
    return any(end > message.start for _, end in taken[max(0, at - 3) : at])


def _with_operation(message: DenialMessage, previous_end: int, text: str) -> AccessDenial:
    """The denial with the operation that is named in front of its message."""
    denial = message.denial
    if denial.operation is not None:
        return denial
    start = max(previous_end, message.start - _OPERATION_DISTANCE)
    called = find_operations(text[start : message.end])
    nearest = next((operation for operation in reversed(called) if start + operation.start <= message.start), None)
    if nearest is None:
        return denial
    if denial.encoded_message and denial.action is None:
        return replace(denial, operation=nearest.name, action=operation_action("ec2", nearest.name)[0])
    return replace(denial, operation=nearest.name)


def _is_detailed(denial: AccessDenial) -> bool:
    """Whether a message says enough that words which were joined by mistake cannot have made it."""
    return bool(denial.action and (denial.principal or denial.policy_type)) or denial.other_cause is not None


def _fact_count(denials: tuple[AccessDenial, ...]) -> int:
    """How much the denials say of requests and reasons; a resource about which there is a caveat counts as said."""
    return sum(
        bool(fact)
        for denial in denials
        for fact in (
            denial.principal,
            denial.action,
            denial.resource or denial.caveats,
            isinstance(denial.policy_type, DenialPolicyType),
            denial.is_explicit is not None,
            denial.other_cause,
        )
    )


def _distinct(denials: tuple[AccessDenial, ...]) -> tuple[AccessDenial, ...]:
    """Each denial once: a log repeats a message in stack traces, and retries repeat a request."""
    by_content: dict[Any, AccessDenial] = {}
    for denial in denials:
        content = replace(denial, operation=None, context={}, authorization_id=None, encoded_message=None, caveats=())
        by_content.setdefault((repr(content), denial.operation if denial.action is None else None), denial)
    return tuple(by_content.values())
