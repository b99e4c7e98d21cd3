"""What an access denied message of AWS tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iamglue.policy.model import Statement


@dataclass(frozen=True, slots=True)
class AccessDenial:
    """The parts of a message; None is what it does not say.

    `kind` is the kind of policy in AWS's words, such as "identity-based policy". `explicit`: whether a Deny statement
    denied, or no statement allowed. `policy` is the ARN of the policy that denied. `encoded` is the part that only
    STS can read. `operation` is the API operation that was called. `doubt` says what the message leaves open.
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
    """What a denied request lacks: `missing` in words, and `statement`, the smallest that gives it, for `where`.

    No statement: none helps, or the message tells too little.
    """

    denial: AccessDenial
    missing: str
    where: str | None = None
    statement: Statement | None = None
    notes: tuple[str, ...] = ()
