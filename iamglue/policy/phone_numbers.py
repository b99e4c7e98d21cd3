"""Phone numbers as resources: SNS checks a text message on the number it is sent to, which is not an ARN."""

from __future__ import annotations

import re

# E.164: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (PhoneNumber)
_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")


def is_phone_number(text: str) -> bool:
    """Whether a resource is a phone number, such as `+4915112345678`."""
    return bool(_PHONE_NUMBER.fullmatch(text))
