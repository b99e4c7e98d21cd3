"""Which requests of a pattern are allowed, as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.engine.solve.request_patterns import PatternResult
from iamglue.formats.reports.decision import decision_data
from iamglue.formats.words.labelled_lines import hanging_lines


def pattern_text(result: PatternResult, notes: tuple[str, ...] = ()) -> str:
    """The answer as text of 80 columns, with an example of a request that is allowed and of one that is not."""
    pattern = result.pattern
    lines = hanging_lines(f"{result.answer.value}: ", f"{pattern.action} on {pattern.resource}")
    for reason in result.reasons:
        lines += hanging_lines("  because ", reason)
    for label, example in (("  allowed ", result.allowed), ("  denied  ", result.denied)):
        if example is not None:
            lines += hanging_lines(label, f"{example.request.action} on {example.request.resource}")
            lines += hanging_lines(" " * len(label), f"because {example.reason}")
    for assumption in _assumptions(result):
        lines += hanging_lines("  note    ", assumption)
    for note in (*notes, *result.notes):
        lines += hanging_lines("  note    ", note)
    return "\n".join(lines) + "\n"


def pattern_json(result: PatternResult, notes: tuple[str, ...] = ()) -> str:
    """The answer as a JSON document."""
    return json.dumps(_pattern_data(result, notes), indent=2) + "\n"


def pattern_line(result: PatternResult, notes: tuple[str, ...] = ()) -> str:
    """The answer as one line of JSON without a line end, for a batch of requests."""
    return json.dumps(_pattern_data(result, notes))


def _pattern_data(result: PatternResult, notes: tuple[str, ...]) -> dict[str, Any]:
    """The keys of the JSON document; the examples are null if none was found."""
    pattern, assumptions, all_notes = result.pattern, _assumptions(result), (*notes, *result.notes)
    return {
        "answer": result.answer.value,
        "reasons": list(result.reasons),
        "allowed_example": _example_data(result.allowed),
        "denied_example": _example_data(result.denied),
        **({"assumed": list(assumptions)} if assumptions else {}),
        **({"notes": list(all_notes)} if all_notes else {}),
        "request": {
            "action": pattern.action,
            "resource": pattern.resource,
            "principal": pattern.principal,
            "context": {key: list(values) for key, values in pattern.context.items()},
        },
    }


def _example_data(example: EvaluationResult | None) -> dict[str, Any] | None:
    """An example as the answer to its request, without the trace of every layer."""
    if example is None:
        return None
    return {key: value for key, value in decision_data(example).items() if key != "layers"}


def _assumptions(result: PatternResult) -> tuple[str, ...]:
    examples = (result.allowed, result.denied)
    return tuple(dict.fromkeys(text for example in examples if example for text in example.assumptions))
