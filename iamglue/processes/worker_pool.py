"""Work in several processes: the results in the order of the items, wherever the work ends up being done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def map_in_processes(
    function: Callable[[_Item], _Result],
    items: Sequence[_Item],
    processes: int,
    *,
    chunk_size: int,
    initializer: Callable[..., None],
    arguments: tuple[Any, ...] = (),
    report: Callable[[int, int], None] | None = None,
) -> list[_Result] | None:
    """The function's result for each item; None if the processes could not be started, or one of them was killed.

    `initializer` runs first in each process, with `arguments`. It works with every start method. `report` is
    called with the number of results that are there and of all.
    """
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - startup: only for much work
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    try:
        with ProcessPoolExecutor(processes, initializer=initializer, initargs=arguments) as pool:
            try:
                results = pool.map(function, items, chunksize=chunk_size)
            except OSError:
                # If only some processes were started, they would wait for work, and Python would wait for them at exit.
                for worker in pool._processes.values():  # noqa: SLF001
                    worker.kill()
                    worker.join()
                raise
            return list(_count_results(results, len(items), report))
    except (BrokenProcessPool, OSError):  # killed, as when memory runs out, or not started
        return None


class WorkersLostError(Exception):
    """A process was killed, as when memory runs out, or none could be started."""


def iterate_in_processes(
    function: Callable[[_Item], _Result],
    items: Iterable[_Item],
    processes: int,
    *,
    initializer: Callable[..., None],
    arguments: tuple[Any, ...] = (),
) -> Iterator[_Result]:
    """Yield the function's result for each item as it comes; few items and results are in memory at once.

    `initializer` runs first in each process, with `arguments`. With one process all runs in this one. Raises
    WorkersLostError, possibly after some results.
    """
    if processes <= 1:
        initializer(*arguments)
        yield from map(function, items)
        return
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait  # noqa: PLC0415 - startup
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    waiting = iter(items)
    try:
        with ProcessPoolExecutor(processes, initializer=initializer, initargs=arguments) as pool:
            try:
                running: set[Future[_Result]] = set()
                while True:
                    running |= {pool.submit(function, item) for item in islice(waiting, 2 * processes - len(running))}
                    if not running:
                        return
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    except BrokenProcessPool as error:
        raise WorkersLostError("a process that reads files was killed, as when memory runs out") from error


def _count_results(
    results: Iterable[_Result], total: int, report: Callable[[int, int], None] | None
) -> Iterator[_Result]:
    """The results; their number is reported as they come."""
    for done, result in enumerate(results, start=1):
        if report is not None:
            report(done, total)
        yield result
