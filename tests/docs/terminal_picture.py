"""Pictures of what a terminal shows, as SVG: the commands run, and their colors become those of the picture."""

from __future__ import annotations

import contextlib
import re
from html import escape

from architecture.source_tree import ROOT
from click.testing import CliRunner

from iamglue.cli.main import main

# The foreground colors that iamglue uses, readable on the dark background.
_COLORS = {31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea"}
_CONTROL = re.compile(r"\x1b\[([0-9;]*)m")
_LINE_HEIGHT, _CHARACTER_WIDTH, _MARGIN = 19, 8.45, 16
_COLUMNS = 100


def terminal_picture(folder: str, arguments: list[str], lines: int) -> str:
    """A picture of the first lines that `iamglue ARGUMENTS` prints in a folder of the repository, below the command."""
    with contextlib.chdir(ROOT / folder):
        output = CliRunner().invoke(main, [*arguments, "--color", "always"], prog_name="iamglue").stdout
    text = [f"$ iamglue {' '.join(arguments)}", *output.splitlines()[:lines]]
    width = round(2 * _MARGIN + _COLUMNS * _CHARACTER_WIDTH)
    height = 2 * _MARGIN + len(text) * _LINE_HEIGHT
    rows = (
        f'<text x="{_MARGIN}" y="{_MARGIN + (number + 0.75) * _LINE_HEIGHT:g}">{_spans(line)}</text>'
        for number, line in enumerate(text)
    )
    plain = escape(_CONTROL.sub("", "\n".join(text)))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{plain}</title>",
            "<style>text{font:14px ui-monospace,Menlo,Consolas,monospace;fill:#e6edf3;white-space:pre}</style>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>',
            *rows,
            "</svg>",
            "",
        ]
    )


def _spans(line: str) -> str:
    """The line as SVG, with a span for each run of one color."""
    parts = _CONTROL.split(line)
    color, bold, spans = "", False, []
    for index, part in enumerate(parts):
        if index % 2:
            codes = [int(code) for code in part.split(";") if code]
            color = "" if 0 in codes else next((_COLORS[code] for code in codes if code in _COLORS), color)
            bold = 1 in codes or (bold and 0 not in codes)
        elif part:
            style = (f"fill:{color};" if color else "") + ("font-weight:bold" if bold else "")
            spans.append(f'<tspan style="{style}">{escape(part)}</tspan>' if style else escape(part))
    return "".join(spans)
