"""Allow statements of a policy file that are certain to reach every resource of a type, before any Deny.

A file does not say who the caller is, and parts of it may be known only at deployment. So a statement counts only if
its author left it open: an Action that is written, a Resource that names nothing, and no condition on a parameter of
the request. `audit` asks another question: what anyone with the role's credentials can do. The caller chooses the
parameters of a request, so there such a condition does not count as a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from iamglue.catalog.context_keys import key_kind
from iamglue.catalog.service_arn_formats import resource_globs
from iamglue.lint.analysis.deployed_text import deployed_text
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, split_arn_fields
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.patterns.wildcards import covers, has_wildcard
from iamglue.policy.source.nodes import Node
from iamglue.risk.request_keys import DIRECT_REQUEST


@dataclass(frozen=True, slots=True)
class WideStatements:
    """The wide statements of a policy.

    `full_access` are those for every action and every resource, each with its Action value `*`; `others` the rest.
    """

    full_access: tuple[tuple[ParsedStatement, Node], ...]
    others: tuple[ParsedStatement, ...]


# Several rules call this for the same policy in turn.
@lru_cache(maxsize=4)
def wide_statements(policy: ParsedPolicy) -> WideStatements:
    """The Allow statements with Action, with a Resource for every resource of a type, that no parameter limits."""
    full_access, others = [], []
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or statement.action is None or statement.action.negated:
            continue
        if not wildcard_resources(statement) or _limits_parameters(statement):
            continue
        every_action = _full_access_action(statement)
        if every_action is None:
            others.append(statement)
        else:
            full_access.append((statement, every_action))
    return WideStatements(tuple(full_access), tuple(others))


def wildcard_resources(statement: ParsedStatement) -> tuple[Node, ...]:
    """The Resource values that match everything, or every resource of a type."""
    element = statement.resource
    if element is None or element.negated:
        return ()
    return tuple([node for node in element.values if _is_wildcard_value(node)])


def _is_wildcard_value(node: Node) -> bool:
    text = deployed_text(node)
    return text is not None and is_wildcard_resource(text)


def is_wildcard_resource(text: str) -> bool:
    """True if a Resource pattern matches everything, or every resource of some type of its service."""
    return text == "*" or (text[-1:] == "*" and _covers_whole_type(text))


@lru_cache(maxsize=8192)
def _covers_whole_type(text: str) -> bool:
    """Like `is_wildcard_resource`, for patterns other than a bare `*`."""
    fields = split_arn_fields(text)
    if is_single_star(text) or (
        len(fields) < ARN_FIELD_COUNT and text.startswith("arn:") and is_single_star(fields[-1])
    ):
        return True
    if len(fields) < ARN_FIELD_COUNT or fields[0] != "arn" or "${" in fields[5]:
        return False
    if not fields[5].strip("*?:/") or has_wildcard(fields[2]):
        return True
    # The text before the wildcard must be a resource type in some format: `table/*`, but not `my-bucket/*`.
    prefix_length = min(fields[5].find(wildcard) for wildcard in "*?" if wildcard in fields[5])
    globs = resource_globs(fields[2])
    return any("*" in glob and glob.startswith(fields[5][:prefix_length]) and covers(fields[5], glob) for glob in globs)


def _full_access_action(statement: ParsedStatement) -> Node | None:
    """The Action value that matches every action, `*` or `*:*`, if the statement applies to every resource."""
    action, resource = statement.action, statement.resource
    if action is None or resource is None or not any(is_single_star(node.text) for node in resource.values):
        return None
    return next((node for node in action.values if node.text[:1] == "*" and not node.text.strip("*:")), None)


def _limits_parameters(statement: ParsedStatement) -> bool:
    """True if a condition tests a parameter of the request, or may do so once it is known."""
    if not statement.is_conditional:
        return False
    return not statement.conditions or any(
        key_kind(key) is None and key not in DIRECT_REQUEST
        for key in (condition.key.text.lower() for condition in statement.conditions)
    )
