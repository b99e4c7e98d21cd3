"""The question for `can`: one request, with the account of its resource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.engine.evaluate.callers import parse_caller
from iamglue.engine.evaluate.request import Request
from iamglue.errors import IamglueError
from iamglue.policy.action_names import ACTION_NAME, ACTION_NAME_PATTERN, SERVICE_PREFIX
from iamglue.policy.arns import ARN_FIELD_COUNT
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.policy.phone_numbers import is_phone_number

_ACTION = re.compile(f"{SERVICE_PREFIX}:{ACTION_NAME}")
# A pattern of actions of one service.
_ACTION_PATTERN = re.compile(f"{SERVICE_PREFIX}:{ACTION_NAME_PATTERN}")
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Question:
    """Is this request allowed? `resource_account` is the account of its resource if the ARN does not contain it.

    With `is_pattern`, the action and the resource are patterns: which of their requests are allowed?
    """

    request: Request
    resource_account: str | None = None
    is_pattern: bool = False


def build_question(
    action: str,
    resource: str,
    context: Mapping[str, tuple[str, ...]],
    principal: str | None = None,
    resource_account: str | None = None,
) -> Question:
    """Build a valid question: one action, a resource by its ARN, and a principal.

    Raises IamglueError if one of them is not valid. An action that AWS does not have is accepted.
    """
    _check_action(action)
    if resource != "*":
        _check_resource(resource)
    if principal is not None:
        parse_caller(principal)
    if resource_account is not None:
        check_account_id(resource_account)
    return Question(Request(action, resource, context, principal), resource_account)


def build_pattern_question(
    action: str,
    resource: str,
    context: Mapping[str, tuple[str, ...]],
    principal: str | None = None,
    resource_account: str | None = None,
) -> Question:
    """Like `build_question`, but `*` and `?` in the action, or in the resource's ARN, are wildcards.

    With a pattern of actions, the resource `*` is every resource. Raises IamglueError as `build_question` does, and for
    an action pattern that names no service.
    """
    is_action_pattern = has_wildcard(action)
    if not is_action_pattern and (resource == "*" or not has_wildcard(resource)):
        return build_question(action, resource, context, principal, resource_account)
    if is_action_pattern and not _ACTION_PATTERN.fullmatch(action):
        raise IamglueError(
            f"`{action}` is not a valid pattern of actions: expected `service:Name` with wildcards in the name",
            hint="ask about one service at a time, such as `s3:Get*`",
        )
    if "${" in resource:
        raise IamglueError(f"`{resource}` is not a valid pattern of resources: it cannot have `${{...}}`")
    name = "Any" if is_action_pattern else action.partition(":")[2]
    question = build_question(f"{action.partition(':')[0]}:{name}", resource, context, principal, resource_account)
    return replace(question, request=replace(question.request, action=action), is_pattern=True)


def check_account_id(account: str) -> None:
    """Raise IamglueError for a text that is not the ID of an account."""
    if not _ACCOUNT.fullmatch(account):
        raise IamglueError(f"`{account}` is not a valid account ID: expected 12 digits, leading zeros included")


@lru_cache(maxsize=8192)
def _check_action(action: str) -> None:
    """Raise IamglueError for a text that is not `service:Name`, whether or not AWS has the action."""
    if _ACTION.fullmatch(action):
        return
    raise IamglueError(f"`{action}` is not a valid action: expected `service:Name`")


def is_named_resource(text: str) -> bool:
    """Whether a text is an ARN, perhaps with wildcards, or a phone number, on which SNS checks messages."""
    return (text.startswith("arn:") and text.count(":") >= ARN_FIELD_COUNT - 1) or is_phone_number(text)


def _check_resource(resource: str) -> None:
    """Raise IamglueError for a text that names no resource of a request, with the forms that do."""
    if is_named_resource(resource):
        return
    hint = (
        "an S3 bucket is arn:aws:s3:::NAME and an object arn:aws:s3:::NAME/KEY; `*` is for actions without a resource"
    )
    raise IamglueError(f"`{resource}` is not a valid resource: expected an ARN, or `*`", hint=hint)
