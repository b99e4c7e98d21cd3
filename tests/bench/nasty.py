"""What it takes to compare hard policies within IAM's quotas: `make bench`.

Seconds of processor time and the most memory, start and showing included, of `iamglue diff` in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.calibrate import factor
from bench.nasty_policies import Pair, named, pairs

_SECONDS, _MEBIBYTES = 5.0, 500
_PATIENCE = 60


def measured(pair: Pair) -> tuple[float, float, str]:
    """Seconds, MiB and the first line that `diff` writes."""
    with tempfile.TemporaryDirectory() as folder:
        sides: dict[str, list[str]] = {"old": [], "new": []}
        for name, text in named(pair):
            path = Path(folder, name)
            path.write_text(text, encoding="utf-8")
            sides[name[:3]].append(str(path))
        command = [sys.executable, "-m", "iamglue", "diff", "+".join(sides["old"]), "+".join(sides["new"])]
        limited = ["bash", "-c", f'ulimit -t {_PATIENCE}; exec "$@"', "diff", *command]
        with subprocess.Popen(limited, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            lines = process.stdout.read().splitlines() if process.stdout else []
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        word = lines[0].partition(":")[0] if lines else f"nothing, exit {process.returncode}"
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, f"{word}, {len(lines)} lines"


def main() -> int:
    """Print figures and verdicts; 1 when a limit is missed."""
    scale = factor()
    failed = 0
    wanted = sys.argv[1:]
    for name, make in pairs().items():
        if wanted and not any(word in name for word in wanted):
            continue
        seconds, memory, answer = measured(make())
        holds = seconds <= _SECONDS * max(scale, 1) and memory <= _MEBIBYTES
        failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {name}: {seconds:.1f} s, {memory:.0f} MiB: {answer}", flush=True)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
