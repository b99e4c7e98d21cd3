"""Metadata of rules: how their findings are ranked, and examples that are both tests and documentation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from iamglue.findings import Confidence, Severity
from iamglue.policy.parsed_policy import PolicyType

ALL_POLICY_TYPES = frozenset(PolicyType)
# Policies that are attached to a principal or to a member of an organization have no Principal.
TYPES_WITHOUT_PRINCIPAL = frozenset({PolicyType.IDENTITY, PolicyType.SCP})
RESOURCE_BASED_TYPES = frozenset({PolicyType.RESOURCE, PolicyType.TRUST})


@lru_cache(maxsize=256)
def rule_url(page: str | None) -> str | None:
    """The last URL in the documentation page of a rule, the docstring of its module: AWS's page about the topic."""
    urls = [word for word in (page or "").split() if word.startswith("https://")]
    return urls[-1] if urls else None


@dataclass(frozen=True, slots=True)
class Rule:
    """The metadata of a `lint` rule.

    `codes` are those of the Access Analyzer checks for the same problem; a hit without a code has the first one.
    `types` are the policy types that the rule applies to. `pedantic` rules run only on request; `breadth` rules are
    about access that is broader than necessary, and can be disabled together. `form` rules are about how a document is
    written, which does not change what it grants: they do not apply to a document that a program wrote.
    """

    severity: Severity
    codes: tuple[str, ...] = ()
    types: frozenset[PolicyType] = ALL_POLICY_TYPES
    confidence: Confidence = Confidence.HIGH
    pedantic: bool = False
    breadth: bool = False
    form: bool = False


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
    trust: tuple[str, ...] = ()


class DocumentedRule(Protocol):
    """What the page of a rule needs of its module; the docstring is the text of the page."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def RULE(self) -> Rule: ...  # noqa: D102, N802

    @property
    def GOOD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802

    @property
    def BAD(self) -> tuple[RuleExample, ...]: ...  # noqa: D102, N802


@dataclass(frozen=True, slots=True)
class RoleRule:
    """The metadata of an `audit` rule. `risk` (0 to 100) is the maximum that one finding adds to a role's risk.

    `breadth` marks rules about access that is broader than necessary; `needs_spec` marks rules that are not evaluated
    for a role whose functions have no spec.
    """

    severity: Severity
    risk: int
    confidence: Confidence = Confidence.HIGH
    breadth: bool = False
    needs_spec: bool = False


class DocumentedRoleRule(Protocol):
    """What the page of an audit rule needs of its module; the docstring is the text of the page."""

    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]

    @property
    def RULE(self) -> RoleRule: ...  # noqa: D102, N802
