"""Whom a Principal element names: true, false, or None where AWS's pages do not say.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
and what a request says of its caller besides:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
It imports nothing from iamglue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ACCOUNT = re.compile(r"[0-9]{12}")
_SESSION = re.compile(r"arn:([^:]*):sts::([0-9]{12}):assumed-role/([^/]+)/.+")
_OF_ACCOUNT = re.compile(r"arn:[^:]*:(?:iam|sts)::([0-9]{12}):(.+)")


@dataclass(frozen=True)
class Caller:
    """Who makes a request. `kind` is a key of the Principal element, or "Anonymous", whose `name` is "*"."""

    kind: str
    name: str


def names_caller(statement: Mapping[str, Any], caller: Caller | None) -> bool | None:
    """Whether a statement is about the caller. One without Principal is about everybody whom its policy is given to."""
    if "NotPrincipal" in statement:
        return _not_named(statement["NotPrincipal"], caller)
    return _named(statement["Principal"], caller) if "Principal" in statement else True


def own_keys(caller: Caller | None) -> dict[str, str | None]:
    """What condition keys (in lower case) hold in requests of a caller; None for those that they do not carry."""
    if caller is None:
        return {}
    service = {"aws:principalisawsservice": "true" if caller.kind == "Service" else "false"}
    own = _OF_ACCOUNT.fullmatch(caller.name)
    if caller.kind == "Anonymous":
        absent = ("aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:username", *service)
        keys = {"aws:principaltype": "Anonymous", "aws:principalaccount": "anonymous"}
        return {**keys, **dict.fromkeys(absent)}
    if caller.kind != "AWS" or own is None:
        if caller.kind == "CanonicalUser":
            return service
        # Only signed requests carry an ARN; those of AssumeRoleWithWebIdentity and AssumeRoleWithSAML are not signed.
        unsigned = {"aws:principalarn": None, "aws:principalisawsservice": None} if caller.kind == "Federated" else {}
        return {**service, **unsigned, "aws:username": None}
    kind, _, name = own[2].partition("/")
    types = {"root": "Account", "user": "User", "federated-user": "FederatedUser"}
    arn = caller.name
    if session := _SESSION.fullmatch(arn):
        arn = f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    return {
        **service,
        "aws:principaltype": types.get(kind, "AssumedRole"),
        "aws:principalarn": arn,
        "aws:principalaccount": own[1],
        "aws:username": name.rpartition("/")[2] if kind == "user" else None,
    }


def contradiction(caller: Caller | None, context: Mapping[str, tuple[str, ...]]) -> str | None:
    """The key whose value the caller cannot have; a session's role may have a path that its ARN does not tell."""
    known = own_keys(caller)
    for key, values in context.items():
        expected = known.get(key.lower(), "")
        if key.lower() not in known or values == (expected,):
            continue
        of_role = key.lower() == "aws:principalarn" and expected and ":role/" in expected
        if not of_role or values[0].rpartition("/")[2] != str(expected).rpartition("/")[2]:
            return key
    return None


def _named(element: Any, caller: Caller | None) -> bool | None:
    entries = _entries(element)
    if ("AWS", "*") in entries:
        return True
    if caller is None:
        return None
    names = _names(caller)
    if any(kind == caller.kind and value in names for kind, value in entries):
        return True
    return None if any(_unclear(kind, value, caller) for kind, value in entries) else False


def _not_named(element: Any, caller: Caller | None) -> bool | None:
    """Who is spared must be listed with role and account; what becomes of those listed in part, AWS leaves open."""
    entries = _entries(element)
    if ("AWS", "*") in entries:
        return False
    if caller is None or any(_unclear(kind, value, caller) for kind, value in entries):
        return None
    listed = [any((caller.kind, form) in entries for form in forms) for forms in _levels(caller)]
    return False if all(listed) else None if any(listed) else True


def _entries(element: Any) -> set[tuple[str, str]]:
    if element == "*":
        return {("AWS", "*")}
    lists = {kind: [values] if isinstance(values, str) else values for kind, values in element.items()}
    return {(kind, value) for kind, values in lists.items() for value in values}


def _unclear(kind: str, value: str, caller: Caller) -> bool:
    """Whether an entry may be the caller by another name: a canonical id is an account's, `*` beside AWS means nothing.

    A federated user's session may be that of any user of its account, who chooses its name.
    """
    own = _OF_ACCOUNT.fullmatch(caller.name)
    if kind == "CanonicalUser" or caller.kind == "CanonicalUser":
        return kind in ("AWS", "CanonicalUser") and caller.kind in ("AWS", "CanonicalUser", "Anonymous")
    if own and own[2].startswith("federated-user/"):
        return kind == "AWS" and ":user/" in value
    session = _SESSION.fullmatch(caller.name)
    if session and f":{session[2]}:role/" in value and value.endswith(f"/{session[3]}"):
        return value not in _names(caller)  # a session's ARN leaves out the path of its role
    return value == "*" and kind == caller.kind


def _names(caller: Caller) -> set[str]:
    return {form for forms in _levels(caller) for form in forms}


def _levels(caller: Caller) -> list[set[str]]:
    """By which names an element can mean the caller: itself, its role, its account; each in every form."""
    levels = [{caller.name}]
    if caller.kind != "AWS":
        return levels
    if _ACCOUNT.fullmatch(caller.name):
        return [{caller.name, f"arn:aws:iam::{caller.name}:root"}]
    if session := _SESSION.fullmatch(caller.name):
        partition, account, role = session.groups()
        levels.append({f"arn:{partition}:iam::{account}:role/{role}"})
    if own := _OF_ACCOUNT.fullmatch(caller.name):
        account = {own[1], f"{caller.name.split(':')[0]}:{caller.name.split(':')[1]}:iam::{own[1]}:root"}
        levels = [account] if own[2] == "root" else [*levels, account]
    return levels
