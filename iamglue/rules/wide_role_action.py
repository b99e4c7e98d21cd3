"""The six ways in which a statement may allow an action of IAM on any role; two rules of Access Analyzer share them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from iamglue.iam.arns import FIELDS, is_everything, split_fields
from iamglue.iam.nodes import Node
from iamglue.iam.patterns import covers, matches_action
from iamglue.iam.policies import Effect
from iamglue.subjects.written_policy import Element, WrittenCondition, WrittenPolicy

# A role's name that is all wildcard, below a path or not; the path of service-linked roles names a service.
_ANY_ROLE = re.compile(r"[*?]+|role[*?]+|role/(?:[^/:]+/)*[*?/]+")


_FIRST = frozenset("iI*?")


@dataclass(frozen=True, slots=True)
class WideRoleAction:
    """An action of IAM, how its checks' codes begin, and the condition key that limits the service.

    `wild_services`: wildcards in that key's values limit it well enough for AWS's check.
    """

    action: str
    stem: str
    service_key: str
    wild_services: bool

    def found(self, policy: WrittenPolicy) -> Iterator[tuple[Node, str, str]]:
        """The node that grants the action on any role, the code of the check, and how it does in words."""
        for statement in policy.statements:
            element, resource = statement.action, statement.resource
            if element is None or resource is None or statement.effect is not Effect.ALLOW:
                continue
            granting = self._granting(element)
            if granting and _on_any_role(resource) and not any(map(self._limits, statement.conditions)):
                node, form = granting
                how = f"`{node.text}` with `NotResource`" if resource.negated else f"`{node.text}`"
                yield node, f"{self.stem}_WITH_{_CODES[form, resource.negated]}", how

    def _granting(self, element: Element) -> tuple[Node, str] | None:
        wild = None
        for node in element.values:
            text = node.text
            # Most actions are of other services: those are told apart by a letter.
            if text[:1] in _FIRST and matches_action(text, self.action):
                if "*" not in text and "?" not in text:
                    return None if element.negated else (node, "plain")
                wild = wild or node
        if element.negated:
            return None if wild or not element.whole else (element.key, "not")
        return (wild, "star") if wild else None

    def _limits(self, condition: WrittenCondition) -> bool:
        operator = condition.operator
        if condition.key.text.lower() != self.service_key.lower():
            return False
        if operator is None or not condition.whole:
            return True
        if operator.if_exists or operator.quantifier == "ForAllValues" or "Not" in operator.base:
            return False
        if operator.base == "Null" or any(is_everything(node.text) for node in condition.values):
            return False
        return self.wild_services or operator.base != "StringLike" or not any("*" in n.text for n in condition.values)


_CODES = {
    ("plain", False): "STAR_IN_RESOURCE",
    ("star", False): "STAR_IN_ACTION_AND_RESOURCE",
    ("not", False): "STAR_IN_RESOURCE_AND_NOT_ACTION",
    ("plain", True): "NOT_RESOURCE",
    ("star", True): "STAR_IN_ACTION_AND_NOT_RESOURCE",
    ("not", True): "NOT_ACTION_AND_NOT_RESOURCE",
}


def _on_any_role(element: Element) -> bool:
    if element.negated:
        return not any(_is_any_role(node.text) for node in element.values)
    return any(not node.holes and _is_any_role(node.text) for node in element.values)


@lru_cache(maxsize=8192)
def _is_any_role(text: str) -> bool:
    if "*" not in text:
        return False
    if is_everything(text):
        return True
    fields = split_fields(text)
    if len(fields) < FIELDS:
        return text.startswith("arn:") and text.endswith("*") and (len(fields) < 3 or covers(fields[2], "iam"))
    found = _ANY_ROLE.fullmatch(fields[5])
    return found is not None and covers(fields[2], "iam") and ".amazonaws.com" not in fields[5]
