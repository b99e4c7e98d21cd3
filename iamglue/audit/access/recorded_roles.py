"""Which records are of a role, which a usage names by its name or ARN."""

from __future__ import annotations

from functools import lru_cache

from iamglue.model.account import Role
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.variables import has_parameters

_ARN_ACCOUNT = 4
_ROLE = "role/"


def is_recorded_role(recorded: str, role: Role) -> bool:
    """Whether a role that is recorded by its name or ARN is `role`, whose account and path a template may not know.

    The roles of an account have different names, whatever their paths are.
    """
    if has_unknown_name(role):
        return False
    if recorded in (role.name, role.arn):
        return True
    fields = _arn_fields(role.arn)
    if len(fields) != ARN_FIELD_COUNT or not recorded.endswith(f"/{role.name}"):
        return False
    *scope, name = _arn_fields(recorded)
    return name.startswith(_ROLE) and all(
        value == other or has_parameters(other) for value, other in zip(scope, fields[:-1], strict=False)
    )


def has_unknown_name(role: Role) -> bool:
    """Whether AWS makes the name of a template's role, or a parameter gives it."""
    return has_parameters(role.arn.rpartition(":")[2])


@lru_cache(maxsize=4096)
def _arn_fields(arn: str) -> tuple[str, ...]:
    return tuple(split_arn_fields(arn))


def role_account(arn: str) -> str | None:
    """The account of a role's ARN; None for a name."""
    fields = _arn_fields(arn)
    return fields[_ARN_ACCOUNT] if len(fields) == ARN_FIELD_COUNT else None
