"""Every rule by its slug: literal tables, in the order of the rule pages.

A rule is a module of the same name, imported when a policy has what the rule looks at: a policy without conditions
needs none of the forty rules about them, and to import a rule takes longer than to run it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from importlib import import_module
from typing import Generic, TypeVar

from iamglue.iam.origins import Syntax
from iamglue.rules.rule import FileRuleModule, RuleModule
from iamglue.subjects.written_policy import PolicyType, WrittenPolicy

_Module = TypeVar("_Module")


class Needs(Enum):
    """What a policy must have for a rule to find anything in it."""

    NOTHING = "nothing in particular"
    CONDITIONS = "a Condition"
    PRINCIPALS = "a Principal, or a kind of policy that names principals"
    CONTROL = "to be an SCP or RCP"
    VARIABLES = "a `${`"
    SEVERAL = "more than one statement"
    SIDS = "a Sid"
    OPPOSITES = "a NotAction, NotResource or NotPrincipal"


NEEDS: dict[str, Needs] = {
    "account-trust": Needs.PRINCIPALS,
    "action-perhaps-without-resource": Needs.NOTHING,
    "action-without-resource": Needs.NOTHING,
    "administrator-access": Needs.NOTHING,
    "all-values-of-one": Needs.CONDITIONS,
    "allow-not-action": Needs.OPPOSITES,
    "allow-not-principal": Needs.PRINCIPALS,
    "allow-not-resource": Needs.OPPOSITES,
    "arn-account": Needs.NOTHING,
    "arn-region": Needs.NOTHING,
    "arn-resource": Needs.NOTHING,
    "audience-all-values": Needs.CONDITIONS,
    "audience-any-value": Needs.CONDITIONS,
    "audience-claim-type": Needs.CONDITIONS,
    "broad-access": Needs.NOTHING,
    "condition-key-format": Needs.CONDITIONS,
    "condition-key-lacking-for-service": Needs.PRINCIPALS,
    "condition-key-not-carried": Needs.CONDITIONS,
    "condition-key-without-action": Needs.CONDITIONS,
    "condition-key-without-partner": Needs.CONDITIONS,
    "condition-limits-nobody": Needs.CONDITIONS,
    "condition-never-met": Needs.CONDITIONS,
    "condition-region": Needs.CONDITIONS,
    "condition-value-form": Needs.CONDITIONS,
    "condition-value-type": Needs.CONDITIONS,
    "conflicting-elements": Needs.OPPOSITES,
    "confused-deputy": Needs.PRINCIPALS,
    "control-policy-size": Needs.CONTROL,
    "credential-exposure": Needs.NOTHING,
    "data-exposure": Needs.NOTHING,
    "deprecated-condition-key": Needs.CONDITIONS,
    "duplicate-condition-key": Needs.CONDITIONS,
    "duplicate-sid": Needs.SIDS,
    "dynamodb-attributes-without-select": Needs.CONDITIONS,
    "empty-list": Needs.NOTHING,
    "empty-sid": Needs.SIDS,
    "federated-principal": Needs.PRINCIPALS,
    "foreign-in-resource-policy": Needs.PRINCIPALS,
    "forgeable-condition-key": Needs.CONDITIONS,
    "github-subject": Needs.PRINCIPALS,
    "idle-condition": Needs.CONDITIONS,
    "ineffective-statement": Needs.NOTHING,
    "invalid-effect": Needs.NOTHING,
    "invalid-ip-range": Needs.CONDITIONS,
    "invalid-version": Needs.NOTHING,
    "ip-range-host-bits": Needs.CONDITIONS,
    "irrelevant-condition-key": Needs.CONDITIONS,
    "malformed-arn": Needs.NOTHING,
    "malformed-variable": Needs.VARIABLES,
    "misplaced-variable": Needs.VARIABLES,
    "missing-element": Needs.NOTHING,
    "missing-qualifier": Needs.CONDITIONS,
    "missing-version": Needs.NOTHING,
    "mixed-condition-values": Needs.CONDITIONS,
    "not-a-document": Needs.NOTHING,
    "null-with-qualifier": Needs.CONDITIONS,
    "open-condition-value": Needs.CONDITIONS,
    "open-web-identity": Needs.PRINCIPALS,
    "operator-type": Needs.CONDITIONS,
    "pass-role-wildcard": Needs.NOTHING,
    "placeholder": Needs.NOTHING,
    "policy-id": Needs.NOTHING,
    "policy-size": Needs.NOTHING,
    "presence-test": Needs.CONDITIONS,
    "principal-id": Needs.PRINCIPALS,
    "principal-shape": Needs.PRINCIPALS,
    "principal-value": Needs.PRINCIPALS,
    "principal-wildcard": Needs.PRINCIPALS,
    "private-among-public": Needs.CONDITIONS,
    "private-source-ip": Needs.CONDITIONS,
    "privilege-escalation": Needs.NOTHING,
    "public-access": Needs.PRINCIPALS,
    "rcp-syntax": Needs.CONTROL,
    "rcp-without-service-guard": Needs.CONTROL,
    "redundant-action": Needs.NOTHING,
    "redundant-number": Needs.CONDITIONS,
    "redundant-resource": Needs.NOTHING,
    "redundant-session-principal": Needs.PRINCIPALS,
    "redundant-statement": Needs.SEVERAL,
    "repeated-sid": Needs.SIDS,
    "role-without-source": Needs.PRINCIPALS,
    "s3-prefix-excluded": Needs.CONDITIONS,
    "scp-action-wildcard": Needs.CONTROL,
    "scp-syntax": Needs.CONTROL,
    "service-linked-role-wildcard": Needs.NOTHING,
    "service-stand-in-key": Needs.PRINCIPALS,
    "sid-characters": Needs.SIDS,
    "string-like-on-arn": Needs.CONDITIONS,
    "tag-condition-allows-nothing": Needs.CONDITIONS,
    "tag-condition-denies-nothing": Needs.CONDITIONS,
    "trust-policy-action": Needs.PRINCIPALS,
    "trust-policy-element": Needs.PRINCIPALS,
    "unknown-action": Needs.NOTHING,
    "unknown-condition-key": Needs.CONDITIONS,
    "unknown-condition-operator": Needs.CONDITIONS,
    "unknown-element": Needs.NOTHING,
    "unknown-service": Needs.NOTHING,
    "unknown-service-principal": Needs.PRINCIPALS,
    "unlisted-action": Needs.NOTHING,
    "unsupported-character": Needs.NOTHING,
    "unsupported-principal": Needs.PRINCIPALS,
    "vpc-endpoint-key-out-of-place": Needs.CONDITIONS,
    "wildcard-in-service": Needs.NOTHING,
    "wildcard-without-like": Needs.CONDITIONS,
    "wrong-type": Needs.NOTHING,
}
# The rules about whole files, each with what a file must have for it to find anything.
FILE_NEEDS: dict[str, str] = {
    "duplicate-key": "duplicates",
    "inline-policies-too-large": "has_owned_policies",
    "one-click-policy": "attachments",
    "malformed-spec": "problems",
    "syntax-error": "malformed",
    "unknown-managed-policy": "attachments",
    "unknown-sam-template": "attachments",
    "unused-suppression": "unused",
}


class _Modules(Mapping[str, _Module], Generic[_Module]):
    """The modules of rules by slug, each imported when it is asked for."""

    def __init__(self, slugs: tuple[str, ...]) -> None:
        self._slugs = dict.fromkeys(slugs)

    def __getitem__(self, slug: str) -> _Module:
        if slug not in self._slugs:
            raise KeyError(slug)
        module: _Module = _imported(slug)  # type: ignore[assignment] # a test says that each module is such a rule
        return module

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs)

    def __len__(self) -> int:
        return len(self._slugs)


@cache
def _imported(slug: str) -> object:
    return import_module(f"iamglue.rules.{slug.replace('-', '_')}")


RULES: Mapping[str, RuleModule] = _Modules(tuple(NEEDS))
FILE_RULES: Mapping[str, FileRuleModule] = _Modules(tuple(FILE_NEEDS))


def slugs() -> tuple[str, ...]:
    """The slugs of all rules, sorted."""
    return tuple(sorted((*NEEDS, *FILE_NEEDS)))


def every_rule() -> dict[str, RuleModule | FileRuleModule]:
    """All rules by slug; imports them all."""
    return {slug: RULES[slug] if slug in NEEDS else FILE_RULES[slug] for slug in slugs()}


def met(policy: WrittenPolicy) -> frozenset[Needs]:
    """Which needs of rules a policy meets."""
    elements: set[str] = set().union(*[each.elements for each in policy.statements])
    is_control = policy.type in _CONTROLS
    # Terraform writes a variable as `&{...}`, too; in other texts every variable has its sign.
    has_variables = ("{" if policy.node.origin.syntax is Syntax.HCL else "${") in policy.node.origin.text
    several = len(policy.statement_nodes) > 1
    return _met(frozenset(elements), policy.names_principals, is_control, has_variables, several)


_CONTROLS = (PolicyType.SCP, PolicyType.RCP)


@lru_cache(maxsize=256)
def _met(
    elements: frozenset[str], names_principals: bool, is_control: bool, has_variables: bool, several: bool
) -> frozenset[Needs]:
    found = {
        Needs.NOTHING: True,
        Needs.CONDITIONS: "Condition" in elements,
        Needs.PRINCIPALS: names_principals or not elements.isdisjoint(("Principal", "NotPrincipal")),
        Needs.CONTROL: is_control,
        Needs.VARIABLES: has_variables,
        Needs.SEVERAL: several,
        Needs.SIDS: "Sid" in elements,
        Needs.OPPOSITES: not elements.isdisjoint(("NotAction", "NotResource", "NotPrincipal")),
    }
    return frozenset(need for need, holds in found.items() if holds)
