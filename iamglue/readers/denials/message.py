"""A denial with its place in a text."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.model.denial import AccessDenial


@dataclass(frozen=True, slots=True)
class DenialMessage:
    """A denial and the part of the text that it was read from."""

    start: int
    end: int
    denial: AccessDenial
