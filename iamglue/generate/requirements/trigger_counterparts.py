"""Counterpart policies of triggers: statements that belong on another role, resource or key."""

from __future__ import annotations

from iamglue.catalog.triggers import TriggerCounterpart
from iamglue.generate.requirements.invoke_permissions import principal_account, url_caller
from iamglue.generate.requirements.trigger_sources import TriggerSource, build_trigger_source, function_arn
from iamglue.model.permission_set import CounterpartPolicy
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction, Trigger
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Policy, Principal, Statement, allow_statement


def trigger_counterpart_policies(
    trigger: Trigger, function: SpecFunction, scope: DeploymentScope
) -> tuple[CounterpartPolicy, ...]:
    """The policies that are required elsewhere so that the trigger works, each with a text that says where.

    Raises IamglueError, at the trigger's location, for a trigger that is not valid.
    """
    source = build_trigger_source(trigger, function, scope)
    if trigger.name == "function-url":
        return _url_counterparts(source, function, scope)
    rows = [row for row in source.facts.counterparts if source.meets_conditions(row.when)]
    locations = dict.fromkeys(source.fill_arn_template(row.where) for row in rows)
    return tuple(
        CounterpartPolicy(
            where,
            Policy(tuple(_statement(row, source) for row in rows if source.fill_arn_template(row.where) == where)),
        )
        for where in locations
    )


def _statement(row: TriggerCounterpart, source: TriggerSource) -> Statement:
    """The statement of a row; one of a trust policy has no Resource."""
    return allow_statement(
        row.actions,
        tuple(source.fill_arn_template(on) for on in row.on) or None,
        conditions=_conditions(row, source),
        principals=_principals(row, source),
    )


def _principals(row: TriggerCounterpart, source: TriggerSource) -> tuple[Principal, ...] | None:
    """The principal of a row, a role by its ARN or a service; None in an identity policy."""
    if not row.principal:
        return None
    name = source.fill_arn_template(row.principal)
    return (Principal("AWS" if name.startswith("arn:") else "Service", name),)


def _conditions(row: TriggerCounterpart, source: TriggerSource) -> tuple[Condition, ...]:
    """The conditions that limit a row to the trigger's source and the account of the source."""
    conditions = []
    if row.source_arn:
        conditions.append(build_condition("ArnEquals", "aws:SourceArn", source.fill_arn_template(row.source_arn)))
    if row.source_account:
        conditions.append(build_condition("StringEquals", "aws:SourceAccount", source.scope.account))
    return tuple(sorted(conditions))


def _url_counterparts(
    source: TriggerSource, function: SpecFunction, scope: DeploymentScope
) -> tuple[CounterpartPolicy, ...]:
    """The identity policy that a caller in another account needs; empty for other callers.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    caller = url_caller(source)
    if caller.auth == "NONE" or principal_account(caller.principal) == scope.account:
        return ()
    target = (function_arn(function, scope),)
    url = build_condition("StringEquals", "lambda:FunctionUrlAuthType", caller.auth)
    via = build_condition("Bool", "lambda:InvokedViaFunctionUrl", "true")
    statements = (
        allow_statement(("lambda:InvokeFunctionUrl",), target, conditions=(url,)),
        allow_statement(("lambda:InvokeFunction",), target, conditions=(via,)),
    )
    where = f"identity policy of the function URL's callers in account {principal_account(caller.principal)}"
    return (CounterpartPolicy(where, Policy(statements)),)
