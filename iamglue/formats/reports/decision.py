"""The answer to "is this request allowed?" as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from textwrap import wrap
from typing import Any

from iamglue.engine.evaluate.decision import EvaluationDecision, StatementRef, StatementTrace
from iamglue.engine.evaluate.layer_results import LayerResult
from iamglue.engine.evaluate.layers import Layer
from iamglue.engine.evaluate.request_evaluation import CitedStatement, EvaluationResult
from iamglue.output_escaping import escape_to_one_line
from iamglue.policy.model import Effect

_WIDTH = 80
_SAID = {
    EvaluationDecision.ALLOWED: "allowed",
    EvaluationDecision.IMPLICITLY_DENIED: "denied",
    EvaluationDecision.EXPLICITLY_DENIED: "denied explicitly",
    EvaluationDecision.UNKNOWN: "unknown",
}
_APPLIES = {True: "yes", False: "no", None: "?"}


def decision_line(found: EvaluationResult, notes: tuple[str, ...] = ()) -> str:
    """The answer as one line of JSON, without a line end: what a batch of requests gets."""
    head = f'{{"decision": "{found.decision.value}", "reason": {quoted(found.reason)}, '
    line = f'{head}"decided_by": {_cited_json(found.decided_by) if found.decided_by else "[]"}'
    if found.assumptions:
        line += f', "assumed": {_list(found.assumptions)}'
    if notes:
        line += f', "notes": {_list(notes)}'
    return line + "}"


def unreadable_request_line(reason: str) -> str:
    """The line for a request that could not be read."""
    return f'{{"decision": "{EvaluationDecision.UNKNOWN.value}", "reason": {quoted(reason)}, "decided_by": []}}'


def decision_json(found: EvaluationResult, notes: tuple[str, ...] = ()) -> str:
    """The answer as a JSON document: the line's keys, the request, and what every statement of every layer says."""
    return json.dumps(decision_data(found, notes), indent=2) + "\n"


def decision_data(found: EvaluationResult, notes: tuple[str, ...] = ()) -> dict[str, Any]:
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
        "layers": [_layer(opinion) for opinion in found.layer_results],
    }


def decision_text(found: EvaluationResult, notes: tuple[str, ...] = ()) -> str:
    """The answer in words, at most 80 columns wide where no ARN is wider, with the trace of every layer."""
    request = found.request
    lines = [*wrap_text(f"{_SAID[found.decision]}: ", f"{request.action} on {request.resource}")]
    lines += wrap_text("  because ", found.reason)
    if found.decision in (EvaluationDecision.IMPLICITLY_DENIED, EvaluationDecision.UNKNOWN):
        for opinion in found.layer_results:
            lines += _almost(opinion)
    for label, texts in (("  assumed ", found.assumptions), ("  note    ", notes)):
        for text in texts:
            lines += wrap_text(label, text)
    for opinion in found.layer_results:
        lines += ["", f"  {opinion.layer.label}", *_trace(opinion)]
    return "\n".join(lines) + "\n"


def _almost(opinion: LayerResult) -> Iterator[str]:
    """The Allow statements that are about the action and lack something else."""
    if not opinion.allows:
        for step in opinion.traces:
            if step.effect is Effect.ALLOW and step.action_matches and step.applies is False:
                unmet = ", and ".join(step.mismatches)
                yield from wrap_text("  almost  ", f"{opinion.layer.cite(step.ref)} would allow it but for {unmet}")


def _trace(opinion: LayerResult) -> Iterator[str]:
    for step in opinion.traces:
        unmet = "; ".join(step.mismatches) or step.reason
        head = f"    {step.effect.value:<5} {_APPLIES[step.applies]:<3} "
        yield from wrap_text(head, f"{opinion.layer.cite(step.ref)}: {unmet}")


def wrap_text(head: str, text: str) -> list[str]:
    """`text` after `head`, on lines of 80 columns that begin below the text; a longer word (an ARN) stays whole."""
    return wrap(
        escape_to_one_line(text),
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(found: EvaluationResult, notes: tuple[str, ...]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(decision_line(found, notes))
    return data


@lru_cache(maxsize=8192)
def _list(texts: tuple[str, ...]) -> str:
    return json.dumps(texts)


@lru_cache(maxsize=8192)
def _cited_json(cited: tuple[CitedStatement, ...]) -> str:
    return json.dumps([{**_layer_name(layer), **_place(layer, ref)} for layer, ref in cited])


def _layer(opinion: LayerResult) -> dict[str, Any]:
    return {
        **_layer_name(opinion.layer),
        "allows": opinion.allowed,
        "denies": opinion.denied,
        "statements": [_step(opinion.layer, step) for step in opinion.traces],
    }


def _step(layer: Layer, step: StatementTrace) -> dict[str, Any]:
    why = "; ".join(step.mismatches) or step.reason
    return {**_place(layer, step.ref), "effect": step.effect.value, "applies": step.applies, "why": why}


def _layer_name(layer: Layer) -> dict[str, Any]:
    return {"layer": layer.kind.value, **({"level": layer.level} if layer.kind.in_levels else {})}


def _place(layer: Layer, ref: StatementRef) -> dict[str, Any]:
    return {"policy": layer.names[ref.policy], "statement": ref.statement + 1, "sid": ref.sid}
