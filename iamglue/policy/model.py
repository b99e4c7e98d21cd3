"""Policies as frozen values: the content of a valid IAM policy document, without its layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from iamglue.policy.conditions import Condition

VERSION_2012 = "2012-10-17"
VERSION_2008 = "2008-10-17"


class Effect(StrEnum):
    """The Effect of a statement; case-sensitive, as in IAM."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class MatchList:
    """Action or Resource: the patterns of the element; `negated` for NotAction and NotResource."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """One principal: `kind` is AWS, Service, Federated or CanonicalUser, or "*" for everyone (`value` is then "*")."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Principals:
    """Principal, or NotPrincipal when `negated`.

    The hash is computed once: an account's trust policies are looked up for each role that they name, which may be
    thousands.
    """

    values: tuple[Principal, ...]
    negated: bool = False
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.values, self.negated)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Principals], tuple[tuple[Principal, ...], bool]]:
        return Principals, (self.values, self.negated)  # hashes of texts differ between processes


EVERYONE = Principal("*", "*")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `resources` is None in trust policies, `principals` is None in identity policies."""

    effect: Effect
    actions: MatchList
    resources: MatchList | None = None
    conditions: tuple[Condition, ...] = ()
    principals: Principals | None = None
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document. `version` is None when the document has none (IAM then reads it as 2008-10-17)."""

    statements: tuple[Statement, ...]
    version: str | None = VERSION_2012
    id: str | None = None


def allow_statement(
    actions: tuple[str, ...],
    resources: tuple[str, ...] | None,
    *,
    conditions: tuple[Condition, ...] = (),
    principals: tuple[Principal, ...] | None = None,
    sid: str | None = None,
) -> Statement:
    """An Allow statement of plain Action, Resource and Principal lists."""
    return Statement(
        Effect.ALLOW,
        MatchList(actions),
        None if resources is None else MatchList(resources),
        conditions,
        None if principals is None else Principals(principals),
        sid,
    )
