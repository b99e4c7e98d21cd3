"""Invoke permissions as the statements that Lambda writes into the function's resource-based policy.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html and
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html show the documents as Lambda writes them.
"""

from __future__ import annotations

import re

from iamglue.model.permission_set import InvokePermission, PermissionSet
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import EVERYONE, Policy, Principal, Statement, allow_statement
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER

_ACCOUNT_ID = re.compile(r"\d{12}")


def permissions_policy(bundle: PermissionSet) -> Policy:
    """The function's resource-based policy, one statement for each invoke permission."""
    return Policy(tuple(_statement(permission, bundle) for permission in bundle.invoke_permissions), id="default")


def _statement(permission: InvokePermission, bundle: PermissionSet) -> Statement:
    return allow_statement(
        (permission.action,),
        (bundle.function_arn,),
        conditions=_conditions(permission),
        principals=(_principal(permission.principal, bundle),),
        sid=permission.statement_id,
    )


def _principal(text: str, bundle: PermissionSet) -> Principal:
    """Lambda keeps an account id as the ARN of the account's root."""
    if text == "*":
        return EVERYONE
    if _ACCOUNT_ID.fullmatch(text) or text == ACCOUNT_PARAMETER:
        return Principal("AWS", f"arn:{_partition(bundle)}:iam::{text}:root")
    return Principal("AWS" if text.startswith(("arn:", "${")) else "Service", text)


def _partition(bundle: PermissionSet) -> str:
    if bundle.function_arn.startswith(f"arn:{PARTITION_PARAMETER}:"):
        return PARTITION_PARAMETER
    return bundle.function_arn.split(":")[1]


def _conditions(permission: InvokePermission) -> tuple[Condition, ...]:
    via_url = permission.invoked_via_function_url
    wanted = (
        ("ArnLike", "AWS:SourceArn", permission.source_arn),
        ("Bool", "lambda:InvokedViaFunctionUrl", None if via_url is None else str(via_url).lower()),
        ("StringEquals", "AWS:SourceAccount", permission.source_account),
        ("StringEquals", "lambda:EventSourceToken", permission.event_source_token),
        ("StringEquals", "lambda:FunctionUrlAuthType", permission.function_url_auth_type),
    )
    return tuple(build_condition(operator, key, value) for operator, key, value in wanted if value is not None)
