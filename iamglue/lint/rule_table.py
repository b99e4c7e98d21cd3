"""All rules by slug, in literal tables that have the order of the rule pages.

A rule is a module of the same name. It is imported only when a policy has what the rule checks: a policy without
conditions does not need the forty rules about conditions, and importing a rule takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from importlib import import_module
from typing import Generic, TypeVar

from iamglue.lint.analysis.wide_statements import wide_statements
from iamglue.lint.rule import FileRuleModule, RuleModule
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.source_text import Syntax

_Module = TypeVar("_Module")


class RulePrecondition(Enum):
    """What a policy must have for a rule to report anything; the value is the directory of these rules."""

    ANY_POLICY = "document"
    CONDITION = "conditions"
    PRINCIPAL = "principals"  # a Principal, or a policy type that has principals
    CONTROL_POLICY = "control"  # an SCP or RCP
    VARIABLE = "variables"  # a `${`
    MULTIPLE_STATEMENTS = "statements"  # more than one statement
    SID = "sids"
    NOT_ELEMENT = "elements"  # a NotAction, NotResource or NotPrincipal
    TRUST_ZONE = "trust"  # principals, and a zone of trust that the user names
    WILDCARD_RESOURCE = "wildcards"  # an Allow on every resource of a type, without a limiting condition


_SLUGS: dict[RulePrecondition, tuple[str, ...]] = {
    RulePrecondition.ANY_POLICY: (
        "action-resource-mismatch",
        "administrator-access",
        "empty-list",
        "ineffective-statement",
        "invalid-arn-account",
        "invalid-arn-region",
        "invalid-arn-resource",
        "invalid-effect",
        "invalid-version",
        "malformed-arn",
        "missing-element",
        "missing-version",
        "not-a-document",
        "pass-role-if-exists",
        "pass-role-wildcard",
        "placeholder",
        "policy-size",
        "possible-action-resource-mismatch",
        "redundant-action",
        "redundant-resource",
        "service-linked-role-wildcard",
        "unknown-action",
        "unknown-element",
        "unknown-service",
        "unlisted-action",
        "unlisted-arn-resource",
        "unsupported-character",
        "unused-policy-id",
        "wildcard-in-service",
        "wrong-type",
    ),
    RulePrecondition.CONDITION: (
        "action-without-condition-key",
        "allow-with-unsupported-tag-condition",
        "arn-operator-with-text-value",
        "bypassable-s3-prefix-deny",
        "condition-operator-type-mismatch",
        "condition-value-type-mismatch",
        "confirm-audience-claim-type",
        "deny-with-unsupported-tag-condition",
        "deprecated-condition-key",
        "duplicate-condition-key",
        "dynamodb-attributes-without-select",
        "equivalent-to-null-check",
        "forallvalues-with-audience-claim",
        "forallvalues-with-single-valued-key",
        "foranyvalue-with-audience-claim",
        "ineffective-condition",
        "invalid-condition-key-format",
        "invalid-condition-value-format",
        "invalid-ip-range",
        "invalid-region-in-condition",
        "ip-range-host-bits",
        "irrelevant-condition-key",
        "missing-action-for-condition-key",
        "missing-paired-condition-key",
        "missing-qualifier",
        "mixed-condition-values",
        "null-with-qualifier",
        "permissive-condition-value",
        "possibly-unsupported-tag-condition",
        "private-ip-among-public",
        "private-source-ip",
        "redundant-number",
        "string-operator-with-arn-key",
        "unknown-condition-key",
        "unknown-condition-operator",
        "unsatisfiable-condition",
        "unsupported-action-for-condition-key",
        "unsupported-vpc-endpoint-key",
        "untrustworthy-condition-key",
        "vacuous-condition",
        "wildcard-without-like",
    ),
    RulePrecondition.PRINCIPAL: (
        "account-wide-trust",
        "allow-not-principal",
        "broad-github-subject",
        "confused-deputy",
        "invalid-federated-principal",
        "invalid-principal-format",
        "invalid-principal-value",
        "invalid-trust-policy-action",
        "missing-condition-for-oidc-principal",
        "principal-wildcard",
        "public-access",
        "recommended-condition-key-for-service-principal",
        "redundant-session-principal",
        "role-trust-missing-source-condition",
        "unique-id-as-principal",
        "unknown-service-principal",
        "unsupported-condition-key-for-service-principal",
        "unsupported-in-resource-policy",
        "unsupported-principal",
        "unsupported-trust-policy-element",
    ),
    RulePrecondition.CONTROL_POLICY: (
        "control-policy-size",
        "rcp-missing-related-condition-key",
        "rcp-syntax",
        "scp-action-wildcard",
        "scp-syntax",
    ),
    RulePrecondition.VARIABLE: (
        "malformed-variable",
        "misplaced-variable",
    ),
    RulePrecondition.MULTIPLE_STATEMENTS: ("redundant-statement",),
    RulePrecondition.SID: (
        "duplicate-sid",
        "duplicate-sid-in-resource-policy",
        "empty-sid",
        "invalid-sid-characters",
    ),
    RulePrecondition.NOT_ELEMENT: (
        "allow-not-action",
        "allow-not-resource",
        "conflicting-elements",
    ),
    RulePrecondition.TRUST_ZONE: (
        "cross-account-access",
        "cross-organization-access",
        "unknown-external-access",
    ),
    RulePrecondition.WILDCARD_RESOURCE: (
        "broad-access",
        "credential-exposure",
        "data-exposure",
        "privilege-escalation",
    ),
}
RULE_PRECONDITIONS: dict[str, RulePrecondition] = {
    slug: precondition for precondition, slugs in _SLUGS.items() for slug in slugs
}
# Rules about whole files, each with the attribute of ParsedFile that must be non-empty for the rule to report anything.
FILE_RULE_ATTRIBUTES: dict[str, str] = {
    "duplicate-key": "duplicate_keys",
    "inline-policies-too-large": "has_inline_policies",
    "one-click-policy": "attachments",
    "malformed-spec": "spec_errors",
    "syntax-error": "syntax_error",
    "unknown-managed-policy": "attachments",
    "unknown-sam-template": "attachments",
    "unused-suppression": "unused_suppressions",
}
_FILES = "files"


class _LazyModules(Mapping[str, _Module], Generic[_Module]):
    """Rule modules by slug, imported on first access."""

    def __init__(self, slugs: tuple[str, ...]) -> None:
        self._slugs = dict.fromkeys(slugs)

    def __getitem__(self, slug: str) -> _Module:
        if slug not in self._slugs:
            raise KeyError(slug)
        module: _Module = _import_rule(slug)  # type: ignore[assignment] # tests check that each module is such a rule
        return module

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs)

    def __len__(self) -> int:
        return len(self._slugs)


@cache
def _import_rule(slug: str) -> object:
    directory = RULE_PRECONDITIONS[slug].value if slug in RULE_PRECONDITIONS else _FILES
    return import_module(f"iamglue.lint.rules.{directory}.{slug.replace('-', '_')}")


RULES: Mapping[str, RuleModule] = _LazyModules(tuple(RULE_PRECONDITIONS))
FILE_RULES: Mapping[str, FileRuleModule] = _LazyModules(tuple(FILE_RULE_ATTRIBUTES))


def rule_slugs() -> tuple[str, ...]:
    """The slugs of all rules, sorted."""
    return tuple(sorted((*RULE_PRECONDITIONS, *FILE_RULE_ATTRIBUTES)))


def import_all_rules() -> dict[str, RuleModule | FileRuleModule]:
    """All rules by slug. Imports every rule."""
    return {slug: RULES[slug] if slug in RULE_PRECONDITIONS else FILE_RULES[slug] for slug in rule_slugs()}


def satisfied_preconditions(policy: ParsedPolicy) -> frozenset[RulePrecondition]:
    """The preconditions of rules that a policy satisfies."""
    elements: set[str] = set().union(*[statement.elements for statement in policy.statements])
    is_control = policy.type in _CONTROLS
    # Terraform also writes a variable as `&{...}`; in other formats every variable begins with `${`.
    has_variables = ("{" if policy.node.source.syntax is Syntax.HCL else "${") in policy.node.source.text
    has_several_statements = len(policy.statement_nodes) > 1
    is_wide = bool(wide_statements(policy).others)
    has_zone = bool(policy.parameter_values.trust)
    return _cached_preconditions(
        frozenset(elements),
        policy.names_principals,
        is_control,
        has_variables,
        has_several_statements,
        is_wide,
        has_zone,
    )


_CONTROLS = (PolicyType.SCP, PolicyType.RCP)


@lru_cache(maxsize=256)
def _cached_preconditions(
    elements: frozenset[str],
    names_principals: bool,
    is_control: bool,
    has_variables: bool,
    has_several_statements: bool,
    is_wide: bool,
    has_zone: bool,
) -> frozenset[RulePrecondition]:
    """The satisfied preconditions as a shared frozenset, because few combinations occur."""
    conditions = {
        RulePrecondition.ANY_POLICY: True,
        RulePrecondition.CONDITION: "Condition" in elements,
        RulePrecondition.PRINCIPAL: names_principals or not elements.isdisjoint(("Principal", "NotPrincipal")),
        RulePrecondition.CONTROL_POLICY: is_control,
        RulePrecondition.VARIABLE: has_variables,
        RulePrecondition.MULTIPLE_STATEMENTS: has_several_statements,
        RulePrecondition.SID: "Sid" in elements,
        RulePrecondition.NOT_ELEMENT: not elements.isdisjoint(("NotAction", "NotResource", "NotPrincipal")),
        RulePrecondition.TRUST_ZONE: has_zone and not elements.isdisjoint(("Principal", "NotPrincipal")),
        RulePrecondition.WILDCARD_RESOURCE: is_wide,
    }
    return frozenset(precondition for precondition, is_satisfied in conditions.items() if is_satisfied)
