"""What every test process sets: how long property tests search, compiled modules, temporary files, garbage collection.

Property tests are bounded by default, and search for hours with HYPOTHESIS_PROFILE=nightly (`make fuzz`).
"""

import gc
import os
import shutil
import sys
import tempfile

# Tests start hundreds of processes. Where the environment forbids compiled modules, as images of containers do, each
# would compile the package again: 0.4 s of the 0.7 s of a small `iamglue lint`. This comes before the import of
# hypothesis, of which pytest compiles every module itself.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# moto makes hundreds of machine images, which no test needs, for each test that uses EC2.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

# To create and delete thousands of files on a disk took 25 s of two processors; all tests together write 0.5 GB.
_MEMORY = "/dev/shm"
if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 2 << 30:
    os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY

import pytest  # noqa: E402
from _pytest.runner import runtestprotocol  # noqa: E402
from hypothesis import settings  # noqa: E402

# No deadlines: what a test takes depends on what else the machine does. In CI every run draws the same examples, so
# that a change is judged by itself; runs by hand and `make fuzz` look for new ones.
settings.register_profile("default", max_examples=60, deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=3000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


# The number of this worker of xdist: gw0, gw1, ...
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Let every second worker collect the files from the last to the first.

    In a fresh clone every test module has to be compiled. So each of two workers compiles half of them, which took 5 s,
    and finds the other half compiled.
    """
    report = yield
    if _WORKER % 2 and isinstance(collector, pytest.Directory):
        report.result.reverse()
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put the tests in the same order in all workers, and those first that fork this process or take long.

    A fork takes 2 ms of a small process, and 250 ms of one of 2 GB. A test of seconds at the end leaves the other
    worker without work: those of comparisons, in the top folder, are the longest.
    """
    items.sort(key=lambda item: (item.path.parent.name not in ("files", "cli", "tests"), str(item.path)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """Let workers report what a test came to, and of what is around it what did not pass.

    To send and to count all three reports of 12,000 tests, and that each begins and ends, took 4 s more. Without
    workers `--durations` has them all.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect tests without garbage collection, and leave what that makes out of all later ones.

    They took a third of the 12 s that it takes to collect 16,000 tests, and of the longest comparisons' time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()


def pytest_sessionfinish():
    """Leave everything out of the collections that pytest makes at its end, which took seconds of each process."""
    gc.freeze()


def pytest_runtest_teardown():
    """Collect garbage again, which `lint` and `audit` end for a process that they take for their own.

    Without it the processes of a whole run grew to 5 GB.
    """
    gc.enable()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium, headless, with a profile of its own: one for all pages that a process of tests opens."""
    from support.browser import chromium

    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver
