"""The Python API: docs/api.md is run, and `import iamglue` imports nothing but itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from docs.write_docs import ROOT

import iamglue

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetObjekt", "s3:Get*"], "Resource": "arn:aws:s3:::b/*"}]}"""


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_page_runs(example, monkeypatch):
    monkeypatch.chdir(ROOT)
    exec(compile(example, "docs/api.md", "exec"), {})


def test_the_page_names_every_function():
    functions = [name for name in iamglue.__all__ if name[0].islower()]
    assert [name for name in functions if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("name", iamglue.__all__)
def test_a_name_of_the_api_is_there_and_described(name):
    assert getattr(iamglue, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="iamglue"):
        iamglue.lint_everything  # noqa: B018


def test_importing_the_package_imports_no_other_module():
    code = "import sys; before = set(sys.modules); import iamglue; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['iamglue']"


def test_the_edits_of_a_fix_applied_as_lines_and_columns_give_the_fixed_text():
    (finding,) = iamglue.lint_text(POLICY, select=["unknown-action"]).findings
    lines = POLICY.splitlines(keepends=True)
    (edit,) = finding.fix.text_edits
    assert edit.start[0] == edit.end[0]
    line = lines[edit.start[0] - 1]
    lines[edit.start[0] - 1] = line[: edit.start[1] - 1] + edit.text + line[edit.end[1] - 1 :]
    assert json.loads("".join(lines))["Statement"][0]["Action"] == ["s3:GetObject", "s3:Get*"]


def test_a_fix_in_a_json_report_carries_its_edits(tmp_path):
    (tmp_path / "p.json").write_text(POLICY)
    command = [sys.executable, "-m", "iamglue", "lint", str(tmp_path / "p.json"), "--format", "json"]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    (fix,) = (finding["fix"] for finding in report["findings"] if finding["rule"] == "unknown-action")
    assert fix["edits"] == [
        {"start": {"line": 2, "column": 34}, "end": {"line": 2, "column": 48}, "text": '"s3:GetObject"'}
    ]


def test_a_fix_writes_no_value_that_would_widen_a_policy():
    with pytest.raises(iamglue.IamglueError, match="widen"):
        iamglue.fix_text(POLICY, parameters={"Bucket": "*"})


def test_an_unknown_policy_type_is_an_error_that_names_the_types():
    with pytest.raises(iamglue.IamglueError, match="identity, resource, trust, scp, rcp"):
        iamglue.lint_text(POLICY, type="idendity")
