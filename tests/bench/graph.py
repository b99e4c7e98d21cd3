"""How the graph of who can become whom grows, on accounts that are hard for it (`graph_export.py`): `make bench`.

Processor time of the graph a role, and of the whole audit a role, at each number of roles against the smallest one:
both are ratios, so they hold on any machine. `--large` adds 20,000 roles.

Processor seconds and memory of `audit --format json` on these accounts, before escalation was followed from role to
role and in November 2026, on two cores with other load: 5,000 roles 22 s and 16 s, 10,000 roles 71 s (1.1 GiB) and 24
s (0.3 GiB), 20,000 roles 240 s (4.0 GiB) and 56 s (0.5 GiB). The graph of 20,000 roles by itself took 20.2 s while a
trust policy that names thousands of roles was a square, and takes 11.1 s. An account of `audit_export.py` with 5,000
roles took 27 s before and 30 s with it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from subprocess import DEVNULL, run
from time import process_time

from graph_export import write

from iamglue.audit.access.account_access import AccountAccess
from iamglue.audit.escalation.graph import EscalationGraph
from iamglue.audit.escalation.targets import RoleIndex
from iamglue.readers.exports.authorization_details import read_authorization_details

BIN = Path(sys.executable).parent
SIZES, LARGE = (2500, 5000, 10_000), 20_000
GROWTH = 1.5  # the smallest account fits the caches of the processor better


def main() -> int:
    """Print the figures and verdicts; 1 when one does not hold."""
    sizes = (*SIZES, *((LARGE,) if "--large" in sys.argv[1:] else ()))
    with tempfile.TemporaryDirectory() as name:
        costs = [(roles, *_cost(Path(name), roles)) for roles in sizes]
    holds = True
    for roles, graph, audit in costs:
        for what, growth in (("graph", graph / costs[0][1]), ("audit", audit / costs[0][2])):
            text = f"{what} of {roles:,} roles: {growth:.2f} times the time a role at {sizes[0]:,}, at most {GROWTH}"
            print(f"{'ok  ' if growth <= GROWTH else 'FAIL'} {text}")  # noqa: T201 - a program that prints
            holds = holds and growth <= GROWTH
    return 0 if holds else 1


def _cost(folder: Path, roles: int) -> tuple[float, float]:
    """Milliseconds a role of the graph, and of the audit with its worker processes."""
    write(roles, folder)
    files = [folder / "export.json", folder / "functions.json"]
    account = read_authorization_details("export.json", *(file.read_text(encoding="utf-8") for file in files))
    start = process_time()
    reaching = len(EscalationGraph(RoleIndex(AccountAccess(account))).reaching)
    graph = (process_time() - start) / roles * 1000
    before = _children_seconds()
    command = [BIN / "iamglue", "audit", "--input", files[0], "--functions", files[1], "--format", "json"]
    run([*command, "-o", folder / "report.json"], stderr=DEVNULL, check=False)  # it has findings
    audit = (_children_seconds() - before) / roles * 1000
    text = (
        f"{roles:>6,} roles: graph {graph:.2f} ms a role, audit {audit:.1f}; {reaching:,} reach administrators or data"
    )
    print(text, flush=True)  # noqa: T201
    return graph, audit


def _children_seconds() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
