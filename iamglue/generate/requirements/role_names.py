"""The name of a function's role."""

from __future__ import annotations

from iamglue.catalog.limits import ROLE_NAME_LENGTH

_ENDING = "-role"


def role_name(function: str) -> str:
    """Return FUNCTION-role; if that is over IAM's limit, the function's name is cut and a digest of it added."""
    name = f"{function}{_ENDING}"
    if len(name) <= ROLE_NAME_LENGTH or "${" in function:
        return name
    from hashlib import sha256  # noqa: PLC0415 - startup: such long names are rare, and OpenSSL is slow to load

    digest = sha256(function.encode()).hexdigest()[:6]
    return f"{function[: ROLE_NAME_LENGTH - len(_ENDING) - len(digest) - 1]}-{digest}{_ENDING}"
