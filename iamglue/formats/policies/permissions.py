"""Invoke permissions as the statements that Lambda writes into the function's resource-based policy.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html and
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html show the documents as Lambda writes them.
"""

from __future__ import annotations

import re

from iamglue.model.permission_set import Bundle, InvokePermission
from iamglue.policy.conditions import Condition, condition
from iamglue.policy.model import EVERYONE, Policy, Principal, Statement, allow
from iamglue.policy.patterns.variables import ACCOUNT, PARTITION

_ACCOUNT_ID = re.compile(r"\d{12}")


def permissions_policy(bundle: Bundle) -> Policy:
    """The function's resource-based policy, one statement for each invoke permission."""
    return Policy(tuple(_statement(permission, bundle) for permission in bundle.permissions), id="default")


def _statement(permission: InvokePermission, bundle: Bundle) -> Statement:
    return allow(
        (permission.action,),
        (bundle.function_arn,),
        conditions=_conditions(permission),
        principals=(_principal(permission.principal, bundle),),
        sid=permission.statement_id,
    )


def _principal(text: str, bundle: Bundle) -> Principal:
    """Lambda keeps an account id as the ARN of the account's root."""
    if text == "*":
        return EVERYONE
    if _ACCOUNT_ID.fullmatch(text) or text == ACCOUNT:
        return Principal("AWS", f"arn:{_partition(bundle)}:iam::{text}:root")
    return Principal("AWS" if text.startswith(("arn:", "${")) else "Service", text)


def _partition(bundle: Bundle) -> str:
    if bundle.function_arn.startswith(f"arn:{PARTITION}:"):
        return PARTITION
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
    return tuple(condition(operator, key, value) for operator, key, value in wanted if value is not None)
