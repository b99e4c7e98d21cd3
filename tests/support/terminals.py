"""Runs `iamglue` in a real pseudo-terminal of 80 columns."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

CONTROL = re.compile(r"\x1b\[[0-9;]*[mK]")


def run_in_terminal(
    arguments: list[str | Path],
    folder: Path,
    env: dict[str, str] | None = None,
    *,
    program: tuple[str, ...] = ("-m", "iamglue"),
    **options,
) -> str:
    """What a terminal shows of stdout and stderr, with its control sequences.

    `options` go to Popen: `stdout` and `stderr` may be others than the terminal.
    """
    ours, theirs = pty.openpty()
    variables = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, *program, *map(str, arguments)],
        cwd=folder,
        env={**variables, "TERM": "xterm-256color", "COLUMNS": "80", **(env or {})},
        stdin=theirs,
        **{"stdout": theirs, "stderr": theirs, **options},
    )
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:  # how Linux reports that the other side was closed
        pass
    process.wait()
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")
