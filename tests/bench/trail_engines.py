"""Where Apache Spark begins to win: `python tests/bench/trail_engines.py [RECORDS...]`, by default 20000 and 200000.

Needs pyspark and Java 17 (`make test-spark`). The whole commands are compared, on one core each (`--jobs 1`,
`local[1]`), by their processor time, with the children of the command: Spark is a process of Java. From two sizes
follow the seconds that a start costs and those of a million records.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trail import say, write_logs

DEFAULT_SIZES = (20_000, 200_000)


def main() -> int:
    """Print what was measured; 1 if the two usages differ."""
    sizes = [int(size) for size in sys.argv[1:]] or list(DEFAULT_SIZES)
    seconds: dict[str, list[float]] = {"here": [], "Spark": []}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            logs = Path(folder, f"logs-{size}")
            write_logs(logs, size)
            outputs = []
            for name, options in (("here", ("--jobs", "1")), ("Spark", ("--spark", "local[1]"))):
                usage = Path(folder, f"{name}-{size}.json")
                processor, wall = measured(logs, usage, options)
                seconds[name].append(processor)
                outputs.append(usage.read_bytes())
                say(f"{size:,} records, {name}: {processor:.1f} s of processor time, {wall:.1f} s in all")
            if outputs[0] != outputs[1]:
                say("NOT the usages are the same")
                return 1
    say("ok  the usages are the same")
    for name, (small, large) in seconds.items():
        million = (large - small) / (sizes[-1] - sizes[0]) * 1e6
        say(f"{name}: {million:.1f} s for each million records, {small - million * sizes[0] / 1e6:.1f} s for the start")
    return 0


def measured(logs: Path, usage: Path, options: tuple[str, ...]) -> tuple[float, float]:
    """Processor and wall time of the command with its children, as they were last seen: Java does not end before it."""
    command = [sys.executable, "-m", "iamglue", "infer", "trail", str(logs), "-o", str(usage), *options]
    begin, ticks = time.monotonic(), dict[int, int]()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            ticks.update(_ticks(process.pid))
            time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)[:200]}: exit code {process.returncode}")
    return sum(ticks.values()) / os.sysconf("SC_CLK_TCK"), time.monotonic() - begin


def _ticks(pid: int) -> dict[int, int]:
    """The processor time of a process and its children, by their ids (Linux)."""
    result = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        number = int(path.parent.name)
        if pid in (number, int(fields[1])):
            result[number] = int(fields[11]) + int(fields[12])
    return result


if __name__ == "__main__":
    sys.exit(main())
