"""The AWS CLI script, run by a real Bash with a recorder in place of `aws`."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from formats.reading import expected, expected_permissions
from formats.samples import CONTROLS, FULL, KNOWN, PARAMETRIC, bundle, bundles, statement, texts
from hypothesis import given
from support.budget import share
from support.rows import every_row

from iamglue.errors import IamglueError
from iamglue.formats.policies.aws_cli import shell_word
from iamglue.formats.policies.renderer import render_permission_sets
from iamglue.formats.words.safe_text import role_description
from iamglue.model.permission_set import InvokePermission

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="bash is not installed")

# Roles and policies are not there yet, unless ALREADY is set.
RECORDER = """#!{bash}
{{ printf '%s\\0' "$@"; printf '\\n\\0'; }} >>"$RECORD"
case "$2" in
get-role | get-policy) test -n "${{ALREADY:-}}" ;;
list-policy-versions) echo 'v1 v2' ;;
remove-permission) exit 254 ;;
esac
"""
OPTIONS = {
    "--action": 0,
    "--principal": 1,
    "--source-arn": 2,
    "--source-account": 3,
    "--event-source-token": 4,
    "--function-url-auth-type": 5,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a script and gives the calls of `aws` that it made."""
    place = tmp_path_factory.mktemp("aws")
    recorder = place / "aws"
    recorder.write_text(RECORDER.format(bash=BASH))
    recorder.chmod(0o755)

    def calls(script: str, already: str = "") -> list[list[str]]:
        record = place / "record"
        record.write_bytes(b"")
        environment = {"PATH": f"{place}:{os.environ['PATH']}", "RECORD": str(record), "ALREADY": already}
        path = place / "script.sh"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run([BASH, path], env=environment, cwd=place, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert sorted(each.name for each in place.iterdir()) == ["aws", "record", "script.sh"]
        words = record.read_bytes().decode().split("\0")[:-1]
        found, call = [], []
        for each in words:
            if each == "\n":
                found.append(call)
                call = []
            else:
                call.append(each)
        return found

    return calls


def _option(call, name):
    return call[call.index(name) + 1] if name in call else None


def _documents(calls):
    """Role -> its documents in order, as the calls give them."""
    found = {}
    for call in calls:
        if call[1] == "create-role":
            found[_option(call, "--role-name")] = [json.loads(_option(call, "--assume-role-policy-document"))]
        elif call[1] == "put-role-policy":
            found[_option(call, "--role-name")].append(json.loads(_option(call, "--policy-document")))
        elif call[1] == "create-policy":
            created = json.loads(_option(call, "--policy-document"))
        elif call[1] == "attach-role-policy":
            found[_option(call, "--role-name")].append(created)
    return found


def _permission(call):
    fields = [None] * 7
    rest = call[call.index("--statement-id") + 2 :]
    while rest:
        if rest[0] in ("--invoked-via-function-url", "--no-invoked-via-function-url"):
            fields[6] = rest.pop(0) == "--invoked-via-function-url"
        elif "=" in rest[0] and rest[0].startswith("--"):
            name, _, value = rest.pop(0).partition("=")
            fields[OPTIONS[name]] = value
        else:
            name, value, *rest = rest
            fields[OPTIONS[name]] = value
    return tuple(fields)


@share(0.25)
@given(found=bundles(names=False))
def test_the_script_makes_what_the_json_policies_say(run, found):
    calls = run(render_permission_sets(found, "aws-cli"))
    assert list(_documents(calls).values()) == [expected(each, KNOWN) for each in found]
    permissions = [_permission(call) for call in calls if call[1] == "add-permission"]
    assert permissions == [fields for each in found for fields in expected_permissions(each, KNOWN)]
    described = [call[-1].partition("=")[2] for call in calls if call[-1].startswith("--description=")]
    assert described == [role_description(each.description) for each in found if each.description]


@share(0.1)
@given(found=bundles(names=False))
def test_shellcheck_finds_nothing(found):
    script = render_permission_sets([*found, FULL], "aws-cli")
    checker = Path(sys.executable).with_name("shellcheck")
    # SC2088: a name such as `~/` is not to be expanded.
    done = subprocess.run([checker, "--exclude=SC2088", "-"], input=script.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "")


@share(0.2)
@given(text=texts(["a"]).filter(lambda text: not text.startswith(("http", "file"))))
def test_any_text_is_one_word(text):
    done = subprocess.run([BASH, "-c", f"printf %s {shell_word(text)}"], capture_output=True, check=True)
    assert done.stdout.decode() == text


@pytest.mark.parametrize("text", ["$(touch x)", "`touch x`", "'; touch x; '", '"; touch x; "', "\\", "a b", "", "!!"])
def test_each_escape_of_the_shell(run, text):
    found = bundle("f", invoke_permissions=(InvokePermission("Id", "lambda:InvokeFunction", "a", source_arn=text),))
    calls = run(render_permission_sets([found], "aws-cli"))
    assert _option(calls[-1], "--source-arn") == text


def test_a_second_run_updates_what_is_there(run):
    found = bundle("f", statement("*"), managed=True, invoke_permissions=FULL.invoke_permissions[:1], description="x")
    names = [call[1] for call in run(render_permission_sets([found], "aws-cli"), already="1")]
    assert names == [
        "get-role",
        "update-assume-role-policy",
        "update-role-description",
        "get-policy",
        "list-policy-versions",
        "delete-policy-version",
        "delete-policy-version",
        "create-policy-version",
        "attach-role-policy",
        "remove-permission",
        "add-permission",
    ]


def test_roles_come_before_the_permissions_that_need_the_functions(run):
    calls = run(render_permission_sets([FULL, replace(FULL, function="other", role_name="other-role")], "aws-cli"))
    services = [call[0] for call in calls]
    assert services == sorted(services)


@every_row("text", [*CONTROLS, "file:///etc/passwd", "https://example.com/"])
def test_what_the_aws_cli_would_not_take_as_it_is_is_refused(text):
    with pytest.raises(IamglueError, match="cannot be an argument"):
        shell_word(text)


def test_a_description_that_names_a_file_is_not_read(run):
    found = bundle("f", description="file:///etc/passwd")
    call = next(call for call in run(render_permission_sets([found], "aws-cli")) if call[1] == "create-role")
    assert call[-1] == "--description= file:///etc/passwd"


def test_what_is_not_known_before_the_script_runs_is_refused():
    with pytest.raises(IamglueError, match="contains a parameter without a value"):
        render_permission_sets([PARAMETRIC], "aws-cli")
