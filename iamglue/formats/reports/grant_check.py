"""What policies may grant of what they must never grant, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from iamglue.formats.reports.diff_json import request_data, source_data
from iamglue.formats.words.diff_words import request_lines
from iamglue.formats.words.labelled_lines import labelled_lines
from iamglue.model.grant_check import GrantAnswer, GrantCheck, overall_answer
from iamglue.output_escaping import escape_to_one_line

_HEADLINES = {
    GrantAnswer.GRANTED: "granted: {} may be allowed",
    GrantAnswer.NOT_GRANTED: "not granted: {} is never allowed",
    GrantAnswer.UNKNOWN: "unknown: cannot decide whether {} may be allowed",
}


def grant_checks_json(checks: Sequence[GrantCheck]) -> str:
    """The overall answer with the first witness, in the keys of a difference, and the answer for each pattern."""
    answer = overall_answer(tuple(checks))
    decisive = next((check for check in checks if check.answer is answer), None)
    data = {
        "answer": answer.value,
        **(_proof_data(decisive) if decisive else {}),
        "checks": [
            {
                "never": check.pattern.text,
                "answer": check.answer.value,
                **_proof_data(check),
                "allowed_by": [source_data(source) for source in check.allowed_by],
                "notes": list(check.notes),
            }
            for check in checks
        ],
    }
    return json.dumps(data, indent=2) + "\n"


def _proof_data(check: GrantCheck) -> dict[str, Any]:
    """The proof in the keys of a difference: a request as witness, or why it is not decided."""
    proof = check.proof
    return {
        "witness": request_data(proof.witness),
        "reason": proof.reason,
        "future_only": proof.future_only,
        "unlisted_only": proof.unlisted_only,
    }


def grant_checks_text(checks: Sequence[GrantCheck]) -> str:
    """For each pattern the answer, a request that is allowed, and the statements that allow it."""
    return "\n".join(line for check in checks for line in _lines(check)) + "\n"


def _lines(check: GrantCheck) -> Iterator[str]:
    """The answer for one pattern, with what shows it."""
    yield escape_to_one_line(_HEADLINES[check.answer].format(check.pattern.text))
    proof = check.proof
    if proof.witness is not None:
        yield from labelled_lines("such as", request_lines(proof.witness))
        yield from labelled_lines("from", [str(source) for source in check.allowed_by])
    yield from labelled_lines("because", [proof.reason] if proof.reason else [])
    if proof.future_only:
        yield from labelled_lines("note", ["this is only about actions that do not exist yet"])
    if proof.unlisted_only and not proof.reason:
        yield from labelled_lines(
            "note", ["AWS's reference does not list such resources for these actions, but they may exist"]
        )
    yield from labelled_lines("note", check.notes)
