"""Statements of a function's resource-based policy: one for each trigger that pushes, two for a function URL."""

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
from iamglue.policy.patterns.variables import TokenKind, tokenize

_INVOKE, _INVOKE_URL = "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"
_ACCOUNT = re.compile(r"\d{12}")
_URL_HINT = "write `function-url: NONE`, or `function-url: {principal: ACCOUNT or ARN}` for AWS_IAM"


@dataclass(frozen=True, slots=True)
class UrlCaller:
    """Who calls a function URL: `principal` is an account, an ARN or "*", `auth` the URL's type of authentication."""

    principal: str
    auth: str


def trigger_permissions(
    trigger: Trigger, function: SpecFunction, scope: DeploymentScope
) -> tuple[InvokePermission, ...]:
    """What lets the trigger's service invoke the function. Empty for triggers that need no such statement.

    Raises IamglueError, at the trigger's place, for what no such trigger can be.
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
    """Whether the source's ARN follows from what the spec says: AWS Config makes up the id in a rule's ARN."""
    return not facts.known_by or all(facts.known_by in text or text.startswith("${") for text in texts)


def url_caller(source: TriggerSource) -> UrlCaller:
    """Who calls the function's URL. Raises IamglueError for a principal that no such policy can name."""
    options, location = source.options, source.trigger.location
    auth, principal = options.get("auth"), options.get("principal")
    if auth == "NONE" and principal is None:
        return UrlCaller("*", "NONE")
    if principal is None:
        found = f"`{auth}`" if auth else "nothing"
        raise IamglueError(f"a function URL needs its callers, found {found}", hint=_URL_HINT, location=location)
    if auth not in (None, "AWS_IAM"):
        raise IamglueError(f"`auth: {auth}` does not go with a principal", hint=_URL_HINT, location=location)
    plain = "".join("0" if token.kind is TokenKind.PARAMETER else token.text for token in tokenize(principal))
    if principal.startswith("arn:"):
        check_arn_fields(principal, location)
    elif plain == principal and not _ACCOUNT.fullmatch(principal):
        raise IamglueError(
            f"`{principal}` is not an account id of 12 digits nor the ARN of a role or user",
            hint=_URL_HINT,
            location=location,
        )
    return UrlCaller(principal, "AWS_IAM")


def principal_account(principal: str) -> str:
    """The account of a principal that is an account or an ARN."""
    return arn_fields(principal)[4] if principal.startswith("arn:") else principal


def _url_permissions(name: str, caller: UrlCaller) -> tuple[InvokePermission, ...]:
    # New URLs need both since October 2025; without the condition of the second, direct invocation is open too.
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    return (
        InvokePermission(name, _INVOKE_URL, caller.principal, function_url_auth_type=caller.auth),
        InvokePermission(f"{name}Invoke", _INVOKE, caller.principal, invoked_via_function_url=True),
    )


def _alexa_permission(name: str, source: TriggerSource) -> InvokePermission:
    skill, smart_home = source.options.get("skill"), source.options.get("smart_home", "false")
    if skill is None:
        raise IamglueError("an alexa trigger needs `skill`, the skill's id", location=source.trigger.location)
    if smart_home not in ("true", "false"):
        raise IamglueError(f"`smart_home` is `true` or `false`, not `{smart_home}`", location=source.trigger.location)
    principal = source.facts.smart_home_principal if smart_home == "true" else source.facts.principal
    return InvokePermission(name, _INVOKE, principal, event_source_token=skill)


def _statement_id(trigger: Trigger, function: SpecFunction) -> str:
    names = unique_sids(_words(each) for each in function.triggers)
    same = [at for at, each in enumerate(function.triggers) if each is trigger]
    same = same or [at for at, each in enumerate(function.triggers) if each == trigger]
    return names[same[0]] if same else _words(trigger)


def _words(trigger: Trigger) -> str:
    return camel_case(trigger.name) + resource_label(trigger.resource, ())
