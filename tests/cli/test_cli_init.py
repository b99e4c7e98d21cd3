"""`iamglue init` and `iamglue schema`: a first spec, and what an editor needs to help with it."""

from __future__ import annotations

import json

from iamglue.readers.spec.json_schema import spec_schema
from iamglue.readers.spec.reader import parse_spec

FLAGS = ["--function", "exif", "--region", "eu-west-1", "--account", "012345678901"]
ENTRIES = ["--triggers", "s3=images", "--reads", "s3=images", "--writes", "dynamodb=exif", "--writes", "sqs:jobs"]


def test_flags_give_a_spec_that_says_what_they_say(iamglue):
    result = iamglue("init", "-", *FLAGS, *ENTRIES)
    (function,) = parse_spec(result.stdout, "spec.yaml").functions
    assert (function.name, function.region, function.account) == ("exif", "eu-west-1", "012345678901")
    assert [trigger.name for trigger in function.triggers] == ["s3"]
    assert [(entry.access, entry.service, entry.resource.text) for entry in function.entries] == [
        ("reads", "s3", "images"),
        ("writes", "dynamodb", "exif"),
        ("writes", "sqs", "jobs"),
    ]


def test_the_first_spec_generates(iamglue, tmp_path):
    path = tmp_path / "spec.yaml"
    result = iamglue("init", path, *FLAGS, *ENTRIES)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"iamglue generate {path}" in result.stderr
    assert "dynamodb:PutItem" in iamglue("generate", path).stdout


def test_the_next_step_of_a_spec_without_region_and_account_says_what_is_missing(iamglue, tmp_path):
    path = tmp_path / "spec.yaml"
    steps = iamglue("init", path, "--function", "exif", *ENTRIES).stderr
    assert f"next: write `region` and `account` into {path}, then generate the policy: iamglue generate {path}" in steps
    template = next(line for line in steps.splitlines() if line.endswith("--format sam")).partition("iamglue ")[2]
    run = iamglue(*template.split())
    assert (run.exit_code, run.stderr) == (0, "")


def test_the_least_spec_is_valid_and_shows_every_list_as_a_comment(iamglue):
    text = iamglue("init", "-", "--function", "exif").stdout
    assert parse_spec(text, "spec.yaml").functions[0].entries == ()
    for name in ("triggers", "reads", "writes", "calls", "region", "account"):
        assert f"\n# {name}:" in text


def test_prompts_ask_for_what_the_flags_do_not_say(iamglue, tmp_path):
    answers = "exif\neu-west-1\n\ns3=images\n\ns3=images\n\ndynamodb=exif\n\n"
    result = iamglue("init", tmp_path / "spec.yaml", stdin=answers)
    assert result.exit_code == 0, result.stderr
    assert "Lambda function name" not in result.stdout
    (function,) = parse_spec((tmp_path / "spec.yaml").read_text(), "spec.yaml").functions
    assert (function.name, function.account, len(function.entries)) == ("exif", None, 2)


def test_an_input_that_ends_early_is_an_error_and_writes_nothing(iamglue, tmp_path):
    result = iamglue("init", tmp_path / "spec.yaml", stdin="exif\n")
    assert result.exit_code == 2
    assert "the input ended" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_spec_that_is_there_is_left_alone(iamglue, tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text("mine")
    result = iamglue("init", path, *FLAGS)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "already exists" in result.stderr
    assert path.read_text() == "mine"


def test_an_answer_that_makes_no_valid_spec_is_an_error_and_writes_nothing(iamglue, tmp_path):
    for flags in (["--reads", "s3"], ["--reads", "dinamodb=t"], ["--reads", "=t"], ["--account", "12"]):
        result = iamglue("init", tmp_path / "spec.yaml", "--function", "exif", *flags)
        assert (result.exit_code, result.stdout) == (2, ""), flags
        assert list(tmp_path.iterdir()) == []


def test_names_that_yaml_would_read_otherwise_are_quoted(iamglue):
    text = iamglue("init", "-", "--function", "null", "--reads", "s3=*", "--reads", "s3=bucket/a: b #c").stdout
    assert 'function: "null"' in text
    assert 's3: "*"' in text
    assert 's3: "bucket/a: b #c"' in text


def test_the_schema_is_json_and_is_the_one_of_the_spec(iamglue):
    assert json.loads(iamglue("schema").stdout) == spec_schema()


def test_a_mapping_stays_a_mapping(iamglue):
    text = iamglue("init", "-", "--function", "exif", "--triggers", "apigateway={api: a1b2c3, stage: prod}").stdout
    (trigger,) = parse_spec(text, "spec.yaml").functions[0].triggers
    assert trigger.resource.variables == (("api", "a1b2c3"), ("stage", "prod"))


def test_an_answer_with_an_error_is_asked_for_again(iamglue, tmp_path):
    answers = "exif\n\n\nsqss=images\ns3=images\n\n\n\n"
    result = iamglue("init", tmp_path / "spec.yaml", stdin=answers)
    assert "error: unknown trigger `sqss`\n  hint: did you mean `sqs`?" in result.stderr
    (function,) = parse_spec((tmp_path / "spec.yaml").read_text(), "spec.yaml").functions
    assert [trigger.name for trigger in function.triggers] == ["s3"]


def test_a_question_mark_lists_the_triggers(iamglue, tmp_path):
    result = iamglue("init", tmp_path / "spec.yaml", stdin="exif\n\n\n?\n\n\n\n")
    assert "Messages of an SQS queue" in result.stderr


def test_an_entry_has_a_comment_with_its_other_verbs(iamglue):
    text = iamglue("init", "-", "--function", "exif", "--writes", "dynamodb=exif").stdout
    assert "  - dynamodb: exif\n    # do: put   # the default; also: update, delete" in text


def test_the_comments_of_the_spec_are_valid_lines_of_a_spec(iamglue):
    text = iamglue("init", "-", "--function", "exif", "--triggers", "kinesis=clicks", "--reads", "s3=images").stdout
    lines = [
        line.replace("# ", "", 1) if "# do:" in line or "# on_failure:" in line else line for line in text.splitlines()
    ]
    head, _, settings = "\n".join(lines).partition("# settings:")
    uncommented = head + "settings:" + settings.replace("\n# ", "\n")
    (function,) = parse_spec(uncommented + "\n", "spec.yaml").functions
    assert function.settings.vpc
    assert function.triggers[0].on_failure is not None


def test_the_schema_lies_beside_the_spec_whose_first_line_names_it(iamglue, tmp_path):
    result = iamglue("init", tmp_path / "spec.yaml", "--schema", *FLAGS)
    assert result.exit_code == 0, result.stderr
    first_line = (tmp_path / "spec.yaml").read_text().splitlines()[0]
    schema = tmp_path / first_line.removeprefix("# yaml-language-server: $schema=")
    assert json.loads(schema.read_text()) == spec_schema()


def test_a_second_spec_uses_the_schema_that_is_there(iamglue, tmp_path):
    assert iamglue("init", tmp_path / "a.yaml", "--schema", *FLAGS).exit_code == 0
    assert iamglue("init", tmp_path / "b.yaml", "--schema", *FLAGS).exit_code == 0


def test_another_file_in_the_schemas_place_is_left_alone(iamglue, tmp_path):
    (tmp_path / "iamglue.schema.json").write_text("mine")
    result = iamglue("init", tmp_path / "spec.yaml", "--schema", *FLAGS)
    assert result.exit_code == 2
    assert "already exists and is not the schema of this version" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["iamglue.schema.json"]


def test_the_schema_needs_a_directory_to_lie_in(iamglue):
    result = iamglue("init", "-", "--schema", *FLAGS)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--schema writes a file beside PATH" in result.stderr
