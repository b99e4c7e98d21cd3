"""Counterpart policies of cross-account access: the statements that the resource's account must add to the resource.

Both sides must allow the access:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.catalog.tables import table_rows
from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.generate.requirements.role_names import role_name
from iamglue.generate.requirements.s3_resources import is_access_point_arn
from iamglue.model.permission_set import CounterpartPolicy
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, SpecFunction
from iamglue.policy.model import Policy, Principal, allow_statement

_ASSUME = ("sts:AssumeRole",)


@dataclass(frozen=True, slots=True)
class CounterpartPolicies:
    """The resource policies that other accounts must add, and notes about resources that cannot have a policy."""

    counterparts: tuple[CounterpartPolicy, ...] = ()
    notes: tuple[str, ...] = ()


def entry_counterpart_policies(
    entry: AccessEntry, needs: tuple[RequiredAccess, ...], function: SpecFunction, scope: DeploymentScope
) -> CounterpartPolicies:
    """The resource policies that other accounts must add so that the entry's needs are allowed."""
    role = f"arn:{scope.partition}:iam::{scope.account}:role/{role_name(function.name)}"
    counterparts: list[CounterpartPolicy] = []
    notes: list[str] = []
    for need in needs:
        account = _external_account(entry, need, scope)
        if account is None:
            continue
        service, listed = need.actions[0].partition(":")[0], ", ".join(need.resources)
        name = _policy_name(service, need)
        if need.actions == _ASSUME:
            counterparts.append(
                CounterpartPolicy(f"trust policy of the role in account {account}, {listed}", _trust_policy(need, role))
            )
        elif name is None:
            notes.append(
                f"{entry.location}: iamglue does not know a resource policy of {service} for another account; if AWS "
                f"has none for {listed}, create a role in account {account} that the function may assume and that "
                "allows access to it"
            )
        else:
            counterparts.append(
                CounterpartPolicy(f"{name} in account {account} of {listed}", _resource_policy(need, role))
            )
    return CounterpartPolicies(tuple(counterparts), tuple(notes))


def _policy_name(service: str, need: RequiredAccess) -> str | None:
    """The name of the resource policy of a service; None if its resources have none."""
    rows = [row for row in table_rows("resource_policies") if row["service"] == service]
    if any(is_access_point_arn(resource) for resource in need.resources):
        rows = [row for row in rows if "accesspoint" in row["resource_types"].split()]
    return rows[0]["name"] if rows else None


def _trust_policy(need: RequiredAccess, role: str) -> Policy:
    """The trust policy of the other role; a trust policy has no Resource element."""
    return Policy(
        (allow_statement(need.actions, None, conditions=need.conditions, principals=(Principal("AWS", role),)),)
    )


def _resource_policy(need: RequiredAccess, role: str) -> Policy:
    principals = (Principal("AWS", role),)
    return Policy((allow_statement(need.actions, need.resources, conditions=need.conditions, principals=principals),))


def _external_account(entry: AccessEntry, need: RequiredAccess, scope: DeploymentScope) -> str | None:
    """The account of the need's resources if it is not the function's, else None."""
    for resource in need.resources:
        # S3 ARNs have no account; only the entry's option `account` has it.
        account = arn_fields(resource)[4] or entry.account
        if account and account not in (scope.account, "aws", "*"):
            return account
    return None
