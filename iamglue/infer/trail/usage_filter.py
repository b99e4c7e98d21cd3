"""Whose access is wanted of all that was recorded."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.infer.trail.database import text_sql

_ROLE_ARN = ":role/"


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Whose access is wanted: a role by its name or ARN, a function by its name."""

    role: str | None = None
    function: str | None = None

    @property
    def is_limited(self) -> bool:
        """Whether the access of some is not wanted."""
        return self.role is not None or self.function is not None

    def admits(self, principal: str, session: str) -> bool:
        """Whether the access of a session is wanted."""
        is_role = (
            self.role is None
            or principal == self.role
            or (principal.endswith(f"/{self.role}") and _ROLE_ARN in principal)  # a user may have the same name
        )
        return is_role and self.function in (None, session)

    @property
    def condition_sql(self) -> str:
        """The condition of SQL that admits the same rows; empty if all are wanted."""
        conditions = []
        if self.role is not None:
            role = text_sql(self.role)
            is_named = f"ends_with(principal, '/' || {role}) AND contains(principal, '{_ROLE_ARN}')"
            conditions.append(f"(principal = {role} OR ({is_named}))")
        if self.function is not None:
            conditions.append(f"session = {text_sql(self.function)}")
        return " AND ".join(conditions)
