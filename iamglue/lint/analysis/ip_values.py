"""The values that conditions compare with IP addresses."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.lint.analysis.ip_ranges import IP_OPERATORS
from iamglue.policy.conditions import Operator
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node


def ip_values(policy: ParsedPolicy) -> Iterator[tuple[Operator, Node]]:
    """Each value of an IP address operator that is known before deployment, with the operator."""
    for _, condition in policy.conditions:
        operator = condition.operator
        if operator is not None and operator.base in IP_OPERATORS:
            yield from ((operator, value) for value in condition.values if not value.unresolved)
