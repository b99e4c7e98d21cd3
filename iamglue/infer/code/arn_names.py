"""Calls with the names that ARNs have, where parameters say more or less: a path, a version, the name of a sender.

The ARN of a role is `role/PATH/NAME`, and names are unique in an account whatever their path:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
`GetParameter` and `GetParameters` take `NAME:VERSION` and `NAME:LABEL`; the ARN has the name alone:
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from iamglue.infer.code.calls import SdkCall
from iamglue.infer.code.sender_addresses import SENDERS, call_with_bare_sender
from iamglue.infer.code.values import UNKNOWN_TEXT, CodeValue, Text, UnknownPart

_IAM, _SSM = "iam", "ssm"
# The operations that take versions and labels, with the parameter that has the names.
SELECTED_NAMES = {"GetParameter": "Name", "GetParameters": "Names"}
_PARAMETER_ARN, _SELECTOR = ":parameter/", ":"
_PATH, _NEW = "Path", "New"
# The names of what has a path. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateServerCertificate.html
_IAM_NAMES = frozenset(
    {
        "GroupName",
        "InstanceProfileName",
        "PolicyName",
        "RoleName",
        "ServerCertificateName",
        "UserName",
        "VirtualMFADeviceName",
    }
)


def calls_with_arn_names(calls: Iterable[SdkCall]) -> Iterator[SdkCall]:
    """The calls with names as ARNs have them; what a call renames is a call on both names."""
    own = list(calls)
    paths = _known_paths(own)
    for call in own:
        if call.client == _IAM:
            yield from _with_paths(call, paths)
        elif call.client == _SSM and call.operation in SELECTED_NAMES:
            yield _without_selector(call, SELECTED_NAMES[call.operation])
        elif call.client in SENDERS:
            yield call_with_bare_sender(call)
        else:
            yield call


def created_name(operation: str) -> str:
    """The parameter that names what an operation of IAM creates at a path, or moves to one; "" for other operations."""
    name = operation.removeprefix("Create").removeprefix("Upload").removeprefix("Update") + "Name"
    return name if name in _IAM_NAMES and name != f"{operation}Name" else ""


def parameter_name(text: str) -> str:
    """The name or ARN of a parameter of Systems Manager without the version or label that follows."""
    arn, mark, name = text.rpartition(_PARAMETER_ARN)
    return arn + mark + name.partition(_SELECTOR)[0]


def _known_paths(calls: Iterable[SdkCall]) -> dict[tuple[str, Text], set[Text]]:
    """The names with their paths, of what the program creates at a path: by the parameter and the bare name."""
    known: dict[tuple[str, Text], set[Text]] = defaultdict(set)
    for call in calls:
        name = created_name(call.operation) if call.client == _IAM and _PATH in call.parameters else ""
        for text in call.parameters[name].texts if name in call.parameters else ():
            known[name, text].update(_paths_with(call.parameters[_PATH], text))
    return known


def _with_paths(call: SdkCall, known: Mapping[tuple[str, Text], set[Text]]) -> Iterator[SdkCall]:
    """A call of IAM on names with their paths, and on the new name and path that it gives."""
    created = created_name(call.operation)
    own = {name: value for name, value in call.parameters.items() if name in _IAM_NAMES}
    path = call.parameters.get(_PATH) if created in own else None
    if path is not None:
        own = {created: own[created]}
        known = {(created, text): set(_paths_with(path, text)) for text in own[created].texts}
    named = {
        name: replace(
            value, texts=frozenset(whole for text in value.texts for whole in known.get((name, text), {text}))
        )
        for name, value in own.items()
    }
    yield replace(call, parameters={**call.parameters, **named})
    new = call.parameters.get(_NEW + created, own.get(created))
    new_path = call.parameters.get(_NEW + _PATH)
    if new is not None and (new_path is not None or new is not own.get(created)):
        texts = new.texts if new_path is None else {path for text in new.texts for path in _paths_with(new_path, text)}
        yield replace(call, parameters={**call.parameters, created: replace(new, texts=frozenset(texts))})


def _paths_with(path: CodeValue, name: Text) -> Iterator[Text]:
    """A name below each path that the value may be; an unknown one may be `/`, which adds nothing to the name."""
    whole = [text for text in path.texts if _is_path(text)]
    yield from (_path_and_name(text, name) for text in whole)
    if not path.is_complete or not path.texts or len(whole) < len(path.texts):
        yield from (name, _path_and_name(("/", *UNKNOWN_TEXT, "/"), name))


def _is_path(text: Text) -> bool:
    """Whether a text begins and ends with a slash, as a path does: `/` or `/teams/${TEAM}/`."""
    return bool(text) and str(text[0]).startswith("/") and str(text[-1]).endswith("/")


def _path_and_name(path: Text, name: Text) -> Text:
    """A name after a path without the slash at its beginning."""
    parts: list[str | UnknownPart] = []
    for part in (str(path[0])[1:], *path[1:], *name):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part:
            parts.append(part)
    return tuple(parts)


def _without_selector(call: SdkCall, member: str) -> SdkCall:
    """A call that reads parameters, without their versions and labels."""
    value = call.parameters.get(member)
    if value is None:
        return call
    items = None if value.items is None else _without_selectors(value.items)
    return replace(call, parameters={**call.parameters, member: replace(_without_selectors(value), items=items)})


def _without_selectors(value: CodeValue) -> CodeValue:
    return replace(value, texts=frozenset(map(_bare_name, value.texts)))


def _bare_name(text: Text) -> Text:
    """The parts of a text up to the version or label, which a literal part has after the name."""
    arn_ends = [index for index, part in enumerate(text) if isinstance(part, str) and _PARAMETER_ARN in part]
    if not arn_ends and text and str(text[0]).startswith("arn:"):
        return text
    start = max(arn_ends, default=0)
    for index, part in enumerate(text[start:], start):
        name = parameter_name(part) if isinstance(part, str) else part
        if name != part:
            return (*text[:index], name) if name else text[:index]
    return text
