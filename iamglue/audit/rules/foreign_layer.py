"""A function runs code of a layer that another account owns.

The code of a layer runs in the function, with the access of its role. Whoever owns the layer's account chooses what is
in the next version, and may delete a version or withdraw the permission to use it. A version that a function uses does
not change. Layers of AWS (Lambda Insights, Powertools) and of vendors are in other accounts too: compare the account
with their documentation. The accounts of the organization are not known to the audit, so a layer of one of them is
reported too. Only the layers of deployed functions are read, not those of templates.

https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.findings import Severity
from iamglue.model.account import DeployedFunction
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

RULE = RoleRule(Severity.SUGGESTION, risk=5)

_HELP = "compare the account with the documentation of the layer's publisher, or publish the layer in this account"


def check(context: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each other account whose layers a function uses."""
    for function in context.functions:
        for account, layers in _foreign_layers(function).items():
            names = ", ".join(f"`{layer}`" for layer in layers)
            yield RoleViolation(
                f"the function runs code of the account `{account}`, with the access of the role: {names}",
                _HELP,
                function.name,
                about=(account, *layers),
            )


def _foreign_layers(function: DeployedFunction) -> dict[str, list[str]]:
    """The ARNs of a function's layers in other accounts, by account. AWS's own ARNs may have none."""
    by_account: dict[str, list[str]] = {}
    for arn in function.layers:
        fields = split_arn_fields(arn)
        account = fields[4] if len(fields) == ARN_FIELD_COUNT else ""
        if account not in ("", function.account):
            by_account.setdefault(account, []).append(arn)
    return by_account
