"""The answer to "is this request allowed?" as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from textwrap import wrap
from typing import Any

from iamglue.engine.evaluate.decision import Answer, StatementRef, Step
from iamglue.engine.evaluate.effective import Cited, Effective
from iamglue.engine.evaluate.layer_results import Opinion
from iamglue.engine.evaluate.layers import Layer
from iamglue.inert import one_line
from iamglue.policy.model import Effect

_WIDTH = 80
_SAID = {
    Answer.ALLOWED: "allowed",
    Answer.IMPLICITLY_DENIED: "denied",
    Answer.EXPLICITLY_DENIED: "denied explicitly",
    Answer.UNKNOWN: "unknown",
}
_APPLIES = {True: "yes", False: "no", None: "?"}


def decision_line(found: Effective, notes: tuple[str, ...] = ()) -> str:
    """The answer as one line of JSON, without a line end: what a batch of requests gets."""
    head = f'{{"decision": "{found.decision.value}", "reason": {quoted(found.reason)}, '
    line = f'{head}"decided_by": {_cited_json(found.decided_by) if found.decided_by else "[]"}'
    if found.assumed:
        line += f', "assumed": {_list(found.assumed)}'
    if notes:
        line += f', "notes": {_list(notes)}'
    return line + "}"


def undecided_line(reason: str) -> str:
    """The line for a request that could not be read."""
    return f'{{"decision": "{Answer.UNKNOWN.value}", "reason": {quoted(reason)}, "decided_by": []}}'


def decision_json(found: Effective, notes: tuple[str, ...] = ()) -> str:
    """The answer as a JSON document: the line's keys, the request, and what every statement of every layer says."""
    return json.dumps(decision_data(found, notes), indent=2) + "\n"


def decision_data(found: Effective, notes: tuple[str, ...] = ()) -> dict[str, Any]:
    """The plain data of that document."""
    request = found.request
    return {
        **_plain(found, notes),
        "request": {
            "action": request.action,
            "resource": request.resource,
            "principal": request.principal,
            "context": {key: list(values) for key, values in request.context.items()},
        },
        "layers": [_layer(opinion) for opinion in found.opinions],
    }


def decision_text(found: Effective, notes: tuple[str, ...] = ()) -> str:
    """The answer in words, at most 80 columns wide where no ARN is wider, with the trace of every layer."""
    request = found.request
    lines = [*wrapped(f"{_SAID[found.decision]}: ", f"{request.action} on {request.resource}")]
    lines += wrapped("  because ", found.reason)
    if found.decision in (Answer.IMPLICITLY_DENIED, Answer.UNKNOWN):
        for opinion in found.opinions:
            lines += _almost(opinion)
    for label, texts in (("  assumed ", found.assumed), ("  note    ", notes)):
        for text in texts:
            lines += wrapped(label, text)
    for opinion in found.opinions:
        lines += ["", f"  {opinion.layer.label}", *_trace(opinion)]
    return "\n".join(lines) + "\n"


def _almost(opinion: Opinion) -> Iterator[str]:
    """The Allow statements that are about the action and lack something else."""
    if not opinion.allows:
        for step in opinion.steps:
            if step.effect is Effect.ALLOW and step.on_action and step.applies is False:
                unmet = ", and ".join(step.unmet)
                yield from wrapped("  almost  ", f"{opinion.layer.cite(step.ref)} would allow it but for {unmet}")


def _trace(opinion: Opinion) -> Iterator[str]:
    for step in opinion.steps:
        unmet = "; ".join(step.unmet) or step.why
        head = f"    {step.effect.value:<5} {_APPLIES[step.applies]:<3} "
        yield from wrapped(head, f"{opinion.layer.cite(step.ref)}: {unmet}")


def wrapped(head: str, text: str) -> list[str]:
    """`text` after `head`, on lines of 80 columns that begin below the text; a longer word (an ARN) stays whole."""
    return wrap(
        one_line(text),
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(found: Effective, notes: tuple[str, ...]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(decision_line(found, notes))
    return data


@lru_cache(maxsize=8192)
def _list(texts: tuple[str, ...]) -> str:
    return json.dumps(texts)


@lru_cache(maxsize=8192)
def _cited_json(cited: tuple[Cited, ...]) -> str:
    return json.dumps([{**_layer_name(layer), **_place(layer, ref)} for layer, ref in cited])


def _layer(opinion: Opinion) -> dict[str, Any]:
    return {
        **_layer_name(opinion.layer),
        "allows": opinion.allowed,
        "denies": opinion.denied,
        "statements": [_step(opinion.layer, step) for step in opinion.steps],
    }


def _step(layer: Layer, step: Step) -> dict[str, Any]:
    why = "; ".join(step.unmet) or step.why
    return {**_place(layer, step.ref), "effect": step.effect.value, "applies": step.applies, "why": why}


def _layer_name(layer: Layer) -> dict[str, Any]:
    return {"layer": layer.kind.value, **({"level": layer.level} if layer.kind.in_levels else {})}


def _place(layer: Layer, ref: StatementRef) -> dict[str, Any]:
    return {"policy": layer.names[ref.policy], "statement": ref.statement + 1, "sid": ref.sid}
