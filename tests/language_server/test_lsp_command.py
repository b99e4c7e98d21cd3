"""`iamglue lsp` without its extra, and what other commands import of it."""

from __future__ import annotations

import subprocess
import sys


def run_without(package: str) -> subprocess.CompletedProcess[str]:
    """Run `iamglue lsp` where a package is not installed."""
    program = (
        f"import sys; sys.modules[{package!r}] = None; sys.argv = ['iamglue', 'lsp']\n"
        "from iamglue.cli.main import main; main()"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, input="")


def test_without_the_extra_the_error_says_what_to_install():
    run = run_without("pygls")
    assert run.returncode == 2
    assert run.stdout == ""
    assert "pip install 'iamglue[lsp]'" in run.stderr
