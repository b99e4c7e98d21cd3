"""How fast `lint` is, against parliament on the same policies in the same run: `make bench`.

parliament is asked as its users ask it: its library for many policies in one process, its command for one file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from moto.iam.aws_managed_policies import aws_managed_policies_data

BIN = Path(sys.executable).parent
# Byte code is kept between runs, as it is where a package is installed, whatever this machine's settings say.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ROUNDS = 11
MANY_ROUNDS = 3
SMALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::images-bucket/*"}],
}
# Each prints how long the policies of a folder took, imports and start-up left out.
OURS = """
import gc, sys, time
from datetime import date
from pathlib import Path
from iamglue.lint.run import lint_file
from iamglue.lint.selection import RuleSelection
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.policy_texts import read_policies
gc.disable()
texts = {str(path): path.read_text() for path in sorted(Path(sys.argv[1]).iterdir())}
begin = time.perf_counter()
for path, text in texts.items():
    lint_file(read_policies(path, text, None, ParameterValues()), RuleSelection(), date(2026, 1, 1))
print(time.perf_counter() - begin)
"""
THEIRS = """
import sys, time
from pathlib import Path
from parliament import analyze_policy_string
texts = [path.read_text() for path in sorted(Path(sys.argv[1]).iterdir())]
begin = time.perf_counter()
for text in texts:
    try:
        analyze_policy_string(text)
    except Exception:
        pass  # it gives up on some
print(time.perf_counter() - begin)
"""


def main() -> int:
    """Print the times and verdicts; 1 when one does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        many, small = Path(folder) / "managed", Path(folder) / "small.json"
        many.mkdir()
        for name, policy in json.loads(aws_managed_policies_data).items():
            (many / f"{name}.json").write_text(json.dumps(policy["Document"], indent=4), encoding="utf-8")
        small.write_text(json.dumps(SMALL), encoding="utf-8")
        verdicts = [*_many(many), *_small(small), _memory(many)]
    for text, holds in verdicts:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")  # noqa: T201 - a program that prints
    return 0 if all(holds for _, holds in verdicts) else 1


def _many(folder: Path) -> list[tuple[str, bool]]:
    runs = [(_seconds_inside(OURS, folder), _seconds_inside(THEIRS, folder)) for _ in range(MANY_ROUNDS)]
    ours, theirs = (median(seconds) for seconds in zip(*runs, strict=True))
    count = len(list(folder.iterdir()))
    text = f"{count} policies: {ours:.2f} s, parliament {theirs:.2f} s: {theirs / ours:.1f} times faster, at least 5"
    return [(text, theirs / ours >= 5)]


def _seconds_inside(program: str, folder: Path) -> float:
    command = [sys.executable, "-c", program, str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout)


def _small(path: Path) -> list[tuple[str, bool]]:
    # parliament takes a file by name only where stdin is a terminal.
    commands = ([str(BIN / "iamglue"), "lint", str(path)], [str(BIN / "parliament")])
    rounds = [[_whole(command, path) for command in commands] for _ in range(ROUNDS + 1)][1:]
    ours, theirs = (median(seconds) for seconds in zip(*rounds, strict=True))
    text = (
        f"one file: {ours * 1000:.0f} ms, parliament {theirs * 1000:.0f} ms: "
        f"{theirs / ours:.1f} times faster, at least 2.5"
    )
    return [(text, theirs / ours >= 2.5)]


def _whole(command: list[str], stdin: Path) -> float:
    with stdin.open() as file:
        begin = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True, stdin=file, env=ENVIRONMENT)
        return time.perf_counter() - begin


def _memory(folder: Path) -> tuple[str, bool]:
    program = "import subprocess, sys, resource\nsubprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
    program += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", program, str(BIN / "iamglue"), "lint", "--jobs", "1", str(folder)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    mebibytes = int(run.stdout) / (1024 if sys.platform == "linux" else 1024 * 1024)
    return f"peak memory {mebibytes:.0f} MiB, at most 150", mebibytes <= 150


if __name__ == "__main__":
    sys.exit(main())
