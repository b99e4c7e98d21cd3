"""The triggers of a deployed function as a spec would write them: from its mappings, its permissions and its URLs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from iamglue.catalog.service_principals import base_service_principal
from iamglue.catalog.triggers import TriggerKind, trigger_facts, trigger_names
from iamglue.model.account import DeployedFunction, EventSourceMapping
from iamglue.model.spec import SpecResource
from iamglue.policy.arns import Arn, parse_arn
from iamglue.policy.model import Effect, Principal, Statement

_SECRETS = ("BASIC_AUTH", "SASL_SCRAM_512_AUTH", "SASL_SCRAM_256_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH")
_SCRAM = ("SASL_SCRAM_512_AUTH", "SASL_SCRAM_256_AUTH")
_TLS = "CLIENT_CERTIFICATE_TLS_AUTH"
_ALEXA = {"alexa-appkit.amazon.com": (), "alexa-connectedhome.amazon.com": (("smart_home", "true"),)}
_POLLED = {"sqs": "sqs", "dynamodb": "dynamodb", "kinesis": "kinesis", "kafka": "kafka", "mq": "mq", "rds": "docdb"}


@dataclass(frozen=True, slots=True)
class TriggerCandidate:
    """A trigger and the ways of writing its source: the last is the surest, those before it are shorter.

    `account` is the source's where its ARN does not tell. `shown` is what to call it, `notes` say what is not known.
    """

    name: str
    source_spellings: tuple[SpecResource, ...]
    display_name: str
    consumer: str | None = None
    on_failure: str | None = None
    account: str | None = None
    notes: tuple[str, ...] = ()


def event_source_mapping_triggers(function: DeployedFunction) -> Iterator[TriggerCandidate]:
    """What Lambda polls for the function. A mapping that is switched off needs its permissions too, once it is on."""
    for source in function.event_sources:
        arn = parse_arn(source.arn)
        name = _POLLED.get(arn.service) if arn else "self-managed-kafka"
        if arn is None:
            yield TriggerCandidate(
                "self-managed-kafka", _servers(source), source.arn or "Kafka", None, source.on_failure
            )
        elif name is None:
            yield TriggerCandidate(arn.service, (), f"the mapping of `{source.arn}`")
        else:
            yield _polled(name, arn, source)


def _polled(name: str, arn: Arn, source: EventSourceMapping) -> TriggerCandidate:
    shown = f"the mapping of `{source.arn}`"
    note = (f"whether what {shown} reads is encrypted with a key of your own is not known",)
    if name == "sqs":
        return TriggerCandidate(
            name, (SpecResource(arn.resource), SpecResource(source.arn)), shown, None, source.on_failure, notes=note
        )
    if name == "dynamodb":
        return TriggerCandidate(name, (SpecResource(source.arn),), shown, None, source.on_failure, notes=note)
    if name == "kinesis":
        stream, _, consumer = source.arn.partition("/consumer/")
        called = stream.rpartition("/")[2]
        resources = (SpecResource(called), SpecResource(stream))
        return TriggerCandidate(name, resources, shown, source.arn if consumer else None, source.on_failure, notes=note)
    holder = {"kafka": "cluster", "mq": "broker", "docdb": "cluster"}[name]
    pairs = ((holder, source.arn), *_signing(name, source))
    return TriggerCandidate(name, (SpecResource(variables=pairs),), shown, None, source.on_failure)


def _signing(name: str, source: EventSourceMapping) -> Iterator[tuple[str, str]]:
    """How Lambda signs in to a cluster or broker: the options of the trigger."""
    given = dict(source.authentication)
    secret = next((given[kind] for kind in _SECRETS if kind in given), None)
    if name != "kafka":
        yield from (("secret", secret),) if secret else ()
        return
    if secret is not None:
        yield "auth", "tls" if _TLS in given else "scram"
        yield "secret", secret
    elif source.topics:
        yield "topic", source.topics[0]
        yield from (("group", source.consumer_group),) if source.consumer_group else ()


def _servers(source: EventSourceMapping) -> tuple[SpecResource, ...]:
    given = dict(source.authentication)
    secret = next((given[kind] for kind in _SECRETS if kind in given), None)
    vpc = (("vpc", "true"),) if any(kind.startswith("VPC_") for kind in given) else ()
    pairs = (*((("secret", secret),) if secret else ()), *vpc)
    return (SpecResource(variables=pairs),) if pairs else ()


def invoke_permission_triggers(function: DeployedFunction) -> Iterator[TriggerCandidate]:
    """What the function's resource-based policies let invoke it, and its URLs."""
    urls = {url.auth_type for url in function.urls}
    if "NONE" in urls:
        yield TriggerCandidate("function-url", (SpecResource("NONE"),), "the function URL")
    for permissions in function.permissions:
        policy = permissions.policy.policy
        for statement in policy.statements if policy else ():
            if statement.effect is Effect.ALLOW and statement.principals and not statement.principals.negated:
                for principal in statement.principals.values:
                    yield from _permitted(principal, statement, signed="AWS_IAM" in urls)


def _permitted(principal: Principal, statement: Statement, *, signed: bool) -> Iterator[TriggerCandidate]:
    if principal.kind == "AWS" and signed and principal.value != "*":
        shown = f"the function URL for `{principal.value}`"
        if any(action.lower() == "lambda:invokefunctionurl" for action in statement.actions.values):
            yield TriggerCandidate("function-url", (SpecResource(variables=(("principal", principal.value),)),), shown)
    if principal.kind != "Service":
        return
    name = base_service_principal(principal.value)
    shown = f"the permission of `{principal.value}`"
    if name in _ALEXA:
        for skill in _values(statement, "lambda:eventsourcetoken"):
            yield TriggerCandidate("alexa", (SpecResource(variables=(("skill", skill), *_ALEXA[name])),), shown)
        return
    trigger = _by_principal().get(name)
    sources = _values(statement, "aws:sourcearn")
    if trigger is None or not sources:
        yield TriggerCandidate(trigger or name, (), shown)
    # An ARN of a bucket does not say whose it is.
    owner = next(iter(_values(statement, "aws:sourceaccount")), None) if trigger == "s3" else None
    for text in sources if trigger else ():
        yield TriggerCandidate(
            str(trigger), tuple(_written(str(trigger), text)), f"{shown} for `{text}`", account=owner
        )


def _values(statement: Statement, key: str) -> tuple[str, ...]:
    return tuple(value for each in statement.conditions if each.key.lower() == key for value in each.values)


@cache
def _by_principal() -> dict[str, str]:
    """The trigger of each service principal; a rule by schedule has the same as any other rule, and stands as one."""
    found: dict[str, str] = {}
    for name in trigger_names():
        facts = trigger_facts(name)
        if facts and facts.kind is TriggerKind.PUSH and facts.principal not in ("", "*"):
            found.setdefault(facts.principal, name)
    return found


def _written(name: str, text: str) -> Iterator[SpecResource]:
    """The ways of writing a source: by its name, and by its ARN."""
    arn = parse_arn(text)
    if arn is None:
        return
    if name == "apigateway":
        parts = dict(zip(("api", "stage", "method", "path"), arn.resource.split("/", 3), strict=False))
        if not parts.get("api", "").strip("*"):
            return
        yield SpecResource(variables=tuple((part, value) for part, value in parts.items() if value != "*"))
        return
    last = arn.resource.removesuffix(":*") if name == "logs" else arn.resource
    yield from (SpecResource(short) for short in dict.fromkeys((_after(last, ":"), _after(last, "/"))) if short)
    yield SpecResource(text)


def _after(text: str, mark: str) -> str:
    """The text behind the first mark, all of it without one."""
    return text.partition(mark)[2] if mark in text else text
