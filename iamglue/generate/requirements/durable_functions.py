"""What differs for durable functions: their destinations, how they are invoked, and the key of their executions.

https://docs.aws.amazon.com/lambda/latest/dg/durable-invoking.html
https://docs.aws.amazon.com/lambda/latest/dg/durable-encryption.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.triggers import TriggerKind, trigger_facts
from iamglue.generate.requirements.trigger_sources import function_arn
from iamglue.model.permission_set import CounterpartPolicy
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import Policy, Principal, allow_statement


def unused_destinations(function: SpecFunction) -> tuple[str, ...]:
    """The settings of destinations that Lambda does not use: a durable function's results are sent nowhere."""
    return ("on_success", "on_failure") if function.settings.durable is not None else ()


def durable_notes(function: SpecFunction) -> Iterator[str]:
    """Yield the notes for the user on a durable function; none for other functions."""
    durable = function.settings.durable
    if durable is None:
        return
    for name in unused_destinations(function):
        if getattr(function.settings, name) is not None:
            yield f"{name}: Lambda supports no destinations for durable functions, so `{name}` grants nothing"
    if any(_is_push_trigger(trigger.name) for trigger in function.triggers):
        yield (
            "durable: a durable function is only invoked by a version or alias, so the invoke permissions belong on "
            "that version or alias (`Qualifier`), not on the function"
        )


def own_executions_condition(function: SpecFunction, scope: DeploymentScope) -> Condition:
    """The condition that limits the use of a key to the data of the function's executions."""
    key = "kms:EncryptionContext:aws:lambda:FunctionArn"
    return build_condition("StringEquals", key, function_arn(function, scope))


def durable_counterpart_policies(function: SpecFunction, scope: DeploymentScope) -> tuple[CounterpartPolicy, ...]:
    """The statement that the policy of the executions' key must have; empty if the spec names no key."""
    if function.settings.durable is None or function.settings.durable.key is None:
        return ()
    statement = allow_statement(
        ("kms:Decrypt", "kms:GenerateDataKey"),
        ("*",),
        conditions=(
            build_condition("StringEquals", "aws:SourceAccount", scope.account),
            build_condition("StringEquals", "aws:SourceArn", function_arn(function, scope)),
            own_executions_condition(function, scope),
        ),
        principals=(Principal("Service", "lambda.amazonaws.com"),),
    )
    return (CounterpartPolicy(f"key policy of {function.settings.durable.key}", Policy((statement,))),)


def _is_push_trigger(name: str) -> bool:
    facts = trigger_facts(name)
    return facts is not None and facts.kind is TriggerKind.PUSH
