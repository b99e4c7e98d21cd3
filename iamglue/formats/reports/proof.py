"""The proof of a policy as text of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from iamglue.formats.policies.labelled_lines import LINE_WIDTH, count_text
from iamglue.model.proof_table import ProofLine, ProofSection, ProofTable
from iamglue.output_escaping import escape_to_one_line

_MARKS = {True: "ok", False: "FAILED", None: "unknown"}


def proof_text(table: ProofTable) -> str:
    """The number of lines that hold, then every line under its section."""
    proved = sum(line.holds is True for line in table.lines)
    lines = _wrap(f"proof for {table.function}: {proved} of {count_text(len(table.lines), 'line')} hold", "", "  ")
    if table.samples:
        listed = ", ".join(f"{name} = {value}" for name, value in table.samples)
        lines += _wrap(f"with sample values for parameters: {listed}", "", "  ")
    for section in ProofSection:
        section_lines = [line for line in table.lines if line.section is section]
        if section_lines:
            lines += ["", f"  {section.value}"]
        for line in section_lines:
            lines += _line(line)
    return "\n".join(lines)


def _line(line: ProofLine) -> Iterator[str]:
    """A claim with its mark, and the detail below it."""
    yield from _wrap(line.claim, f"    {_MARKS[line.holds]:<7} ", " " * 12)
    if line.detail:
        yield from _wrap(line.detail, " " * 14, " " * 14)


def _wrap(text: str, first: str, rest: str) -> list[str]:
    """The text in lines of 80 columns; longer words (ARNs) are not broken."""
    return wrap(
        escape_to_one_line(text),
        LINE_WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
