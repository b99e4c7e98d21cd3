"""A resource of an SDK call, and how a spec writes texts that are not known in whole."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.infer.code.values import Text, UnknownPart, ValueOrigin
from iamglue.model.spec import SpecResource

_ANY = "*"
_WRITTEN_ORIGINS = (ValueOrigin.ENVIRONMENT, ValueOrigin.TEMPLATE)


@dataclass(frozen=True, slots=True)
class CallResource:
    """A resource of a call: as a spec names it, its type, and where its name comes from.

    `variables` says the same by the variables of the ARN format, for types with several of them.
    """

    resource: SpecResource
    resource_type: str | None = None
    origin: ValueOrigin = ValueOrigin.UNKNOWN
    variables: tuple[tuple[str, str], ...] = ()
    index: str | None = None
    prefix: str | None = None
    account: str | None = None
    region: str | None = None


ANY_RESOURCE = CallResource(SpecResource(_ANY))


def spec_text(text: Text) -> str:
    """A text as a spec writes it: `${NAME}` for an environment variable or template's name, `*` for what is unknown."""
    return "".join(map(_spec_part, text)) or _ANY


def _spec_part(part: str | UnknownPart) -> str:
    """A part of a text: its value at deployment, else `${NAME}` of a variable; `*` for what only a run knows."""
    if isinstance(part, str):
        return part
    if part.value:
        return part.value
    return f"${{{part.name}}}" if part.origin in _WRITTEN_ORIGINS and part.name else _ANY
