"""`iamglue compact` and `generate --compact`: what goes where, and what is said."""

from __future__ import annotations

import json

import pytest

from iamglue.catalog.services import find_service
from iamglue.policy.document import policy_size, read_policy

READS = [str(a) for a in find_service("s3").actions.values() if a.access_level in ("Read", "List")]
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Reads", "Effect": "Allow", "Action": READS, "Resource": "*"},
        {"Effect": "Deny", "NotAction": READS, "Resource": "arn:aws:s3:::bkt/*"},
    ],
}
SPEC = """\
iamglue: 1
function: f
region: eu-west-1
account: "111122223333"
reads:
- s3: bkt
  do: [GetObjectTagging, GetObjectVersionTagging]
- dynamodb: tbl
raw:
- actions: [sqs:GetQueueUrl, sqs:GetQueueAttributes]
  resources: ["*"]
  why: a test
settings: {logs: false}
"""


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return path


def actions(text: str) -> list[str]:
    return [action for each in json.loads(text)["Statement"] for action in each.get("Action", [])]


def test_the_policy_goes_to_stdout_and_the_talk_to_stderr(iamglue, policy):
    result = iamglue("compact", policy, "--limit", "4000")
    assert result.exit_code == 0
    assert policy_size(read_policy(result.stdout, "p.json")) <= 4000
    assert "characters before" in result.stderr
    assert "action" in result.stderr.partition("that matches")[2]


def test_a_policy_that_fits_has_no_wildcards(iamglue, policy):
    result = iamglue("compact", policy, "--limit", "100000")
    assert actions(result.stdout) == sorted(READS)
    assert "new AWS action that matches" not in result.stderr


def test_stdin_is_read_and_yaml_written(iamglue, policy):
    result = iamglue("compact", "-", "--format", "yaml", "--max", stdin=policy.read_text(encoding="utf-8"))
    assert result.exit_code == 0
    assert read_policy(result.stdout, "p.yaml").statements[0].sid == "Reads"


def test_sids_are_dropped_when_asked(iamglue, policy):
    assert "Sid" not in iamglue("compact", policy, "--drop-sids").stdout


def test_a_file_is_written(iamglue, policy, tmp_path):
    result = iamglue("compact", policy, "-o", tmp_path / "small.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert policy_size(read_policy((tmp_path / "small.json").read_text(encoding="utf-8"), "p")) <= 6144


def test_several_policies_go_into_a_directory(iamglue, policy, tmp_path):
    result = iamglue("compact", policy, "--split", "--limit", "5000", "-o", tmp_path / "small")
    assert result.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "small").iterdir())
    assert names == ["policy.compact-1.json", "policy.compact-2.json"]
    assert "attach all of them" in result.stderr


@pytest.mark.parametrize("output", [[], ["-o", "-"], ["-o", "one.json"]])
def test_several_policies_fit_into_no_single_file(iamglue, policy, tmp_path, monkeypatch, output):
    monkeypatch.chdir(tmp_path)
    result = iamglue("compact", policy, "--split", "--limit", "5000", *output)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "2 policies are needed" in result.stderr
    assert "-o DIR" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["policy.json"]


def test_what_fits_in_no_way_is_an_error_and_nothing_is_written(iamglue, policy, tmp_path):
    result = iamglue("compact", policy, "--limit", "60", "-o", tmp_path / "small.json")
    assert result.exit_code == 2
    assert "does not fit in 60 characters" in result.stderr
    assert not (tmp_path / "small.json").exists()


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1e3"])
def test_a_limit_is_a_number_of_characters(iamglue, policy, limit):
    result = iamglue("compact", policy, "--limit", limit)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"Statement": [',
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}], "Statement": []}',
        '{"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": "s3:*", "Resource": "*"}]}',
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": 1, "Resource": "*"}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_policy_is_an_error(iamglue, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    result = iamglue("compact", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize(
    "action",
    ["s3:*a*b*a*b*a*b*a*b*", "s3:" + "?" * 300 + "*", "s3:*?*?*?*?*?*x", "s3:Zet${*}", "S3:zET", "s*:Get*", "S*:*"],
)
def test_strange_patterns_are_kept(iamglue, tmp_path, action):
    statement = {"Effect": "Allow", "Action": [action, *READS], "Resource": "*"}
    path = tmp_path / "strange.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")
    result = iamglue("compact", path, "--max")
    assert result.exit_code == 0, result.stderr
    assert action in actions(result.stdout)


def test_generate_writes_wildcards_where_they_shorten_and_says_so(iamglue, spec):
    result = iamglue("generate", spec(SPEC), "--compact")
    assert "s3:GetObject*Tagging" in actions(result.stdout)
    assert "`s3:GetObject*Tagging` (2 actions)" in result.stderr


def test_generate_leaves_raw_statements_as_they_stand(iamglue, spec):
    result = iamglue("generate", spec(SPEC), "--compact")
    assert {"sqs:GetQueueUrl", "sqs:GetQueueAttributes"} <= set(actions(result.stdout))


def test_generate_is_exact_without_being_asked(iamglue, spec):
    result = iamglue("generate", spec(SPEC))
    assert not any("*" in action for action in actions(result.stdout))


def test_the_compact_policy_of_a_function_is_proved_too(iamglue, spec):
    result = iamglue("generate", spec(SPEC), "--compact", "--prove")
    assert result.exit_code == 0, result.stderr
    assert "AWS may add actions that differ" in " ".join(result.stderr.split())


def test_a_compacted_template_leaves_the_place_to_the_deployment(iamglue, spec):
    result = iamglue(
        "generate", spec(SPEC.replace("region: eu-west-1\n", "")), "--compact", "--format", "cloudformation"
    )
    assert result.exit_code == 0, result.stderr
    assert "s3:GetObject*Tagging" in result.stdout


def test_a_policy_that_fits_is_said_to_be_left_as_it_is(iamglue, tmp_path):
    path = tmp_path / "policy.json"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")
    said = iamglue("compact", path).stderr
    assert said == "note: the policy has 115 characters, and the limit is 6,144: nothing was shortened\n"
