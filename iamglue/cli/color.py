"""Color for terminals: whether a stream gets it, and which parts of an output have which color.

Texts are colored last, after all foreign characters in them were escaped: a file can neither send control sequences
nor change a word of the output. Without the control sequences the colored text is the plain one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TextIO

import click

_CHOICE: ContextVar[str] = ContextVar("color", default="auto")
_SEVERITIES = {"error": "red", "security-warning": "magenta", "warning": "yellow", "suggestion": "blue"}
_ANSWERS = {
    "red": frozenset({"denied", "explicitly denied", "none", "new access", "external access", "granted"}),
    "green": frozenset({"allowed", "all", "no new access", "no external access", "not granted"}),
    "yellow": frozenset({"unknown", "undecided", "some"}),
}
_HEAD = re.compile(r"(?P<place>[^ ].*?: | {2,6})?(?P<severity>error|security-warning|warning|suggestion)(?=: )")
_RULE = re.compile(r" \[[a-z0-9-]{1,80}(?:, [A-Z0-9_]{1,80})?\]$")
_SOURCE_LINE = re.compile(r" +[0-9]+ \| ")
_MARK = re.compile(r"(?P<gutter> +\| )(?P<space> *)(?P<mark>\^+)$")
_LABEL = re.compile(r" *(?:help|hint|next):(?= )")
_NOTE = re.compile(r"note:(?= )")
_RISK = re.compile(r" {0,2}(?P<risk>[0-9]{1,3})(?=  )")
_ANSWER = re.compile(r"[a-z ]+(?=:)")
_DIFF_LINE = re.compile(r"(?: {2})?(?P<sign>[-+@])")
_TITLES = ("Audit: ", "risk  ", "Not evaluated:", "Undecided:", "=====")
_HIGH_RISK, _MEDIUM_RISK = 70, 30
Painter = Callable[[str], str]


def is_colored(stream: TextIO | None) -> bool:
    """Whether output to the stream gets color.

    `--color` decides, then NO_COLOR (https://no-color.org), then FORCE_COLOR (https://force-color.org), then whether
    the stream is a terminal that knows colors.
    """
    choice = _CHOICE.get()
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def color_option() -> click.Option:
    """The option `--color` of every command; what it says is valid for the rest of the run."""
    return click.Option(
        ["--color"],
        type=click.Choice(("auto", "always", "never")),
        default="auto",
        is_eager=True,
        expose_value=False,
        callback=_store_choice,
        help="Color the output; auto: if it goes to a terminal. NO_COLOR and FORCE_COLOR are obeyed.",
    )


def _store_choice(_ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
    _CHOICE.set(str(value))


def paint_report(text: str) -> str:
    """A report of `lint`, `audit` or `can`, or messages, with colors for severities, rules, positions and marks."""
    color = "red"
    lines = []
    for line in text.split("\n"):
        head = _HEAD.match(line)
        color = _SEVERITIES[head["severity"]] if head else color
        lines.append(_paint_line(line, head, color))
    return "\n".join(lines)


def _paint_line(line: str, head: re.Match[str] | None, color: str) -> str:
    """A line of a report in color, by what it is: the head of a finding, source, carets, a title, a label, a note."""
    rule = _RULE.search(line)
    body, tail = (line[: rule.start()], click.style(rule[0], fg="cyan")) if rule else (line, "")
    if head:
        place = click.style(head["place"], bold=True) if (head["place"] or "").strip() else head["place"] or ""
        return f"{place}{click.style(head['severity'], fg=color, bold=True)}{body[head.end() :]}{tail}"
    mark = _MARK.match(line)
    if mark:
        gutter, carets = click.style(mark["gutter"], fg="blue"), click.style(mark["mark"], fg=color, bold=True)
        return f"{gutter}{mark['space']}{carets}"
    if line.startswith(_TITLES):
        return click.style(line, bold=True)
    for pattern, color_of_start in ((_SOURCE_LINE, "blue"), (_LABEL, "cyan"), (_NOTE, None)):
        match = pattern.match(line)
        if match:
            start = click.style(match[0], fg=color_of_start, bold=pattern is not _SOURCE_LINE)
            return f"{start}{body[match.end() :]}{tail}"
    return f"{_paint_start(body)}{tail}"


def _paint_start(line: str) -> str:
    """A line with color for the risk of a role, or for the answer that it begins with."""
    risk = _RISK.match(line)
    if risk:
        number = int(risk["risk"])
        color = "red" if number >= _HIGH_RISK else "yellow" if number >= _MEDIUM_RISK else "green"
        return f"{click.style(risk[0], fg=color, bold=True)}{line[risk.end() :]}"
    answer = _ANSWER.match(line)
    for color, answers in _ANSWERS.items():
        if answer and answer[0] in answers:
            return f"{click.style(answer[0], fg=color, bold=True)}{line[answer.end() :]}"
    return line


def paint_diff(text: str) -> str:
    """A unified diff, or the differences of two policies, with colors for added and removed lines."""
    return "\n".join(map(_paint_diff_line, text.split("\n")))


def _paint_diff_line(line: str) -> str:
    """A line of a diff in color; the names of the two files are bold."""
    if line.startswith(("+++", "---")):
        return click.style(line, bold=True)
    colors = {"+": "green", "-": "red", "@": "cyan"}
    match = _DIFF_LINE.match(line)
    return click.style(line, fg=colors[match["sign"]]) if match else _paint_start(line)
