"""`iamglue diff`: what it reads, what it writes, and its exit codes."""

from __future__ import annotations

import json

import pytest


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources="*", **parts):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **parts}


READ = policy(allow("s3:GetObject"))
BOTH = policy(allow(["s3:GetObject", "sqs:SendMessage"], Sid="Both"))


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write files and go to where they are."""
    monkeypatch.chdir(tmp_path)

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")

    write(read=READ, both=BOTH)
    return write


@pytest.mark.usefixtures("files")
def test_new_access_is_exit_code_1_and_its_statement_and_line_are_told(iamglue):
    result = iamglue("diff", "read.json", "both.json")
    assert result.exit_code == 1
    assert "new access: both.json allows access that read.json does not" in result.stdout
    assert "sqs:SendMessage" in result.stdout
    assert "s3:GetObject" not in result.stdout
    assert "both.json:1, statement 1 (Both)" in result.stdout
    assert result.stderr == ""


@pytest.mark.usefixtures("files")
def test_less_access_is_exit_code_0_and_told(iamglue):
    result = iamglue("diff", "both.json", "read.json")
    assert result.exit_code == 0
    assert "Removed" in result.stdout


@pytest.mark.usefixtures("files")
def test_the_same_access_is_exit_code_0(iamglue):
    result = iamglue("diff", "read.json", "read.json")
    assert (result.exit_code, result.stdout) == (0, "no new access: read.json and read.json allow the same\n")


@pytest.mark.usefixtures("files")
def test_json_has_the_keys_of_the_contract(iamglue):
    data = json.loads(iamglue("diff", "read.json", "both.json", "--format", "json").stdout)
    assert list(data) == ["answer", "witness", "reason", "future_only", "unlisted_only", "statements"]
    assert data["answer"] == "new-access"
    assert data["witness"]["action"] == "sqs:SendMessage"
    assert set(data["witness"]) == {"action", "resource", "context"}
    assert data["reason"] == ""
    assert data["future_only"] is False
    (added,) = data["statements"]["added"]
    assert added["statement"] == {
        "Sid": "Both",
        "Effect": "Allow",
        "Action": ["sqs:SendMessage"],
        "Resource": ["*"],
    }
    assert added["source"] == {"path": "both.json", "line": 1, "statement": 0, "sid": "Both"}
    assert data["statements"]["removed"] == []
    assert data["statements"]["incomplete"] == []


def test_what_cannot_be_decided_is_unknown_and_exit_code_1(iamglue, files):
    # The old policy allows all names of 15 letters and all longer ones, in patterns that each ask for a letter 15
    # characters from the end besides: the combinations are past every bound.
    letters = [f"arn:aws:s3:::*{letter}{'?' * 14}" for letter in "bcdefghijklmn"]
    names = [*letters, f"arn:aws:s3:::{'?' * 15}", f"arn:aws:s3:::{'?' * 16}*"]
    files(old=policy(allow("s3:GetObject", names)), new=policy(allow("s3:GetObject", f"arn:aws:s3:::*a{'?' * 14}")))
    result = iamglue("diff", "old.json", "new.json", "--format", "json")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (data["answer"], data["witness"]) == ("unknown", None)
    assert data["reason"] == "too many combinations of resource patterns"
    assert any(data["reason"] in each for each in data["statements"]["incomplete"])


def test_files_joined_with_a_plus_hold_together(iamglue, files):
    files(send=policy(allow("sqs:SendMessage")))
    assert iamglue("diff", "read.json+send.json", "both.json").exit_code == 0
    assert iamglue("diff", "read.json", "read.json+send.json").exit_code == 1


def test_a_plus_in_the_name_of_a_file_is_part_of_it(iamglue, files):
    files(**{"a+b": READ})
    assert iamglue("diff", "a+b.json", "read.json").exit_code == 0


@pytest.mark.usefixtures("files")
def test_one_side_may_come_from_stdin(iamglue):
    result = iamglue("diff", "read.json", "-", stdin=BOTH)
    assert result.exit_code == 1
    assert "<stdin>:1" in result.stdout


def test_yaml_is_read_as_json_is(iamglue, files, tmp_path):
    del files
    (tmp_path / "p.yaml").write_text(
        'Version: "2012-10-17"\nStatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: "*"\n'
    )
    assert iamglue("diff", "p.yaml", "read.json").exit_code == 0


def test_a_boundary_and_scps_hold_on_both_sides(iamglue, files):
    files(only=policy(allow("s3:*")), full=policy(allow("*")), deny=policy({**allow("sqs:*"), "Effect": "Deny"}))
    assert iamglue("diff", "read.json", "both.json", "--boundary", "only.json").exit_code == 0
    assert (
        iamglue("diff", "read.json", "both.json", "--scp", "full.json", "--scp", "full.json+deny.json").exit_code == 0
    )
    assert iamglue("diff", "read.json", "both.json", "--scp", "full.json").exit_code == 1


@pytest.mark.usefixtures("files")
def test_against_a_spec_the_generated_policy_is_neither_excess_nor_missing(iamglue, exif, tmp_path):
    (tmp_path / "own.json").write_text(iamglue("generate", exif).stdout, encoding="utf-8")
    result = iamglue("diff", "--against", exif, "own.json")
    assert result.exit_code == 0
    assert "allows exactly what" in result.stdout


@pytest.mark.usefixtures("files")
def test_against_a_spec_excess_and_missing_are_told(iamglue, exif):
    result = iamglue("diff", "--against", exif, "both.json")
    assert result.exit_code == 1
    assert "Excess" in result.stdout
    assert "sqs:SendMessage" in result.stdout
    assert "Missing" in result.stdout
    assert "dynamodb:PutItem" in result.stdout


@pytest.mark.usefixtures("files")
def test_against_a_spec_takes_place_and_parameters(iamglue, spec):
    path = spec("iamglue: 1\nfunction: f\nwrites:\n- dynamodb: '${Table}'\nsettings: {logs: false}\n")
    missing = iamglue("diff", "--against", path, "read.json")
    assert missing.exit_code == 2
    assert "--set Table=VALUE" in missing.stderr
    given = ("--set", "Table=orders", "--region", "eu-west-1", "--account", "111122223333")
    result = iamglue("diff", "--against", path, "read.json", *given)
    assert "arn:aws:dynamodb:eu-west-1:111122223333:table/orders" in result.stdout


@pytest.mark.usefixtures("files")
def test_against_a_spec_of_several_functions_one_is_named(iamglue, spec):
    path = spec("iamglue: 1\nsettings: {logs: false}\nfunctions:\n  a: {}\n  b: {reads: [{s3: photos}]}\n")
    without = iamglue("diff", "--against", path, "read.json")
    assert without.exit_code == 2
    assert "choose one with --function: a, b" in without.stderr
    assert iamglue("diff", "--against", path, "read.json", "--function", "b").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["read.json"], "expected two policies, OLD and NEW, got 1"),
        (["read.json", "both.json", "read.json"], "expected two policies"),
        (["--against", "spec.yaml", "read.json", "both.json"], "one policy with --against SPEC, got 2"),
        (["-", "-"], "stdin, which can be read only once"),
        (["-", "read.json+-"], "stdin, which can be read only once"),
        (["read.json", "both.json", "--region", "eu-west-1"], "--region requires --against SPEC"),
        (["read.json", "both.json", "--set", "A=b"], "--set requires --against SPEC"),
        (["read.json", "nothing.json"], "nothing.json: cannot read the file: there is no such file"),
        (["read.json", "both.json+"], "expected a file on each side of every `+`"),
        (["read.json", "both.json", "--format", "html"], "Invalid value for '--format'"),
        (["read.json", "bad.json"], "bad.json:1:"),
        (["read.json", "empty.json"], "the file is empty"),
    ],
)
def test_bad_usage_and_bad_input_are_exit_code_2(iamglue, files, arguments, message):
    files(bad='{"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}', empty="")
    result = iamglue("diff", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_every_fault_of_a_policy_is_told_at_once(iamglue, files):
    files(bad='{"Statement": [\n{"Effect": "allow", "Action": "*", "Resource": "*"},\n{"Effect": "Allow"}]}')
    told = iamglue("diff", "bad.json", "read.json").stderr
    assert "bad.json:2:" in told
    assert "bad.json:3:" in told


def test_an_empty_value_is_shown(iamglue, files):
    old, new = ({"StringEquals": {"s3:prefix": values}} for values in (["home/"], ["", "home/"]))
    listing = allow("s3:ListBucket")
    files(old=policy(listing | {"Condition": old}), new=policy(listing | {"Condition": new}))
    result = iamglue("diff", "old.json", "new.json")
    assert 'when    s3:prefix StringEquals "" or home/' in result.stdout
    assert 'with s3:prefix = ""' in result.stdout


def test_the_reason_of_an_undecided_comparison_is_said_once(iamglue, tmp_path):
    condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}, "Null": {"aws:username": "true"}}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    for name, statements in (("old", []), ("new", [statement])):
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    result = iamglue("diff", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    assert result.stdout.count("it depends on whether") == 1
