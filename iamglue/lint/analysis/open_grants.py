"""Allow statements that cover every resource of a type, without a limiting condition or an overriding Deny."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from iamglue.catalog.service_arn_formats import resource_globs
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, split_arn_fields
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.patterns.wildcards import covers, matches_action
from iamglue.policy.source.nodes import Node

# Keys that describe the caller, its location and the time, but not the resource.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_KEYS_UNRELATED_TO_RESOURCE = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:referer",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:securetransport",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:vpcsourceip",
    }
)
_UNUSED_NAME = "iamglue-a-name-nobody-has"


def has_no_resource_condition(statement: ParsedStatement, *allowed_keys: str) -> bool:
    """True if no condition limits the resources, except on `allowed_keys` (in lower case)."""
    if not statement.is_conditional:
        return True
    if not statement.conditions:
        return False
    for condition in statement.conditions:
        key = condition.key.text.lower()
        if key not in _KEYS_UNRELATED_TO_RESOURCE and not key.startswith("aws:principal") and key not in allowed_keys:
            return False
    return True


def wildcard_resources(statement: ParsedStatement) -> tuple[Node, ...]:
    """Resource values that match everything, or every resource of a type."""
    element = statement.resource
    if element is None or element.negated:
        return ()
    return tuple(node for node in element.values if not node.unresolved and is_wildcard_resource(node.text))


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
    if len(fields) < ARN_FIELD_COUNT or fields[0] != "arn":
        return False
    if not fields[5].strip("*?:/"):
        return True
    # The text before the wildcard must be a resource type in some format: `table/*`, but not `my-bucket/*`.
    prefix_length = min(fields[5].find(wildcard) for wildcard in "*?" if wildcard in fields[5])
    globs = resource_globs(fields[2])
    return any("*" in glob and glob.startswith(fields[5][:prefix_length]) and covers(fields[5], glob) for glob in globs)


@lru_cache(maxsize=8192)
def covers_resource_type(text: str, resource_type: str) -> bool:
    """True if a Resource pattern matches every resource of a type such as `iam:role/*`, in some account."""
    if is_single_star(text):
        return True
    service, _, resource = resource_type.partition(":")
    fields = split_arn_fields(text)
    if len(fields) < ARN_FIELD_COUNT:
        return is_wildcard_resource(text)
    return covers(fields[2], service) and covers(fields[5], resource)


def find_resource_covering_type(statement: ParsedStatement, resource_type: str) -> Node | None:
    """The first Resource value that matches every resource of a type such as `iam:role/*`."""
    for node in statement.resource.values if statement.resource else ():
        if not node.unresolved and covers_resource_type(node.text, resource_type):
            return node
    return None


def quick_covers_action(general: str, specific: str) -> bool:
    """Like `covers_action`, with fast paths for names and for different services."""
    pattern, action = general.lower(), specific.lower()
    if pattern == action or ("*" not in pattern and "?" not in pattern):
        return pattern == action
    prefix = pattern.partition(":")[0]
    return (action.startswith(prefix) or "*" in prefix or "?" in prefix) and covers(pattern, action)


def format_first_names(names: tuple[str, ...]) -> str:
    """Up to three names in backticks, joined for a message; more are summed up as "and others"."""
    shown = [f"`{name}`" for name in names[:3]]
    if len(names) > len(shown):
        return f"{', '.join(shown)} and others"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]


def survives_denies(statement: ParsedStatement, action: str, resource_type: str = "", passed_to: str = "") -> bool:
    """True if no Deny overrides what the statement allows for the action on any resource of the type.

    `resource_type` is the type (`iam:role/*`), `passed_to` the service that a role is passed to.
    """
    denies = [deny for deny in _relevant_denies(statement.policy) if _may_deny(deny, action)]
    if not denies or (len(denies) == 1 and denies[0].is_conditional and not (passed_to or statement.is_conditional)):
        return True  # a single conditional Deny does not cover every request
    from iamglue.engine.solve.access import access_of  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415 - startup: only if a Deny may matter
    from iamglue.policy.conditions import build_condition  # noqa: PLC0415
    from iamglue.policy.model import MatchList, Policy, Statement  # noqa: PLC0415

    values = [relevant.value for relevant in (statement, *denies)]
    # All of them match the action. Replacing their actions avoids loading other services.
    narrowed = tuple(replace(value, actions=MatchList((action,))) for value in values if value is not None)
    if len(narrowed) < len(values):
        return True
    conditions = (build_condition("StringEquals", "iam:PassedToService", passed_to),) if passed_to else ()
    request = Statement(Effect.ALLOW, MatchList((action,)), MatchList((_sample_resource(resource_type),)), conditions)
    access = access_of([Policy(narrowed, statement.policy.version)]) & access_of([Policy((request,))])
    return prove_empty(access).verdict is not Verdict.EMPTY


def _sample_resource(resource_type: str) -> str:
    """A resource of the type with a name that no policy mentions."""
    service, _, resource = resource_type.partition(":")
    return f"arn:*:{service}:*:*:{resource.replace('*', _UNUSED_NAME)}" if resource_type else "*"


def _may_apply_to_any_resource(statement: ParsedStatement) -> bool:
    """True if the statement may match resources that it does not name."""
    element = statement.resource
    return element is None or element.negated or not element.is_resolved or bool(wildcard_resources(statement))


def _may_deny(statement: ParsedStatement, action: str) -> bool:
    """True if the Action or NotAction of the statement matches the action."""
    if statement.action is None:
        return False
    matched = any(matches_action(node.text, action) for node in statement.action.values)
    return matched is not statement.action.negated


def may_deny_any_resource(policy: ParsedPolicy) -> bool:
    """True if a Deny may match resources that it does not name."""
    return bool(_relevant_denies(policy))


# Several rules call this for the same policy in turn.
@lru_cache(maxsize=4)
def _relevant_denies(policy: ParsedPolicy) -> tuple[ParsedStatement, ...]:
    """Deny statements that may match resources that they do not name."""
    return tuple(
        statement
        for statement in policy.statements
        if statement.effect is Effect.DENY and statement.action and _may_apply_to_any_resource(statement)
    )
