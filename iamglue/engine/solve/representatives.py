"""Representative principals: at least one of each class that the statements of an access distinguish."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.engine.evaluate.callers import ANONYMOUS
from iamglue.engine.solve.access import StatementTerm
from iamglue.policy.arns import parse_arn
from iamglue.policy.model import EVERYONE, Principals

# Accounts that hardly any policy names. The representative of all other accounts is the first that these do not name.
_EXTERNAL_ACCOUNTS = ("999999999999", "888888888888", "777777777777", "666666666666")
EXTERNAL_ACCOUNT = _EXTERNAL_ACCOUNTS[0]


def _external_principals(named: Sequence[Principals]) -> tuple[str, ...]:
    """One external principal of each kind: policies name kinds by `*`, and condition keys depend on the kind."""
    texts = [principal.value for element in named for principal in element.values]
    unnamed = (account for account in _EXTERNAL_ACCOUNTS if not any(account in text for text in texts))
    account = next(unnamed, EXTERNAL_ACCOUNT)
    return (
        f"arn:aws:iam::{account}:user/someone",
        f"arn:aws:sts::{account}:assumed-role/someone/session",
        f"arn:aws:iam::{account}:root",
        f"arn:aws:sts::{account}:federated-user/someone",
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
    principals = dict.fromkeys(_external_principals(named))
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
