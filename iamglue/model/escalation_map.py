"""Who can become whom: for each role and user the shortest chains to more access, and who its trust policy lets in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from iamglue.findings import EscalationHop, HopStatement
from iamglue.risk.unknown_access import UnknownAccess


class RouteOwners(Enum):
    """Whose routes an audit finds."""

    NONE = "none"
    ROLES = "roles"
    ROLES_AND_USERS = "roles and users"


class RouteEnd(StrEnum):
    """What a chain of steps leads to."""

    ADMINISTRATOR = "administrator"
    DATA = "data"
    MORE = "more"  # more access than the role or user has
    UNREAD = "unread"  # access that was not read


@dataclass(frozen=True, slots=True)
class EscalationRoute:
    """One chain of steps. `holder` is the ARN of who has the access at its end; None if the last hop gives it.

    `data` has the kinds of data that the holder can read. `left_out` counts the hops that are not in `hops`, before
    the last one. `effect` is the result of a last hop that leads to no role or user by name, as a phrase after `can`.
    `unknown` is why it is not certain, empty if it is.
    """

    hops: tuple[EscalationHop, ...]
    end: RouteEnd
    holder: str | None = None
    data: tuple[str, ...] = ()
    left_out: int = 0
    effect: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class ReadableData:
    """A kind of data of which a role or user can read everything, with the statements that allow it."""

    name: str
    statements: tuple[HopStatement, ...]


class TrustedKind(StrEnum):
    """Who a trust policy lets in."""

    SERVICE = "service"
    EVERYONE = "everyone"
    ACCOUNT = "account"
    IDENTITY_PROVIDER = "identity-provider"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class TrustedPrincipal:
    """A principal of a trust policy that is not a role or user of the account, with the statement.

    `unknown` is why it is not certain that it may assume the role, empty if the trust policy lets it in.
    """

    kind: TrustedKind
    name: str
    statement: HopStatement
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class PrincipalRoutes:
    """What one role or user can become. `account` is the ID of its account; `is_user`: it is a user.

    `is_administrator`: its own policies allow everything. `left_out` counts the routes that are not in `routes`.
    `not_known` is what could not be determined, so that routes may be missing.
    """

    name: str
    arn: str
    account: str
    is_user: bool = False
    is_administrator: bool = False
    data: tuple[ReadableData, ...] = ()
    trusted: tuple[TrustedPrincipal, ...] = ()
    routes: tuple[EscalationRoute, ...] = ()
    left_out: int = 0
    not_known: tuple[UnknownAccess, ...] = ()
