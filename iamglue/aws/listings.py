"""All functions of a Region and all roles of an account, by as few requests as lists allow."""

from __future__ import annotations

from iamglue.aws.calls import Calls, Refused
from iamglue.aws.event_sources import event_source, function_of
from iamglue.aws.functions import Listed, configuration
from iamglue.aws.reader import Reader
from iamglue.findings import NotEvaluated, Subject
from iamglue.model.account import DeployedFunction, EventSource

# Roles that only AWS's own services assume, whose policies nobody can change.
_SERVICE_LINKED = "/aws-service-role/"


def list_functions(calls: Calls, account: str) -> tuple[dict[str, Listed], tuple[NotEvaluated, ...]]:
    """Every function of the Region by its ARN, and what could not be listed."""
    reader = Reader(calls, Subject("account", account))
    found: dict[str, tuple[DeployedFunction, tuple[NotEvaluated, ...]]] = {}
    for each in reader.items("lambda:ListFunctions", "Functions", owned=False):
        of_it = Reader(calls, Subject("function", each["FunctionName"], each["FunctionArn"]))
        found[each["FunctionArn"]] = configuration(each, of_it), tuple(of_it.gaps)
    mappings = _all_event_sources(calls) if found else None
    return {
        arn: Listed(function, None if mappings is None else tuple(mappings.get(arn, ())), gaps)
        for arn, (function, gaps) in found.items()
    }, tuple(reader.gaps)


def _all_event_sources(calls: Calls) -> dict[str, list[EventSource]] | None:
    """The event sources of all functions by ARN; None where it failed, and each function is asked about."""
    found: dict[str, list[EventSource]] = {}
    try:
        for each in calls.items("lambda:ListEventSourceMappings", "EventSourceMappings"):
            found.setdefault(function_of(each), []).append(event_source(each))
    except Refused:
        return None
    return found


def list_roles(calls: Calls, account: str) -> tuple[tuple[str, ...], tuple[NotEvaluated, ...]]:
    """The ARNs of the account's roles, service-linked ones left out, and what could not be listed."""
    reader = Reader(calls, Subject("account", account))
    found = reader.items("iam:ListRoles", "Roles", owned=False)
    arns = (each["Arn"] for each in found if not each["Path"].startswith(_SERVICE_LINKED))
    return tuple(arns), tuple(reader.gaps)
