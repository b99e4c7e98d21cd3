"""The keys of a rule file: those of every rule, of each kind of rule, and of an exception."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.model.own_rules import OwnRuleKind
from iamglue.readers.own_rules.values import (
    ACCOUNTS,
    ACTIONS,
    CONDITIONS,
    COUNT,
    DATE,
    ORGANIZATIONS,
    PATTERN,
    POLICY_TYPES,
    PRINCIPALS,
    RESOURCES,
    SENTENCE,
    SEVERITY,
    SLUG,
    URL,
    ValueType,
)

VERSION = "1"


@dataclass(frozen=True, slots=True)
class RuleKey:
    """A key: the type of its value, what it means, and whether it is required."""

    type: ValueType
    description: str
    required: bool = False


RULE_KEYS: dict[str, RuleKey] = {
    "id": RuleKey(SLUG, "The name of the rule, for reports, suppressions and baselines.", required=True),
    "message": RuleKey(SENTENCE, "What is wrong; the finding adds the request that shows it.", required=True),
    "severity": RuleKey(SEVERITY, "The severity of its findings; error by default."),
    "help": RuleKey(SENTENCE, "What to do."),
    "url": RuleKey(URL, "A page about the rule."),
    "policy-types": RuleKey(POLICY_TYPES, "The policy types that the rule is about; by default all that its kind has."),
}
EXCEPTION_KEYS: dict[str, RuleKey] = {
    "role": RuleKey(PATTERN, "Name or ARN of a role; in a template, its name there."),
    "function": RuleKey(PATTERN, "Name of a function; every function of the role must match."),
    "account": RuleKey(PATTERN, "ID of the account."),
    "path": RuleKey(PATTERN, "Path of a file, as reports show it."),
    "reason": RuleKey(SENTENCE, "Why the rule does not apply.", required=True),
    "until": RuleKey(DATE, "The last day of the exception."),
}
SUBJECT_KEYS = ("role", "function", "account", "path")

_ACTIONS = "Actions, or patterns of actions."
_RESOURCES = "ARNs, or patterns of ARNs; every resource by default."
_PRINCIPALS = RuleKey(
    PRINCIPALS, "Users, roles (ARNs, or patterns of ARNs), services, identity providers, and account IDs."
)
_ACCOUNTS = RuleKey(ACCOUNTS, "Account IDs.")
_ORGANIZATIONS = RuleKey(ORGANIZATIONS, "Organization IDs, or paths of an organization.")
_CALLERS = {"principals": _PRINCIPALS, "accounts": _ACCOUNTS, "organizations": _ORGANIZATIONS}


@dataclass(frozen=True, slots=True)
class KindKeys:
    """The keys of a kind of rule. At least one of `one_of` is required, if there are any."""

    keys: dict[str, RuleKey]
    one_of: tuple[str, ...] = ()


KINDS: dict[OwnRuleKind, KindKeys] = {
    OwnRuleKind.DENY_ACTIONS: KindKeys(
        {"actions": RuleKey(ACTIONS, _ACTIONS, required=True), "resources": RuleKey(RESOURCES, _RESOURCES)},
    ),
    OwnRuleKind.RESTRICT_RESOURCES: KindKeys(
        {
            "resources": RuleKey(RESOURCES, "ARNs, or patterns of ARNs.", required=True),
            "actions": RuleKey(ACTIONS, f"{_ACTIONS} Every action by default."),
            **_CALLERS,
        },
        tuple(_CALLERS),
    ),
    OwnRuleKind.REQUIRE_CONDITIONS: KindKeys(
        {
            "actions": RuleKey(ACTIONS, _ACTIONS, required=True),
            "resources": RuleKey(RESOURCES, _RESOURCES),
            "conditions": RuleKey(CONDITIONS, "Conditions, as in a policy; all must be met.", required=True),
        },
    ),
    OwnRuleKind.ALLOWED_PRINCIPALS: KindKeys(_CALLERS, tuple(_CALLERS)),
    OwnRuleKind.ALLOWED_ACCOUNTS: KindKeys(
        {"accounts": _ACCOUNTS, "organizations": _ORGANIZATIONS},
        ("accounts", "organizations"),
    ),
    OwnRuleKind.MAXIMUM_SIZE: KindKeys(
        {
            "characters": RuleKey(COUNT, "Characters without white space between values, as AWS counts them."),
            "statements": RuleKey(COUNT, "Statements."),
        },
        ("characters", "statements"),
    ),
}
