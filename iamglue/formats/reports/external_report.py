"""What a policy allows outside a zone of trust, as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from iamglue.formats.reports.diff_json import request_data, source_data, statement_data
from iamglue.formats.reports.diff_markdown import code_span
from iamglue.formats.words.diff_words import request_lines
from iamglue.formats.words.labelled_lines import condition_text, labelled_lines
from iamglue.model.external_report import ExternalAnswer, ExternalReport
from iamglue.output_escaping import escape_to_one_line
from iamglue.policy.model import Statement
from iamglue.risk.external_access import ExternalAccessKind, ExternalGrant

_HEADLINES = {
    ExternalAnswer.EXTERNAL_ACCESS: ("external access", "{} allows access from outside {}"),
    ExternalAnswer.NO_EXTERNAL_ACCESS: ("no external access", "{} allows nothing from outside {}"),
    ExternalAnswer.UNKNOWN: ("unknown", "cannot decide whether {} allows access from outside {}"),
}


def render_external_report(report: ExternalReport, format: str) -> str:
    """The report as `json`, `markdown` or `text`."""
    match format:
        case "json":
            return _json(report)
        case "markdown":
            return _markdown(report)
        case _:
            return _text(report)


def _json(report: ExternalReport) -> str:
    """The report as JSON; the first grant also has the keys of a difference."""
    first = next(iter(report.grants), None)
    data = {
        "answer": report.answer.value,
        "trust": list(report.trust),
        "witness": request_data(first.witness) if first else None,
        "reason": first.reason if first else "",
        "future_only": all(grant.future_only for grant in report.grants) and first is not None,
        "unlisted_only": all(grant.unlisted_only for grant in report.grants) and first is not None,
        **{
            kind.value.replace("-", "_"): [_grant_data(report, grant) for grant in report.grants_of(kind)]
            for kind in ExternalAccessKind
        },
        **({"assumed": [report.assumption]} if report.assumption else {}),
    }
    return json.dumps(data, indent=2) + "\n"


def _grant_data(report: ExternalReport, grant: ExternalGrant) -> dict[str, Any]:
    """One grant, with the request that shows it, or why it is not decided."""
    return {
        "grantee": grant.grantee,
        "statement": statement_data(report.statement(grant)),
        "source": source_data(report.source(grant)),
        "witness": request_data(grant.witness),
        "reason": grant.reason,
        "future_only": grant.future_only,
        "unlisted_only": grant.unlisted_only,
    }


def _text(report: ExternalReport) -> str:
    """The answer, then the grants by the kind of access."""
    word, sentence = _HEADLINES[report.answer]
    lines = [escape_to_one_line(f"{word}: {sentence.format(report.file.path, ', '.join(report.trust))}")]
    lines += labelled_lines("assumed", [report.assumption] if report.assumption else [])
    for kind in ExternalAccessKind:
        for grant in report.grants_of(kind):
            lines += ["", escape_to_one_line(f"  {kind.value}: {grant.grantee}"), *_grant_lines(report, grant)]
    return "\n".join(lines) + "\n"


def _grant_lines(report: ExternalReport, grant: ExternalGrant) -> Iterator[str]:
    """What a grant allows, by which statement, and a request that shows it."""
    statement = report.statement(grant)
    yield from labelled_lines("may", _actions(statement))
    yield from labelled_lines("when", [condition_text(condition) for condition in statement.conditions])
    yield from labelled_lines("from", [str(report.source(grant))])
    yield from labelled_lines("such as", request_lines(grant.witness) if grant.witness else [])
    yield from labelled_lines("note", _notes(grant))


def _actions(statement: Statement) -> list[str]:
    """The actions of a statement, for NotAction in words."""
    if statement.actions.negated:
        return [f"anything but {' and '.join(statement.actions.values)}"]
    return list(statement.actions.values)


def _notes(grant: ExternalGrant) -> list[str]:
    """Why a grant is not decided, or what it is limited to."""
    notes = [grant.reason] if grant.reason else []
    if grant.future_only:
        notes.append("this is only about actions that do not exist yet")
    if grant.unlisted_only:
        notes.append("AWS's reference does not list such resources for these actions, but they may exist")
    return notes


def _markdown(report: ExternalReport) -> str:
    """The answer, then a table of the grants."""
    word, sentence = _HEADLINES[report.answer]
    text = sentence.format(code_span(report.file.path), ", ".join(map(code_span, report.trust)))
    lines = [f"### iamglue: {word}", "", f"{text[0].upper()}{text[1:]}."]
    if report.assumption:
        lines += ["", f"Assumed: {report.assumption}."]
    if report.grants:
        lines += ["", "| access | who | statement | such as | note |", "|---|---|---|---|---|"]
    for kind in ExternalAccessKind:
        for grant in report.grants_of(kind):
            request = request_lines(grant.witness)[0] if grant.witness else ""
            cells = (grant.grantee, str(report.source(grant)), request, "; ".join(_notes(grant)))
            lines.append(f"| {kind.value} | {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A cell of a table: a vertical bar would end it, even in a code span.

    https://github.github.com/gfm/#tables-extension-
    """
    return code_span(text).replace("|", "\\|") if text else ""
