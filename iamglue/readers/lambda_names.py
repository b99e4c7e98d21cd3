"""How a function is named in a permission: by its name, a part of its ARN, or its whole ARN."""

from __future__ import annotations

import re

_BEFORE_NAME = re.compile(r"(?:.*?:)??function:")


def name_and_qualifier(text: str) -> str:
    """The name of a function with its version or alias, without the Region, account and `function:` before it.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    prefix = _BEFORE_NAME.match(text)
    return text if prefix is None else text[prefix.end() :]
