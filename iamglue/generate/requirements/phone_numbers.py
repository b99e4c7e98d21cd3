"""SNS messages to phone numbers: `sns: {phone: true}`.

The resource of such a request is the number, which is not an ARN, so a policy can allow it on "*" only:
https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html (topics are the only resource type)
"""

from __future__ import annotations

from iamglue.errors import IamglueError
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.phone_numbers import is_phone_number

_PHONE, _PUBLISH = "phone", "sns:Publish"
_HINT = "write `sns: {phone: true}`, which allows messages to every number"


def is_publish_to_phones(resource: SpecResource, action: str) -> bool:
    """Whether `action` on `resource` sends messages to phone numbers."""
    return action == _PUBLISH and dict(resource.variables).get(_PHONE) == "true"


def phone_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """The entry. Raises IamglueError for a single phone number, and for `phone` with another value or option."""
    text, variables = entry.resource.text or "", dict(entry.resource.variables)
    if is_phone_number(text):
        raise IamglueError(
            f"`{text}` is a phone number, and AWS cannot limit messages to one number",
            hint=_HINT,
            location=entry.location,
        )
    if _PHONE not in variables:
        return (entry,)
    if variables != {_PHONE: "true"}:
        raise IamglueError(f"`{_PHONE}` must be `true`, with no other key", hint=_HINT, location=entry.location)
    for option, value in (("account", entry.account), ("region", entry.regions), ("key", entry.key)):
        if value:
            message = f"`{option}` is not allowed with `{_PHONE}`: a message to a phone number has no topic"
            raise IamglueError(message, hint=f"remove `{option}`", location=entry.location)
    return (entry,)
