"""Calls whose requests are about another resource than the one that the entry names, or about more than one.

Nothing here is used by `generate`: a proof compares two readings of the same entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from iamglue.catalog.call_tables import CheckedAction
from iamglue.generate.calls.bedrock_calls import bedrock_requests
from iamglue.generate.calls.call import CallRequest
from iamglue.generate.calls.call_resources import SAMPLE, concrete_arn, concrete_text, resource_type
from iamglue.generate.calls.s3_feature_requests import directory_session_request, s3_feature_requests
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, SpecResource
from iamglue.policy.conditions import build_condition

_PHONE_NUMBER = "+12065550100"
_REFERENCES = "aws/reference/secretsmanager/"
_WORD_OR_NUMBER = re.compile(r"arn:.*-([a-z]{6}|[0-9]{6})")
_EXECUTIONS = {"execution": 1, "express": 2}
_Requests = Iterable[CallRequest] | None


def feature_requests(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> _Requests:
    """The requests of one action of a call; None if they are on the resource that the entry names."""
    find = _FEATURES.get(checked.action.partition(":")[0])
    return find(entry, checked, scope) if find else None


def added_requests(entry: AccessEntry, scope: DeploymentScope) -> Iterable[CallRequest]:
    """The requests that a call makes in addition, on a secret; mostly none."""
    secret, text = entry.secret, entry.resource.text or ""
    if entry.service == "ssm" and _REFERENCES in text:
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
        secret = SpecResource(text.partition(_REFERENCES)[2])
    if secret is None:
        return ()
    read = CheckedAction("secretsmanager:GetSecretValue", "secret")
    entry = replace(entry, service="secretsmanager", resource=secret, when=())
    return _secret_requests(entry, read, scope) or (CallRequest(read.action, _arn_of_type(read, secret, scope)),)


def key_service(entry: AccessEntry, requests: Iterable[CallRequest]) -> str:
    """The service whose data the entry's key encrypts."""
    services = {checked.action.partition(":")[0] for checked in requests}
    return next((name for name in ("secretsmanager", "s3express") if name in services), entry.service)


def _sns_requests(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> _Requests:
    """A request on the phone number, for a message to a phone.

    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """
    del scope
    return (CallRequest(checked.action, _PHONE_NUMBER, entry.when),) if entry.resource.get("phone") else None


def _ssm_requests(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> _Requests:
    """The parameter or document in AWS's own account, and the path that a call by path names.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    """
    text, kind = entry.resource.text, checked.resource_type
    if text is None or text == "*" or kind not in ("parameter", "document", "automation-definition"):
        return None
    head, name = "", text.removeprefix("/")
    if text.startswith("arn:"):
        head, _, name = text.partition(f"{kind}/")
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html: reserved prefixes
    is_public = name.startswith("aws/service/") if kind == "parameter" else name.lower().startswith(("aws", "amazon"))
    head = head or f"arn:{scope.partition}:ssm:{scope.region}:{'' if is_public else scope.account}:"
    if checked.action == "ssm:GetParametersByPath":
        path = concrete_text(name.removesuffix("/*").removesuffix("/"))
        names = [path, f"{path}/{SAMPLE}".removeprefix("/")]
    elif is_public:
        names = [concrete_text(name)]
    else:
        return None
    return tuple(CallRequest(checked.action, f"{head}{kind}/{item}", entry.when) for item in names)


def _secret_requests(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> _Requests:
    """Both secrets that an ARN can mean whose last characters may be part of the name, or what AWS adds to it.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    del scope
    text = concrete_text(entry.resource.text or "")
    if (
        "*" in (entry.resource.text or "")
        or checked.resource_type.lower() != "secret"
        or not _WORD_OR_NUMBER.fullmatch(text)
    ):
        return None
    return CallRequest(checked.action, text, entry.when), CallRequest(checked.action, f"{text}-AbCdEf", entry.when)


def _states_requests(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> _Requests:
    """The state machine of a version or alias, with its name as a condition, and the executions of a machine's ARN.

    https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
    """
    text = entry.resource.text
    if text in (None, "*") or entry.resource_type or checked.resource_type not in ("statemachine", *_EXECUTIONS):
        return None
    head, _, machine = concrete_text(text or "").rpartition("stateMachine:")
    head = head or f"arn:{scope.partition}:states:{scope.region}:{scope.account}:"
    name, _, qualifier = machine.partition(":")
    if checked.resource_type in _EXECUTIONS:
        parts = (checked.resource_type, name, *[SAMPLE] * _EXECUTIONS[checked.resource_type])
        return (CallRequest(checked.action, f"{head}{':'.join(parts)}", entry.when),)
    if not qualifier:
        return None
    limit = build_condition("ForAnyValue:StringEquals", "states:StateMachineQualifier", qualifier)
    return (CallRequest(checked.action, f"{head}stateMachine:{name}", (*entry.when, limit)),)


def _kinesis_requests(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> _Requests:
    """The request on the entry's consumer; a name gets a sample of the creation time, which ends a consumer's ARN."""
    if entry.consumer is None or checked.resource_type != "consumer":
        return None
    consumer = concrete_text(entry.consumer)
    if not consumer.startswith("arn:"):
        stream = _arn_of_type(replace(checked, resource_type="stream"), entry.resource, scope)
        consumer = f"{stream}/consumer/{consumer}:1700000000"
    return (CallRequest(checked.action, consumer, entry.when),)


def _s3express_requests(entry: AccessEntry, checked: CheckedAction, scope: DeploymentScope) -> _Requests:
    """The read-only session that reading needs; None for other actions and for writing."""
    if checked.action != "s3express:CreateSession" or entry.access != "reads":
        return None
    return (directory_session_request(entry, _arn_of_type(checked, entry.resource, scope), is_read_only=True),)


def _arn_of_type(checked: CheckedAction, resource: SpecResource, scope: DeploymentScope) -> str:
    """The concrete ARN of a resource as one of the type of a checked action."""
    return concrete_arn(resource_type(checked.action.partition(":")[0], checked.resource_type), resource, scope)


_FEATURES: dict[str, Callable[[AccessEntry, CheckedAction, DeploymentScope], _Requests]] = {
    "bedrock": bedrock_requests,
    "kinesis": _kinesis_requests,
    "s3": s3_feature_requests,
    "s3express": _s3express_requests,
    "secretsmanager": _secret_requests,
    "sns": _sns_requests,
    "ssm": _ssm_requests,
    "states": _states_requests,
}
