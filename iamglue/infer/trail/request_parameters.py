"""Picks from `requestParameters` what the resources of a kind of event need, as JSON with sorted names.

For each kind of event there is a decoder of exactly these members; the others are skipped and never built.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from iamglue.infer.trail.decoding_problems import plain_problem
from iamglue.infer.trail.event_actions import event_actions
from iamglue.infer.trail.folding import folded_parameter

EMPTY_PARAMETERS = "{}"
# What is longer names nothing that a policy could name.
_MAX_JSON = 1 << 15
_MIN_RAW, _MAX_RAW = len("null") + 1, 1 << 18
# The members of maps are sorted; the members of what `_struct_decoder` decodes are in order.
_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder().decode

ParameterReader = Callable[[msgspec.Raw], str]
_Path = tuple[str, ...]


class UnreadableEventError(Exception):
    """An event that cannot be counted; the message says why."""


@lru_cache(maxsize=4096)
def parameter_reader(source: str, name: str, event_type: str) -> ParameterReader | None:
    """The function that picks the parameters of a kind of event from the JSON text; None if it needs none.

    The function raises UnreadableEventError for a text that cannot be decoded.
    """
    paths = tuple(sorted({tuple(path.split(".")) for path in event_actions(source, name, event_type).parameters}))
    if not paths:
        return None
    if any(len(path) > 1 for path in paths):
        return lambda raw: _pick_parameters(raw, paths, source)
    folded = tuple((f"f{at}", path[-1]) for at, path in enumerate(paths) if _is_folded(source, path[-1]))
    decode, unset = _struct_decoder(paths), msgspec.UNSET

    def read(raw: msgspec.Raw) -> str:
        """The chosen parameters as JSON, shortened; EMPTY_PARAMETERS if they are too long."""
        try:
            chosen = decode(raw)
        except (msgspec.DecodeError, RecursionError):
            return _pick_parameters(raw, paths, source)
        for field, parameter in folded:
            value = getattr(chosen, field)
            if value is not unset:
                short = folded_parameter(source, parameter, value)
                setattr(chosen, field, unset if short is None else short)
        text = _encode(chosen).decode()
        return text if len(text) <= _MAX_JSON else EMPTY_PARAMETERS

    return read


def _is_folded(source: str, name: str) -> bool:
    """Whether some value of a parameter has a short form."""
    samples: tuple[Any, ...] = ("a/b/c", {"key": 1}, "'a'")
    return any(folded_parameter(source, name, sample) != sample for sample in samples)


def _struct_decoder(paths: tuple[_Path, ...]) -> Callable[[msgspec.Raw], Any]:
    """The decoder of a map with the given members, each of any type."""
    fields = [(f"f{at}", Any, msgspec.UNSET) for at in range(len(paths))]
    names = {f"f{at}": path[0] for at, path in enumerate(paths)}
    kind = msgspec.defstruct("RequestParameters", fields, rename=names, gc=False)
    return msgspec.json.Decoder(kind).decode


def _pick_parameters(raw: msgspec.Raw, paths: tuple[_Path, ...], source: str) -> str:
    """The parameters of nested paths, and of what is not a map."""
    if not _MIN_RAW <= len(memoryview(raw)) <= _MAX_RAW:
        return EMPTY_PARAMETERS
    try:
        given = _decode(raw)
        if isinstance(given, str):  # a JSON text, in exports
            given = _decode(given) if given[:1] == "{" else None
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableEventError(f"`requestParameters`: {plain_problem(error)}") from error
    if not isinstance(given, dict):
        return EMPTY_PARAMETERS
    chosen: dict[str, Any] = {}
    for path in paths:
        _choose(given, path, chosen, source)
    text = _encode(chosen).decode()
    return text if len(text) <= _MAX_JSON else EMPTY_PARAMETERS


def _choose(given: dict[str, Any], path: _Path, chosen: dict[str, Any], source: str) -> None:
    """Copy one member of the parameters."""
    value: Any = given
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return
        value = value[part]
    value = folded_parameter(source, path[-1], value)
    if value is None:
        return
    target = chosen
    for part in path[:-1]:
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        target = inner
    target[path[-1]] = value
