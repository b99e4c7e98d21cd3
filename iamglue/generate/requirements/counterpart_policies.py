"""The other half of access across accounts: the statement that the resource's own account must put on the resource.

Both halves are needed: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.catalog.tables import table_rows
from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.generate.requirements.role_names import role_name
from iamglue.model.permission_set import CounterpartPolicy
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, SpecFunction
from iamglue.policy.model import Policy, Principal, allow_statement

_ASSUME = ("sts:AssumeRole",)


@dataclass(frozen=True, slots=True)
class CounterpartPolicies:
    """What other accounts must do: the policies of their resources, and notes where a resource has none."""

    counterparts: tuple[CounterpartPolicy, ...] = ()
    notes: tuple[str, ...] = ()


def entry_counterpart_policies(
    entry: AccessEntry, needs: tuple[RequiredAccess, ...], function: SpecFunction, scope: DeploymentScope
) -> CounterpartPolicies:
    """The resource policies that other accounts must add so that the entry's needs are met."""
    role = f"arn:{scope.partition}:iam::{scope.account}:role/{role_name(function.name)}"
    peers: list[CounterpartPolicy] = []
    notes: list[str] = []
    for need in needs:
        account = _other_account(entry, need, scope)
        if account is None:
            continue
        service, listed = need.actions[0].partition(":")[0], ", ".join(need.resources)
        name = next((row["name"] for row in table_rows("resource_policies") if row["service"] == service), None)
        if need.actions == _ASSUME:
            peers.append(
                CounterpartPolicy(f"trust policy of the role in account {account}, {listed}", _trust(need, role))
            )
        elif name is None:
            notes.append(
                f"{entry.location}: {service} has no resource policies; account {account} must have a role for "
                f"{listed} that the function may assume"
            )
        else:
            peers.append(CounterpartPolicy(f"{name} in account {account} of {listed}", _half(need, role)))
    return CounterpartPolicies(tuple(peers), tuple(notes))


def _trust(need: RequiredAccess, role: str) -> Policy:
    """A role's trust policy names no resource: it stands on it."""
    return Policy(
        (allow_statement(need.actions, None, conditions=need.conditions, principals=(Principal("AWS", role),)),)
    )


def _half(need: RequiredAccess, role: str) -> Policy:
    principals = (Principal("AWS", role),)
    return Policy((allow_statement(need.actions, need.resources, conditions=need.conditions, principals=principals),))


def _other_account(entry: AccessEntry, need: RequiredAccess, scope: DeploymentScope) -> str | None:
    for resource in need.resources:
        # S3 ARNs name no account: only the entry's own option tells.
        account = (arn_fields(resource)[4] if resource.startswith("arn:") else "") or entry.account
        if account and account not in (scope.account, "aws", "*"):
            return account
    return None
