"""`audit`: for deployed functions, what their roles grant against what is declared, used and reachable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from iamglue.audit.evaluate import Said, judge
from iamglue.audit.parallel import said_of
from iamglue.audit.targets import Chosen, Gathered, gathered
from iamglue.findings import NotEvaluated, Report
from iamglue.model.account import Account
from iamglue.model.role_context import Audit, Case, Judged
from iamglue.model.usage import Usage

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.spec import Function

__all__ = ["Chosen", "audit", "judged"]


def audit(
    accounts: Sequence[Account],
    specs: Sequence[Function] = (),
    usage: Usage | None = None,
    chosen: Chosen | None = None,
    *,
    processes: int = 1,
) -> Audit:
    """What the rules say of every role that was asked about; a rule that raises is reported as not evaluated.

    `specs` are functions of specs, without parameters that have no value: each belongs to the deployed functions of
    its name, Region and account. More `processes` give the same answer sooner, where there are many roles.
    """
    found = gathered(accounts, specs, usage or Usage(), chosen or Chosen())
    said = said_of(found.cases, processes)
    findings = tuple(finding for each in said for finding in each.findings)
    gaps = (*_read_gaps(accounts, found), *(gap for each in said for gap in each.gaps))
    report = Report(findings, tuple(dict.fromkeys(gaps)), len(said), sum(each.documents for each in said))
    return Audit(tuple(map(_judged, found.cases, said)), report, tuple(accounts))


def judged(case: Case) -> Judged:
    """What the rules say of one role."""
    return _judged(case, judge(case))


def _judged(case: Case, said: Said) -> Judged:
    return Judged(case, said.findings, said.risk, said.granted, said.needed)


def _read_gaps(accounts: Sequence[Account], found: Gathered) -> Iterator[NotEvaluated]:
    for account in accounts:
        yield from account.gaps
    yield from found.gaps
