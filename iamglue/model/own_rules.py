"""An organization's own rules, as a rule file states them: what no policy may allow, and who is excepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase

from iamglue.files.configured_paths import ConfigFolder, matches_path
from iamglue.findings import Severity
from iamglue.model.rule import RESOURCE_BASED_TYPES
from iamglue.policy.conditions import Condition
from iamglue.policy.parsed_policy import PolicyType


class OwnRuleKind(StrEnum):
    """What a rule requires of policies; `KIND_DESCRIPTIONS` says what."""

    DENY_ACTIONS = "deny-actions"
    RESTRICT_RESOURCES = "restrict-resources"
    REQUIRE_CONDITIONS = "require-conditions"
    ALLOWED_PRINCIPALS = "allowed-principals"
    ALLOWED_ACCOUNTS = "allowed-accounts"
    MAXIMUM_SIZE = "maximum-size"


KIND_DESCRIPTIONS: dict[OwnRuleKind, str] = {
    OwnRuleKind.DENY_ACTIONS: "Nobody may have these actions on these resources.",
    OwnRuleKind.RESTRICT_RESOURCES: "Only these principals may use these resources.",
    OwnRuleKind.REQUIRE_CONDITIONS: "These actions are allowed only in requests that meet these conditions.",
    OwnRuleKind.ALLOWED_PRINCIPALS: "Trust policies and resource-based policies allow nothing to any other principal.",
    OwnRuleKind.ALLOWED_ACCOUNTS: (
        "Trust policies and resource-based policies allow nothing to users and roles of any other account."
    ),
    OwnRuleKind.MAXIMUM_SIZE: "A policy has at most this many characters and statements.",
}

_GRANTING_TYPES = frozenset({PolicyType.IDENTITY, *RESOURCE_BASED_TYPES})
# SCPs and RCPs grant nothing, so only their size can be limited.
POLICY_TYPES_OF_KINDS: dict[OwnRuleKind, frozenset[PolicyType]] = {
    OwnRuleKind.DENY_ACTIONS: _GRANTING_TYPES,
    OwnRuleKind.RESTRICT_RESOURCES: _GRANTING_TYPES,
    OwnRuleKind.REQUIRE_CONDITIONS: _GRANTING_TYPES,
    OwnRuleKind.ALLOWED_PRINCIPALS: RESOURCE_BASED_TYPES,
    OwnRuleKind.ALLOWED_ACCOUNTS: RESOURCE_BASED_TYPES,
    OwnRuleKind.MAXIMUM_SIZE: frozenset(PolicyType),
}


@dataclass(frozen=True, slots=True)
class RuleSubject:
    """What a rule is checked on, as far as it is known: the path of the file, the role, its functions, the account."""

    path: str | None = None
    roles: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    account: str | None = None


@dataclass(frozen=True, slots=True)
class RuleException:
    """Where a rule does not apply, and why; the patterns may have `*` and `?`. All that are given must match.

    `role` matches a name or an ARN. `function` must match every function of the role. `until` is its last day. `path`
    is relative to `base`.
    """

    reason: str
    role: str | None = None
    function: str | None = None
    account: str | None = None
    path: str | None = None
    until: date | None = None
    base: ConfigFolder | None = None

    def applies(self, subject: RuleSubject) -> bool:
        """Whether the rule does not apply to a subject. What is not known of the subject matches no pattern."""
        return all(
            (
                self.role is None or any(fnmatchcase(role, self.role) for role in subject.roles),
                self.function is None or _all_match(subject.functions, self.function),
                self.account is None or fnmatchcase(subject.account or "", self.account),
                self.path is None or matches_path(subject.path or "", self.path, self.base),
            )
        )


def _all_match(names: Iterable[str], pattern: str) -> bool:
    known = tuple(names)
    return bool(known) and all(fnmatchcase(name, pattern) for name in known)


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule of a rule file. Of the other fields, a kind uses those that the file's format gives it.

    `principals` are ARNs of users, roles and identity providers, patterns of ARNs, account IDs and services. `path` and
    `line` are where the rule is written.
    """

    slug: str
    kind: OwnRuleKind
    message: str
    severity: Severity = Severity.ERROR
    help: str | None = None
    url: str | None = None
    policy_types: frozenset[PolicyType] = frozenset()
    exceptions: tuple[RuleException, ...] = ()
    actions: tuple[str, ...] = ("*",)
    resources: tuple[str, ...] = ("*",)
    conditions: tuple[Condition, ...] = ()
    principals: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    characters: int | None = None
    statements: int | None = None
    path: str = ""
    line: int = 0

    @property
    def types(self) -> frozenset[PolicyType]:
        """The policy types that the rule applies to."""
        possible = POLICY_TYPES_OF_KINDS[self.kind]
        return self.policy_types & possible if self.policy_types else possible

    def is_excepted(self, subject: RuleSubject) -> bool:
        """Whether an exception of the rule applies to a subject."""
        return any(exception.applies(subject) for exception in self.exceptions)

    def from_folder(self, base: ConfigFolder | None) -> OwnRule:
        """The rule, with the paths of its exceptions relative to the directory of a configuration."""
        return replace(self, exceptions=tuple(replace(item, base=base) for item in self.exceptions))

    def on(self, day: date) -> OwnRule:
        """The rule without the exceptions that have ended before a day."""
        left = tuple(item for item in self.exceptions if item.until is None or day <= item.until)
        return replace(self, exceptions=left)
