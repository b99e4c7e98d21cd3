"""Representative principals: at least one of each class that the statements of an access distinguish."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.engine.evaluate.callers import ANONYMOUS
from iamglue.engine.solve.access import StatementTerm
from iamglue.policy.arns import parse_arn
from iamglue.policy.model import EVERYONE

# An account that no policy is likely to name.
EXTERNAL_ACCOUNT = "999999999999"
# One external principal of each kind, because policies name kinds by `*` and condition keys depend on the kind.
_EXTERNAL_PRINCIPALS = (
    f"arn:aws:iam::{EXTERNAL_ACCOUNT}:user/someone",
    f"arn:aws:sts::{EXTERNAL_ACCOUNT}:assumed-role/someone/session",
    f"arn:aws:iam::{EXTERNAL_ACCOUNT}:root",
    f"arn:aws:sts::{EXTERNAL_ACCOUNT}:federated-user/someone",
    "someone.amazonaws.com",
    "login.someone.example",
    ANONYMOUS,
)


def representative_principals(terms: Sequence[StatementTerm]) -> tuple[str | None, ...]:
    """Every principal that a statement names, others of its account, and an external one of each kind.

    A single None if no statement names a principal: then the principal makes no difference.
    """
    named = [term.statement.principals for term in terms if term.statement.principals is not None]
    if not named:
        return (None,)
    principals = dict.fromkeys(_EXTERNAL_PRINCIPALS)
    for element in named:
        for value in element.values:
            if value.value != EVERYONE.value:
                principals.update(dict.fromkeys(_principals_like(value.kind, value.value)))
    return tuple(principals)


def _principals_like(kind: str, value: str) -> list[str]:
    """A principal of a policy, and other principals of its account."""
    if kind != "AWS":
        return [value]
    if value.isdigit():
        value = f"arn:aws:iam::{value}:root"
    arn = parse_arn(value)
    if arn is None:
        return [value]
    account = f"arn:{arn.partition}:iam::{arn.account}"
    sessions = f"arn:{arn.partition}:sts::{arn.account}:assumed-role"
    federated = f"arn:{arn.partition}:sts::{arn.account}:federated-user/someone"
    related = [f"{account}:user/someone", f"{sessions}/someone/session", f"{account}:root", federated]
    resource_type, _, name = arn.resource.partition("/")
    if resource_type == "role":
        related.append(f"{sessions}/{name.rpartition('/')[2]}/session")
    return [value, *related]
