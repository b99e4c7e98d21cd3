"""The table of `reconcile` as text and as Markdown: what was not evaluated, the disagreements, then all the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamglue.formats.reports.report_markdown import table_cell
from iamglue.formats.words.labelled_lines import wrap_text
from iamglue.formats.words.reconcile_words import (
    VERDICT_WORDS,
    access_text,
    evidence_lines,
    gap_text,
    reconcile_summary,
    suggestion_lines,
    value_word,
)
from iamglue.model.reconciliation import AccessSource, ReconcileRow, Reconciliation
from iamglue.output_escaping import escape_to_one_line

_HEAD = ("declared", "called", "used", "granted")


def reconcile_text(table: Reconciliation) -> str:
    """The table as text."""
    return "".join(f"{line}\n" for line in _text_lines(table))


def reconcile_markdown(table: Reconciliation) -> str:
    """The table as Markdown, such as for a comment on a pull request."""
    return "".join(f"{line}\n" for line in _markdown_lines(table))


def _text_lines(table: Reconciliation) -> Iterator[str]:
    """What was not evaluated, each disagreement with its evidence, then the table and a summary."""
    if table.gaps:
        yield "not evaluated:"
        for gap in table.gaps:
            yield from wrap_text(gap_text(gap), "  ", "      ")
        yield ""
    several = len(table.functions) > 1
    for row in table.disagreements:
        yield from wrap_text(
            f"risk {row.risk}: {VERDICT_WORDS[row.verdict]}: {_name(row, several=several)}", rest="    "
        )
        for line in evidence_lines(row):
            yield from wrap_text(line, "  ", "      ")
        if row.suggestion is not None:
            first, *rest = suggestion_lines(row.suggestion)
            yield from wrap_text(f"help: {first}", "  ", "      ")
            yield from (escape_to_one_line(f"  {line}") for line in rest)
        yield ""
    if table.rows:
        yield from map(escape_to_one_line, _columns(table.rows, several=several))
        yield ""
    yield from wrap_text(reconcile_summary(table), rest="    ")


def _columns(rows: Sequence[ReconcileRow], *, several: bool) -> Iterator[str]:
    """The table: a column for each source, then the risk of a disagreement."""
    yield f"{'  '.join(_HEAD)}  risk  action and resource"
    for row in rows:
        values = "  ".join(
            value_word(value=row.value(source)).ljust(len(name))
            for source, name in zip(AccessSource, _HEAD, strict=True)
        )
        risk = str(row.risk) if row.verdict.is_disagreement else "-"
        yield f"{values}  {risk:>4}  {_name(row, several=several)}"


def _name(row: ReconcileRow, *, several: bool) -> str:
    return f"{row.function}: {access_text(row)}" if several else access_text(row)


def _markdown_lines(table: Reconciliation) -> Iterator[str]:
    """The summary, what was not evaluated, then the table."""
    yield f"## Declared, called, used, granted: {', '.join(map(table_cell, table.functions))}"
    yield ""
    yield table_cell(reconcile_summary(table))
    yield ""
    if table.gaps:
        yield "Not evaluated:"
        yield ""
        yield from (f"- {table_cell(gap_text(gap))}" for gap in table.gaps)
        yield ""
    if not table.rows:
        return
    function = "function | " if len(table.functions) > 1 else ""
    yield f"| {function}action | resource | declared | called | used | granted | risk | verdict | change |"
    yield "|---" * (9 if function else 8) + "|---|"
    for row in table.rows:
        yield _markdown_row(row, with_function=bool(function))


def _markdown_row(row: ReconcileRow, *, with_function: bool) -> str:
    """A row of the table, with the change that would make the sources agree."""
    change = (
        "" if row.suggestion is None else "<br>".join(table_cell(line) for line in suggestion_lines(row.suggestion))
    )
    cells = [
        *([table_cell(row.function)] if with_function else []),
        table_cell(row.action),
        table_cell(row.resource),
        *(value_word(value=row.value(source)) for source in AccessSource),
        str(row.risk) if row.verdict.is_disagreement else "",
        VERDICT_WORDS[row.verdict],
        change,
    ]
    return f"| {' | '.join(cells)} |"
