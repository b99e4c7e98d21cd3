"""Statements of a function's resource-based policy: one for each trigger of kind PUSH, two for a function URL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.catalog.triggers import TriggerFacts, TriggerKind
from iamglue.errors import IamglueError
from iamglue.generate.requirements.arn_validation import arn_fields, check_arn_fields
from iamglue.generate.requirements.labels import camel_case, resource_label
from iamglue.generate.requirements.sids import unique_sids
from iamglue.generate.requirements.trigger_sources import TriggerSource, build_trigger_source
from iamglue.model.permission_set import InvokePermission
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction, Trigger
from iamglue.policy.patterns.variables import replace_parameters

_INVOKE, _INVOKE_URL = "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"
_ACCOUNT = re.compile(r"\d{12}")
_URL_HINT = "write `function-url: NONE`, or `function-url: {principal: ACCOUNT or ARN}` for AWS_IAM"


@dataclass(frozen=True, slots=True)
class UrlCaller:
    """The caller of a function URL: `principal` is an account, an ARN or "*"; `auth` is the URL's auth type."""

    principal: str
    auth: str


def trigger_permissions(
    trigger: Trigger, function: SpecFunction, scope: DeploymentScope
) -> tuple[InvokePermission, ...]:
    """The permissions that allow the trigger's service to invoke the function; empty if it needs none.

    Raises IamglueError, at the trigger's location, for a trigger that is not valid.
    """
    source = build_trigger_source(trigger, function, scope)
    if source.facts.kind is not TriggerKind.PUSH:
        return ()
    name = _statement_id(trigger, function)
    if trigger.name == "function-url":
        return _url_permissions(name, url_caller(source))
    if trigger.name == "alexa":
        return (_alexa_permission(name, source),)
    known = is_source_id_known(source.facts, (source.arn_variables["name"],))
    return (
        InvokePermission(
            name,
            _INVOKE,
            source.facts.principal,
            source_arn=source.arn if source.facts.source_arn and known else None,
            source_account=source.scope.account if source.facts.source_account else None,
        ),
    )


def is_source_id_known(facts: TriggerFacts, texts: Iterable[str]) -> bool:
    """Whether the source's ARN follows from the spec. AWS Config generates the ID in a rule's ARN."""
    return not facts.known_by or all(facts.known_by in text or text.startswith("${") for text in texts)


def url_caller(source: TriggerSource) -> UrlCaller:
    """The caller of the function's URL. Raises IamglueError for a principal that a policy cannot name."""
    options, location = source.options, source.trigger.location
    auth, principal = options.get("auth"), options.get("principal")
    if auth == "NONE" and principal is None:
        return UrlCaller("*", "NONE")
    if principal is None:
        actual = f"`{auth}`" if auth else "nothing"
        raise IamglueError(f"a function URL needs its caller, found {actual}", hint=_URL_HINT, location=location)
    if auth not in (None, "AWS_IAM"):
        raise IamglueError(f"`auth: {auth}` cannot have a principal", hint=_URL_HINT, location=location)
    is_literal = replace_parameters(principal, "") == principal
    if principal.startswith("arn:"):
        check_arn_fields(principal, location)
    elif is_literal and not _ACCOUNT.fullmatch(principal):
        raise IamglueError(
            f"`{principal}` is neither an account ID of 12 digits nor the ARN of a role or user",
            hint=_URL_HINT,
            location=location,
        )
    return UrlCaller(principal, "AWS_IAM")


def principal_account(principal: str) -> str:
    """The account of a principal that is an account ID or an ARN."""
    return arn_fields(principal)[4] if principal.startswith("arn:") else principal


def _url_permissions(name: str, caller: UrlCaller) -> tuple[InvokePermission, ...]:
    """The two statements that let a caller use the function's URL."""
    # New URLs need both statements since October 2025. The condition of the second one prevents direct invocation.
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    return (
        InvokePermission(name, _INVOKE_URL, caller.principal, function_url_auth_type=caller.auth),
        InvokePermission(f"{name}Invoke", _INVOKE, caller.principal, invoked_via_function_url=True),
    )


def _alexa_permission(name: str, source: TriggerSource) -> InvokePermission:
    """The permission of a skill. Raises IamglueError if `skill` is missing or `smart_home` is not a Boolean."""
    skill, smart_home = source.options.get("skill"), source.options.get("smart_home", "false")
    if skill is None:
        message = "`skill`, the skill's ID, is missing in the alexa trigger"
        raise IamglueError(message, location=source.trigger.location)
    if smart_home not in ("true", "false"):
        message = f"`smart_home` must be `true` or `false`, not `{smart_home}`"
        raise IamglueError(message, location=source.trigger.location)
    principal = source.facts.smart_home_principal if smart_home == "true" else source.facts.principal
    return InvokePermission(name, _INVOKE, principal, event_source_token=skill)


def _statement_id(trigger: Trigger, function: SpecFunction) -> str:
    """The trigger's statement id, which is unique among the triggers of the function."""
    names = unique_sids(_base_statement_id(candidate) for candidate in function.triggers)
    indexes = [index for index, candidate in enumerate(function.triggers) if candidate is trigger]
    indexes = indexes or [index for index, candidate in enumerate(function.triggers) if candidate == trigger]
    return names[indexes[0]] if indexes else _base_statement_id(trigger)


def _base_statement_id(trigger: Trigger) -> str:
    return camel_case(trigger.name) + resource_label(trigger.resource, ())
