"""Statements that allow an action of IAM on any role, in the six forms that two checks of Access Analyzer report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from iamglue.lint.analysis.deployed_text import deployed_text
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, split_arn_fields
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition, ParsedMatchList
from iamglue.policy.patterns.wildcards import covers, has_wildcard, matches_action
from iamglue.policy.source.nodes import Node

# A resource part without a literal role name, also below the paths that IAM itself gives to roles. Another path counts
# as part of the name, like any other text before the wildcard.
_ANY_ROLE = re.compile(r"[*?]+|role[*?]+|role/(?:(?:(?:aws-)?service-role|[*?]+)/)*[*?/]+")
_CODES = {
    ("plain", False): "STAR_IN_RESOURCE",
    ("star", False): "STAR_IN_ACTION_AND_RESOURCE",
    ("not", False): "STAR_IN_RESOURCE_AND_NOT_ACTION",
    ("plain", True): "NOT_RESOURCE",
    ("star", True): "STAR_IN_ACTION_AND_NOT_RESOURCE",
    ("not", True): "NOT_ACTION_AND_NOT_RESOURCE",
}


@dataclass(frozen=True, slots=True)
class WideRoleGrant:
    """A statement that allows the action on any role: the node to report, and the code of AWS's check.

    `through` is text to append to a message; it is empty if the statement names the action and `Resource`.
    `is_limited_if_key_exists`: an operator that ends in IfExists limits the service.
    """

    node: Node
    code: str
    through: str
    is_limited_if_key_exists: bool


@dataclass(frozen=True, slots=True)
class WideRoleAction:
    """An action of IAM, the prefix of the codes of its checks, and the condition key that limits the service.

    With `allows_service_wildcards`, AWS's check accepts wildcards in the values of that key.
    """

    action: str
    code_prefix: str
    service_key: str
    allows_service_wildcards: bool

    def find_grants(self, policy: ParsedPolicy) -> Iterator[WideRoleGrant]:
        """Each statement that allows the action on any role, without a condition that limits the service."""
        for statement, node, form in self._granting_statements(policy):
            resource = statement.resource
            if resource and _matches_any_role(resource) and not any(map(self._limits_service, statement.conditions)):
                elements = [] if form == "plain" else [f"`{node.text}`"]
                elements += ["`NotResource`"] if resource.negated else []
                through = f" through {' with '.join(elements)}" if elements else ""
                code = f"{self.code_prefix}_WITH_{_CODES[form, resource.negated]}"
                is_limited_if_key_exists = any(
                    condition.operator is not None
                    and condition.operator.if_exists
                    and self._limits_service(condition, allow_if_exists=True)
                    for condition in statement.conditions
                )
                yield WideRoleGrant(node, code, through, is_limited_if_key_exists)

    def _granting_statements(self, policy: ParsedPolicy) -> Iterator[tuple[ParsedStatement, Node, str]]:
        """Each statement that allows the action, once; its name takes precedence over a wildcard."""
        for statement in policy.statements:
            element = statement.action
            if element is None or statement.effect is not Effect.ALLOW:
                continue
            matching = self._matching_value(element)
            if not element.negated and matching is not None:
                yield statement, matching, "star" if has_wildcard(matching.text) else "plain"
            elif element.negated and matching is None and element.is_resolved:
                yield statement, element.key, "not"

    def _matching_value(self, element: ParsedMatchList) -> Node | None:
        """The value of the element that is the action, otherwise one that matches it; None if none does."""
        lowercase = self.action.lower()
        if lowercase in element.lowercase:
            return element.values[element.lowercase.index(lowercase)]
        if not element.wildcards:
            return None
        return next((node for node in element.values if matches_action(node.text, self.action)), None)

    def _limits_service(self, condition: ParsedCondition, *, allow_if_exists: bool = False) -> bool:
        """True if the condition limits the service, or may do so once its values are known."""
        operator = condition.operator
        if condition.key.text.lower() != self.service_key.lower():
            return False
        if operator is None or not condition.is_resolved:
            return True
        if operator.if_exists and not allow_if_exists:
            return False
        if operator.quantifier == "ForAllValues" or "Not" in operator.base:
            return False
        if operator.base == "Null" or any(is_single_star(node.text) for node in condition.values):
            return False
        return (
            self.allows_service_wildcards
            or operator.base != "StringLike"
            or not any("*" in node.text for node in condition.values)
        )


def _matches_any_role(element: ParsedMatchList) -> bool:
    """True if a resource of the element matches any role; for NotResource, if it excludes no role pattern."""
    if element.negated:
        return not any(is_any_role(deployed_text(node) or node.text) for node in element.values)
    return any(text is not None and is_any_role(text) for text in map(deployed_text, element.values))


@lru_cache(maxsize=8192)
def is_any_role(text: str) -> bool:
    """True if a resource is a pattern that matches roles and names neither a role nor a path of the account."""
    if "*" not in text:
        return False
    if is_single_star(text):
        return True
    fields = split_arn_fields(text)
    if len(fields) < ARN_FIELD_COUNT:
        return text.startswith("arn:") and text.endswith("*") and (len(fields) < 3 or covers(fields[2], "iam"))
    match = _ANY_ROLE.fullmatch(fields[5])
    return match is not None and covers(fields[2], "iam") and ".amazonaws.com" not in fields[5]
