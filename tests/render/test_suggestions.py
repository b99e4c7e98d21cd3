"""The files of a suggestion: what names of AWS's may hold does nothing in any of them, and each says what is meant."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
import yaml
from budget import share
from hypothesis import given
from hypothesis import strategies as st
from render.reading import encoded, hcl_string, terraform
from render.samples import CONTROLS, prose
from roles_and_needs import attached, case, customer, inline, needs, role

from iamglue.iam.document import document
from iamglue.iam.policies import Effect, Patterns, Statement, allow
from iamglue.render.names import file_name
from iamglue.render.suggestion import suggestion_files
from iamglue.subjects.account import AttachedPolicy
from iamglue.subjects.audit import Judged
from iamglue.suggest import replacement

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="bash is not installed")
ALL = allow(("s3:*", "dynamodb:*"), ("*",))
READ = allow(("s3:GetObject",), ("arn:aws:s3:::images-bucket/*",), sid="Read")
GUARD = Statement(Effect.DENY, Patterns(("s3:DeleteBucket",)), Patterns(("*",)))
BIG = tuple(allow(("s3:GetObject",), (f"arn:aws:s3:::{at:0>400}",), sid=f"S{at}") for at in range(40))
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


def judged(*policies, name="exif-role", function="exif-extractor", statements=(READ,)):
    found = case(role(*policies, name=name), needs(function, *statements))
    return Judged(found, replacement=replacement(found))


def files(*policies, **given):
    """The files of a role's folder, without the folder."""
    found = suggestion_files(judged(*policies, **given))
    return {name.partition("/")[2]: text for name, text in found.items()}


def hostile(name):
    """A role, policies and a function of this name."""
    arn = f"arn:aws:iam::123456789012:policy/{name}"
    odd = [replace(inline("x", ALL), name=name), replace(customer("x", ALL), name=name, arn=arn)]
    return files(*odd, replace(inline("y", GUARD), name=f"{name}-stays"), name=name, function=name)


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
    assert json.loads(found[path]) == document(inline("x", ALL).policy)


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
    done = [subprocess.run([checker, "-"], input=each.encode(), capture_output=True, check=False) for each in scripts]
    return [each.stdout.decode() for each in done if each.returncode]


@pytest.mark.parametrize("name", UNHEARD)
def test_a_name_that_aws_cannot_have_gets_no_script(name):
    found = hostile(name)
    assert not [each for each in found if each.endswith(".sh")]
    assert "cannot be an argument of the AWS CLI" in found["change.md"]


@share(0.2)
@given(name=prose(CONTROLS))
def test_no_path_leads_out_of_the_folder(name):
    for path in suggestion_files(judged(inline("all", ALL), name=name, function=name)):
        assert re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.(json|md|sh|tf|yaml)|[A-Za-z0-9_/-]+\.[a-z]+", path)
        assert ".." not in PurePosixPath(path).parts


@given(names=st.lists(prose(CONTROLS), unique_by=str.lower, max_size=6))
def test_names_that_differ_give_folders_that_differ(names):
    folders = [file_name(name).lower() for name in names]
    assert len(set(folders)) == len(folders)


@share(0.2)
@given(name=prose(CONTROLS))
def test_terraform_reads_the_names_and_documents_that_are_meant(name):
    found = hostile(name)
    read = terraform(found["terraform/main.tf"])
    ((_, put),) = read["aws_iam_role_policy"].items()
    assert hcl_string(put["role"], {}) == name
    assert encoded(put["policy"], {}) == json.loads(_new(found))
    ((_, inline_names),) = read["aws_iam_role_policies_exclusive"].items()
    assert hcl_string(inline_names["policy_names"][1], {}) == f"{name}-stays"


@share(0.2)
@given(name=prose(CONTROLS))
def test_terraform_gives_the_old_policies_back(name):
    read = terraform(hostile(name)["terraform/rollback/main.tf"])
    ((_, put),) = read["aws_iam_role_policy"].items()
    assert hcl_string(put["name"], {}) == name
    assert encoded(put["policy"], {}) == document(inline("x", ALL).policy)
    ((_, arns),) = read["aws_iam_role_policy_attachments_exclusive"].items()
    assert [hcl_string(each, {}) for each in arns["policy_arns"]] == [f"arn:aws:iam::123456789012:policy/{name}"]


@share(0.2)
@given(name=prose(CONTROLS))
def test_cloudformation_reads_the_names_and_documents_that_are_meant(name):
    found = hostile(name)
    ((_, put),) = yaml.safe_load(found["cloudformation/template.yaml"])["Resources"].items()
    assert put["Type"] == "AWS::IAM::RolePolicy"
    assert put["Properties"]["RoleName"] == name
    assert put["Properties"]["PolicyDocument"] == json.loads(_new(found))
    ((_, old),) = yaml.safe_load(found["cloudformation/rollback.yaml"])["Resources"].items()
    assert old["Properties"]["PolicyName"] == name
    assert old["Properties"]["PolicyDocument"] == document(inline("x", ALL).policy)


def _new(found):
    (name,) = [each for each in found if each.startswith("policy-")]
    return found[name]


@share(0.2)
@given(name=prose(CONTROLS))
def test_nothing_in_the_words_is_markup_or_obeyed_by_a_terminal(name):
    text = hostile(name)["change.md"]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
    prose_only = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<script" not in prose_only
    assert "javascript" not in prose_only


def test_a_dynamic_reference_gets_no_template_and_the_words_say_so():
    found = files(inline("{{resolve:ssm:x}}", ALL))
    assert not [each for each in found if each.startswith("cloudformation")]
    assert "dynamic reference" in found["change.md"]
    assert "apply.sh" in found


def test_the_words_say_how_much_goes():
    text = files(customer("wide", ALL))["change.md"]
    assert re.search(r"\*\*\d+ actions -> 1\*\*", text)
    assert "`arn:aws:iam::123456789012:policy/wide` is detached" in text


def test_an_old_document_is_kept_to_the_letter_in_ascii():
    text = '{"Statement":  [{"Sid":"", "Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::é*"}] }'
    kept = files(attached("odd", text))["old/odd.json"]
    assert kept == text.replace("é", "\\u00e9")


def test_a_malformed_old_document_can_still_be_put_back():
    found = files(inline("all", ALL), AttachedPolicy("odd", '{"Statement": nonsense ${x}', None))
    assert found["old/odd.json"] == '{"Statement": nonsense ${x}'
    assert "terraform/rollback/main.tf" in found
    assert "is malformed" in found["change.md"]


def test_policies_of_one_name_keep_a_file_each():
    found = files(
        inline("wide", ALL),
        customer("wide", ALL),
        replace(customer("wide", ALL), arn="arn:aws:iam::123456789012:policy/path/wide"),
    )
    assert len([each for each in found if each.startswith("old/")]) == 3


def test_roles_of_several_accounts_are_apart():
    found = suggestion_files(judged(inline("all", ALL)), by_account=True)
    assert {PurePosixPath(each).parts[:2] for each in found} == {("123456789012", "exif-role")}


def test_without_a_replacement_there_are_no_files():
    assert suggestion_files(Judged(case(role(inline("all", ALL)), functions=["f"]))) == {}


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


def test_managed_policies_are_attached_by_the_list_of_terraform():
    read = terraform(files(customer("wide", ALL), statements=BIG)["terraform/main.tf"])
    ((_, arns),) = read["aws_iam_role_policy_attachments_exclusive"].items()
    assert len(arns["policy_arns"]) == len(read["aws_iam_policy"])
