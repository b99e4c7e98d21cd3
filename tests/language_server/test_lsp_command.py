"""`iamglue lsp` without its extra, and the settings of editors that docs/editors.md shows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

import pytest
from architecture.source_tree import ROOT

from iamglue.language_server.code_actions import FIX_ALL_KIND


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


def message(method: str, number: int | None, **params: object) -> bytes:
    data = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
    content = json.dumps(data).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)


def test_the_server_ends_when_its_editor_is_gone_right_after_the_start():
    start = message("initialize", 1, processId=None, rootUri=None, capabilities={}) + message("initialized", None)
    run = subprocess.run(
        [sys.executable, "-m", "iamglue", "lsp"], input=start, capture_output=True, timeout=60, check=False
    )
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.parametrize(("before", "code"), [((), 1), ((message("shutdown", 2),), 0)])
def test_the_exit_code_says_whether_the_editor_asked_to_shut_down(before, code):
    start = message("initialize", 1, processId=None, rootUri=None, capabilities={})
    session = b"".join((start, *before, message("exit", None)))
    run = subprocess.run(
        [sys.executable, "-m", "iamglue", "lsp"], input=session, capture_output=True, timeout=60, check=False
    )
    assert run.returncode == code


def blocks(language: str) -> list[str]:
    """The blocks of code in docs/editors.md."""
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_the_settings_of_editors_start_the_server():
    assert ["{ 'iamglue', 'lsp' }" in block for block in blocks("lua")] == [True]
    assert ['args: ["lsp"]' in block for block in blocks("js")] == [True]
    (helix,) = map(tomllib.loads, blocks("toml"))
    assert helix["language-server"]["iamglue"] == {"command": "iamglue", "args": ["lsp"]}
    assert ['("iamglue" "lsp")' in block for block in blocks("lisp")] == [True]


def test_the_json_of_the_page_is_json_and_names_the_kind_of_fix_all():
    package, settings = map(json.loads, blocks("json"))
    assert package["contributes"]["configuration"]["properties"]["iamglue.command"]["default"] == "iamglue"
    assert list(settings["editor.codeActionsOnSave"]) == [FIX_ALL_KIND]
