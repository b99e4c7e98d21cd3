"""What in an identity policy decides which rules of severity `warning` and above find something in it.

Those rules look at one statement at a time, and mostly at one action or ARN of it. So a statement is taken apart into
traits, in which names of resources are made alike: thousands of policies say the same of other names. Where it takes
more than the traits, a document has none. One rule looks at statements together: whether a Deny takes back what another
one allows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from iamglue.catalog.arn_kinds import plain_parts
from iamglue.catalog.limits import IDENTITY_POLICY_SIZE
from iamglue.lint.analysis.wide_role_action import is_any_role
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect, MatchList, Policy, Statement

# Of a resource that is no plain ARN its text; else its service, its last part, and whether it is any role at all.
_Alike = str | tuple[str, str, bool]
# A value that does not stand in quotes: a rule tells `true` and `"true"` apart, the policy's value does not.
_BARE = re.compile(r'"\s*:\s*[-0-9a-zA-Z]|[\[,]\s*[-0-9tf]')
_DIGITS = frozenset("-0123456789")


class Said(NamedTuple):
    """What a statement says besides its resources; `sid` is empty for one of letters and digits alone, and for none.

    Where it stands for one action of a statement, `sid` is None, and values that do not matter to it are left out.
    """

    version: str
    is_allow: bool
    negated: bool
    actions: tuple[str, ...]
    conditions: tuple[Condition, ...]
    sid: str | None


class Meets(NamedTuple):
    """The actions of a statement with its resources; `limits` are its conditions on keys of IAM."""

    version: str
    is_allow: bool
    negated: tuple[bool, bool]
    actions: tuple[str, ...]
    resources: frozenset[_Alike]
    limits: tuple[Condition, ...]


# All of a plain ARN but its names, as `plain_parts` has it.
Trait = Said | Meets | tuple[str, str, str]


def traits(policy: Policy, text: str) -> tuple[tuple[Trait, ...], ...] | None:
    """The traits of each statement of a document; None where they do not decide alone."""
    statements = policy.statements
    if policy.version is None or not statements or not _is_plain(policy, text):
        return None
    found = []
    for each in statements:
        if each.principals is not None or each.resources is None or not each.actions.values:
            return None
        found.append(_of_statement(policy.version, each, each.resources))
    return tuple(found)


def finer(trait: Trait) -> tuple[Trait, ...]:
    """The traits that decide in a trait's stead, an action at a time; none where its actions matter together."""
    if isinstance(trait, Meets):
        # Of several kinds of resources, each has to meet some action.
        if trait.negated[0] or len(trait.actions) < 2 or len(trait.resources) > 1:
            return ()
        return tuple([trait._replace(actions=(each,)) for each in trait.actions])
    if not isinstance(trait, Said) or trait.negated:
        return ()
    # What assuming a role takes besides is an action of its own.
    if trait.conditions and any(each[:4].lower() == "sts:" for each in trait.actions):
        return ()
    bare = trait._replace(conditions=tuple(map(_without_value, trait.conditions)), sid=None)
    return (trait._replace(actions=()), *[bare._replace(actions=(each,)) for each in trait.actions])


def _without_value(condition: Condition) -> Condition:
    """What of a condition has to do with actions: of a global key not what it is compared with, but that it is."""
    is_global = condition.key[:4].lower() == "aws:" and condition.operator.base != "Null"
    return replace(condition, values=()) if is_global else condition


def _of_statement(version: str, statement: Statement, resources: MatchList) -> tuple[Trait, ...]:
    actions, conditions = statement.actions, statement.conditions
    alike: set[_Alike] = set()
    plain: set[tuple[str, str, str]] = set()
    for text in resources.values:
        parts = plain_parts(text)
        if parts is None:
            alike.add(text)
        else:
            plain.add(parts)
            alike.add((parts[1], parts[2], parts[1] == "iam" and is_any_role(text)))
    is_allow = statement.effect is Effect.ALLOW
    sid = "" if statement.sid is None or statement.sid.isalnum() else statement.sid or "empty"
    limits = tuple([each for each in conditions if each.key[:4].lower() == "iam:"]) if conditions else ()
    negated = (actions.negated, resources.negated)
    said = Said(version, is_allow, actions.negated, actions.values, conditions, sid)
    return (said, Meets(version, is_allow, negated, actions.values, frozenset(alike), limits), *plain)


def _is_plain(policy: Policy, text: str) -> bool:
    """Whether a text holds what the policy's value says and nothing else, and nothing in it is about all of it."""
    if not text.isascii() or "\\" in text or len(text) > IDENTITY_POLICY_SIZE:
        return False
    sids = [each.sid for each in policy.statements if each.sid is not None]
    if len(set(sids)) < len(sids) or text.count('"') != 2 * _texts(policy):
        return False
    return not any(map(_may_be_bare, policy.statements)) or not _BARE.search(text)


def _may_be_bare(statement: Statement) -> bool:
    """Whether a value of a condition is one that need not be in quotes."""
    values = [text for each in statement.conditions for text in each.values]
    return any(text in ("true", "false") or text[:1] in _DIGITS for text in values)


def _texts(policy: Policy) -> int:
    """How many texts the document of a policy has, each in quotes: names of elements, and values."""
    count = 1 + 2 * (policy.version is not None) + 2 * (policy.id is not None)
    for each in policy.statements:
        count += 4 + len(each.actions.values) + (len(each.resources.values) if each.resources else 0)
        if each.sid is not None:
            count += 2
        if each.conditions:
            operators = {one.operator for one in each.conditions}
            count += 1 + len(operators) + sum(1 + len(one.values) for one in each.conditions)
    return count


def may_take_back(statements: tuple[Statement, ...]) -> bool:
    """Whether a Deny without conditions may take back all that some statement allows."""
    denies = [each for each in statements if each.effect is Effect.DENY and not each.conditions]
    if not denies:
        return False
    services = {_service(text) for each in denies for text in each.actions.values}
    if "" in services or any(each.actions.negated for each in denies):
        return True
    for each in statements:
        if each.effect is Effect.ALLOW:
            allowed = {_service(text) for text in each.actions.values}
            if each.actions.negated or "" in allowed or allowed <= services:
                return True
    return False


def _service(action: str) -> str:
    """The service of an action; empty where that is open."""
    prefix = action.partition(":")[0]
    return "" if "*" in prefix or "?" in prefix or "$" in prefix else prefix.lower()
