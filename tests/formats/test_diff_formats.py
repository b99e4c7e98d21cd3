"""A difference as text, JSON and Markdown: nothing in it is taken for markup, long lists are cut and counted."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer
from iamglue.formats.reports.diff import FORMATS, render_diff
from iamglue.formats.reports.diff_markdown import code_span
from iamglue.model.difference import OneWayDiff, PolicyDiff, StatementDiff
from iamglue.model.policy_file import StatementSource
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import MatchList, allow_statement

NONE = OneWayDiff(Comparison(ComparisonAnswer.NO_NEW_ACCESS))
HOSTILE = "`x` <script>alert(1)</script> | @octocat #1\n# **b** [l](http://e) </details>\x1b[31m\u202e"


def request(**context):
    return Request("s3:GetObject", "arn:aws:s3:::b/k", {key: (value,) for key, value in context.items()})


def shown(statement=None, **parts):
    statement = statement or allow_statement(("s3:GetObject",), ("arn:aws:s3:::b/*",))
    return StatementDiff(statement, request(), StatementSource("new.json", 1, "Reads", 12), **parts)


def added(*items, answer=ComparisonAnswer.NEW_ACCESS, **parts):
    return PolicyDiff("old.json", "new.json", OneWayDiff(Comparison(answer, request()), shown=items, **parts), NONE)


def hostile():
    other = StatementSource(HOSTILE, 0, HOSTILE, 3)
    one = allow_statement(
        (HOSTILE,), (HOSTILE,), conditions=(build_condition("StringLike", HOSTILE, HOSTILE),), sid=HOSTILE
    )
    item = StatementDiff(
        one,
        Request(HOSTILE, HOSTILE, {HOSTILE: (HOSTILE,)}, HOSTILE),
        other,
        is_whole=False,
        exclusions=(other,),
        denied_by=(other,),
        removed_deny=other,
        condition_variant=(other, one),
    )
    return PolicyDiff(
        HOSTILE,
        HOSTILE,
        OneWayDiff(Comparison(ComparisonAnswer.NEW_ACCESS, request()), shown=(item,), not_shown=(HOSTILE,)),
        NONE,
    )


def test_text_is_this():
    item = shown(exclusions=(StatementSource("old.json", 0),), is_whole=False)
    assert render_diff(added(item), "text") == (
        "new access: new.json allows access that old.json does not allow\n"
        "\n"
        "Added\n"
        "\n"
        "  + allow   s3:GetObject\n"
        "    on      arn:aws:s3:::b/*\n"
        "    from    new.json:12, statement 2 (Reads)\n"
        "    except  what old.json, statement 1 allows\n"
        "    such as s3:GetObject on arn:aws:s3:::b/k\n"
    )


def test_a_difference_in_conditions_alone_is_said_in_words():
    old = allow_statement(("s3:*",), ("*",), conditions=(build_condition("Bool", "aws:SecureTransport", "true"),))
    text = render_diff(added(shown(condition_variant=(StatementSource("old.json", 0), old))), "text")
    assert "from old.json, statement 1 only in its conditions" in " ".join(text.split())
    assert "aws:SecureTransport Bool true" in " ".join(text.split())


def test_both_other_answers_are_said_in_words():
    unknown = PolicyDiff("a", "b", OneWayDiff(Comparison(ComparisonAnswer.UNKNOWN, reason="too many")), NONE)
    assert render_diff(unknown, "text").startswith("unknown: cannot decide whether b allows anything that a")
    assert "undecided: too many" in render_diff(unknown, "text")
    assert render_diff(PolicyDiff("a", "b", NONE, NONE), "text") == "no new access: b and a allow the same\n"


def test_against_a_spec_it_is_excess_and_missing():
    some = OneWayDiff(Comparison(ComparisonAnswer.NEW_ACCESS, request()), shown=(shown(),))
    text = render_diff(PolicyDiff("spec.yaml", "p.json", some, some, is_against_spec=True), "text")
    assert "p.json allows access that spec.yaml does not need" in text
    assert re.findall(r"^[A-Z]\w+$", text, re.MULTILINE) == ["Excess", "Missing"]


def test_text_fits_in_80_columns_but_for_words_that_are_longer():
    names = tuple(f"s3:Get{'x' * number}" for number in range(30))
    text = render_diff(added(shown(allow_statement(names, ("arn:aws:s3:::" + "n" * 90,)))), "text")
    assert [line for line in text.splitlines() if len(line) > 80 and "n" * 90 not in line] == []


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_long_lists_are_cut_and_counted_where_people_read_them(format):
    names = tuple(f"s3:Get{number:03}" for number in range(100))
    text = render_diff(added(*[shown(allow_statement(names, ("*",)))] * 40), format).partition("<details>")[0]
    assert "... and 89 more" in text
    more = {"text": "... 29 more statements: --full shows all", "markdown": "and 10 more statements"}
    assert more[format] in render_diff(added(*[shown()] * 40), format)


def both(added_count, removed_count, *notes):
    sides = [
        OneWayDiff(Comparison(ComparisonAnswer.NEW_ACCESS, request()), shown=(shown(),) * count, not_shown=notes)
        for count in (added_count, removed_count)
    ]
    return PolicyDiff("old.json", "new.json", *sides)


@pytest.mark.parametrize("counts", [(1, 1), (12, 0), (40, 1), (1, 40), (400, 400)])
@pytest.mark.parametrize("notes", [(), tuple(f"note {number}" for number in range(30))])
def test_text_is_at_most_60_lines(counts, notes):
    assert len(render_diff(both(*counts, *notes), "text").splitlines()) <= 60


def test_a_statement_longer_than_60_lines_is_cut_too():
    names = tuple(f"service{number}" + "x" * 60 for number in range(100))
    long = allow_statement(
        ("s3:GetObject",), ("*",), conditions=(build_condition("StringEquals", "aws:userid", *names),)
    )
    lines = render_diff(added(shown(long)), "text").splitlines()
    assert len(lines) <= 60
    assert lines[-1] == "... 1 more statement: --full shows all"


def test_the_last_line_counts_what_a_cut_text_leaves_out():
    diff = both(40, 40, "a note")
    lines = render_diff(diff, "text").splitlines()
    told = sum(line.startswith(("  + allow", "  - allow")) for line in lines)
    assert lines[-1] == f"... {80 - told} more statements and 2 more notes: --full shows all"
    assert any(line.startswith("  - allow") for line in lines)


def test_full_text_has_every_statement_and_every_value():
    names = tuple(f"s3:Get{number:03}" for number in range(100))
    text = render_diff(added(*[shown(allow_statement(names, ("*",)))] * 40), "text", full=True)
    assert text.count("s3:Get099") == 40
    assert "more" not in text


def test_json_has_every_list_whole():
    names = tuple(f"s3:Get{number:03}" for number in range(100))
    data = json.loads(render_diff(added(*[shown(allow_statement(names, ("*",)))] * 40), "json"))
    assert [len(each["statement"]["Action"]) for each in data["statements"]["added"]] == [100] * 40


def test_json_says_why_it_is_incomplete():
    diff = PolicyDiff(
        "a", "b", NONE, OneWayDiff(Comparison(ComparisonAnswer.UNKNOWN, reason="too many"), not_shown=("b was left",))
    )
    assert json.loads(render_diff(diff, "json"))["statements"]["incomplete"] == [
        "removed: too many",
        "removed: b was left",
    ]


def test_json_gives_a_key_with_one_value_as_text_and_with_several_as_a_list():
    several = Request("s3:GetObject", "*", {"aws:TagKeys": ("a", "b"), "aws:username": ("me",)})
    diff = PolicyDiff("a", "b", OneWayDiff(Comparison(ComparisonAnswer.NEW_ACCESS, several)), NONE)
    assert json.loads(render_diff(diff, "json"))["witness"]["context"] == {
        "aws:TagKeys": ["a", "b"],
        "aws:username": "me",
    }


@pytest.mark.parametrize("format", FORMATS)
def test_no_character_that_a_terminal_obeys_is_written(format):
    text = render_diff(hostile(), format)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_in_markdown_a_hostile_name_is_code_and_nothing_else():
    text = render_diff(hostile(), "markdown")
    outside = re.sub(r"```json\n.*?\n  ```\n", "", text, flags=re.DOTALL)
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)
    for mark in ("<script", "@octocat", "](http", "**", "`"):
        assert mark not in outside
    assert outside.count("</details>") == 1
    inside = re.findall(r"```json\n(.*?)\n  ```\n", text, re.DOTALL)
    assert [json.loads(block)["Action"] for block in inside] == [[HOSTILE]]


@given(st.text(min_size=1))
def test_a_code_span_ends_where_it_should(text):
    span = code_span(text)
    fence = re.match("`+", span)[0]
    assert "\n" not in span
    assert span.endswith(fence)
    assert fence not in re.findall("`+", span[len(fence) : -len(fence)])


def test_what_is_under_not_action_is_said_so():
    statement = allow_statement((), ("*",))
    text = render_diff(
        added(shown(type(statement)(statement.effect, MatchList(("iam:*",), negated=True), statement.resources))),
        "text",
    )
    assert "anything but iam:*" in text


def test_future_actions_are_said():
    assert "and actions that AWS may add" in render_diff(added(shown(future=True)), "text")
    assert "only about actions that do not exist yet" in render_diff(added(shown(future_only=True)), "text")
