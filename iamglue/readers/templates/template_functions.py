"""The functions of a CloudFormation template, and what polls for them, invokes them and takes their results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from iamglue.model.account import DeployedFunction, EventSourceMapping, FunctionUrl
from iamglue.readers.templates.account_draft import AccountDraft, FunctionDraft, deployment_arn
from iamglue.readers.templates.template_documents import single_reference
from iamglue.readers.templates.template_properties import ResourceProperties

_KAFKA = ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig")
_BROKERS = ("SelfManagedEventSource", "Endpoints", "KafkaBootstrapServers")
_ARN_PARTS = 7


class FunctionIndex:
    """Finds functions by whatever names them in a template: references, names, ARNs, aliases and versions."""

    def __init__(self, draft: AccountDraft) -> None:
        self._draft = draft
        self._known: dict[str, str] = {}

    def add(self, logical: str, *others: str) -> None:
        """Let references to a function, and other texts, mean it."""
        for text in (f"${{{logical}}}", *(f"${{{logical}{each}}}" for each in ("Arn", "Alias", "Version")), *others):
            self._known[self._draft.fill_references(text)] = logical
        self._known[logical] = logical

    def add_qualifier(self, properties: ResourceProperties) -> None:
        """Let references to an alias or version mean its function."""
        found = self.find(properties.text("FunctionName"))
        if found is not None:
            self._known[f"${{{properties.id}}}"] = next(
                key for key, each in self._draft.functions.items() if each is found
            )

    def find(self, text: str) -> FunctionDraft | None:
        """The function that a text names, with or without a qualifier; None for one that is not in the template."""
        whole = text.replace("::", "\0")  # those of pseudo-parameters separate nothing
        short = ":".join(whole.split(":")[:_ARN_PARTS]).replace("\0", "::")
        key = next((self._known[each] for each in (text, short) if each in self._known), None)
        return None if key is None else self._draft.functions.get(key)


def add_function(
    properties: ResourceProperties, role: str | None, draft: AccountDraft, functions: FunctionIndex
) -> None:
    """Take in a function, which runs as the role with a key."""
    name = properties.text("FunctionName") or properties.id
    key = role if role is not None else find_role_key(properties.text("Role"), draft)
    if key is None:
        what, reason = f"what `{name}` may do", f"its role, `{properties.text('Role')}`, is not in the template"
        draft.record_not_evaluated(name, what, reason)
        return
    made_up = properties.text("FunctionName") or f"${{{properties.id}}}"
    arn = draft.fill_references(deployment_arn("lambda", f"function:{made_up}"))
    draft.functions[properties.id] = FunctionDraft(
        _function(properties, name, arn, draft.fill_references(draft.roles[key].arn))
    )
    functions.add(properties.id, name, arn)


def find_role_key(text: str, draft: AccountDraft) -> str | None:
    """The key of the role that a text names: a reference, an ARN, a name, or SAM's function that it is made for."""
    if text in draft.sam_role_keys:
        return draft.sam_role_keys[text]
    for key, role in draft.roles.items():
        if text in (key, role.name, f"${{{key}}}", f"${{{key}Arn}}", role.arn, draft.fill_references(role.arn)):
            return key
    found = single_reference(text)
    return found if found in draft.roles else None


def _function(properties: ResourceProperties, name: str, arn: str, role_arn: str) -> DeployedFunction:
    tracing = properties.text("TracingConfig", "Mode") or properties.text("Tracing")
    dead_letter = ("DeadLetterConfig", "TargetArn"), ("DeadLetterQueue", "TargetArn")
    return DeployedFunction(
        name=name,
        arn=arn,
        role_arn=role_arn,
        runtime=properties.text("Runtime") or None,
        environment=tuple(sorted(properties.keys("Environment", "Variables"))),
        key_arn=properties.text("KmsKeyArn") or None,
        in_vpc=properties.has("VpcConfig", "SubnetIds"),
        tracing=tracing == "Active",
        log_group=properties.text("LoggingConfig", "LogGroup") or None,
        dead_letter=next(filter(None, (properties.text(*path) for path in dead_letter)), None),
        layers=properties.texts("Layers"),
        file_systems=tuple(filter(None, (each.text("Arn") for each in properties.items("FileSystemConfigs")))),
    )


def _event_source_mapping(properties: ResourceProperties, draft: FunctionDraft) -> None:
    draft.event_sources.append(build_event_source(properties, properties.text("EventSourceArn")))


def build_event_source(properties: ResourceProperties, arn: str) -> EventSourceMapping:
    """A mapping by the properties that CloudFormation and SAM have for it."""
    return EventSourceMapping(
        arn=arn or ",".join(properties.texts(*_BROKERS)),
        uuid=properties.id,
        enabled=properties.text("Enabled") != "false",
        on_failure=properties.text("DestinationConfig", "OnFailure", "Destination") or None,
        topics=properties.texts("Topics"),
        queues=properties.texts("Queues"),
        consumer_group=next(filter(None, (properties.text(kafka, "ConsumerGroupId") for kafka in _KAFKA)), None),
        authentication=tuple(
            (each.text("Type"), each.text("URI")) for each in properties.items("SourceAccessConfigurations")
        ),
    )


def _url(properties: ResourceProperties, draft: FunctionDraft) -> None:
    draft.urls.append(FunctionUrl(properties.text("AuthType"), properties.text("Qualifier")))


def _invoke_config(properties: ResourceProperties, draft: FunctionDraft) -> None:
    success, failure = (
        properties.text("DestinationConfig", when, "Destination") or None for when in ("OnSuccess", "OnFailure")
    )
    draft.function = replace(
        draft.function,
        on_success=draft.function.on_success or success,
        on_failure=draft.function.on_failure or failure,
    )


# What belongs to a function: the property that names it, and what takes it in.
_PARTS: dict[str, tuple[str, Callable[[ResourceProperties, FunctionDraft], None]]] = {
    "AWS::Lambda::EventSourceMapping": ("FunctionName", _event_source_mapping),
    "AWS::Lambda::Url": ("TargetFunctionArn", _url),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName", _invoke_config),
}


def add_function_resources(all_properties: Iterable[ResourceProperties], functions: FunctionIndex) -> None:
    """Take in what belongs to functions and stands beside them; what belongs to others is none of the template's."""
    found = list(all_properties)
    for properties in found:
        if properties.resource.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
            functions.add_qualifier(properties)
    for properties in found:
        named, take = _PARTS.get(properties.resource.type, ("", _url))
        draft = functions.find(properties.text(named)) if named else None
        if draft is not None:
            take(properties, draft)
