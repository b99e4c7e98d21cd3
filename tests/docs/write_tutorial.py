"""The pages that show sessions in a terminal: their files are written, their commands run, and their output is shown.

A block with a title is a file. In a block `console`, each line that begins with `$ ` is a command, and what follows is
what it prints. All blocks of a page share one directory, which is empty at first.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_BLOCK = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"\n]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)


def page_with_outputs(text: str) -> str:
    """The page with the outputs of its commands as they are now."""
    with tempfile.TemporaryDirectory() as folder:
        return _BLOCK.sub(lambda block: _block(block, Path(folder)), text)


def _block(block: re.Match[str], folder: Path) -> str:
    if block["title"]:
        path = folder / block["title"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block["text"], encoding="utf-8")
    if block["kind"] != "console":
        return block[0]
    commands = re.findall(r"^\$ .*(?:(?<=\\)\n.*)*", block["text"], re.MULTILINE)
    outputs = (f"{command}\n{_output(command[2:], folder)}" for command in commands)
    return f"```console\n{''.join(outputs)}```"


def _output(command: str, folder: Path) -> str:
    """What a terminal shows of the command."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FORCE_COLOR"))}
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables['PATH']}"
    run = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return run.stdout if run.stdout.endswith("\n") or not run.stdout else f"{run.stdout}\n"
