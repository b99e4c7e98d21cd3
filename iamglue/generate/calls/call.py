"""A call that a function or Lambda makes, and the requests that AWS checks against the role's policies for it."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.policy.conditions import Condition


class UnknownCallError(Exception):
    """What a call needs is not known; the message says why."""


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One request of a call: an action on a concrete ARN or "*", with conditions that its context meets.

    Policy variables in both have the values that the context has for them.
    """

    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its requests; `unknown` says why they are not known, "" if they are.

    `name` says what is called, `reason` which line of the spec it comes from. `is_raw`: the spec's `raw` declares the
    requests themselves.
    """

    name: str
    reason: str
    requests: tuple[CallRequest, ...] = ()
    unknown: str = ""
    is_raw: bool = False
