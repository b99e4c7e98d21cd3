"""Derives the triggers of a deployed function, as a spec writes them, from its event sources, permissions and URLs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from iamglue.catalog.service_principals import base_service_principal
from iamglue.catalog.triggers import TriggerKind, trigger_facts, trigger_names
from iamglue.model.account import IAM_AUTH, NO_IAM_AUTH, DeployedFunction, EventSourceMapping
from iamglue.model.spec import SpecResource
from iamglue.policy.arns import Arn, parse_arn
from iamglue.policy.model import Effect, Principal, Statement
from iamglue.policy.patterns.variables import has_parameters

_SELF_MANAGED = "self-managed-kafka"
_CERTIFICATE = "SERVER_ROOT_CA_CERTIFICATE"
_SECRETS = (
    "BASIC_AUTH",
    "SASL_SCRAM_512_AUTH",
    "SASL_SCRAM_256_AUTH",
    "CLIENT_CERTIFICATE_TLS_AUTH",
    "OAUTHBEARER_AUTH",
)
_SCRAM = ("SASL_SCRAM_512_AUTH", "SASL_SCRAM_256_AUTH")
_TLS = "CLIENT_CERTIFICATE_TLS_AUTH"
_ALEXA = {"alexa-appkit.amazon.com": (), "alexa-connectedhome.amazon.com": (("smart_home", "true"),)}
_EVENT_SOURCE_TRIGGERS = {
    "sqs": "sqs",
    "dynamodb": "dynamodb",
    "kinesis": "kinesis",
    "kafka": "kafka",
    "mq": "mq",
    "rds": "docdb",
    _SELF_MANAGED: _SELF_MANAGED,
}
# The key of a trigger with options that names its source.
_HOLDERS = {"kafka": "cluster", "mq": "broker", "docdb": "cluster"}


@dataclass(frozen=True, slots=True)
class TriggerCandidate:
    """A trigger and the spellings of its source: the last one is always right, those before it are shorter.

    `account` is the source's account if its ARN has none. `display_name` is its name in messages; `notes` say what is
    not known. `requires_access`: Lambda reads something with the function's role.
    """

    name: str
    source_spellings: tuple[SpecResource, ...]
    display_name: str
    consumer: str | None = None
    on_failure: str | None = None
    account: str | None = None
    notes: tuple[str, ...] = ()
    requires_access: bool = True


def event_source_mapping_triggers(function: DeployedFunction) -> Iterator[TriggerCandidate]:
    """Yield the triggers of the function's event source mappings.

    Disabled mappings are included: they need the same permissions once they are enabled.
    """
    for source in function.event_sources:
        arn = parse_arn(source.arn)
        service = _source_service(source, arn)
        name = _EVENT_SOURCE_TRIGGERS.get(service)
        if name == _SELF_MANAGED:
            yield from _self_managed_kafka_triggers(source)
        elif name is None or not (arn or has_parameters(source.arn)):
            yield TriggerCandidate(service, (), f"the mapping of `{source.arn}`")
        elif arn is None:
            yield _unknown_source_trigger(name, source)
        else:
            yield _event_source_trigger(name, arn, source)


def _source_service(source: EventSourceMapping, arn: Arn | None) -> str:
    """The prefix of the source's service; empty if it is not known."""
    if arn is not None or source.service:
        return arn.service if arn is not None else source.service
    # The servers of a self-managed cluster are host names with ports.
    return _SELF_MANAGED if not source.arn or (":" in source.arn and "${" not in source.arn) else ""


def _unknown_source_trigger(name: str, source: EventSourceMapping) -> TriggerCandidate:
    """The trigger of a mapping whose source's ARN is known only at deployment."""
    # The ARNs of topics and groups follow from the cluster's.
    known = replace(source, topics=())
    pairs = (("Arn", source.arn), *(_authentication_options(name, known) if name in _HOLDERS else ()))
    return TriggerCandidate(
        name, (SpecResource(variables=pairs),), f"the mapping of `{source.arn}`", None, source.on_failure
    )


def _event_source_trigger(name: str, arn: Arn, source: EventSourceMapping) -> TriggerCandidate:
    """The trigger of a mapping whose source has an ARN. Names are shorter, so they come before the ARN."""
    display_name = f"the mapping of `{source.arn}`"
    note = (f"it is not known whether the source of {display_name} is encrypted with a customer managed key",)
    if name == "sqs":
        return TriggerCandidate(
            name,
            (SpecResource(arn.resource), SpecResource(source.arn)),
            display_name,
            None,
            source.on_failure,
            notes=note,
        )
    if name == "dynamodb":
        return TriggerCandidate(name, (SpecResource(source.arn),), display_name, None, source.on_failure, notes=note)
    if name == "kinesis":
        stream, _, consumer = source.arn.partition("/consumer/")
        stream_name = stream.rpartition("/")[2]
        resources = (SpecResource(stream_name), SpecResource(stream))
        return TriggerCandidate(
            name, resources, display_name, source.arn if consumer else None, source.on_failure, notes=note
        )
    pairs = ((_HOLDERS[name], source.arn), *_authentication_options(name, source))
    return TriggerCandidate(name, (SpecResource(variables=pairs),), display_name, None, source.on_failure)


def _authentication_options(name: str, source: EventSourceMapping) -> Iterator[tuple[str, str]]:
    """Yield the options of the trigger that say how Lambda signs in to the cluster or broker."""
    authentication = dict(source.authentication)
    secret = _secret(authentication)
    if name != "kafka":
        yield from (("secret", secret),) if secret else ()
        return
    if secret is not None:
        yield "auth", "tls" if _TLS in authentication else "scram"
        yield "secret", secret
    elif NO_IAM_AUTH in authentication:
        yield "auth", "none"
    elif source.topics:
        yield from (("auth", "iam"),) if IAM_AUTH in authentication else ()
        yield "topic", source.topics[0]
        yield from (("group", source.consumer_group),) if source.consumer_group else ()


def _self_managed_kafka_triggers(source: EventSourceMapping) -> Iterator[TriggerCandidate]:
    """Yield a trigger for each secret of a self-managed Kafka cluster, or one without a secret."""
    kinds = [kind for kind, _ in source.authentication]
    secrets = [uri for kind, uri in source.authentication if kind in (*_SECRETS, _CERTIFICATE)]
    vpc = (("vpc", "true"),) if any(kind.startswith("VPC_") for kind in kinds) else ()
    for pairs in [(("secret", secret), *vpc) for secret in secrets] or [vpc]:
        yield TriggerCandidate(
            _SELF_MANAGED,
            (SpecResource(variables=pairs),) if pairs else (),
            f"the mapping of `{source.arn or 'Kafka'}`",
            None,
            source.on_failure,
            requires_access=bool(pairs),
        )


def _secret(authentication: dict[str, str]) -> str | None:
    """The secret with which Lambda signs in; None if it uses none."""
    return next((authentication[kind] for kind in _SECRETS if kind in authentication), None)


def invoke_permission_triggers(function: DeployedFunction) -> Iterator[TriggerCandidate]:
    """Yield the triggers that the function's resource-based policies and its URLs allow to invoke it."""
    urls = {url.auth_type for url in function.urls}
    if "NONE" in urls:
        yield TriggerCandidate("function-url", (SpecResource("NONE"),), "the function URL")
    for permissions in function.permissions:
        policy = permissions.policy.policy
        for statement in policy.statements if policy else ():
            if statement.effect is Effect.ALLOW and statement.principals and not statement.principals.negated:
                for principal in statement.principals.values:
                    yield from _principal_triggers(principal, statement, signed="AWS_IAM" in urls)


def _principal_triggers(principal: Principal, statement: Statement, *, signed: bool) -> Iterator[TriggerCandidate]:
    """Yield the triggers that a principal of an Allow statement may be; `signed`: a URL uses AWS_IAM."""
    if principal.kind == "AWS" and signed and principal.value != "*":
        display_name = f"the function URL for `{principal.value}`"
        if any(action.lower() == "lambda:invokefunctionurl" for action in statement.actions.values):
            yield TriggerCandidate(
                "function-url", (SpecResource(variables=(("principal", principal.value),)),), display_name
            )
    if principal.kind != "Service":
        return
    name = base_service_principal(principal.value)
    display_name = f"the permission of `{principal.value}`"
    if name in _ALEXA:
        for skill in _condition_values(statement, "lambda:eventsourcetoken"):
            yield TriggerCandidate("alexa", (SpecResource(variables=(("skill", skill), *_ALEXA[name])),), display_name)
        return
    trigger = _triggers_by_principal().get(name)
    sources = _condition_values(statement, "aws:sourcearn")
    if trigger is None or not sources:
        yield TriggerCandidate(trigger or name, (), display_name)
    # The ARN of a bucket has no account.
    owner = next(iter(_condition_values(statement, "aws:sourceaccount")), None) if trigger == "s3" else None
    for text in sources if trigger else ():
        yield TriggerCandidate(
            str(trigger), tuple(_source_spellings(str(trigger), text)), f"{display_name} for `{text}`", account=owner
        )


def _condition_values(statement: Statement, key: str) -> tuple[str, ...]:
    """The values of a condition key (in lower case) in all conditions of a statement, whatever the operators are."""
    return tuple(
        value for condition in statement.conditions if condition.key.lower() == key for value in condition.values
    )


@cache
def _triggers_by_principal() -> dict[str, str]:
    """The trigger of each service principal, the first one listed if several have the same principal."""
    triggers: dict[str, str] = {}
    for name in trigger_names():
        facts = trigger_facts(name)
        if facts and facts.kind is TriggerKind.PUSH and facts.principal not in ("", "*"):
            triggers.setdefault(facts.principal, name)
    return triggers


def _source_spellings(name: str, text: str) -> Iterator[SpecResource]:
    """Yield the spellings of a source: its name, then its ARN."""
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
    yield from (
        SpecResource(short) for short in dict.fromkeys((_text_after(last, ":"), _text_after(last, "/"))) if short
    )
    yield SpecResource(text)


def _text_after(text: str, mark: str) -> str:
    """The text after the first `mark`; the whole text if there is none."""
    return text.partition(mark)[2] if mark in text else text
