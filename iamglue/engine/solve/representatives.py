"""Principals that stand for all there are, as far as the statements of an access can tell them apart."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.engine.evaluate.callers import ANONYMOUS
from iamglue.engine.solve.access import StatementTerm
from iamglue.policy.arns import parse_arn
from iamglue.policy.model import EVERYONE

# An account and names that no policy is likely to name.
EXTERNAL_ACCOUNT = "999999999999"
# One principal of each kind: policies name kinds by `*`, and condition keys tell kinds apart.
_STRANGERS = (
    f"arn:aws:iam::{EXTERNAL_ACCOUNT}:user/someone",
    f"arn:aws:sts::{EXTERNAL_ACCOUNT}:assumed-role/someone/session",
    f"arn:aws:iam::{EXTERNAL_ACCOUNT}:root",
    f"arn:aws:sts::{EXTERNAL_ACCOUNT}:federated-user/someone",
    "someone.amazonaws.com",
    "login.someone.example",
    ANONYMOUS,
)


def representative_principals(leaves: Sequence[StatementTerm]) -> tuple[str | None, ...]:
    """Every principal that a statement names, with others of its account, and one of each kind that nobody names.

    A single None when no statement names a principal: then it makes no difference who asks.
    """
    named = [leaf.statement.principals for leaf in leaves if leaf.statement.principals is not None]
    if not named:
        return (None,)
    principals = dict.fromkeys(_STRANGERS)
    for element in named:
        for value in element.values:
            if value.value != EVERYONE.value:
                principals.update(dict.fromkeys(_principals_like(value.kind, value.value)))
    return tuple(principals)


def _principals_like(kind: str, value: str) -> list[str]:
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
    others = [f"{account}:user/someone", f"{sessions}/someone/session", f"{account}:root", federated]
    resource_type, _, name = arn.resource.partition("/")
    if resource_type == "role":
        others.append(f"{sessions}/{name.rpartition('/')[2]}/session")
    return [value, *others]
