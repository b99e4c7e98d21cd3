"""One browser for all pages that a process of tests opens: it takes two seconds to start."""

from __future__ import annotations

import pytest
from support.browser import chromium


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium, headless, with a profile of its own."""
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver
