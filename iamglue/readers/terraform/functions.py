"""Adds the functions of a Terraform configuration or plan, their event sources, URLs and destinations to a draft."""

from __future__ import annotations

from dataclasses import replace

from iamglue.model.account import DeployedFunction, EventSourceMapping, FunctionCode, FunctionUrl
from iamglue.readers.templates.account_draft import AccountDraft, deployment_arn
from iamglue.readers.templates.function_draft import FunctionDraft
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.terraform.reference_values import attribute_parameter
from iamglue.readers.terraform.resources import TerraformResource
from iamglue.readers.terraform.terraform_roles import TerraformRoles

_KAFKA = ("amazon_managed_kafka_event_source_config", "self_managed_kafka_event_source_config")


def add_function(
    resource: TerraformResource, draft: AccountDraft, functions: FunctionIndex, roles: TerraformRoles
) -> None:
    """Add a function; a role that is not in the configuration may be in another one."""
    function_name = draft.fill_references(resource.text("function_name"))
    name = function_name if function_name and not function_name.startswith("${") else resource.label
    role = draft.fill_references(resource.text("role"))
    role_key = roles.find(resource.text("role"), role)
    name_or_reference = function_name or f"${{{attribute_parameter(resource.address, 'function_name')}}}"
    own_arn = draft.reference_values.get(attribute_parameter(resource.address, "arn"))
    arn = draft.fill_references(own_arn or deployment_arn("lambda", f"function:{name_or_reference}"))
    function = _build_function(resource, draft, name, arn)
    role_arn = draft.fill_references(draft.roles[role_key].arn) if role_key is not None else role
    draft.functions[resource.address] = FunctionDraft(replace(function, role_arn=role_arn))
    invoked = (f"${{{attribute_parameter(resource.address, name)}}}" for name in ("invoke_arn", "qualified_invoke_arn"))
    functions.add(resource.address, name, name_or_reference, arn, *invoked)


def add_alias(resource: TerraformResource, draft: AccountDraft, functions: FunctionIndex) -> None:
    """Register an `aws_lambda_alias` as its function: mappings, permissions and URLs name either of them."""
    names = (f"${{{attribute_parameter(resource.address, name)}}}" for name in ("arn", "id", "invoke_arn"))
    functions.add_qualifier(draft.fill_references(resource.text("function_name")), *names)


def _build_function(resource: TerraformResource, draft: AccountDraft, name: str, arn: str) -> DeployedFunction:
    """The function as its resource sets it; the caller sets the ARN of its role."""
    variables = [key for block in resource.blocks("environment") for key in block.keys("variables")]
    file_systems = (draft.fill_references(block.text("arn")) for block in resource.blocks("file_system_config"))
    return DeployedFunction(
        name=name,
        arn=arn,
        role_arn="",
        runtime=resource.text("runtime") or None,
        environment=tuple(sorted(variables)),
        key_arn=draft.fill_references(resource.text("kms_key_arn")) or None,
        in_vpc=next(resource.blocks("vpc_config"), None) is not None,
        tracing=resource.nested_text("tracing_config", "mode") == "Active",
        log_group=draft.fill_references(resource.nested_text("logging_config", "log_group")) or None,
        dead_letter=draft.fill_references(resource.nested_text("dead_letter_config", "target_arn")) or None,
        layers=tuple(map(draft.fill_references, resource.texts("layers"))),
        file_systems=tuple(filter(None, file_systems)),
        durable=next(resource.blocks("durable_config"), None) is not None,
        durable_key=draft.fill_references(resource.nested_text("durable_config", "kms_key_arn")) or None,
        origin=draft.origin(resource.block.location_node, address=resource.address),
        code=_function_code(resource, draft),
    )


def _function_code(resource: TerraformResource, draft: AccountDraft) -> FunctionCode:
    """The handler and the environment variables with their values; a configuration has no code to read."""
    blocks = tuple(resource.blocks("environment"))
    values = {name: texts for block in blocks for name, texts in block.possible_map_texts("variables").items()}
    return FunctionCode(
        resource.text("handler"),
        "",
        tuple(
            (name, draft.fill_references(text))
            for name, texts in values.items()
            for text in texts
            if text or len(texts) == 1
        ),
        is_open=any(not block.possible_maps("variables") for block in blocks),
        optional=tuple(name for name, texts in values.items() if len(texts) > 1 and "" in texts),
    )


def add_function_resource(resource: TerraformResource, draft: AccountDraft, functions: FunctionIndex) -> None:
    """Add a resource that configures a function of the template; ignore any other resource."""
    function = functions.find(draft.fill_references(resource.text("function_name")))
    if function is None:
        return
    if resource.kind == "aws_lambda_event_source_mapping":
        function.event_sources.append(_event_source(resource, draft))
    elif resource.kind == "aws_lambda_function_url":
        function.urls.append(FunctionUrl(resource.text("authorization_type"), resource.text("qualifier")))
    elif resource.kind == "aws_lambda_function_event_invoke_config":
        success, failure = (
            draft.fill_references(resource.nested_text("destination_config", when, "destination")) or None
            for when in ("on_success", "on_failure")
        )
        function.add_destinations(success, failure)


def _event_source(resource: TerraformResource, draft: AccountDraft) -> EventSourceMapping:
    """The event source mapping of an `aws_lambda_event_source_mapping`."""
    access = resource.blocks("source_access_configuration")
    groups = (resource.nested_text(kafka, "consumer_group_id") for kafka in _KAFKA)
    arn = draft.fill_references(resource.text("event_source_arn")) or ""
    return EventSourceMapping(
        arn=arn,
        uuid=resource.address,
        enabled=resource.text("enabled") != "false",
        on_failure=draft.fill_references(resource.nested_text("destination_config", "on_failure", "destination_arn"))
        or None,
        topics=resource.texts("topics"),
        queues=resource.texts("queues"),
        consumer_group=next(filter(None, groups), None),
        authentication=tuple((block.text("type"), draft.fill_references(block.text("uri"))) for block in access),
        service=_source_service(resource) if arn else "self-managed-kafka",
    )


def _source_service(resource: TerraformResource) -> str:
    """The service of a source, from arguments that only its mappings have; empty if they do not tell it."""
    if resource.texts("topics"):
        return "kafka"
    if resource.texts("queues"):
        return "mq"
    return "rds" if tuple(resource.blocks("document_db_event_source_config")) else ""
