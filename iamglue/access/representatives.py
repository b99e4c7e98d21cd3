"""Principals that stand for all there are, as far as the statements of an access can tell them apart."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.access.sets import Leaf
from iamglue.iam.arns import parse_arn
from iamglue.iam.policies import EVERYONE

# An account and names that no policy is likely to name.
_STRANGER = "arn:aws:iam::999999999999:user/someone"


def principals_of(leaves: Sequence[Leaf]) -> tuple[str | None, ...]:
    """Every principal that a statement names, with others of its account, and one that nobody names.

    A single None when no statement names a principal: then it makes no difference who asks.
    """
    named = [leaf.statement.principals for leaf in leaves if leaf.statement.principals is not None]
    if not named:
        return (None,)
    found: dict[str, None] = {_STRANGER: None}
    for element in named:
        for each in element.values:
            if each != EVERYONE and each.value != "*":
                found.update(dict.fromkeys(_people(each.kind, each.value)))
    return tuple(found)


def _people(kind: str, value: str) -> list[str]:
    if kind != "AWS":
        return [value]
    if value.isdigit():
        value = f"arn:aws:iam::{value}:root"
    arn = parse_arn(value)
    if arn is None:
        return [value]
    account = f"arn:{arn.partition}:iam::{arn.account}"
    found = [f"{account}:user/someone", f"{account}:root"]
    kind_of, _, name = arn.resource.partition("/")
    if kind_of == "role":
        found.append(f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{name.rpartition('/')[2]}/session")
    return [value, *found]
