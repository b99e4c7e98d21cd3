"""The content of an AWS access-denied message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iamglue.policy.model import Statement


@dataclass(frozen=True, slots=True)
class AccessDenial:
    """The parts of a message; None if the message does not state them.

    `policy_type` is in AWS's terms, such as "identity-based policy". `is_explicit`: True if a Deny statement denied,
    False if no statement allowed. `policy` is the ARN of the policy that denied. `encoded_message` is the part that
    only STS can decode. `operation` is the API operation that was called. `caveat` states what the message leaves open.
    """

    principal: str | None = None
    action: str | None = None
    resource: str | None = None
    policy_type: str | None = None
    is_explicit: bool | None = None
    policy: str | None = None
    operation: str | None = None
    encoded_message: str | None = None
    caveat: str | None = None
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DenialExplanation:
    """Why a request was denied (`missing`), and the smallest statement that allows it, to add to the policy `where`.

    `statement` is None if no statement helps, or the message contains too little.
    """

    denial: AccessDenial
    missing: str
    where: str | None = None
    statement: Statement | None = None
    notes: tuple[str, ...] = ()
