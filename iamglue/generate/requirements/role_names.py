"""The name of a function's role."""

from __future__ import annotations

from iamglue.catalog.limits import ROLE_NAME_LENGTH

_ENDING = "-role"


def role_name(function: str) -> str:
    """FUNCTION-role; if that is over IAM's limit, the function's name is cut and a digest of it added."""
    return name_with_ending(function, _ENDING)


def name_with_ending(name: str, ending: str) -> str:
    """The name and the ending, at most 64 characters, which is also the limit of rules and schedules.

    A longer name is cut, and a digest of it added; one with deployment parameters is not, since its length is unknown.
    """
    full_name = f"{name}{ending}"
    if len(full_name) <= ROLE_NAME_LENGTH or "${" in name:
        return full_name
    from hashlib import sha256  # noqa: PLC0415 - startup: such long names are rare, and OpenSSL is slow to load

    digest = sha256(name.encode()).hexdigest()[:6]
    return f"{name[: ROLE_NAME_LENGTH - len(ending) - len(digest) - 1]}-{digest}{ending}"
