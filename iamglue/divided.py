"""Roles judged in several processes, where there are many: the same answers, in the same order."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from iamglue.judging import Said, judge
from iamglue.lint_documents import DocumentFaults
from iamglue.subjects.audit import Case

# A process of its own reads the catalogue, and remembers what it read: it is worth that for hundreds of roles.
_EACH = 700
_CHUNK = 10


class _Share:
    """The cases as one process sees them, and what it remembers of their documents."""

    def __init__(self) -> None:
        self.cases: Sequence[Case] = ()
        self.faults = DocumentFaults()

    def take(self, cases: Sequence[Case]) -> None:
        """Begin with these cases."""
        self.cases, self.faults = cases, DocumentFaults()


_share = _Share()


def said_of(cases: Sequence[Case], processes: int) -> list[Said]:
    """The answer for each case; at most so many processes are used, and only where a process can be divided."""
    count = min(processes, len(cases) // _EACH + 1)
    if count < 2 or not _is_divisible():
        faults = DocumentFaults()
        return [judge(case, faults) for case in cases]
    # What one process has read before it divides, all have.
    first = judge(cases[0])
    return [first, *_divided(cases, range(1, len(cases), _CHUNK), count)]


def _divided(cases: Sequence[Case], starts: Sequence[int], count: int) -> list[Said]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - startup: only for many roles
    from multiprocessing import get_context  # noqa: PLC0415

    # Divided by forking, the processes see the cases without a copy: what goes between them is what was found.
    pool = ProcessPoolExecutor(count - 1, get_context("fork"), _share.take, (cases,))
    try:
        asked = [pool.submit(_chunk, start) for start in starts]
        _share.take(cases)
        own: dict[int, list[Said]] = {}
        for start, future in zip(reversed(starts), reversed(asked), strict=True):
            if not future.cancel():
                break
            own[start] = _chunk(start)
        chunks = (own.get(start) or future.result() for start, future in zip(starts, asked, strict=True))
        return [said for chunk in chunks for said in chunk]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # they end while the answers are written


def _chunk(start: int) -> list[Said]:
    return [judge(case, _share.faults) for case in _share.cases[start : start + _CHUNK]]


def _is_divisible() -> bool:
    from multiprocessing import get_all_start_methods  # noqa: PLC0415 - startup: only for many roles

    # macOS has it, too, but its libraries do not bear it: https://docs.python.org/3/library/multiprocessing.html
    return sys.platform != "darwin" and "fork" in get_all_start_methods()
