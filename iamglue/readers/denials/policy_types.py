"""The policy type and the policy that an access denied message names as the reason.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.model.denial import DenialPolicyType
from iamglue.policy.action_names import ACTION_NAME_PATTERN, SERVICE_PREFIX

ACTION_PATTERN = rf"{SERVICE_PREFIX}:\n?{ACTION_NAME_PATTERN}"
_KIND = r"(?P<kind>[A-Za-z\s-]{1,60}?polic(?:y|ies)|permissions?\s+boundar(?:y|ies)|(?:SCP|RCP)s?)"
_POLICY = r"(?:\s*:\s*\(?[\"']?(?P<policy>arn:[^\s,;)\"']+))?"
_EXPLICIT = re.compile(
    rf"(?:with|due\s+to)\s+an\s+explicit\s+deny(?:\s+in\s+(?:an?|the)\s+{_KIND})?{_POLICY}", re.IGNORECASE
)
_IMPLICIT = re.compile(
    rf"because\s+no\s+{_KIND}\s+allows?\s+the\s+[\"'`]?(?P<action>{ACTION_PATTERN})[\"'`]?\s+action{_POLICY}",
    re.IGNORECASE,
)
# `in a VPC endpoint policy transitively through a service control policy`: the SCP denies the request.
_TRANSITIVE_POLICY = re.compile(rf"transitively\s+through\s+an?\s+{_KIND}{_POLICY}", re.IGNORECASE)
# A word in the policy type of a message -> the policy type.
_TYPES_BY_WORD = (
    ("identity", DenialPolicyType.IDENTITY),
    ("service control", DenialPolicyType.SCP),
    ("scp", DenialPolicyType.SCP),
    ("resource control", DenialPolicyType.RCP),
    ("rcp", DenialPolicyType.RCP),
    ("boundar", DenialPolicyType.BOUNDARY),
    ("session", DenialPolicyType.SESSION),
    ("endpoint", DenialPolicyType.ENDPOINT),
    ("trust", DenialPolicyType.TRUST),
    ("resource", DenialPolicyType.RESOURCE),
)


@dataclass(frozen=True, slots=True)
class DenialReason:
    """Why AWS denied the request, as the message says it; None for what it does not say.

    `action` is the action that no policy allows: if an operation requires an additional action, it is that one.
    `end` is the position after the reason.
    """

    policy_type: DenialPolicyType | str | None = None
    is_explicit: bool | None = None
    policy: str | None = None
    action: str | None = None
    end: int = 0


def read_reason(text: str) -> DenialReason:
    """The reason that a message states."""
    explicit = _EXPLICIT.search(text)
    match = explicit or _IMPLICIT.search(text)
    if match is None:
        return DenialReason()
    named = _TRANSITIVE_POLICY.match(text, match.end() + 1) or match
    policy = named["policy"] or match["policy"]
    return DenialReason(
        _policy_type(named["kind"]) if named["kind"] else None,
        explicit is not None,
        policy.rstrip(".") if policy else None,
        None if explicit else match["action"].replace("\n", ""),
        named.end(),
    )


def _policy_type(text: str) -> DenialPolicyType | str:
    """The policy type; an unknown one as the message writes it."""
    lower_text = " ".join(text.lower().split())
    return next((kind for word, kind in _TYPES_BY_WORD if word in lower_text), " ".join(text.split()))
