"""Metadata of rules: how their findings are ranked, and examples that are both tests and documentation."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.findings import Confidence, Severity
from iamglue.policy.parsed_policy import PolicyType

ALL_POLICY_TYPES = frozenset(PolicyType)
# Policies that are attached to a principal or to a member of an organization have no Principal.
TYPES_WITHOUT_PRINCIPAL = frozenset({PolicyType.IDENTITY, PolicyType.SCP})
RESOURCE_BASED_TYPES = frozenset({PolicyType.RESOURCE, PolicyType.TRUST})


@dataclass(frozen=True, slots=True)
class Rule:
    """How the findings of a rule are ranked.

    `codes` are those of Access Analyzer's checks that look for the same thing; a hit that names none has the first.
    `types` are the kinds of policies it applies to. Rules marked `pedantic` run only when asked for; those marked
    `breadth` are about access that is wider than it need be, and can be switched off as one.
    """

    severity: Severity
    codes: tuple[str, ...] = ()
    types: frozenset[PolicyType] = ALL_POLICY_TYPES
    confidence: Confidence = Confidence.HIGH
    pedantic: bool = False
    breadth: bool = False


@dataclass(frozen=True, slots=True)
class RuleExample:
    """An example of a rule, shown in its documentation and run as a test.

    `text` is a policy document, or a statement to insert into one, as JSON (as YAML if it begins with neither `{` nor
    `[`). For a bad example, `codes` are the codes of the hits in order, one for each hit, if the rule has several codes
    (empty: one hit); `fixed` is the text after the fixes.
    """

    text: str
    type: PolicyType = PolicyType.IDENTITY
    codes: tuple[str, ...] = ()
    fixed: str | None = None
    resource_type: str | None = None
    parameter_values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RoleRule:
    """How the findings of a rule are ranked. `risk` (0 to 100) is what one finding adds to a role's risk at most.

    `breadth` marks rules about access that is wider than it need be; `needs_spec` those that say nothing of a role
    whose functions have no spec.
    """

    severity: Severity
    risk: int
    confidence: Confidence = Confidence.HIGH
    breadth: bool = False
    needs_spec: bool = False
