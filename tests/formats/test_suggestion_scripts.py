"""The scripts of a suggestion, run by a real Bash with a recorder in place of `aws`."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from formats.samples import CONTROLS, prose
from formats.suggested import ALL, BIG, READ, files, hostile
from hypothesis import given
from support.budget import share
from support.roles_and_needs import customer, inline

from iamglue.policy.document import policy_data

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="bash is not installed")
# What a shell, HCL, YAML, a terminal or a command line could take for more than a name.
HOSTILE = [
    "'; touch pwned; '",
    '"; touch pwned; "',
    "$(touch pwned)",
    "`touch pwned`",
    "${HOME}",
    '${file("/etc/passwd")}',
    "%{ if true }",
    "-rf",
    "--policy-document=file:///etc/passwd",
    "../../etc/passwd",
    "..",
    "a\\",
    "a b\tc".replace("\t", " "),
    "*",
    "~root",
    "!!",
    "#",
    "a: b",
    "</summary><script>alert(1)</script>",
    "[x](javascript:alert)",
    "```",
    "é☃",
    "{{ 7 * 7 }}",
    "CON",
    "",
]
UNHEARD = [f"a{each}b" for each in CONTROLS] + ["file:///etc/passwd", "https://example.com/"]
RECORDER = """#!{bash}
{{ printf '%s\\0' "$@"; printf '\\n\\0'; }} >>"$RECORD"
case "$2" in
get-caller-identity) echo "$ACCOUNT" ;;
list-role-policies | list-attached-role-policies) printf '%s' "$THERE" ;;
get-policy) if [ -n "$DESCRIPTION" ]; then echo "$DESCRIPTION"; else exit 254; fi ;;
esac
"""


@pytest.fixture
def run(tmp_path):
    """Runs a script of a suggestion beside a recorder in place of `aws`, and gives its calls."""
    tools = tmp_path / "tools"
    tools.mkdir()
    recorder = tools / "aws"
    recorder.write_text(RECORDER.format(bash=BASH))
    recorder.chmod(0o755)

    def calls(found, script, *steps, there="", account="123456789012", description="", code=0):
        record = tmp_path / "record"
        record.write_bytes(b"")
        place = tmp_path / "suggested"
        for name, text in found.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
        before = sorted(place.rglob("*"))
        environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "RECORD": str(record),
            "ACCOUNT": account,
            "THERE": there,
            "DESCRIPTION": description,
            "WAIT_SECONDS": "0",
        }
        done = subprocess.run(
            [BASH, place / script, *steps], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert sorted(place.rglob("*")) == before
        assert {each.name for each in tmp_path.iterdir()} == {"record", "suggested", "tools"}
        text = record.read_bytes().decode()
        return [call.split("\0")[:-1] for call in text.split("\n\0")[:-1]]

    return calls


def option(call, name):
    (found,) = [each.partition("=")[2] for each in call if each.startswith(f"--{name}=")]
    return found


@needs_bash
@pytest.mark.parametrize("name", HOSTILE)
def test_every_name_reaches_the_aws_cli_as_it_is(run, name):
    found = hostile(name)
    arn = f"arn:aws:iam::123456789012:policy/{name}"
    calls = run(found, "apply.sh", there=f"other\t{name}\t{arn}")
    changes = [call for call in calls if re.match("put|delete|detach", call[1])]
    assert [call[1] for call in changes] == ["put-role-policy", "detach-role-policy", "delete-role-policy"]
    assert {option(call, "role-name") for call in changes} == {name}
    assert option(changes[1], "policy-arn") == arn
    assert option(changes[2], "policy-name") == name


@needs_bash
@pytest.mark.parametrize("name", HOSTILE)
def test_the_way_back_names_the_same(run, name):
    found = hostile(name)
    calls = run(found, "rollback.sh", there=f"{name}-policy")
    changes = [call for call in calls if re.match("put|delete|attach", call[1])]
    assert [call[1] for call in changes][:2] == ["attach-role-policy", "put-role-policy"]
    assert {option(call, "role-name") for call in changes} == {name}
    path = option(changes[1], "policy-document").removeprefix("file://")
    assert json.loads(found[path]) == policy_data(inline("x", ALL).policy)


@share(0.2)
@given(name=prose())
def test_shellcheck_finds_nothing(name):
    assert _faults(hostile(name)) == []


@pytest.mark.parametrize("statements", [(), (READ,), BIG])
@pytest.mark.parametrize(
    "policies", [(customer("wide", ALL),), (inline("wide", ALL),), (customer("w", ALL), inline("w", ALL))]
)
def test_every_kind_of_script_is_sound(statements, policies):
    assert _faults(files(*policies, statements=statements)) == []


def _faults(found):
    checker = Path(sys.executable).with_name("shellcheck")
    scripts = [found[name] for name in ("apply.sh", "rollback.sh") if name in found]
    done = [
        subprocess.run([checker, "--exclude=SC2088", "-"], input=each.encode(), capture_output=True, check=False)
        for each in scripts
    ]
    return [each.stdout.decode() for each in done if each.returncode]


@pytest.mark.parametrize("name", UNHEARD)
def test_a_name_that_aws_cannot_have_gets_no_script(name):
    found = hostile(name)
    assert not [each for each in found if each.endswith(".sh")]
    assert "cannot be an argument of the AWS CLI" in found["change.md"]


@needs_bash
@pytest.mark.parametrize("script", ["apply.sh", "rollback.sh"])
def test_another_account_is_refused_and_nothing_is_changed(run, script):
    calls = run(files(customer("wide", ALL)), script, account="210987654321", code=1)
    assert [call[1] for call in calls] == ["get-caller-identity"]


@needs_bash
def test_what_is_gone_already_is_not_removed_again(run):
    calls = run(files(customer("wide", ALL), inline("old", ALL)), "apply.sh", there="wider\told-2")
    assert not [call for call in calls if call[1].startswith(("detach", "delete"))]


@needs_bash
@pytest.mark.parametrize(("step", "verbs"), [("put", {"put-role-policy"}), ("remove", {"list-attached-role-policies"})])
def test_a_step_can_be_made_alone(run, step, verbs):
    calls = run(files(customer("wide", ALL)), "apply.sh", step)
    assert {call[1] for call in calls} == {"get-caller-identity", *verbs}


@needs_bash
def test_an_unknown_step_changes_nothing(run):
    calls = run(files(customer("wide", ALL)), "apply.sh", "everything", code=2)
    assert [call[1] for call in calls] == ["get-caller-identity"]


@needs_bash
def test_managed_policies_are_made_and_attached(run):
    calls = run(files(customer("wide", ALL), statements=BIG), "apply.sh")
    made = [option(call, "policy-name") for call in calls if call[1] == "create-policy"]
    put = [option(call, "policy-arn") for call in calls if call[1] == "attach-role-policy"]
    assert put == [f"arn:aws:iam::123456789012:policy/{name}" for name in made]
    assert made[0] == "exif-extractor-policy-1"


@needs_bash
def test_a_managed_policy_of_that_name_that_is_not_ours_is_left_alone(run):
    calls = run(files(customer("wide", ALL), statements=BIG), "apply.sh", description="None", code=1)
    assert [call[1] for call in calls] == ["get-caller-identity", "get-policy"]


@needs_bash
def test_the_way_back_deletes_no_managed_policy_that_is_not_ours(run):
    calls = run(files(customer("wide", ALL), statements=BIG), "rollback.sh", description="Someone else's")
    assert "delete-policy" not in {call[1] for call in calls}
