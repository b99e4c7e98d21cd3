"""Formatting, linting and types, so that the test command alone says whether all is well."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from architecture.source_tree import ROOT

# A fresh clone has no cache, and to write one takes longer than to read none.
MYPY = ["mypy", f"--cache-dir={os.devnull}"] if "CI" in os.environ else ["mypy"]


@pytest.mark.parametrize(
    "tool", [["ruff", "format", "--check"], ["ruff", "check"], MYPY], ids=["format", "lint", "types"]
)
def test_the_source_passes(tool):
    run = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
