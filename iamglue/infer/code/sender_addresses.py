"""E-mail addresses in calls of Amazon SES, as the ARNs of identities have them: without the name that is displayed.

The sender of a call may be `Shop <no-reply@example.com>`; the identity is `no-reply@example.com`:
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.values import CodeValue, Text, UnknownPart

# The parameter that has the sender's address, for each client.
SENDERS = {"ses": "Source", "sesv2": "FromEmailAddress"}
_START, _END = "<", ">"


def call_with_bare_sender(call: SdkCall) -> SdkCall:
    """A call of SES whose sender is an address alone."""
    name = SENDERS[call.client]
    value = call.parameters.get(name)
    if value is None:
        return call
    return replace(call, parameters={**call.parameters, name: _with_bare_addresses(value)})


def _with_bare_addresses(value: CodeValue) -> CodeValue:
    return replace(value, texts=frozenset(map(_bare_address, value.texts)))


def _bare_address(text: Text) -> Text:
    """The parts of a text between the last `<` and the `>` after it; the text itself if it has no `<`."""
    start = max((index for index, part in enumerate(text) if _START in _known(part)), default=None)
    if start is None:
        return text
    address: list[str | UnknownPart] = []
    for part in (_with_known(text[start], _known(text[start]).rpartition(_START)[2]), *text[start + 1 :]):
        before, end, _ = _known(part).partition(_END)
        address.append(_with_known(part, before) if end else part)
        if end:
            break
    return tuple(part for part in address if part)


def _known(part: str | UnknownPart) -> str:
    """What is known of a part: a literal text, or what the deployment says of a variable."""
    return part if isinstance(part, str) else part.value


def _with_known(part: str | UnknownPart, text: str) -> str | UnknownPart:
    return text if isinstance(part, str) else replace(part, value=text)
