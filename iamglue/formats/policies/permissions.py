"""Invoke permissions as the statements that Lambda adds to the function's resource-based policy.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html and
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html show such documents.
"""

from __future__ import annotations

import re

from iamglue.model.permission_set import InvokePermission, PermissionSet
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import EVERYONE, Policy, Principal, Statement, allow_statement
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER

_ACCOUNT_ID = re.compile(r"\d{12}")


def permissions_policy(permission_set: PermissionSet) -> Policy:
    """The function's resource-based policy, with one statement per invoke permission."""
    return Policy(
        tuple(_invoke_statement(permission, permission_set) for permission in permission_set.invoke_permissions),
        id="default",
    )


def _invoke_statement(permission: InvokePermission, permission_set: PermissionSet) -> Statement:
    """The statement of one permission: its principal may invoke this function."""
    return allow_statement(
        (permission.action,),
        (permission_set.function_arn,),
        conditions=_conditions(permission),
        principals=(_principal(permission.principal, permission_set),),
        sid=permission.statement_id,
    )


def _principal(text: str, permission_set: PermissionSet) -> Principal:
    """The Principal element that Lambda writes; it stores an account ID as the ARN of the account's root."""
    if text == "*":
        return EVERYONE
    if _ACCOUNT_ID.fullmatch(text) or text == ACCOUNT_PARAMETER:
        return Principal("AWS", f"arn:{_partition(permission_set)}:iam::{text}:root")
    return Principal("AWS" if text.startswith(("arn:", "${")) else "Service", text)


def _partition(permission_set: PermissionSet) -> str:
    """The partition of the function, or its pseudo-parameter."""
    if permission_set.function_arn.startswith(f"arn:{PARTITION_PARAMETER}:"):
        return PARTITION_PARAMETER
    return permission_set.function_arn.split(":")[1]


def _conditions(permission: InvokePermission) -> tuple[Condition, ...]:
    """The conditions that Lambda makes of a permission's parameters, in the order of their operators."""
    via_url = permission.invoked_via_function_url
    values = (
        ("ArnLike", "AWS:SourceArn", permission.source_arn),
        ("Bool", "lambda:InvokedViaFunctionUrl", None if via_url is None else str(via_url).lower()),
        ("StringEquals", "AWS:SourceAccount", permission.source_account),
        ("StringEquals", "lambda:EventSourceToken", permission.event_source_token),
        ("StringEquals", "lambda:FunctionUrlAuthType", permission.function_url_auth_type),
    )
    return tuple(build_condition(operator, key, value) for operator, key, value in values if value is not None)
