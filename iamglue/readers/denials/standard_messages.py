"""The form of message that most services write: `User: P is not authorized to perform: A on resource: R because ...`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.readers.denials.message import DenialMessage
from iamglue.readers.denials.operation_names import canonical_action
from iamglue.readers.denials.other_causes import block_public_access_cause
from iamglue.readers.denials.policy_types import ACTION_PATTERN, read_reason
from iamglue.readers.denials.resource_text import read_resource

# A terminal may break the line inside the name of the action.
_DENIED_ACTION = re.compile(
    r"not\s+authorized\s+to\s+perform\s*(?:the\s+(?:[\w-]+\s+){0,4}actions?\s*)?:?\s*[\[(\"'`]?\s*"
    rf"(?P<actions>{ACTION_PATTERN}(?:\s*,\s*{ACTION_PATTERN})*)"
    r"(?P<rest>\n[A-Za-z0-9-]+(?=\s+(?:on|because|with|due)\s))?[\])]?",
    re.IGNORECASE,
)
_PRINCIPAL = re.compile(r"(?:User:\s*(?P<user>\S+(?:\n\S+){0,3})|(?<!\S)(?P<principal>\S+))\s+is\s+$", re.IGNORECASE)
_SERVICE_HOST = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")
_ENCODED = re.compile(
    r"encoded\s+authorization\s+failure\s+message:\s*[\"']?(?P<encoded>[\w-]{16,}(?:\n[\w-]{16,})*)", re.IGNORECASE
)
_AUTHORIZATION_ID = re.compile(r"authorization-details/(\w{8,})|authorization\s+id:\s*(\w{8,})", re.IGNORECASE)
_CIPHERTEXT = re.compile(
    r"ciphertext\s+refers\s+to\s+a\s+customer\s+master\s+key|resource\s+associated\s+with\s+this\s+ciphertext",
    re.IGNORECASE,
)
CIPHERTEXT_CAVEAT = (
    "the key may also not exist or be in another Region: the message of AWS KMS does not distinguish these"
)
_MAX_LENGTH = 6000  # of one message; with a resource of 2 kB and an encoded part
_MAX_PRINCIPAL = 700


def find_standard_messages(text: str) -> Iterator[DenialMessage]:
    """Every message of the standard form in a text."""
    matches = list(_DENIED_ACTION.finditer(text))
    starts = [
        _principal_start(text, match, previous) for match, previous in zip(matches, (None, *matches), strict=False)
    ]
    for match, start, following in zip(matches, starts, (*starts[1:], len(text)), strict=False):
        tail = text[match.end() : min(following, match.end() + _MAX_LENGTH)]
        yield DenialMessage(start, match.end() + _used_length(tail), _denial(text[start : match.start()], match, tail))


def find_encoded_messages(text: str) -> Iterator[DenialMessage]:
    """Every message of EC2 whose details only STS can decode."""
    for match in _ENCODED.finditer(text):
        yield DenialMessage(
            match.start(), match.end(), AccessDenial(encoded_message=match["encoded"].replace("\n", ""))
        )


def find_ciphertext_messages(text: str) -> Iterator[DenialMessage]:
    """Every message of KMS about a ciphertext, which does not name the key.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    """
    for match in _CIPHERTEXT.finditer(text):
        yield DenialMessage(
            match.start(), match.end(), AccessDenial(action="kms:Decrypt", caveats=(CIPHERTEXT_CAVEAT,))
        )


def _principal_start(text: str, match: re.Match[str], previous: re.Match[str] | None) -> int:
    """The position at which a message begins: at its principal, if it names one."""
    floor = max(match.start() - _MAX_PRINCIPAL, previous.end() if previous else 0)
    principal = _PRINCIPAL.search(text[floor : match.start()])
    return floor + principal.start() if principal else match.start()


def _used_length(tail: str) -> int:
    """The length of what belongs to a message after its action."""
    encoded = _ENCODED.search(tail)
    line_end = tail.find("\n")
    return max(read_reason(tail).end, encoded.end() if encoded else 0, len(tail) if line_end < 0 else line_end)


def _denial(head: str, match: re.Match[str], tail: str) -> AccessDenial:
    """The denial of one message: `head` is the text before "not authorized", `tail` the text after the action."""
    actions = [action.replace("\n", "") for action in re.split(r"\s*,\s*", match["actions"])]
    actions[-1] += (match["rest"] or "").replace("\n", "")
    principal_match = _PRINCIPAL.search(head)
    principal = _principal(principal_match["user"] or principal_match["principal"]) if principal_match else None
    reason = read_reason(tail)
    resource, caveat = read_resource(tail)
    caveats = [caveat] if caveat else []
    if _CIPHERTEXT.search(tail):
        reason = read_reason("")
        caveats.append(CIPHERTEXT_CAVEAT)
    encoded, authorization_id = _ENCODED.search(tail), _AUTHORIZATION_ID.search(tail)
    return AccessDenial(
        principal=principal,
        action=canonical_action(reason.action or actions[0]),
        resource=resource,
        policy_type=reason.policy_type or _trust_policy_type(actions[0], principal),
        is_explicit=reason.is_explicit,
        policy=reason.policy,
        encoded_message=encoded["encoded"].replace("\n", "") if encoded else None,
        caveats=tuple(caveats),
        additional_actions=tuple(map(canonical_action, actions[1:])) if reason.action is None else (),
        authorization_id=(authorization_id[1] or authorization_id[2]) if authorization_id else None,
        other_cause=block_public_access_cause(tail),
    )


def _principal(text: str) -> str | None:
    """The principal of a message; None for a word that names none, such as `You`."""
    name = text.replace("\n", "").strip("\"'`[](){}<>,;:")
    if name.lower() == "anonymous":
        return "*"
    if ":" in name or _SERVICE_HOST.fullmatch(name):
        return name.removeprefix("User:")
    return None


def _trust_policy_type(action: str, principal: str | None) -> DenialPolicyType | None:
    """`role trust policy` for `Not authorized to perform sts:AssumeRoleWithWebIdentity`, which names no principal."""
    is_web_or_saml = principal is None and action.lower().startswith("sts:assumerolewith")
    return DenialPolicyType.TRUST if is_web_or_saml else None
