"""Roles judged in several processes, where there are many: the same answers, in the same order.

The processes are divided by forking, so that they see the cases without a copy. The numbers of the chunks stand in a
pipe, from which each takes the next when it is done with one; what the others find comes back in pipes of their own.
What a process that died had taken is judged here.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from select import select

from iamglue.audit.audit_context import AuditContext
from iamglue.audit.evaluate import RoleEvaluation, evaluate_role
from iamglue.model.role_context import RoleContext

# A process of its own reads the catalogue, and remembers what it read: it is worth that for hundreds of roles.
_EACH = 300
_CHUNK = 10
_NUMBER = 4  # bytes of a chunk's number in the pipe
_MOST = 1_000  # so many numbers fit into any pipe: to write more might wait for somebody to read

ChunkResults = dict[int, list[RoleEvaluation]]


def evaluate_roles(cases: Sequence[RoleContext], processes: int) -> list[RoleEvaluation]:
    """The answer for each case; at most so many processes are used, and only where a process can be divided."""
    count = min(processes, len(cases) // _EACH + 1)
    if count < 2 or not _is_divisible():
        faults = AuditContext()
        return [evaluate_role(case, faults) for case in cases]
    # What one process has read before it divides, all have.
    first = evaluate_role(cases[0], AuditContext())
    size = max(_CHUNK, -(-len(cases) // _MOST))
    chunks = [cases[start : start + size] for start in range(1, len(cases), size)]
    return [first, *_divided(chunks, count)]


def _divided(chunks: Sequence[Sequence[RoleContext]], count: int) -> Iterator[RoleEvaluation]:
    numbers, found = _numbers(len(chunks)), ChunkResults()
    others = [each for _ in range(count - 1) if (each := _other(chunks, numbers)) is not None]
    for number, said in _taken(chunks, numbers):
        found[number] = said
        for each in others:
            each.hand_over(found)
    os.close(numbers)
    for each in others:
        each.hand_over_all(found)
    faults = AuditContext()
    for number, chunk in enumerate(chunks):
        yield from found.get(number) or [evaluate_role(case, faults) for case in chunk]


def _numbers(count: int) -> int:
    """The end to read from of a pipe that holds the numbers below `count`."""
    here, there = os.pipe()
    os.write(there, b"".join(number.to_bytes(_NUMBER) for number in range(count)))
    os.close(there)
    return here


def _taken(chunks: Sequence[Sequence[RoleContext]], numbers: int) -> Iterator[tuple[int, list[RoleEvaluation]]]:
    """The answers for the chunks whose numbers this process gets hold of."""
    faults = AuditContext()
    while taken := os.read(numbers, _NUMBER):
        number = int.from_bytes(taken)
        yield number, [evaluate_role(case, faults) for case in chunks[number]]


@dataclass(slots=True)
class _Other:
    """Another process, and the end to read from of the pipe that it writes its answers to."""

    process: int
    answers: int

    def hand_over(self, found: ChunkResults) -> None:
        """Add the answers that stand in its pipe, so that it need not wait, to those that were found."""
        while self._is_readable() and self._hand_over_one(found):
            pass

    def hand_over_all(self, found: ChunkResults) -> None:
        """Add the answers that are missing, as they come; the process is then at its end."""
        while self._hand_over_one(found):
            pass
        os.close(self.answers)
        os.waitpid(self.process, 0)

    def _is_readable(self) -> bool:
        return bool(select([self.answers], (), (), 0)[0])

    def _hand_over_one(self, found: ChunkResults) -> bool:
        """False where there are no more, as it is done, or died."""
        length = int.from_bytes(_read(self.answers, _NUMBER))
        text = _read(self.answers, length)
        if not length or len(text) < length:
            return False
        number, said = pickle.loads(text)  # noqa: S301 - written by this program a moment ago
        found[number] = said
        return True


def _read(pipe: int, length: int) -> bytes:
    """So many bytes of a pipe, fewer at its end."""
    pieces = []
    while length and (piece := os.read(pipe, length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _other(chunks: Sequence[Sequence[RoleContext]], numbers: int) -> _Other | None:
    here, there = os.pipe()
    try:
        process = os.fork()
    except OSError:  # as where there may be no more processes: then this one does it all
        os.close(here)
        os.close(there)
        return None
    if process:
        os.close(there)
        return _Other(process, here)
    # Nothing of the first process may run in this one, come what may: not what cleans up, nor what is said of errors.
    try:
        with os.fdopen(there, "wb") as answers:
            for answer in _taken(chunks, numbers):
                text = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
                answers.write(len(text).to_bytes(_NUMBER) + text)
                answers.flush()
    finally:
        os._exit(0)


def _is_divisible() -> bool:
    # macOS has it, too, but its libraries do not bear it: https://docs.python.org/3/library/multiprocessing.html
    return sys.platform != "darwin" and hasattr(os, "fork")
