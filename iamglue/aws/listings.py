"""Lists all functions of a Region and all roles of an account, with few requests."""

from __future__ import annotations

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.event_sources import mapped_function_arn, parse_event_source
from iamglue.aws.functions import ListedFunction, parse_configuration
from iamglue.aws.subject_reader import SubjectReader
from iamglue.findings import NotEvaluated, Subject
from iamglue.model.account import DeployedFunction, EventSourceMapping
from iamglue.policy.arns import SERVICE_LINKED_ROLE_PATH


def list_functions(client: ApiClient, account: str) -> tuple[dict[str, ListedFunction], tuple[NotEvaluated, ...]]:
    """Every function of the Region by its ARN, and what could not be listed."""
    reader = SubjectReader(client, Subject("account", account))
    functions: dict[str, tuple[DeployedFunction, tuple[NotEvaluated, ...]]] = {}
    for configuration in reader.items("lambda:ListFunctions", "Functions", owned=False):
        function_reader = SubjectReader(
            client, Subject("function", configuration["FunctionName"], configuration["FunctionArn"])
        )
        functions[configuration["FunctionArn"]] = (
            parse_configuration(configuration, function_reader),
            tuple(function_reader.not_evaluated),
        )
    mappings = _read_all_event_sources(client) if functions else None
    return {
        arn: ListedFunction(function, None if mappings is None else tuple(mappings.get(arn, ())), not_evaluated)
        for arn, (function, not_evaluated) in functions.items()
    }, tuple(reader.not_evaluated)


def _read_all_event_sources(client: ApiClient) -> dict[str, list[EventSourceMapping]] | None:
    """The event sources of all functions by ARN; None if the listing failed, so that each function is read."""
    mappings: dict[str, list[EventSourceMapping]] = {}
    try:
        for mapping in client.items("lambda:ListEventSourceMappings", "EventSourceMappings"):
            mappings.setdefault(mapped_function_arn(mapping), []).append(parse_event_source(mapping))
    except ApiError:
        return None
    return mappings


def list_roles(client: ApiClient, account: str) -> tuple[tuple[str, ...], tuple[NotEvaluated, ...]]:
    """The ARNs of the account's roles except service-linked roles, and what could not be listed."""
    reader = SubjectReader(client, Subject("account", account))
    roles = reader.items("iam:ListRoles", "Roles", owned=False)
    arns = (role["Arn"] for role in roles if not role["Path"].startswith(SERVICE_LINKED_ROLE_PATH))
    return tuple(arns), tuple(reader.not_evaluated)
