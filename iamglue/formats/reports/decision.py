"""The decision on a request as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from json.encoder import encode_basestring_ascii as json_string
from typing import Any

from iamglue.engine.evaluate.decision import EvaluationDecision, StatementRef, StatementTrace
from iamglue.engine.evaluate.layer_results import LayerResult
from iamglue.engine.evaluate.layers import Layer
from iamglue.engine.evaluate.request_evaluation import CitedStatement, EvaluationResult
from iamglue.formats.words.labelled_lines import hanging_lines
from iamglue.policy.model import Effect

_DECISION_TEXTS = {
    EvaluationDecision.ALLOWED: "allowed",
    EvaluationDecision.IMPLICITLY_DENIED: "denied",
    EvaluationDecision.EXPLICITLY_DENIED: "denied explicitly",
    EvaluationDecision.UNKNOWN: "unknown",
}
_APPLIES = {True: "yes", False: "no", None: "?"}


def decision_line(evaluation: EvaluationResult, notes: tuple[str, ...] = (), aws_owned: str | None = None) -> str:
    """The decision as one line of JSON without a line end, for a batch of requests."""
    head = f'{{"decision": "{evaluation.decision.value}", "reason": {json_string(evaluation.reason)}, '
    line = f'{head}"decided_by": {_cited_json(evaluation.decided_by) if evaluation.decided_by else "[]"}'
    if evaluation.assumptions:
        line += f', "assumed": {_json_list(evaluation.assumptions)}'
    if notes:
        line += f', "notes": {_json_list(notes)}'
    if aws_owned:
        line += f', "aws_owned": {json_string(aws_owned)}'
    return line + "}"


def unreadable_request_line(reason: str) -> str:
    """The line of JSON for a request that could not be read."""
    return f'{{"decision": "{EvaluationDecision.UNKNOWN.value}", "reason": {json_string(reason)}, "decided_by": []}}'


def decision_json(evaluation: EvaluationResult, notes: tuple[str, ...] = (), aws_owned: str | None = None) -> str:
    """The decision as a JSON document: the keys of `decision_line`, the request, and the trace of every layer."""
    return json.dumps(decision_data(evaluation, notes, aws_owned), indent=2) + "\n"


def decision_data(
    evaluation: EvaluationResult, notes: tuple[str, ...] = (), aws_owned: str | None = None
) -> dict[str, Any]:
    """The plain data of `decision_json`."""
    request = evaluation.request
    return {
        **_line_data(evaluation, notes, aws_owned),
        "request": {
            "action": request.action,
            "resource": request.resource,
            "principal": request.principal,
            "context": {key: list(values) for key, values in request.context.items()},
        },
        "layers": [_layer_data(layer_result) for layer_result in evaluation.layer_results],
    }


def decision_text(evaluation: EvaluationResult, notes: tuple[str, ...] = (), aws_owned: str | None = None) -> str:
    """The decision as text of 80 columns (long ARNs are not broken), with the trace of every layer."""
    request = evaluation.request
    all_notes = (*notes, aws_owned) if aws_owned else notes
    lines = hanging_lines(f"{_DECISION_TEXTS[evaluation.decision]}: ", f"{request.action} on {request.resource}")
    lines += hanging_lines("  because ", evaluation.reason)
    if evaluation.decision in (EvaluationDecision.IMPLICITLY_DENIED, EvaluationDecision.UNKNOWN):
        for layer_result in evaluation.layer_results:
            lines += _near_misses(layer_result)
    for text in (*evaluation.assumptions, *all_notes):
        lines += hanging_lines("  note    ", text)
    for layer_result in evaluation.layer_results:
        lines += ["", f"  {layer_result.layer.label}", *_trace_lines(layer_result)]
    return "\n".join(lines) + "\n"


def _near_misses(layer_result: LayerResult) -> Iterator[str]:
    """Allow statements that match the action but not the rest of the request."""
    if not layer_result.allows:
        for trace in layer_result.traces:
            if trace.effect is Effect.ALLOW and trace.action_matches and trace.applies is False:
                unmet = ", and ".join(trace.mismatches)
                yield from hanging_lines(
                    "  almost  ", f"{layer_result.layer.cite(trace.ref)} would allow it except for {unmet}"
                )


def _trace_lines(layer_result: LayerResult) -> Iterator[str]:
    """A line for each statement of a layer: its effect, whether it applies, and why."""
    for trace in layer_result.traces:
        reason = "; ".join(trace.mismatches) or trace.reason
        head = f"    {trace.effect.value:<5} {_APPLIES[trace.applies]:<3} "
        yield from hanging_lines(head, f"{layer_result.layer.cite(trace.ref)}: {reason}")


def _line_data(evaluation: EvaluationResult, notes: tuple[str, ...], aws_owned: str | None) -> dict[str, Any]:
    """The keys of `decision_line` as plain data."""
    data: dict[str, Any] = json.loads(decision_line(evaluation, notes, aws_owned))
    return data


@lru_cache(maxsize=8192)
def _json_list(texts: tuple[str, ...]) -> str:
    """A list of texts as JSON; cached because a batch repeats it."""
    return json.dumps(texts)


@lru_cache(maxsize=8192)
def _cited_json(cited: tuple[CitedStatement, ...]) -> str:
    """The cited statements as JSON; cached because a batch repeats them."""
    return json.dumps([{**_layer_name(layer), **_statement_data(layer, ref)} for layer, ref in cited])


def _layer_data(layer_result: LayerResult) -> dict[str, Any]:
    """An item of `layers`; `allows` and `denies` are null if that is not known."""
    return {
        **_layer_name(layer_result.layer),
        "allows": layer_result.allowed,
        "denies": layer_result.denied,
        "statements": [_trace_data(layer_result.layer, trace) for trace in layer_result.traces],
    }


def _trace_data(layer: Layer, trace: StatementTrace) -> dict[str, Any]:
    why = "; ".join(trace.mismatches) or trace.reason
    return {**_statement_data(layer, trace.ref), "effect": trace.effect.value, "applies": trace.applies, "why": why}


def _layer_name(layer: Layer) -> dict[str, Any]:
    return {"layer": layer.kind.value, **({"level": layer.level} if layer.kind.in_levels else {})}


def _statement_data(layer: Layer, ref: StatementRef) -> dict[str, Any]:
    """Policy name, statement number (from 1) and Sid."""
    return {"policy": layer.names[ref.policy], "statement": ref.statement + 1, "sid": ref.sid}
