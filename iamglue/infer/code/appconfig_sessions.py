"""Calls of AppConfig with the configuration that they are about, as its ARN has it.

A call of `GetLatestConfiguration` has only a token, which comes from `StartConfigurationSession`; a program that starts
sessions reads their configurations. Parameters may be names, but the ARN has IDs:
https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_StartConfigurationSession.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.values import UNKNOWN_TEXT, CodeValue, Text, UnknownPart, ValueOrigin

_CLIENT, _START, _GET = "appconfigdata", "StartConfigurationSession", "GetLatestConfiguration"
_SESSION_PARAMETER = "ConfigurationToken"
_IDENTIFIERS = ("ApplicationIdentifier", "EnvironmentIdentifier", "ConfigurationProfileIdentifier")
# A name may look like an ID; one without a digit hardly is: AWS makes IDs of random letters and digits.
_ID = re.compile(r"(?=[a-z]*[0-9])[a-z0-9]{4,7}")
_ID_VARIABLE = re.compile(r"(?:^|_|[a-z](?=I))I[Dd]$|_id$")
_NAME_VARIABLE = re.compile("name", re.IGNORECASE)
_OTHER_PLACES = (ValueOrigin.EVENT, ValueOrigin.ENVIRONMENT, ValueOrigin.TEMPLATE, ValueOrigin.PARAMETER)


def calls_on_configurations(calls: Iterable[SdkCall]) -> Iterator[SdkCall]:
    """The calls, those of AppConfig's data with the IDs of configurations."""
    own = [_with_ids(call) for call in calls]
    started = [call for call in own if call.client == _CLIENT and call.operation == _START]
    for call in own:
        if call.client != _CLIENT or call.operation != _GET or not started or _has_other_token(call):
            yield call
            continue
        for start in dict.fromkeys(tuple(start.parameters.items()) for start in started):
            yield replace(call, parameters={**call.parameters, **dict(start)})


def _has_other_token(call: SdkCall) -> bool:
    """Whether the token is not that of a session that the program starts."""
    token = call.parameters.get(_SESSION_PARAMETER)
    parts = [part for text in token.texts for part in text] if token is not None else []
    return any(isinstance(part, UnknownPart) and part.origin in _OTHER_PLACES for part in parts)


def _with_ids(call: SdkCall) -> SdkCall:
    """A call that starts a session, without names where the ARN has IDs."""
    if call.client != _CLIENT or call.operation != _START:
        return call
    ids = {name: _ids(call.parameters[name]) for name in _IDENTIFIERS if name in call.parameters}
    return replace(call, parameters={**call.parameters, **ids})


def _ids(value: CodeValue) -> CodeValue:
    return replace(value, texts=frozenset(text if _may_be_id(text) else UNKNOWN_TEXT for text in value.texts))


def _may_be_id(text: Text) -> bool:
    """Whether a text is an ID: by its form, by the name of its variable, or as a reference to what the template has."""
    if len(text) != 1:
        return False
    (part,) = text
    written = part if isinstance(part, str) else part.value
    if written and "${" not in written:
        return _ID.fullmatch(written) is not None
    name = "" if isinstance(part, str) else part.name
    return _NAME_VARIABLE.search(name) is None if written else _ID_VARIABLE.search(name) is not None
