"""A spec as text: our reader takes it for the same functions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.deployed import HERE, function, invoking, permitting

from iamglue.formats.policies.spec_text import commented_spec_text, spec_text
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.infer.function import infer_spec
from iamglue.model.account import EventSourceMapping, FunctionUrl
from iamglue.model.spec_comments import CommentedFunction, DisabledEntry
from iamglue.readers.spec.reader import parse_spec

EXAMPLES = Path(__file__).parents[2] / "examples"
FULL = """\
iamglue: 1
functions:
  a:
    description: "does: things"
    region: eu-west-1
    triggers:
    - kinesis: clicks
      consumer: fast
      on_failure: {sqs: failed, key: 1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47}
      why: "# all of them"
    - apigateway: {api: abc, stage: prod, method: GET, path: "orders/{id}"}
    - function-url: {principal: "210987654321"}
    reads:
    - s3: images
      prefix: in/
      missing_ok: true
      do: [get, list]
    - dynamodb: orders
      do: query
      index: by-tenant
      leading_keys: ["${aws:PrincipalTag/tenant}"]
    - glue/table: {DatabaseName: d, TableName: t}
      do: GetTable
      region: [eu-west-1, us-east-1]
    - ec2: "*"
      do: DescribeVpcs
      when: {StringEquals: {"aws:RequestedRegion": [eu-west-1, "no"]}}
    - athena: {database: sales, tables: [orders, customers], results: "s3://query-results/nightly/"}
    calls:
    - lambda: other
      account: "210987654321"
    - ecs: nightly
      pass_role: [nightly-task-role, ecs-execution-role]
    - bedrock: arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234efgh
      model: anthropic.claude-3-haiku-20240307-v1:0
      guardrail: gr1abcd2efgh
    settings:
      logs: {create: false, group: /own/group}
      vpc: true
      insights: true
      dead_letter: {sns: dead}
      file_system: {id: fs-0123456789abcdef0, access_point: fsap-0123456789abcdef0, write: true}
    raw:
    - actions: s3:ListAllMyBuckets
      resources: "*"
      conditions: {Bool: {"aws:SecureTransport": "true"}}
      why: the console asks
  b:
    settings: {logs: false}
"""


def meant(text):
    choice = DeploymentTarget("eu-west-1", "123456789012", allow_parameters=True)
    return [
        (
            bundle.policies,
            bundle.invoke_permissions,
            [each.policy.statements for each in bundle.counterparts],
            bundle.trust,
            bundle.description,
        )
        for bundle in (generate(each, choice) for each in parse_spec(text, "spec.yaml").functions)
    ]


TEXTS = {path.parent.name: path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*/spec.yaml"))}


@pytest.mark.parametrize("text", [*TEXTS.values(), FULL], ids=[*TEXTS, "everything"])
def test_a_spec_that_was_read_and_written_means_the_same(text):
    written = spec_text(parse_spec(text, "spec.yaml").functions)
    assert meant(written) == meant(text)


@pytest.mark.parametrize("text", [*TEXTS.values(), FULL], ids=[*TEXTS, "everything"])
def test_writing_is_canonical(text):
    written = spec_text(parse_spec(text, "spec.yaml").functions)
    assert spec_text(parse_spec(written, "spec.yaml").functions) == written


def test_a_draft_reads_back_with_what_is_not_known_as_comments():
    deployed = function(
        event_sources=(EventSourceMapping(f"arn:aws:sqs:{HERE}:orders", on_failure=None),),
        permissions=permitting(
            invoking({"Service": "sns.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:{HERE}:uploads"}})
        ),
        urls=(FunctionUrl("NONE"),),
        in_vpc=True,
        file_systems=(f"arn:aws:elasticfilesystem:{HERE}:access-point/fsap-1",),
    )
    found = infer_spec(deployed)
    text = spec_text([found.function], found.unknown)
    (read,) = parse_spec(text, "spec.yaml").functions
    choice = DeploymentTarget("eu-west-1", "123456789012")
    assert generate(read, choice).policies == generate(found.function, choice).policies
    assert generate(read, choice).invoke_permissions == generate(found.function, choice).invoke_permissions
    assert text.startswith("# ")


def test_what_is_not_known_cannot_break_out_of_its_comment():
    (plain,) = parse_spec("iamglue: 1\nfunction: f\n", "spec.yaml").functions
    text = spec_text([plain], ["a\nraw: []", "b\x85c\u2028d"])
    assert parse_spec(text, "spec.yaml").functions[0].raw == ()
    assert text.count("\n") == 4


def test_texts_that_look_like_something_else_stay_texts():
    (plain,) = parse_spec("iamglue: 1\nfunction: f\n", "spec.yaml").functions
    hostile = replace(plain, description="- x: !!python/name #\n{a: b}", name="no")
    (read,) = parse_spec(spec_text([hostile]), "spec.yaml").functions
    assert (read.name, read.description) == (hostile.name, hostile.description)


HOSTILE = [
    "- x: !!python/name #",
    "a\nraw: []",
    "b\x85c\u2028d\u202e",
    "# a # b",
    "\"'\\",
    "::error::x",
    ": ",
    "*",
    "{a: b}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_changes_nothing_of_the_spec(text):
    (function,) = parse_spec(TEXTS["exif-pipeline"], "spec.yaml").functions
    comments = dict.fromkeys((*function.entries, *function.triggers), (text,))
    disabled = tuple(DisabledEntry(replace(entry, why=text), (text, text)) for entry in function.entries)
    written = commented_spec_text([CommentedFunction(function, comments, disabled, (text,))], [text])
    assert meant(written) == meant(TEXTS["exif-pipeline"])


def test_a_short_comment_is_at_the_end_of_its_line_and_others_are_above():
    (function,) = parse_spec("iamglue: 1\nfunction: f\nreads:\n- s3: images\n- sqs: orders\n", "s.yaml").functions
    first, second = function.entries
    text = commented_spec_text([CommentedFunction(function, {first: ("a.py:3",), second: ("a.py:4", "b.py:5")})])
    assert "  - s3: images  # a.py:3\n  # a.py:4\n  # b.py:5\n  - sqs: orders\n" in text


def test_an_entry_as_a_comment_can_be_taken_into_the_spec():
    (function,) = parse_spec("iamglue: 1\nfunction: f\nwrites:\n- s3: images\n  do: delete\n", "s.yaml").functions
    disabled = (DisabledEntry(function.entries[0], ("not reached",)),)
    text = commented_spec_text([CommentedFunction(replace(function, entries=()), disabled=disabled)])
    assert parse_spec(text, "s.yaml").functions[0].entries == ()
    lines = [line.removeprefix("# ") for line in text.splitlines() if "not reached" not in line]
    assert meant("\n".join(lines)) == meant("iamglue: 1\nfunction: f\nwrites:\n- s3: images\n  do: delete\n")


# What the reader of specs takes in `why`: every text without control characters but line ends and tabs.
PROSE = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t"), min_size=1)


@given(PROSE)
def test_any_text_is_read_back_as_it_was_written(text):
    (plain,) = parse_spec("iamglue: 1\nfunction: f\nreads:\n- s3: images\n", "spec.yaml").functions
    entry = replace(plain.entries[0], why=text)
    written = commented_spec_text([CommentedFunction(replace(plain, entries=(entry,)), {entry: (text,)}, (), (text,))])
    assert parse_spec(written, "spec.yaml").functions[0].entries[0].why == text
