"""Adds the functions of a CloudFormation template, their event sources, URLs and destinations to a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamglue.model.account import (
    OPEN_ENVIRONMENT,
    DeployedFunction,
    EventSourceMapping,
    FunctionCode,
    FunctionUrl,
)
from iamglue.readers.lambda_names import name_and_qualifier
from iamglue.readers.templates.account_draft import AccountDraft, deployment_arn
from iamglue.readers.templates.function_draft import FunctionDraft
from iamglue.readers.templates.template_documents import single_reference
from iamglue.readers.templates.template_properties import ResourceProperties

_KAFKA = ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig")
_BROKERS = ("SelfManagedEventSource", "Endpoints", "KafkaBootstrapServers")
_ARN_PARTS, _UNKNOWN_SOURCE = 7, "${EventSourceArn}"
# What the reader of serverless.yml, where the name of an event gives the service, adds to a mapping.
SOURCE_SERVICE = "SourceService"
# What it adds to a function with `disableLogs: true`.
WITHOUT_LOGS = "WithoutLogs"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
_SERVICE_BY_PROPERTY = (("Topics", "kafka"), ("Queues", "mq"), ("DocumentDBEventSourceConfig", "rds"))


class FunctionIndex:
    """Finds the function that a text in a template refers to: by reference, name, ARN, alias or version."""

    def __init__(self, draft: AccountDraft) -> None:
        self._draft = draft
        self._id_by_text: dict[str, str] = {}

    def add(self, logical_id: str, *names: str) -> None:
        """Register the references to a function and further texts that name it."""
        for text in (
            f"${{{logical_id}}}",
            *(f"${{{logical_id}{suffix}}}" for suffix in (".Arn", ".Alias", ".Version")),
            *names,
        ):
            self._id_by_text[self._draft.fill_references(text)] = logical_id
        self._id_by_text[logical_id] = logical_id

    def add_qualifier(self, function_text: str, *references: str) -> None:
        """Register the references to an alias or version of the function that a text names."""
        function = self.find(function_text)
        if function is not None:
            key = next(key for key, draft in self._draft.functions.items() if draft is function)
            self._id_by_text |= dict.fromkeys(references, key)

    def find(self, text: str) -> FunctionDraft | None:
        """The function that a text names, with or without a qualifier; None if it is not in the template."""
        escaped = text.replace("::", "\0")  # the colons of pseudo parameters are not separators of the ARN
        unqualified = ":".join(escaped.split(":")[:_ARN_PARTS])
        name = name_and_qualifier(escaped).partition(":")[0]
        candidates = (candidate.replace("\0", "::") for candidate in (escaped, unqualified, name))
        key = next((self._id_by_text[candidate] for candidate in candidates if candidate in self._id_by_text), None)
        return None if key is None else self._draft.functions.get(key)


def add_function(
    properties: ResourceProperties, role: str | None, draft: AccountDraft, functions: FunctionIndex
) -> None:
    """Add a function; `role` is the key of its role, None to find it by the property `Role`.

    A role that is not in the template may be in another stack.
    """
    name = properties.text("FunctionName") or properties.id
    role_text = properties.text("Role")
    key = role if role is not None else find_role_key(role_text, draft)
    role_arn = draft.fill_references(draft.roles[key].arn) if key is not None else role_text
    name_or_reference = properties.text("FunctionName") or f"${{{properties.id}}}"
    arn = draft.fill_references(deployment_arn("lambda", f"function:{name_or_reference}"))
    draft.functions[properties.id] = FunctionDraft(_build_function(properties, name, arn, role_arn))
    functions.add(properties.id, name, arn)


def find_role_key(text: str, draft: AccountDraft) -> str | None:
    """The key of the role that a text names: by reference, ARN, name, or the SAM function that the role belongs to."""
    if text in draft.sam_role_keys:
        return draft.sam_role_keys[text]
    key = draft.role_key(text)
    if key is not None:
        return key
    reference = single_reference(text)
    return reference if reference in draft.roles else draft.role_key(_role_arn_of_stack(text))


def _role_arn_of_stack(text: str) -> str:
    """The ARN of a role with the stack's own partition and account, in which all roles of its functions are.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    prefix, separator, name = text.partition(":role/")
    is_role = separator and prefix.startswith("arn:") and ":iam::" in prefix
    return deployment_arn("iam", f"role/{name}", regional=False) if is_role else ""


def _build_function(properties: ResourceProperties, name: str, arn: str, role_arn: str) -> DeployedFunction:
    """The function as its resource sets it, of CloudFormation or SAM."""
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
        without_logs=properties.text(WITHOUT_LOGS) == "true",
        dead_letter=next(filter(None, (properties.text(*path) for path in dead_letter)), None),
        layers=properties.texts("Layers"),
        file_systems=tuple(
            filter(None, (file_system.text("Arn") for file_system in properties.items("FileSystemConfigs")))
        ),
        durable=properties.has("DurableConfig"),
        durable_key=properties.text("DurableConfig", "KMSKeyArn") or None,
        origin=properties.draft.origin(properties.declaration),
        code=_function_code(properties),
    )


def _function_code(properties: ResourceProperties) -> FunctionCode:
    """The handler, the place of the code in a SAM template, and the environment variables with their values."""
    path = ("Environment", "Variables")
    maps = [node for node in properties.possible_maps(*path) if node is not None]
    names = dict.fromkeys(key.text for node in maps for key, _ in node.pairs)
    values = {name: properties.possible_texts(*path, name) for name in names}
    # A map that a function such as Fn::Transform or a parameter gives may have any variable.
    is_written = not properties.has(*path) or (maps and not any(name.startswith("Fn::") for name in names))
    return FunctionCode(
        properties.text("Handler"),
        properties.text("CodeUri"),
        tuple((name, text) for name, texts in values.items() for text in texts if text or len(texts) == 1),
        tuple(_event_buckets(properties)),
        is_open=properties.text(OPEN_ENVIRONMENT) == "true" or not is_written,
        optional=tuple(name for name, texts in values.items() if len(texts) > 1 and "" in texts),
    )


def _event_buckets(properties: ResourceProperties) -> Iterator[str]:
    """The buckets of the S3 events of a SAM function."""
    for _, event in properties.map_items("Events"):
        bucket = event.text("Properties", "Bucket") if event.text("Type") == "S3" else ""
        if bucket:
            yield bucket


def _add_event_source(properties: ResourceProperties, draft: FunctionDraft) -> None:
    draft.event_sources.append(build_event_source(properties, properties.text("EventSourceArn")))


def build_event_source(properties: ResourceProperties, arn: str) -> EventSourceMapping:
    """The event source mapping with the properties that CloudFormation and SAM share; an empty `arn` is not known."""
    is_self_managed = properties.has(*_BROKERS) or properties.has("KafkaBootstrapServers")
    return EventSourceMapping(
        arn=arn or ",".join(properties.texts(*_BROKERS)) or ("" if is_self_managed else _UNKNOWN_SOURCE),
        uuid=properties.id,
        enabled=properties.text("Enabled") != "false",
        on_failure=properties.text("DestinationConfig", "OnFailure", "Destination") or None,
        topics=properties.texts("Topics"),
        queues=properties.texts("Queues"),
        consumer_group=next(filter(None, (properties.text(kafka, "ConsumerGroupId") for kafka in _KAFKA)), None),
        authentication=tuple(
            (access.text("Type"), access.text("URI")) for access in properties.items("SourceAccessConfigurations")
        ),
        service="self-managed-kafka" if is_self_managed else _source_service(properties),
    )


def _source_service(properties: ResourceProperties) -> str:
    """The service of a source, from properties that only its mappings have; empty if they do not tell it."""
    named = properties.text(SOURCE_SERVICE)
    return named or next((service for name, service in _SERVICE_BY_PROPERTY if properties.has(name)), "")


def _add_url(properties: ResourceProperties, draft: FunctionDraft) -> None:
    draft.urls.append(FunctionUrl(properties.text("AuthType"), properties.text("Qualifier")))


def _add_destinations(properties: ResourceProperties, draft: FunctionDraft) -> None:
    """Set the destinations of the function that are not set yet."""
    success, failure = (
        properties.text("DestinationConfig", when, "Destination") or None for when in ("OnSuccess", "OnFailure")
    )
    draft.add_destinations(success, failure)


# Resource type -> the property that names the function, and the function that adds the resource to its draft.
_FUNCTION_RESOURCES: dict[str, tuple[str, Callable[[ResourceProperties, FunctionDraft], None]]] = {
    "AWS::Lambda::EventSourceMapping": ("FunctionName", _add_event_source),
    "AWS::Lambda::Url": ("TargetFunctionArn", _add_url),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName", _add_destinations),
}


def add_function_resources(all_properties: Iterable[ResourceProperties], functions: FunctionIndex) -> None:
    """Add the resources that configure functions; resources for functions outside the template are ignored."""
    resources = list(all_properties)
    for properties in resources:
        if properties.resource.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
            functions.add_qualifier(properties.text("FunctionName"), f"${{{properties.id}}}")
    for properties in resources:
        property_name, add_part = _FUNCTION_RESOURCES.get(properties.resource.type, ("", _add_url))
        draft = functions.find(properties.text(property_name)) if property_name else None
        if draft is not None:
            add_part(properties, draft)
