"""`iamglue generate`: every option of it, stdin and stdout."""

from __future__ import annotations

import json
import re

import pytest

from iamglue.formats.policies.renderer import FORMATS
from iamglue.formats.words.single_document import DOCUMENT_KINDS
from iamglue.model.proof_table import ProofLine, ProofSection, ProofTable

TWO = """\
iamglue: 1
region: eu-west-1
account: "123456789012"
functions:
  reader:
    reads:
      - s3: pictures
  writer:
    writes:
      - sqs: jobs
"""
BARE = """\
iamglue: 1
function: reader
reads:
  - dynamodb: pictures
"""
PARAMETERS = """\
iamglue: 1
function: reader
region: eu-west-1
account: "123456789012"
reads:
  - dynamodb: pictures-${Stage}
  - s3: ${Bucket}
"""


def resources(result) -> set[str]:
    assert result.exit_code == 0, result.stderr
    return {arn for statement in json.loads(result.stdout)["Statement"] for arn in statement["Resource"]}


def table(result) -> str:
    return next(arn for arn in resources(result) if ":dynamodb:" in arn)


def test_the_example_needs_five_actions_on_three_resources(iamglue, exif):
    result = iamglue("generate", exif)
    granted = {
        (action, arn)
        for statement in json.loads(result.stdout)["Statement"]
        for action in statement["Action"]
        for arn in statement["Resource"]
    }
    log_group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/exif-extractor:*"
    assert result.stderr == ""
    assert granted == {
        ("s3:GetObject", "arn:aws:s3:::images-bucket/*"),
        ("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable"),
        ("logs:CreateLogGroup", log_group),
        ("logs:CreateLogStream", log_group),
        ("logs:PutLogEvents", log_group),
    }


def test_a_dash_reads_the_spec_from_stdin(iamglue, exif):
    piped = iamglue("generate", "-", stdin=exif.read_bytes())
    assert (piped.exit_code, piped.stdout) == (0, iamglue("generate", exif).stdout)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_written_and_is_the_same_each_time(iamglue, exif, format_):
    first, second = iamglue("generate", exif, "--format", format_), iamglue("generate", exif, "--format", format_)
    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr
    assert "s3:GetObject" in first.stdout
    assert first.stdout == second.stdout
    assert first.stdout.endswith("\n")


@pytest.mark.parametrize("part", DOCUMENT_KINDS)
def test_every_part_can_be_had_alone(iamglue, exif, part):
    result = iamglue("generate", exif, "--only", part)
    assert result.exit_code == 0
    json.loads(result.stdout)


def test_parts_are_for_json_and_yaml(iamglue, exif):
    result = iamglue("generate", exif, "--format", "sam", "--only", "trust")
    assert (result.exit_code, result.stdout) == (2, "")


def test_an_unknown_format_names_those_there_are(iamglue, exif):
    result = iamglue("generate", exif, "--format", "xml")
    assert result.exit_code == 2
    assert "'cloudformation'" in result.stderr


def test_a_flag_wins_over_the_spec(iamglue, exif):
    result = iamglue("generate", exif, "--region", "us-east-2", "--account", "000000000042")
    assert table(result) == "arn:aws:dynamodb:us-east-2:000000000042:table/exifDataTable"


def test_the_spec_wins_over_the_environment(iamglue, exif):
    assert ":eu-west-1:" in table(iamglue("generate", exif, env={"AWS_REGION": "us-east-2"}))


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({"AWS_REGION": "us-east-2"}, "us-east-2"),
        ({"AWS_DEFAULT_REGION": "us-west-1"}, "us-west-1"),
        ({"AWS_REGION": "us-east-2", "AWS_DEFAULT_REGION": "us-west-1"}, "us-east-2"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-1"}, "us-west-1"),
    ],
)
def test_without_a_region_the_environments_is_taken(iamglue, spec, environment, region):
    result = iamglue("generate", spec(BARE), "--account", "123456789012", env=environment)
    assert f":{region}:" in table(result)


@pytest.mark.parametrize("format_", ["cloudformation", "sam", "terraform", "serverless"])
def test_documents_ignore_the_environment(iamglue, spec, format_):
    path = spec(BARE)
    bare = iamglue("generate", path, "--format", format_)
    there = iamglue("generate", path, "--format", format_, env={"AWS_REGION": "us-east-2"})
    assert bare.exit_code == 0, bare.stderr
    assert bare.stdout == there.stdout
    assert "us-east-2" not in there.stdout


@pytest.mark.parametrize("format_", ["json", "yaml", "aws-cli"])
def test_a_missing_region_and_account_are_errors_where_nothing_can_stand_for_them(iamglue, spec, format_):
    result = iamglue("generate", spec(BARE), "--format", format_)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--region" in result.stderr
    assert "--account" in result.stderr


def test_an_unusable_region_of_the_environment_is_an_error(iamglue, spec):
    result = iamglue("generate", spec(BARE), "--account", "123456789012", env={"AWS_REGION": "nowhere*"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nowhere*" in result.stderr


def test_the_partition_follows_from_the_region(iamglue, exif):
    assert table(iamglue("generate", exif, "--region", "cn-north-1")).startswith("arn:aws-cn:dynamodb:cn-north-1:")


@pytest.mark.parametrize(
    "flags",
    [
        ["--account", "12345"],
        ["--account", "12345678901x"],
        ["--account", "*"],
        ["--region", "eu-west"],
        ["--region", "*"],
        ["--partition", "aws-moon"],
        ["--partition", "aws-cn"],
    ],
    ids=" ".join,
)
def test_a_place_that_cannot_be_is_an_error(iamglue, exif, flags):
    result = iamglue("generate", exif, *flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert flags[1] in result.stderr


@pytest.mark.parametrize("format_", ["json", "cloudformation", "terraform"])
def test_a_region_that_is_a_parameter_of_no_spec_is_an_error(iamglue, exif, format_):
    result = iamglue("generate", exif, "--region", "${Region}", "--format", format_)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`${Region}`" in result.stderr


def test_parameters_get_their_values(iamglue, spec):
    result = iamglue("generate", spec(PARAMETERS), "--set", "Stage=prod", "--set", "Bucket=images/a=b")
    assert {"arn:aws:dynamodb:eu-west-1:123456789012:table/pictures-prod", "arn:aws:s3:::images/a=b"} <= resources(
        result
    )


def test_a_parameter_without_a_value_is_an_error_in_json(iamglue, spec):
    result = iamglue("generate", spec(PARAMETERS), "--set", "Stage=prod")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "${Bucket}" in result.stderr
    assert "${Stage}" not in result.stderr


@pytest.mark.parametrize("format_", ["cloudformation", "sam", "terraform"])
def test_a_parameter_without_a_value_stays_one_in_documents_that_have_them(iamglue, spec, format_):
    result = iamglue("generate", spec(PARAMETERS), "--set", "Stage=prod", "--format", format_)
    assert result.exit_code == 0, result.stderr
    assert "pictures-prod" in result.stdout
    assert "Bucket" in result.stdout


@pytest.mark.parametrize(
    "value", ["", " ", "*", "a?", "${Other}", "${aws:username}", 'a"b', "a\\b", "a\nb", "\x00"], ids=repr
)
def test_a_value_that_could_widen_the_policy_is_refused(iamglue, spec, value):
    result = iamglue("generate", spec(PARAMETERS), "--set", f"Stage={value}", "--set", "Bucket=b")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: --set Stage: ")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["Stag=x"], "did you mean `Stage`?"),
        (["Stage=x", "Stage=y"], "set twice"),
        (["Stage"], "expected NAME=VALUE"),
        (["=x"], "expected NAME=VALUE"),
        (["AWS::Region=x"], "expected NAME=VALUE"),
    ],
)
def test_a_setting_that_means_nothing_is_an_error(iamglue, spec, settings, words):
    flags = [word for setting in settings for word in ("--set", setting)]
    result = iamglue("generate", spec(PARAMETERS), *flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_value_that_makes_no_function_name_is_an_error(iamglue, spec):
    path = spec("iamglue: 1\nfunction: f-${X}\nregion: eu-west-1\naccount: '123456789012'\n")
    assert ":log-group:/aws/lambda/f-x:*" in iamglue("generate", path, "--set", "X=x").stdout
    result = iamglue("generate", path, "--set", "X=a b")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'f-a b'" in result.stderr


@pytest.mark.parametrize(
    "item",
    [
        "triggers:\n- sqs: q\n  {key}: ${{P}}\n",
        "calls:\n- lambda: g\n  {key}: ${{P}}\n",
        "settings:\n  on_failure:\n    sqs: q\n    {key}: ${{P}}\n",
        "triggers:\n- sqs: q\n  on_failure:\n    s3: bkt\n    {key}: ${{P}}\n",
    ],
    ids=["trigger", "entry", "destination", "destination of a trigger"],
)
@pytest.mark.parametrize(("key", "value"), [("account", "12"), ("region", "nowhere")])
def test_a_parameter_value_that_is_no_account_or_region_is_an_error_at_its_item(iamglue, spec, item, key, value):
    head = "iamglue: 1\nfunction: f\nregion: eu-west-1\naccount: '123456789012'\n"
    path = spec(head + item.format(key=key))
    assert iamglue("lint", path).exit_code == 0
    result = iamglue("generate", path, "--set", f"P={value}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"`{value}`" in result.stderr
    assert re.match(rf"error: {re.escape(str(path))}:[678]:\d+: ", result.stderr)


def test_a_setting_for_a_spec_without_parameters_is_an_error(iamglue, exif):
    result = iamglue("generate", exif, "--set", "Stage=x")
    assert result.exit_code == 2
    assert "has no parameters" in result.stderr


def test_one_function_of_several_can_be_chosen(iamglue, spec):
    assert "arn:aws:s3:::pictures/*" in resources(iamglue("generate", spec(TWO), "--function", "reader"))


def test_an_unknown_function_names_the_nearest(iamglue, spec):
    result = iamglue("generate", spec(TWO), "--function", "raeder")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean `reader`?" in result.stderr


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_several_functions_ask_for_a_directory(iamglue, spec, format_):
    result = iamglue("generate", spec(TWO), "--format", format_)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "-o DIR" in result.stderr


@pytest.mark.parametrize("format_", ["cloudformation", "sam", "terraform", "serverless", "aws-cli"])
def test_documents_hold_all_functions(iamglue, spec, format_):
    result = iamglue("generate", spec(TWO), "--format", format_)
    assert result.exit_code == 0, result.stderr
    assert "s3:GetObject" in result.stdout
    assert "sqs:SendMessage" in result.stdout


def test_an_explanation_goes_to_stderr_and_names_the_lines(iamglue, exif):
    plain, explained = iamglue("generate", exif), iamglue("generate", exif, "--explain")
    assert explained.stdout == plain.stdout
    assert "dynamodb:PutItem" in explained.stderr
    assert f"{exif}:10:" in explained.stderr


def test_bad_spec_errors_carry_file_line_and_column(iamglue, spec):
    path = spec("iamglue: 1\nfunction: f\nreads:\n  - dinamodb: t\n")
    result = iamglue("generate", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {path}:4:5: ")
    assert "dynamodb" in result.stderr


def test_the_proof_goes_to_stderr_and_the_policy_to_stdout(iamglue, exif):
    result = iamglue("generate", exif, "--prove")
    assert result.exit_code == 0
    assert result.stdout == iamglue("generate", exif).stdout
    assert "proof for exif-extractor: 29 of 29 lines hold" in result.stderr


@pytest.mark.parametrize(("holds", "code"), [(False, 1), (None, 3)], ids=["fails", "undecided"])
def test_a_proof_that_does_not_hold_has_an_exit_code(iamglue, exif, monkeypatch, holds, code):
    table = ProofTable("f", (ProofLine(ProofSection.EXACT, "nothing more", holds),))
    monkeypatch.setattr("iamglue.generate.prove.prove", lambda *_: table)
    result = iamglue("generate", exif, "--prove")
    assert result.exit_code == code
    assert result.stdout


CROSS_ACCOUNT = (
    'iamglue: 1\nregion: eu-west-1\naccount: "111122223333"\nwrites:\n  - sqs: q\n    account: "210987654321"\n'
)


@pytest.mark.parametrize("options", [(), ("--format", "yaml"), ("--only", "policy")])
def test_a_policy_that_others_must_complete_says_so(iamglue, spec, options):
    assert "`--only peers` prints" in iamglue("generate", spec(f"{CROSS_ACCOUNT}function: f\n"), *options).stderr


@pytest.mark.parametrize("options", [("--only", "peers"), ("--format", "terraform")])
def test_output_that_has_those_policies_does_not(iamglue, spec, options):
    assert "`--only peers`" not in iamglue("generate", spec(f"{CROSS_ACCOUNT}function: f\n"), *options).stderr


def test_functions_that_share_an_entry_share_its_note(iamglue, spec):
    entry = 'calls:\n  - textract: "*"\n    do: DetectDocumentText\n'
    text = f'iamglue: 1\nregion: eu-west-1\naccount: "111122223333"\n{entry}functions: {{a: {{}}, b: {{}}}}\n'
    shared = iamglue("generate", spec(text), "--format", "sam")
    assert shared.stderr.count("some calls of `textract:DetectDocumentText`") == 1


def test_the_report_has_what_is_proved_explained_and_out_of_date(iamglue, exif, tmp_path):
    policy, report = tmp_path / "policy.json", tmp_path / "report.json"
    policy.write_text("{}", encoding="utf-8")
    run = iamglue("generate", exif, "-o", policy, "--check", "--prove", "--explain", "--report", report)
    data = json.loads(report.read_text(encoding="utf-8"))
    [function] = data["functions"]
    assert (run.exit_code, data["out_of_date"]) == (1, [str(policy)])
    assert function["proof"]["holds"] is True
    assert f"{len(function['proof']['lines'])} of {len(function['proof']['lines'])} lines hold" in run.stderr
    assert all(statement["because"] for statement in function["statements"])


def test_a_report_to_stdout_is_json_alone(iamglue, exif, tmp_path):
    run = iamglue("generate", exif, "-o", tmp_path / "policy.json", "--explain", "--report", "-")
    data = json.loads(run.stdout)
    assert (data["out_of_date"], data["functions"][0]["proof"]) == (None, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--report", "r.json"), "give one of them"),
        (("--prove", "--report", "-"), "--report - needs -o PATH"),
        (("--prove", "--report", "r.json", "-o", "r.json"), "name the same file"),
    ],
)
def test_a_report_without_content_or_place_is_an_error(iamglue, exif, options, message):
    run = iamglue("generate", exif, *options)
    assert (run.exit_code, message in run.stderr) == (2, True)
