"""How fast `audit` is on exports of accounts, how that grows, and cloudsplaining beside it: `make bench`.

Whole processes are timed, HTML included; and the graph of who can become whom, by itself. `--large` adds an account of
20,000 roles, and cloudsplaining on one of 6,000, for which it needs minutes.

Processor seconds of `audit --format json`, before escalation was followed from role to role and with it, measured in
November 2026 on a machine with other load: 2,500 roles 22.5 and 28.6, 5,000 roles 59.5 and 71.0. The graphs by
themselves of accounts that are hard for it, of 1,250 and of 2,500 roles: a pattern of its own for each role, which
matches ten roles, 2.7 and 5.2; one pattern for all roles that matches all 0.5 and 0.3; patterns by their end 0.6 and
0.6; one role that may assume all 0.5 and 0.4; a chain of all 0.9 and 0.8; a loop of all 0.4 and 0.8.

Processor seconds of 2,000 roles without functions, measured in turns with other load in November 2026: HTML 13.8, and
10.9 since the workers find the routes, in the graph that they inherit (before, each process built a graph of its own);
JSON with one process 10.0 and 9.1, since the paths and sensitive actions of a role are searched for once, and literal
names are compared with ARN formats without patterns. Of 300 roles as JSON, in processor instructions that valgrind
counts: 8.16 thousand million, and 7.24 since valid documents are read without positions. Lint of the documents takes
40 % of the audit: its results are not cached, as few policies of an account name the same resources.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time

from audit_export import write
from calibrate import factor
from processes import Taken, run

from iamglue.audit.access.account_access import AccountAccess
from iamglue.audit.escalation.graph import EscalationGraph
from iamglue.audit.escalation.targets import RoleIndex
from iamglue.readers.exports.authorization_details import read_authorization_details

BIN = Path(sys.executable).parent
SMALLER, ROLES, MORE, LARGE = (500, 1000), 2000, 6000, 20_000
SECONDS, MEBIBYTES, HTML_BYTES = 20, 500, 5 * 1024 * 1024
GROWTH, FASTER = 1.3, 10
GRAPH_MILLISECONDS = 1.0  # a tenth of what the audit of a role takes
ROUNDS = 3
Verdict = tuple[str, bool]


def main() -> int:
    """Print the figures and verdicts; 1 when one does not hold."""
    large = "--large" in sys.argv[1:]
    sizes = (*SMALLER, ROLES, *((MORE, LARGE) if large else ()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken = {roles: audited(folder, roles) for roles in sizes}
        verdicts = [*_limits(taken[ROLES], folder / f"{ROLES}.html"), *_growth(taken), _beside(folder, ROLES)]
        verdicts += [_beside(folder, MORE, rounds=1)] if large else []
        verdicts += _graphs(folder, sizes)
    for text, holds in verdicts:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")  # noqa: T201 - a program that prints
    return 0 if all(holds for _, holds in verdicts) else 1


def audited(folder: Path, roles: int) -> Taken:
    """What the audit of an export of so many roles takes: the run of median length, of a few."""
    here = folder / str(roles)
    here.mkdir()
    write(roles, here)
    command = ours(here, "--functions", str(here / "functions.json"), "-o", str(folder / f"{roles}.html"))
    runs = [run(command) for _ in range(ROUNDS if roles <= ROLES else 1)]
    middle = sorted(runs, key=lambda taken: taken.seconds)[len(runs) // 2]
    milliseconds = middle.seconds / roles * 1000
    text = f"{roles:>6,} roles: {middle.seconds:6.1f} s, {milliseconds:.1f} ms a role, {middle.mebibytes:.0f} MiB"
    print(text, flush=True)  # noqa: T201 - it prints
    return middle


def ours(folder: Path, *options: str) -> list[str]:
    """The audit of an export."""
    return [str(BIN / "iamglue"), "audit", "--input", str(folder / "export.json"), "--format", "html", *options]


def _limits(taken: Taken, html: Path) -> list[Verdict]:
    limit, size = SECONDS * factor(), html.stat().st_size
    return [
        (f"{ROLES:,} roles: {taken.seconds:.1f} s, at most {limit:.1f}", taken.seconds <= limit),
        (f"{ROLES:,} roles: {taken.mebibytes:.0f} MiB, at most {MEBIBYTES}", taken.mebibytes <= MEBIBYTES),
        (f"{ROLES:,} roles: HTML of {size / 1024 / 1024:.1f} MiB, at most 5", size <= HTML_BYTES),
    ]


def _growth(taken: dict[int, Taken]) -> list[Verdict]:
    """Time a role, of each number of roles against the number before it; the largest against the one of the limits."""
    pairs = [(SMALLER[0], SMALLER[1]), (SMALLER[1], ROLES), *((ROLES, roles) for roles in taken if roles > ROLES)]
    verdicts = []
    for few, many in pairs:
        times = (taken[many].seconds / many) / (taken[few].seconds / few)
        text = f"time a role at {many:,} roles: {times:.2f} times that at {few:,}, at most {GROWTH}"
        verdicts.append((text, times <= GROWTH))
    return verdicts


def _graphs(folder: Path, sizes: tuple[int, ...]) -> list[Verdict]:
    """The graph of who can become whom: processor time a role, for each number of roles."""
    costs = {}
    for roles in sizes:
        here = folder / str(roles)
        texts = [(here / name).read_text(encoding="utf-8") for name in ("export.json", "functions.json")]
        account = read_authorization_details("export.json", *texts)
        start = process_time()
        graph = EscalationGraph(RoleIndex(AccountAccess(account)))
        reaching = len(graph.reaching)
        costs[roles] = (process_time() - start) / roles * 1000
        text = f"{roles:>6,} roles: graph of {costs[roles]:.2f} ms a role; {reaching:,} reach administrators or data"
        print(text, flush=True)  # noqa: T201 - it prints
    slowest, limit = max(costs[roles] for roles in sizes if roles >= ROLES), GRAPH_MILLISECONDS * factor()
    return [(f"graph: {slowest:.2f} ms a role, at most {limit:.2f}", slowest <= limit)]


def _beside(folder: Path, roles: int, rounds: int = ROUNDS) -> Verdict:
    """Both on one file, in turn; cloudsplaining reads no list of functions."""
    here, out = folder / str(roles), folder / f"theirs-{roles}"
    out.mkdir()
    scan = [_cloudsplaining(folder), "scan", "--skip-open-report", "--input-file", str(here / "export.json")]
    mine_too = ours(here, "-o", str(folder / "beside.html"))
    commands = (mine_too, [*scan, "--output", str(out)])
    pairs = [[run(command, watched=False) for command in commands] for _ in range(rounds)]
    mine, theirs = (median(taken.seconds for taken in runs) for runs in zip(*pairs, strict=True))
    times = theirs / mine
    text = f"{roles:,} roles: {mine:.1f} s, cloudsplaining {theirs:.1f} s: {times:.1f} times faster, at least {FASTER}"
    return text, times >= FASTER


def _cloudsplaining(folder: Path) -> str:
    """The command of this environment, or of one of its own."""
    if (BIN / "cloudsplaining").exists():
        return str(BIN / "cloudsplaining")
    own = folder / "environment"
    subprocess.run([BIN / "uv", "venv", "--quiet", "--python", sys.executable, own], check=True)
    install = [BIN / "uv", "pip", "install", "--quiet", "--python", own / "bin" / "python", "cloudsplaining>=0.9.1"]
    subprocess.run(install, check=True)
    return str(own / "bin" / "cloudsplaining")


if __name__ == "__main__":
    sys.exit(main())
