"""All functions of a Region and all roles of an account, by as few requests as lists allow."""

from __future__ import annotations

from iamglue.aws.api_client import ApiClient, ApiError
from iamglue.aws.event_sources import mapped_function_arn, parse_event_source
from iamglue.aws.functions import ListedFunction, parse_configuration
from iamglue.aws.subject_reader import SubjectReader
from iamglue.findings import NotEvaluated, Subject
from iamglue.model.account import DeployedFunction, EventSourceMapping

# Roles that only AWS's own services assume, whose policies nobody can change.
_SERVICE_LINKED = "/aws-service-role/"


def list_functions(calls: ApiClient, account: str) -> tuple[dict[str, ListedFunction], tuple[NotEvaluated, ...]]:
    """Every function of the Region by its ARN, and what could not be listed."""
    reader = SubjectReader(calls, Subject("account", account))
    found: dict[str, tuple[DeployedFunction, tuple[NotEvaluated, ...]]] = {}
    for each in reader.items("lambda:ListFunctions", "Functions", owned=False):
        of_it = SubjectReader(calls, Subject("function", each["FunctionName"], each["FunctionArn"]))
        found[each["FunctionArn"]] = parse_configuration(each, of_it), tuple(of_it.not_evaluated)
    mappings = _all_event_sources(calls) if found else None
    return {
        arn: ListedFunction(function, None if mappings is None else tuple(mappings.get(arn, ())), gaps)
        for arn, (function, gaps) in found.items()
    }, tuple(reader.not_evaluated)


def _all_event_sources(calls: ApiClient) -> dict[str, list[EventSourceMapping]] | None:
    """The event sources of all functions by ARN; None where it failed, and each function is asked about."""
    found: dict[str, list[EventSourceMapping]] = {}
    try:
        for each in calls.items("lambda:ListEventSourceMappings", "EventSourceMappings"):
            found.setdefault(mapped_function_arn(each), []).append(parse_event_source(each))
    except ApiError:
        return None
    return found


def list_roles(calls: ApiClient, account: str) -> tuple[tuple[str, ...], tuple[NotEvaluated, ...]]:
    """The ARNs of the account's roles, service-linked ones left out, and what could not be listed."""
    reader = SubjectReader(calls, Subject("account", account))
    found = reader.items("iam:ListRoles", "Roles", owned=False)
    arns = (each["Arn"] for each in found if not each["Path"].startswith(_SERVICE_LINKED))
    return tuple(arns), tuple(reader.not_evaluated)
