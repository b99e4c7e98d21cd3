"""How long whole processes take, against `python -c "import click"` in the same run: `make bench`.

The runs alternate, so that whatever else the machine does falls on all alike, and medians are compared.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
EXIF = ROOT / "examples" / "exif-pipeline" / "spec.yaml"
ROUNDS = 15
# The example's need in policy_sentry's words.
NEED = """\
mode: crud
read:
  - arn:aws:s3:::images-bucket/*
write:
  - arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable
  - arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/exif-extractor:*
"""


def commands(need: Path) -> dict[str, list[str]]:
    """What is measured."""
    return {
        "import click": [sys.executable, "-c", "import click"],
        "iamglue --version": [str(BIN / "iamglue"), "--version"],
        "iamglue generate": [str(BIN / "iamglue"), "generate", str(EXIF)],
        "policy_sentry": [str(BIN / "policy_sentry"), "write-policy", "--input-file", str(need)],
    }


def seconds(command: list[str]) -> float:
    """How long one process takes; it must succeed."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def measured() -> dict[str, float]:
    """The median time of each command, after one run of each that fills the caches."""
    with tempfile.TemporaryDirectory() as folder:
        need = Path(folder) / "need.yaml"
        need.write_text(NEED, encoding="utf-8")
        programs = commands(need)
        rounds = [{name: seconds(command) for name, command in programs.items()} for _ in range(ROUNDS + 1)][1:]
    return {name: median(times[name] for times in rounds) for name in programs}


def verdicts(times: dict[str, float]) -> list[tuple[str, bool]]:
    """What must hold, and whether it does."""
    click = times["import click"]
    version, generate = times["iamglue --version"] / click, times["iamglue generate"] / click
    return [
        (f"--version takes {version:.2f} times `import click`, at most 2", version <= 2),
        (f"generate takes {generate:.2f} times `import click`, at most 6", generate <= 6),
        ("generate is faster than policy_sentry", times["iamglue generate"] < times["policy_sentry"]),
    ]


def main() -> int:
    """Print the times and verdicts; 1 when one does not hold."""
    times = measured()
    for name, time_ in times.items():
        print(f"{name:<20} {time_ * 1000:7.1f} ms")  # noqa: T201 - a program that prints
    results = verdicts(times)
    for text, holds in results:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")  # noqa: T201
    return 0 if all(holds for _, holds in results) else 1


if __name__ == "__main__":
    sys.exit(main())
