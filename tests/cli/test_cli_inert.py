"""Whatever a policy, a template or a name holds: a CI log, a terminal and a reader find no order in the output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from architecture.source_tree import ROOT
from support.ci_log import commands, unseen
from support.forked import run_forked
from support.rows import check_every

from iamglue.cli import error_boundary as boundary

ORDERS = [
    "::stop-commands::x",
    "\n::error::x",
    "\r::error::x",
    "\u3000\xa0::warning::x",
    "\x85::warning::x",
    "##[stop-commands]x",
    "#\u200d#[stop-commands]x",
    "##vso[task.setvariable variable=x]y",
    "##teamcity[buildStatus text='x']",
    "section_start:1:x\r\x1b[0K",
    "\x1b]0;title\x07",
    "\u202ereversed\u2066",
    "\ud800",
    "\ufe0f",
]
LONG = " ".join(["word"] * 12)


def policy(order: str) -> dict:
    """A policy with an order in every text that there is, some at the end of a line that is wrapped."""
    long = f"{LONG} {order} {LONG}"
    return {
        "Version": "2012-10-17",
        "Id": order,
        f"Key{order}": order,
        "Statement": [
            {
                "Sid": long,
                "Effect": "Allow",
                "Action": ["s3:GetObject", f"s3:Get{order}"],
                "Resource": ["*", order, f"arn:aws:s3:::bucket/{long}"],
                "Condition": {f"String{order}": {order: order}, "StringLike": {f"aws:RequestTag/{long}": [long, "a*"]}},
                f"Extra{order}": 1,
            },
            {"Sid": order, "Effect": order, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"},
        ],
    }


def valid(order: str) -> dict:
    """The same of a policy that every command reads."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": f"{LONG} {order}",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": ["arn:aws:s3:::b/*", f"arn:aws:s3:::bucket/{LONG} {order} {LONG}"],
                "Condition": {"StringLike": {"aws:RequestTag/a": [f"{LONG} {order}", "b"]}},
            }
        ],
    }


def template(order: str) -> dict:
    role = {
        "RoleName": f"role {order}",
        "AssumeRolePolicyDocument": {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com", "AWS": f"{LONG} {order}"},
                    "Action": "sts:AssumeRole",
                }
            ]
        },
        "Policies": [{"PolicyName": f"policy {order}", "PolicyDocument": policy(order)}],
        "ManagedPolicyArns": [order],
    }
    function = {
        "FunctionName": f"{order}function",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": order,
        "Handler": order,
        "Code": {"ZipFile": ""},
    }
    return {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": role},
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            order: {"Type": "AWS::IAM::Role", "Properties": role},
        }
    }


def write(path: Path, data) -> Path:
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def assert_inert(result, codes=(0, 1, 2, 3)):
    assert result.exit_code in codes, result.output
    for text in (result.stdout, result.stderr):
        assert commands(text) == []
        assert unseen(text) == set()


@pytest.fixture
def with_every_order(tmp_path, monkeypatch) -> Callable[[Callable[[str, Path], None]], None]:
    """Check with every order, each in a directory of its own."""

    def run(check: Callable[[str, Path], None]) -> None:
        def check_one(row: tuple[int, str]) -> None:
            folder = tmp_path / str(row[0])
            folder.mkdir()
            monkeypatch.chdir(folder)
            check(row[1], folder)

        check_every(enumerate(ORDERS), check_one)

    return run


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "gitlab", "markdown"])
def test_lint_shows_findings_in_hostile_text_and_nothing_acts(iamglue, format, with_every_order):
    def check(order: str, folder: Path) -> None:
        path = write(folder / "policy.json", policy(order))
        result = iamglue("lint", path, "--format", format, "--pedantic")
        assert result.exit_code == 1
        assert_inert(result)

    with_every_order(check)


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "markdown", "html"])
def test_an_audit_shows_findings_in_hostile_text_and_nothing_acts(iamglue, format, with_every_order):
    def check(order: str, folder: Path) -> None:
        path = write(folder / "template.json", template(order))
        result = iamglue("audit", "--template", path, "--format", format, "--suggest", folder / "suggested")
        assert result.exit_code in (1, 3), result.output
        assert_inert(result)
        for script in (folder / "suggested").rglob("*"):
            if script.is_file() and "old" not in script.parts:
                assert unseen(script.read_text()) == set()

    with_every_order(check)


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_a_difference_shows_hostile_text_and_nothing_acts(iamglue, format, with_every_order):
    def check(order: str, folder: Path) -> None:
        old, new = write(folder / "old.json", {"Statement": []}), write(folder / "new.json", valid(order))
        assert_inert(iamglue("diff", old, new, "--format", format))

    with_every_order(check)


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_decision_shows_hostile_text_and_nothing_acts(iamglue, format, with_every_order):
    def check(order: str, folder: Path) -> None:
        path = write(folder / "policy.json", valid(order))
        arn = f"arn:aws:s3:::other/{LONG} {order} {LONG}"
        context = ("--context", f"aws:RequestTag/a={LONG} {order}")
        assert_inert(iamglue("can", path, "--action", "s3:GetObject", "--resource", arn, *context, "--format", format))
        requests = folder / "requests.jsonl"
        requests.write_text(
            json.dumps({"action": "s3:GetObject", "resource": arn, order: 1}) + f"\n{order}\n", "utf-8", "replace"
        )
        assert_inert(iamglue("can", path, "--requests", requests))

    with_every_order(check)


@pytest.mark.parametrize("format", ["json", "yaml"])
def test_a_compacted_policy_is_the_same_data_and_nothing_acts(iamglue, format, with_every_order):
    def check(order: str, folder: Path) -> None:
        if order == "\ud800" and format == "yaml":
            return  # no text of YAML holds half a character
        path = write(folder / "policy.json", valid(order))
        result = iamglue("compact", path, "--format", format)
        assert_inert(result, codes=(0,))
        if format == "json":
            assert order in json.loads(result.stdout)["Statement"][0]["Sid"]

    with_every_order(check)


def test_fixes_as_a_diff_show_hostile_text_and_nothing_acts(iamglue, with_every_order):
    def check(order: str, folder: Path) -> None:
        text = "# " + order.replace("\ud800", "").replace("\n", "\n#") + "\n"
        text = f"{text}Version: 2012-10-17\nStatement:\n- Effect: allow\n  Action: s3:GetObject\n  Resource: '*'\n"
        path = folder / "policy.yaml"
        path.write_text(text, encoding="utf-8", newline="")
        assert_inert(iamglue("lint", path, "--fix", "--diff"))

    with_every_order(check)


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "{}"),
        ("lint", ".", "--select", "{}"),
        ("lint", ".", "--format", "{}"),
        ("lint", ".", "--set", "{}"),
        ("lint", ".", "--baseline", "{}"),
        ("lint", ".", "--{}"),
        ("{}",),
        ("rules", "{}"),
        ("services", "{}"),
        ("services", "s3", "{}"),
        ("generate", "{}"),
        ("generate", "{}", "-o", "{}"),
        ("diff", "{}", "{}"),
        ("diff", "{}"),
        ("can", "{}", "--action", "{}", "--resource", "{}"),
        ("can", "--action", "{}", "--resource", "{}"),
        ("can", "--action", "s3:GetObject", "--resource", "{}", "--context", "{}"),
        ("compact", "{}"),
        ("compact", "{}", "--limit", "{}"),
        ("audit", "--input", "{}"),
        ("audit", "--template", "{}"),
        ("init", "{}", "--function", "{}"),
    ],
)
def test_arguments_are_told_of_and_nothing_acts(iamglue, arguments, with_every_order):
    def check(order: str, folder: Path) -> None:
        assert_inert(iamglue(*(argument.format(order) for argument in arguments)))

    with_every_order(check)


NAMES = ["::warning::dir", "##[stop-commands]t", "a\n::error::x", "\u3000::x::", "\u202e", "-::x::", "##vso[a.b]c"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_file_of_a_hostile_name_is_reported_and_nothing_acts(iamglue, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / name
    folder.mkdir()
    write(folder / "p.json", policy("x"))
    write(tmp_path / f"{name}.json", policy("x"))
    (tmp_path / f"{name}link.json").symlink_to("nowhere")
    for form in ("text", "json", "sarif", "junit", "gitlab", "markdown"):
        result = iamglue("lint", ".", "--format", form)
        assert result.exit_code == 2
        assert_inert(result)
        assert iamglue("lint", ".", "--format", form, "-o", tmp_path / "report").exit_code == 2
        assert commands((tmp_path / "report").read_text()) == []
    named = iamglue("lint", "--", f"{name}/p.json", f"{name}.json", f"{name}link.json")
    assert_inert(named)
    assert named.stdout.count("p.json:1") > 0


def test_a_path_that_would_be_a_command_is_shown_as_the_path_it_is(iamglue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "::warning::dir").mkdir()
    write(tmp_path / "::warning::dir" / "p.json", policy("x"))
    result = iamglue("lint", "::warning::dir")
    assert all(line.startswith(("./::warning::dir/p.json:", "  ")) for line in result.stdout.splitlines())


@pytest.mark.parametrize("order", ["##[stop-commands]x", "\n##[stop-commands]x", "::stop-commands::x", "\n::debug::x"])
def test_the_commands_for_github_are_ours_alone(iamglue, tmp_path, order):
    result = iamglue("lint", write(tmp_path / "policy.json", policy(order)), "--format", "github")
    lines = result.stdout.splitlines()
    assert lines
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) and "##[s" not in line for line in lines)
    assert commands(result.stderr) == []


def test_a_bug_is_told_of_and_nothing_acts(capsys, monkeypatch):
    monkeypatch.setenv("IAMGLUE_DEBUG", "1")

    def fail():
        raise KeyError("x\n::stop-commands::x\n ##[error]y\x1b[31m")

    class Loud(Exception):
        def __str__(self):
            return "x\n::stop-commands::x\n ##[error]y\x1b[31m"

    def fail_loudly():
        raise Loud

    for bug in (fail, fail_loudly):
        assert boundary.run_command(bug) == 4
        shown = capsys.readouterr()
        assert commands(shown.out + shown.err) == []
        assert unseen(shown.out + shown.err) == set()
        assert "Traceback" in shown.err


EXPLAINED = """\
iamglue: 1
function: reader
description: |
  {0}
reads:
  - s3: "bucket {0}"
    why: |
      a reason
      {0}
      and more
settings: {{logs: false}}
"""


@pytest.mark.parametrize("order", ["::stop-commands::x", "##[error]x", "\u202e", "##vso[a.b]c"])
@pytest.mark.parametrize("format", ["json", "yaml", "cloudformation", "sam", "terraform", "serverless"])
def test_a_generated_policy_its_explanation_and_proof_do_not_act(iamglue, spec, order, format):
    path = spec(EXPLAINED.format(order).replace(f'"bucket {order}"', f'"bucket/{order}"'))
    result = iamglue("generate", path, "--explain", "--prove", "--format", format)
    assert_inert(result, codes=(0,))
    if format == "json":
        assert order in json.loads(result.stdout)["Statement"][0]["Resource"][0]


# One file never blanks a report.

FORMATS = ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"]


def run(*arguments: object, cwd: Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    return run_forked([str(argument) for argument in arguments], cwd, encoding=encoding)


@pytest.fixture
def mixed(tmp_path) -> Path:
    """A folder with policies of half a character, of other letters, of a name that is no UTF-8, and a plain one."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    write(folder / "half.json", policy("\ud800\udfff\ud800"))
    write(
        folder / "letters.json",
        {"Statement": [{"Sid": "naïve-策略", "Effect": "allow", "Action": "s3:é", "Resource": "*"}]},
    )
    (folder / os.fsdecode(b"byte\xff.json")).write_text(json.dumps(policy("x")))
    write(folder / "plain.json", policy("x"))
    return folder


def reported(format: str, data: bytes) -> list[str]:
    """The paths that a report names, read as its readers do."""
    if format in ("json", "sarif", "gitlab"):
        found = json.loads(data.decode())
        if format == "json":
            return [each["location"]["path"] for each in found["findings"]]
        if format == "gitlab":
            return [each["location"]["path"] for each in found]
        places = (each["locations"][0]["physicalLocation"] for each in found["runs"][0]["results"])
        return [each["artifactLocation"]["uri"] for each in places]
    if format == "junit":
        return [each.get("file") for each in ET.fromstring(data).iter("testcase")]
    return data.decode("utf-8", "surrogateescape").splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize("format", FORMATS)
def test_a_text_that_cannot_be_written_is_escaped_and_the_rest_reported(mixed, format, encoding):
    done = run("lint", ".", "--format", format, cwd=mixed, encoding=encoding)
    assert done.returncode == 1, done.stderr
    paths = reported(format, done.stdout)
    names = ("half.json", "letters.json", "plain.json", "byte%FF.json" if format == "sarif" else "byte")
    for name in names:
        assert any(name in path for path in paths), name
    if encoding == "ascii" and format != "github":
        assert done.stdout.isascii()


def test_a_process_whose_environment_sets_the_encoding_writes_the_same(mixed):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "iamglue", "lint", "."]
    done = subprocess.run(command, env=environment, cwd=mixed, capture_output=True, check=False)
    forked = run("lint", ".", cwd=mixed, encoding="ascii")
    assert (done.returncode, done.stdout, done.stderr) == (forked.returncode, forked.stdout, forked.stderr)


def test_a_baseline_holds_every_finding_whatever_is_in_it(mixed):
    assert run("lint", ".", "--write-baseline", "../baseline.json", cwd=mixed).returncode == 0
    done = run("lint", ".", "--baseline", "../baseline.json", cwd=mixed)
    assert (done.returncode, done.stdout) == (0, b"")


def test_fixes_of_one_file_do_not_keep_another_from_being_fixed(mixed):
    shown = run("lint", ".", "--fix", "--diff", cwd=mixed)
    assert shown.returncode == 1, shown.stderr
    assert b"letters.json" in shown.stdout
    assert b"byte" in shown.stdout
    assert run("lint", ".", "--fix", "--unsafe-fixes", cwd=mixed).returncode == 1
    assert all(json.loads(path.read_bytes()) for path in mixed.iterdir())


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "github", "markdown", "html"])
def test_an_audit_with_such_a_name_reports_saves_and_suggests_the_rest(tmp_path, format, encoding):
    name = os.fsdecode(b"byte\xff.json")
    write(tmp_path / name, export("\ud800", "naïve-策略", "plain"))
    write(tmp_path / "functions.json", {"Functions": [FUNCTION]})
    asked = (
        "audit",
        "--input",
        name,
        "--functions",
        "functions.json",
        "--spec",
        ROOT / "examples" / "exif-pipeline" / "spec.yaml",
    )
    places = ("--save", "saved.json", "--suggest", "suggested")
    done = run(*asked, *places, "--format", format, cwd=tmp_path, encoding=encoding)
    assert done.returncode in (1, 3), done.stderr
    assert (tmp_path / "suggested" / "exif-role" / "change.md").read_text(encoding="utf-8")
    if format == "json":
        (tmp_path / "earlier.json").write_bytes(done.stdout)
        again = run(*asked, "--only-new", "earlier.json", "--format", "json", cwd=tmp_path)
        assert json.loads(again.stdout)["findings"] == []
    saved = run("audit", "--input", "saved.json", "--format", format, cwd=tmp_path, encoding=encoding)
    assert saved.returncode in (1, 3), saved.stderr


SPEC = ROOT / "examples" / "exif-pipeline" / "spec.yaml"
ROLE_ARN = "arn:aws:iam::123456789012:role/exif-role"
FUNCTION = {
    "FunctionName": "exif-extractor",
    "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:exif-extractor",
    "Role": ROLE_ARN,
}


def export(*orders: str) -> dict:
    """What the AWS CLI prints of a role whose policies have hostile names and texts."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {
        "Path": "/",
        "RoleName": "exif-role",
        "RoleId": "AROA",
        "Arn": ROLE_ARN,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [{"PolicyName": f"p{each}", "PolicyDocument": valid(each)} for each in orders],
        "AttachedManagedPolicies": [],
        "InstanceProfileList": [],
    }
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []}


# Foreign text in Markdown.


def test_an_address_or_a_mention_in_foreign_text_is_no_link_in_markdown(iamglue, tmp_path):
    order = "https://evil.example/a www.evil.example @team me@evil.example mailto:me@x.y #12 <b> [a](b) ![c](d) |"
    shown = [iamglue("lint", write(tmp_path / "p.json", policy(order)), "--format", "markdown").stdout]
    arguments = ("--template", write(tmp_path / "t.json", template(order)), "--format", "markdown")
    shown.append(iamglue("audit", *arguments).stdout)
    for text in shown:
        outside = [part for line in text.splitlines() for part in line.replace("\\`", "").split("`")[::2]]
        for part in outside:
            ours = part.replace("https://iamglue", "").replace("](https://", "]")
            assert not any(sign in ours for sign in ("://", "www.", "@", "mailto:", "#12", "<b>", "[a]", "![c]")), part
