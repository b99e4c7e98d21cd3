"""`pytest --iamglue-record` and `--iamglue-spec` in a project of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

APP = """\
    import os

    def handler(client):
        client.put_item(TableName=os.environ["TABLE_NAME"], Item={"id": {"S": "1"}})
"""
TESTS = """\
    import sys
    from pathlib import Path
    import boto3
    import pytest
    from botocore.stub import Stubber

    sys.path.insert(0, str(Path(__file__).parents[1]))
    import app

    @pytest.mark.parametrize("number", range(2))
    def test_put(number, monkeypatch):
        monkeypatch.setenv("TABLE_NAME", "orders")
        client = boto3.client("dynamodb", "eu-west-1", aws_access_key_id="AKIA", aws_secret_access_key="x")
        with Stubber(client) as stubber:
            stubber.add_response("put_item", {})
            app.handler(client)
"""
MOCKED = """\
    from unittest import mock
    import boto3

    def test_put():
        with mock.patch("boto3.client") as client:
            client.return_value.put_item(TableName="orders")
"""
# Plugins of the development environment that a user's project does not need: they took more than half of a run's time.
OTHER_PLUGINS = ("anyio", "asyncio", "hypothesispytest", "platformdirs", "pytest-lsp")
WITHOUT_OTHERS = [word for name in OTHER_PLUGINS for word in ("-p", f"no:{name}")]
SPEC = "iamglue: 1\nfunction: orders\nwrites:\n- dynamodb: {}\n"


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A project whose tests were run by one process and recorded in `calls.json`, and that run."""
    folder = make_project(tmp_path_factory.mktemp("recorded"))
    return folder, run_pytest(folder, "--iamglue-record", "calls.json")


def make_project(folder):
    (folder / "tests").mkdir()
    (folder / "app.py").write_text(textwrap.dedent(APP))
    (folder / "tests" / "test_app.py").write_text(textwrap.dedent(TESTS))
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder


def run_pytest(project, *options):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WITHOUT_OTHERS, *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_a_run_is_recorded_in_the_form_of_infer_code(recorded):
    project, run = recorded
    report = json.loads((project / "calls.json").read_text())
    assert run.returncode == 0, run.stdout
    assert [(item["action"], item["resource"]) for item in report["access"]] == [("dynamodb:PutItem", "orders")]
    assert [(place["path"], place["line"]) for place in report["access"][0]["evidence"]] == [
        ("app.py", 4),
        ("tests/test_app.py", 10),
    ]


def test_workers_of_xdist_write_the_same_record(recorded):
    project, _ = recorded
    run = run_pytest(project, "--iamglue-record", "together.json", "-n", "2")
    assert run.returncode == 0, run.stdout
    assert (project / "together.json").read_text() == (project / "calls.json").read_text()


def test_every_test_whose_call_the_spec_does_not_allow_fails_and_names_the_call(project):
    (project / "spec.yaml").write_text(SPEC.format("others"))
    run = run_pytest(project, "--iamglue-spec", "spec.yaml")
    assert (run.returncode, "2 failed" in run.stdout) == (1, True), run.stdout
    assert "does not allow dynamodb:PutItem on orders" in run.stdout


@pytest.mark.parametrize("resource", ["orders", '"${TableName}"'])
def test_calls_that_the_spec_allows_pass(project, resource):
    (project / "spec.yaml").write_text(SPEC.format(resource))
    run = run_pytest(project, "--iamglue-spec", "spec.yaml")
    assert run.returncode == 0, run.stdout


def test_a_spec_that_cannot_be_read_is_a_usage_error(project):
    run = run_pytest(project, "--iamglue-spec", "none.yaml")
    assert (run.returncode, "--iamglue-spec" in run.stderr) == (4, True), run.stderr


def test_a_record_that_cannot_be_written_fails_the_run(project):
    run = run_pytest(project, "--iamglue-record", "none/calls.json")
    assert (run.returncode != 0, "could not be written" in run.stdout) == (True, True), run.stdout


def test_mocks_record_nothing_and_the_run_says_so(project):
    (project / "tests" / "test_app.py").write_text(textwrap.dedent(MOCKED))
    run = run_pytest(project, "--iamglue-record", "calls.json")
    assert "no call of AWS was recorded" in run.stdout
