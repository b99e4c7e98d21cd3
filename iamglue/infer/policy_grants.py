"""The statements of policies as atomic grants, each action on each resource, and what has no part in a spec."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.catalog.action_resources import may_act_on
from iamglue.catalog.condition_key_lookup import find_condition_key
from iamglue.catalog.services import find_action, find_service
from iamglue.errors import Location
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.model.inference import ChangeKind, SpecChange
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.conditions import Condition
from iamglue.policy.model import VERSION_2012, Effect, Statement
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.patterns.wildcards import has_wildcard, matches_action

# A pattern that matches more actions is used unchanged: such a list would not be read by anybody.
MAX_LISTED_ACTIONS = 24
_MAX_NAMES = 6


@dataclass(frozen=True, slots=True)
class StatementGrants:
    """One Allow statement: its grants, and those with a pattern of actions that stays as it is.

    `is_aws_managed`: it is of a policy that AWS manages, which is for many functions.
    """

    location: Location
    grants: tuple[AtomicGrant, ...]
    patterns: tuple[AtomicGrant, ...] = ()
    is_aws_managed: bool = False


def read_statements(files: Sequence[PolicyFile]) -> tuple[tuple[StatementGrants, ...], tuple[SpecChange, ...]]:
    """The grants of all Allow statements, and what a spec drops or narrows of the statements."""
    statements: list[StatementGrants] = []
    changes: list[SpecChange] = []
    for file in files:
        for number, statement in enumerate(file.policy.statements):
            location = file.statement_locations[number] if file.statement_locations else Location(file.path)
            reason = _not_expressible(statement)
            if reason:
                changes.append(SpecChange(ChangeKind.DROPPED, _statement_name(number, statement), reason, location))
                continue
            expander = _GrantExpander(statement, location, escape=file.policy.version != VERSION_2012)
            statements.append(replace(expander.run(), is_aws_managed=":iam::aws:policy/" in file.path))
            changes += expander.changes
    return tuple(statements), tuple(changes)


def _statement_name(number: int, statement: Statement) -> str:
    return f"statement {number + 1}" + (f" ({statement.sid})" if statement.sid else "")


def _not_expressible(statement: Statement) -> str | None:
    """Why a whole statement has no part in a spec; None if it has."""
    if statement.effect is Effect.DENY:
        return "a spec lists only what is allowed: it cannot express a Deny, which may limit other statements"
    if statement.principals is not None:
        return (
            "it names principals, so it belongs to a resource-based policy or trust policy, not to a policy of the role"
        )
    if statement.actions.negated:
        return "NotAction allows all actions except some: name the actions that the function uses"
    if statement.resources is None:
        return "it has no Resource, so it allows nothing in the policy of a role"
    if statement.resources.negated:
        return "NotResource allows all resources except some: name the resources that the function uses"
    return None


class _GrantExpander:
    """Expands one statement; `changes` collects what the grants leave out."""

    def __init__(self, statement: Statement, location: Location, *, escape: bool) -> None:
        self.location = location
        self.changes: list[SpecChange] = []
        self._escape = escape
        self._actions = statement.actions.values
        resources = statement.resources.values if statement.resources else ()
        self._resources = [text for resource in resources if (text := self._text(resource)) is not None]
        conditions = [self._condition(condition) for condition in statement.conditions]
        self._conditions = tuple(sorted(condition for condition in conditions if condition is not None))
        self._is_complete = len(self._conditions) == len(statement.conditions)

    def run(self) -> StatementGrants:
        """The grants of the statement; none if a condition of it cannot be kept, as it would then allow more."""
        if not self._is_complete:
            return StatementGrants(self.location, ())  # never without one of its conditions
        grants: list[AtomicGrant] = []
        patterns: list[AtomicGrant] = []
        for text in self._actions:
            names = tuple(self._matching_actions(text))
            if len(names) > MAX_LISTED_ACTIONS:
                patterns += [AtomicGrant(text, resource, self._conditions) for resource in self._resources]
                continue
            if has_wildcard(text) and names:
                self._drop(
                    ChangeKind.NARROWED,
                    f"`{text}`",
                    f"the spec names what it matches today ({len(names)}), so actions that AWS adds later are not "
                    "allowed",
                )
            grants += [AtomicGrant(name, resource, self._conditions) for name in names for resource in self._resources]
        return StatementGrants(self.location, tuple(self._effective(grants)), tuple(patterns))

    def _drop(self, kind: ChangeKind, subject: str, reason: str) -> None:
        self.changes.append(SpecChange(kind, subject, reason, self.location))

    def _matching_actions(self, text: str) -> Iterator[str]:
        """Yield the known actions of a name or pattern; one that a spec cannot express is recorded as dropped."""
        prefix, colon, pattern = text.partition(":")
        service = find_service(prefix.lower()) if colon else None
        if not colon or has_wildcard(prefix):
            self._drop(ChangeKind.DROPPED, f"`{text}`", "it allows actions of every service: name those that are used")
            return
        facts = find_action(text.lower()) if service else None
        if facts is not None:
            yield str(facts)
            return
        matching = [
            str(action)
            for name, action in (service.actions.items() if service and has_wildcard(pattern) else ())
            if matches_action(pattern, name)
        ]
        if not matching:
            self._drop(ChangeKind.DROPPED, f"`{text}`", "AWS's reference has no such action")
        yield from matching

    def _effective(self, grants: list[AtomicGrant]) -> Iterator[AtomicGrant]:
        """The grants but those of an action on a resource that it never has, as AWS's reference says."""
        without = []
        for grant in grants:
            if grant.resource.startswith("${") or may_act_on(grant.action, _with_names(grant.resource)):
                yield grant
            else:
                without.append(f"{grant.action} on {grant.resource}")
        if without:
            shown = ", ".join(without[:_MAX_NAMES]) + (
                f" and {len(without) - _MAX_NAMES} more" * (len(without) > _MAX_NAMES)
            )
            self._drop(
                ChangeKind.DROPPED, shown, "AWS's reference lists no such resource for the action, so it allows nothing"
            )

    def _condition(self, condition: Condition) -> Condition | None:
        """A condition as a spec has it; None, with a change, if its key is unknown or a value cannot be written."""
        if find_condition_key(condition.key) is None:
            self._drop(ChangeKind.DROPPED, f"`{condition.key}`", "AWS's reference has no such condition key")
            return None
        values = tuple(text for value in condition.values if (text := self._text(value)) is not None)
        complete = len(values) == len(condition.values)
        return Condition(condition.operator, condition.key, values) if complete else None

    def _text(self, text: str) -> str | None:
        """A text as a spec writes it; None if a spec cannot write it."""
        if not text or any(unicodedata.category(letter) == "Cc" for letter in text):
            self._drop(ChangeKind.DROPPED, f"`{text}`", "a spec cannot contain empty strings or control characters")
            return None
        if self._escape:
            # Without the version of 2012, `${` is only text:
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
            return text.replace("${", "${$}{")
        for token in tokenize(text):
            is_unknown = token.kind is TokenKind.VARIABLE and not _is_variable(token.name)
            if is_unknown or token.kind is TokenKind.MALFORMED:
                self._drop(ChangeKind.DROPPED, f"`{text}`", f"`{token.text}` is not a valid policy variable")
                return None
        return text


def _with_names(resource: str) -> str:
    """A resource with a name in the place of each parameter: a parameter is a name, and has no separators."""
    return "".join("name" if token.is_named_parameter else token.text for token in tokenize(resource))


def _is_variable(name: str) -> bool:
    key = find_condition_key(name.partition(",")[0].strip())
    return key is not None and not key.is_multivalued
