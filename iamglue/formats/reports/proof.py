"""The proof of a policy as text of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.words.labelled_lines import count_text, wrap_text
from iamglue.model.proof_table import ProofLine, ProofSection, ProofTable

_MARKS = {True: "ok", False: "FAILED", None: "unknown"}


def proof_text(table: ProofTable) -> str:
    """The number of lines that hold, then every line under its section."""
    proved = sum(line.holds is True for line in table.lines)
    lines = wrap_text(f"proof for {table.function}: {proved} of {count_text(len(table.lines), 'line')} hold", "", "  ")
    if table.samples:
        listed = ", ".join(f"{name} = {value}" for name, value in table.samples)
        lines += wrap_text(f"with sample values for parameters: {listed}", "", "  ")
    for section in ProofSection:
        section_lines = [line for line in table.lines if line.section is section]
        if section_lines:
            lines += ["", f"  {section.value}"]
        for line in section_lines:
            lines += _line(line)
    return "\n".join(lines)


def _line(line: ProofLine) -> Iterator[str]:
    """A claim with its mark, and the detail below it."""
    yield from wrap_text(line.claim, f"    {_MARKS[line.holds]:<7} ", " " * 12)
    if line.detail:
        yield from wrap_text(line.detail, " " * 14, " " * 14)
