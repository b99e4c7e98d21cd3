"""Chromium, which pages of HTML are tried in as a person would use them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1200,900",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",
)  # fmt: skip

# Where the automatic checks run, the browser is part of what is checked.
needs_browser = pytest.mark.skipif(
    (CHROMIUM is None or DRIVER is None) and "CI" not in os.environ, reason="no Chromium and chromedriver here"
)


def in_browser(test):
    return needs_browser(pytest.mark.xdist_group("browser")(test))


@contextmanager
def chromium(profile: Path) -> Iterator[Any]:
    """Chromium, headless, with a profile of its own in a folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.implicitly_wait(10)
    try:
        yield driver
    finally:
        driver.quit()


def texts(driver, selector: str) -> list[str]:
    """What is shown in these elements: asked for at once, as each question to the browser takes 10 ms."""
    return driver.execute_script(f"return [...document.querySelectorAll({selector!r})].map(e => e.innerText)")
