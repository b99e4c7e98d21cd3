"""The other halves of triggers: statements that belong on someone else's role, resource or key."""

from __future__ import annotations

from iamglue.catalog.triggers import TriggerPeer
from iamglue.generate.requirements.event_sources import EventSource, event_source, function_arn
from iamglue.generate.requirements.permissions import principal_account, url_caller
from iamglue.model.need import Scope
from iamglue.model.permission_set import Peer
from iamglue.model.spec import Function, Trigger
from iamglue.policy.conditions import Condition, condition
from iamglue.policy.model import Policy, Principal, Statement, allow


def trigger_peers(trigger: Trigger, function: Function, scope: Scope) -> tuple[Peer, ...]:
    """What others must allow so that the trigger works, each with the words that say where it belongs.

    Raises IamglueError, at the trigger's place, for what no such trigger can be.
    """
    source = event_source(trigger, function, scope)
    if trigger.name == "function-url":
        return _url_peers(source, function, scope)
    rows = [row for row in source.facts.peers if source.holds(row.when)]
    places = dict.fromkeys(source.filled(row.where) for row in rows)
    return tuple(
        Peer(where, Policy(tuple(_statement(row, source) for row in rows if source.filled(row.where) == where)))
        for where in places
    )


def _statement(row: TriggerPeer, source: EventSource) -> Statement:
    return allow(
        row.actions,
        tuple(source.filled(on) for on in row.on) or None,
        conditions=_conditions(row, source),
        principals=_principals(row, source),
    )


def _principals(row: TriggerPeer, source: EventSource) -> tuple[Principal, ...] | None:
    if not row.principal:
        return None
    name = source.filled(row.principal)
    return (Principal("AWS" if name.startswith("arn:") else "Service", name),)


def _conditions(row: TriggerPeer, source: EventSource) -> tuple[Condition, ...]:
    found = []
    if row.source_arn:
        found.append(condition("ArnEquals", "aws:SourceArn", source.filled(row.source_arn)))
    if row.source_account:
        found.append(condition("StringEquals", "aws:SourceAccount", source.scope.account))
    return tuple(sorted(found))


def _url_peers(source: EventSource, function: Function, scope: Scope) -> tuple[Peer, ...]:
    """A caller of another account also needs an identity policy of its own.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    caller = url_caller(source)
    if caller.auth == "NONE" or principal_account(caller.principal) == scope.account:
        return ()
    target = (function_arn(function, scope),)
    url = condition("StringEquals", "lambda:FunctionUrlAuthType", caller.auth)
    via = condition("Bool", "lambda:InvokedViaFunctionUrl", "true")
    statements = (
        allow(("lambda:InvokeFunctionUrl",), target, conditions=(url,)),
        allow(("lambda:InvokeFunction",), target, conditions=(via,)),
    )
    where = f"identity policy of the function URL's callers in account {principal_account(caller.principal)}"
    return (Peer(where, Policy(statements)),)
