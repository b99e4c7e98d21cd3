"""action.yml, step by step as GitHub's runner runs it, in a repository with a pull request and against a server.

The steps' own scripts run in bash with the environment that their expressions give; the step that installs Python is
left out, since this Python is there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from architecture.source_tree import ROOT
from support.git import commit, git
from support.pip import pip_with_uv

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
MARKER = "<!-- iamglue: access of the pull request -->"

GOOD = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
    }
)
MORE = GOOD.replace('"s3:GetObject"', '["s3:GetObject", "s3:PutObject"]')
BAD = GOOD.replace("GetObject", "GetObjekt")
SPEC = (ROOT / "examples" / "exif-pipeline" / "spec.yaml").read_text(encoding="utf-8")
POLICY = (ROOT / "examples" / "exif-pipeline" / "expected" / "policy.json").read_text(encoding="utf-8")
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: a.b, InlineCode: "x", Policies: [AmazonS3FullAccess]}
"""


@dataclass
class Server:
    """GitHub's API of comments, in memory."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    requests: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    address: str = ""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, data: Any, status: int) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(data).encode())

        def _handle(self) -> None:
            state.requests.append((self.command, self.path))
            state.tokens.add(self.headers["Authorization"])
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
            if self.path == "/user" or state.status != 200:
                self._answer({}, 403 if self.path == "/user" else state.status)
            elif self.command == "GET":
                page = int(re.search(r"[?&]page=(\d+)", self.path)[1])
                self._answer(state.comments[(page - 1) * 100 : page * 100], 200)
            elif self.command == "POST":
                state.comments.append({"id": len(state.comments) + 1, "user": {"type": "Bot"}, **body})
                self._answer(state.comments[-1], 201)
            else:
                number = int(self.path.rpartition("/")[2])
                next(comment for comment in state.comments if comment["id"] == number).update(body)
                self._answer({}, 200)

        do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - names of the library

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()  # seconds until it sees its end
    state.address = f"http://127.0.0.1:{http.server_port}"
    yield state
    http.shutdown()
    http.server_close()


@dataclass
class Run:
    """The outcomes, outputs and logs of the steps, and the summary of the job."""

    outcomes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


class Runner:
    """Runs the steps in a repository as the runner does."""

    def __init__(self, temporary: Path, tools: Path) -> None:
        self.temporary = temporary
        self.tools = tools

    def run(self, folder: Path, server: Server | None, base_commit: str, head_commit: str = "", **inputs: str) -> Run:
        defaults = {name.replace("-", "_"): str(item["default"]) for name, item in ACTION["inputs"].items()}
        values = {**defaults, "token": "secret", **inputs}
        result = Run(outcomes={"python": "success"}, outputs={"python": {"python-path": sys.executable}})
        context = {f"inputs.{name.replace('_', '-')}": value for name, value in values.items()}
        context |= {
            "github.event.pull_request.base.sha": base_commit,
            "github.event.pull_request.head.sha": head_commit,
            "github.event.pull_request.number": "7" if server else "",
            "github.api_url": server.address if server else "",
            "github.repository": "some/project",
            "github.action_path": str(ROOT),
        }
        for step in STEPS:
            if "run" in step and self._condition(step.get("if", "success()"), context, result):
                self._step(step, folder, context, result)
        return result

    def _step(self, step: dict[str, Any], folder: Path, context: dict[str, str], result: Run) -> None:
        names = ("output", "summary")
        files = {name: self.temporary / f"{name}-{os.urandom(4).hex()}" for name in names}
        for path in files.values():
            path.touch()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))},
            **{name: self._expand(str(text), context, result) for name, text in step.get("env", {}).items()},
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_ACTIONS": "true",
            "no_proxy": "127.0.0.1",
        }
        if step["id"] == "install":
            environment["PYTHONPATH"] = str(self.tools)
        script = self.temporary / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        result.outcomes[step["id"]] = "success" if done.returncode == 0 else "failure"
        result.logs[step["id"]] = done.stdout + done.stderr
        lines = files["output"].read_text(encoding="utf-8").splitlines()
        result.outputs[step["id"]] = dict(line.split("=", 1) for line in lines)
        result.summary += files["summary"].read_text(encoding="utf-8")

    def _expand(self, text: str, context: dict[str, str], result: Run) -> str:
        return EXPRESSION.sub(lambda match: self._value(match[1], context, result), text)

    def _value(self, expression: str, context: dict[str, str], result: Run) -> str:
        """The value of `a`, or of `a || b`."""
        for name in expression.split(" || "):
            outputs = re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", name)
            outcome = re.fullmatch(r"steps\.([\w-]+)\.outcome", name)
            if outputs:
                value = result.outputs.get(outputs[1], {}).get(outputs[2], "")
            elif outcome:
                value = result.outcomes.get(outcome[1], "skipped")
            else:
                value = context[name]
            if value:
                return value
        return ""

    def _condition(self, text: str, context: dict[str, str], result: Run) -> bool:
        """Whether all parts of a condition hold: `!cancelled()`, and comparisons with texts."""
        expression = EXPRESSION.sub(r"\1", text)
        for part in expression.split(" && "):
            compared = re.fullmatch(r"(\S+) (==|!=) '([^']*)'", part)
            if part == "success()":
                holds = "failure" not in result.outcomes.values()
            elif part == "!cancelled()":
                holds = True
            else:
                assert compared, part
                is_equal = self._value(compared[1], context, result) == compared[3]
                holds = is_equal is (compared[2] == "==")
            if not holds:
                return False
        return True


@pytest.fixture(scope="module")
def runner(tmp_path_factory) -> Runner:
    """A runner on which the action's own step installed iamglue."""
    folder = tmp_path_factory.mktemp("runner")
    runner = Runner(folder, pip_with_uv(folder / "tools"))
    result = runner.run(folder, None, "", lint="false", changes="false", extras="", templates="", generated="")
    assert result.outcomes["install"] == "success", result.logs["install"]
    return runner


@pytest.fixture
def act(runner, server, tmp_path):
    """Run the steps but the installation and `lint` for a pull request that changes files."""
    repository = tmp_path / "repository"
    repository.mkdir()

    def run(before: dict[str, str | None], after: dict[str, str | None], **inputs: str) -> Run:
        base = commit(repository, before)
        git(repository, "checkout", "-q", "-B", "feature")
        head = commit(repository, after)
        return run_installed(runner, repository, server, base, **{"head_commit": head, "lint": "false", **inputs})

    return run


def run_installed(runner: Runner, repository: Path, server: Server | None, base_commit: str, **inputs: str) -> Run:
    """Run the steps; the installation is that of the fixture."""
    original = runner._step

    def step(step: dict[str, Any], folder: Path, context: dict[str, str], result: Run) -> None:
        if step["id"] == "install":
            result.outcomes["install"] = "success"
        else:
            original(step, folder, context, result)

    runner._step = step
    try:
        return runner.run(repository, server, base_commit, **inputs)
    finally:
        runner._step = original


def test_new_access_is_commented_and_passes_by_default(act, server):
    result = act({"p.json": GOOD}, {"p.json": MORE}, lint="true")
    assert set(result.outcomes.values()) == {"success"}
    [comment] = server.comments
    assert comment["body"].startswith(f"{MARKER}\n### iamglue: new access\n")
    assert "`s3:PutObject`" in comment["body"]
    assert result.outputs["changes"]["no-new-access"] == "false"
    assert "### iamglue: new access" in result.summary
    assert server.tokens == {"Bearer secret"}


def test_a_second_run_replaces_the_comment(act, server):
    act({"p.json": GOOD}, {"p.json": MORE})
    result = act({}, {"p.json": GOOD})
    [comment] = server.comments
    assert result.outcomes["comment"] == "success"
    assert comment["body"].startswith(f"{MARKER}\n### iamglue: no new access\n")


def test_a_comment_of_a_person_with_the_marker_is_left_alone(act, server):
    server.comments += [{"id": 1, "user": {"type": "User", "login": "x"}, "body": f"{MARKER} mine"}]
    act({"p.json": GOOD}, {"p.json": MORE})
    assert server.comments[0]["body"] == f"{MARKER} mine"
    assert len(server.comments) == 2


def test_the_comment_is_known_on_a_later_page(act, server):
    server.comments += [{"id": number, "user": {"type": "Bot"}, "body": "x"} for number in range(1, 121)]
    server.comments += [{"id": 121, "user": {"type": "Bot"}, "body": f"{MARKER}\nold"}]
    act({"p.json": GOOD}, {"p.json": MORE})
    assert len(server.comments) == 121
    assert server.comments[-1]["body"] != f"{MARKER}\nold"


def test_a_token_that_may_not_write_is_a_warning(act, server):
    server.status = 403
    result = act({"p.json": GOOD}, {"p.json": MORE})
    assert result.outcomes["comment"] == "success"
    assert "::warning::The token may not write comments (status 403)" in result.logs["comment"]


def test_another_failure_of_the_server_fails_the_step(act, server):
    server.status = 500
    result = act({"p.json": GOOD}, {"p.json": MORE})
    assert result.outcomes["comment"] == "failure"
    assert "secret" not in result.logs["comment"]


def test_new_access_can_fail_the_job(act):
    result = act({"p.json": GOOD}, {"p.json": MORE}, fail_on_new_access="true")
    assert result.outcomes["verdict"] == "failure"


def test_without_new_access_the_job_does_not_fail(act):
    result = act({"p.json": MORE}, {"p.json": GOOD}, fail_on_new_access="true")
    assert "verdict" not in result.outcomes
    assert result.outputs["changes"]["no-new-access"] == "true"


def test_a_file_that_cannot_be_read_is_not_told_as_no_new_access(act, server):
    result = act({"p.json": GOOD}, {"p.json": GOOD[:-1]}, fail_on_new_access="true")
    assert result.outcomes["verdict"] == "failure"
    assert server.comments[0]["body"].startswith(f"{MARKER}\n### iamglue: unknown\n")


def test_lint_checks_the_changed_files_alone(act):
    result = act({"old.json": BAD}, {"new.json": BAD}, lint="true")
    assert result.outcomes["lint"] == "failure"
    assert "file=new.json" in result.logs["lint"]
    assert "old.json" not in result.logs["lint"]
    assert result.outcomes["comment"] == "success"  # the other steps run all the same


def test_templates_are_audited(act):
    result = act({"a.txt": ""}, {"a template.yaml": TEMPLATE}, templates="a template.yaml\n", changes="false")
    assert result.outcomes["audit"] == "failure"
    assert "AmazonS3FullAccess" in result.summary


def test_generated_files_are_compared(act):
    files = {"roles/spec.yaml": SPEC, "roles/policy.json": POLICY}
    assert (
        act({}, files, generated="roles/spec.yaml -> roles/policy.json", changes="false").outcomes["generated"]
        == "success"
    )
    result = act({}, {"roles/policy.json": GOOD}, generated="roles/spec.yaml -> roles/policy.json\n", changes="false")
    assert result.outcomes["generated"] == "failure"
    assert "out of date: roles/policy.json" in result.logs["generated"]


def test_a_line_of_generated_without_an_arrow_is_an_error(act):
    result = act({}, {"spec.yaml": SPEC}, generated="spec.yaml", changes="false")
    assert result.outcomes["generated"] == "failure"
    assert "expected SPEC -> FILE" in result.logs["generated"]


@pytest.mark.parametrize("name", ["lint", "changes", "comment", "fail_on_new_access"])
def test_an_input_that_is_neither_true_nor_false_is_an_error(act, server, name):
    result = act({"p.json": GOOD}, {"p.json": MORE}, **{name: "yes"})
    assert result.outcomes["inputs"] == "failure"
    assert f"The input {name.replace('_', '-')} must be true or false" in result.logs["inputs"]
    assert (server.comments, "changes" in result.outcomes) == ([], False)


def test_to_fail_on_new_access_needs_the_comparison(act):
    result = act({"p.json": GOOD}, {"p.json": MORE}, changes="false", fail_on_new_access="true")
    assert result.outcomes["inputs"] == "failure"


def test_a_checkout_of_the_base_is_not_taken_for_the_pull_request(runner, server, tmp_path):
    base = commit(tmp_path, {"p.json": GOOD})
    git(tmp_path, "checkout", "-q", "-b", "feature")
    head = commit(tmp_path, {"p.json": MORE})
    git(tmp_path, "checkout", "-q", "main")  # what `pull_request_target` checks out
    result = run_installed(runner, tmp_path, server, base, head_commit=head, lint="false")
    assert result.outcomes["inputs"] == "failure"
    assert "does not have the commits of the pull request" in result.logs["inputs"]
    assert (server.comments, "changes" in result.outcomes) == ([], False)


def test_a_merge_commit_of_the_pull_request_is_compared(runner, server, tmp_path):
    base = commit(tmp_path, {"p.json": GOOD})
    git(tmp_path, "checkout", "-q", "-b", "feature")
    head = commit(tmp_path, {"p.json": MORE})
    git(tmp_path, "checkout", "-q", "main")
    base = commit(tmp_path, {"other.json": MORE})
    git(tmp_path, "checkout", "-q", "--detach")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "merge", head)
    result = run_installed(runner, tmp_path, server, base, head_commit=head, lint="false")
    assert set(result.outcomes.values()) == {"success"}
    assert ("p.json" in server.comments[0]["body"], "other.json" in server.comments[0]["body"]) == (True, False)


def test_a_branch_that_is_only_at_the_origin_can_be_the_base(runner, server, tmp_path):
    (tmp_path / "origin").mkdir()
    commit(tmp_path / "origin", {"p.json": GOOD})
    git(tmp_path, "clone", "-q", "origin", "clone")
    clone = tmp_path / "clone"
    git(clone, "checkout", "-q", "-b", "feature")
    git(clone, "branch", "-q", "-D", "main")
    commit(clone, {"p.json": MORE})
    result = run_installed(runner, clone, server, "", base="main", lint="true")
    assert (result.outcomes["changes"], result.outcomes["lint"]) == ("success", "success")
    assert result.outputs["changes"]["no-new-access"] == "false"


def test_without_a_pull_request_nothing_is_compared(runner, tmp_path):
    commit(tmp_path, {"p.json": GOOD})
    result = run_installed(runner, tmp_path, None, "")
    assert "no base to compare with" in result.logs["changes"]
    assert "comment" not in result.outcomes
    assert "1 policy in 1 file: nothing found" in result.logs["lint"]


HOSTILE = "$(touch pwned)`touch pwned`\"; touch pwned; #'.json"


def test_names_are_never_run_as_commands(act, tmp_path):
    hostile = {
        "templates": f"{HOSTILE}\n",
        "generated": f"{HOSTILE} -> {HOSTILE}",
        "paths": f".\n{HOSTILE}",
        "lint": "true",
    }
    act({"a.txt": ""}, {HOSTILE: BAD}, **hostile)
    act({"a.txt": ""}, {HOSTILE: GOOD}, base=HOSTILE)
    assert not list(tmp_path.rglob("pwned"))


def test_no_script_has_an_expression():
    assert [step["id"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_action_that_is_used_is_pinned_to_a_commit():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used != []
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used)


def test_every_input_is_used_and_described():
    text = json.dumps(STEPS)
    assert [name for name, item in ACTION["inputs"].items() if f"inputs.{name}" not in text] == []
    assert all(item["description"] for item in ACTION["inputs"].values())


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step], ids=lambda step: step["id"])
def test_shellcheck_finds_nothing_in_a_script(step):
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [shellcheck, "-s", "bash", "-"], input=step["run"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
