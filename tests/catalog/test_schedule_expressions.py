"""Schedule expressions: what AWS accepts, and the word that is wrong in what it does not."""

from __future__ import annotations

import pytest
from support.rows import every_row

from iamglue.catalog.schedule_expressions import (
    find_expression_problem,
    is_schedule_expression,
    suggested_expression,
)

RULE, SCHEDULER = ("rate", "cron"), ("rate", "cron", "at")
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html: the examples of the page.
VALID = [
    "rate(1 minute)",
    "rate(5 minutes)",
    "rate(1 hour)",
    "rate(7 days)",
    "cron(0 10 * * ? *)",
    "cron(15 12 * * ? *)",
    "cron(0 18 ? * MON-FRI *)",
    "cron(0 8 1 * ? *)",
    "cron(0/10 * ? * MON-FRI *)",
    "cron(0/5 8-17 ? * MON-FRI *)",
    "cron(0/30 20-2 ? * MON-FRI *)",
    "cron(0 9 ? * 2#1 *)",
    "cron(15 10 ? * 6L 2022-2023)",
    "cron(0 0 L * ? *)",
    "cron(0 0 LW * ? *)",
    "cron(0 0 3W * ? *)",
    "cron(0 12 ? JAN,FEB,MAR sun *)",
    "cron(*/15 * * * ? 2027)",
    "rate(${Minutes} minutes)",
    "cron(${Minute} 2 * * ? *)",
    "cron(${Cron})",
    "rate(${Rate})",
    "cron(0 0 L-2 * ? *)",
    "cron(0 0 ? * 2-6/2 *)",
]


@every_row("text", VALID)
def test_an_expression_of_awss_guide_is_valid(text):
    assert is_schedule_expression(text)
    assert find_expression_problem(text, RULE) is None
    assert find_expression_problem(text, SCHEDULER) is None


@every_row(
    "text, word, message",
    [
        ("rate(0 minutes)", "0", "1 or more"),
        ("rate(1.5 hours)", "1.5", "1 or more"),
        ("rate(5 seconds)", "seconds", "minutes, hours or days"),
        ("rate(1 hours)", "hours", "expected `hour`"),
        ("rate(5 hour)", "hour", "expected `hours`"),
        ("rate(5)", "", "a number and a unit"),
        ("rate(5 hours daily)", "daily", "a number and a unit"),
        ("cron(60 2 * * ? *)", "60", "expected 0 to 59"),
        ("cron(0 24 * * ? *)", "24", "expected 0 to 23"),
        ("cron(0 2 32 * ? *)", "32", "expected 1 to 31"),
        ("cron(0 2 * 13 ? *)", "13", "JAN to DEC"),
        ("cron(0 2 ? * MON,FUN *)", "FUN", "SUN to SAT"),
        ("cron(0 2 ? * 0 *)", "0 *)", "1 to 7"),
        ("cron(0 2 * * ? 1969)", "1969", "1970 to 2199"),
        ("cron(? 2 * * ? *)", "?", "minutes"),
        ("cron(0/0 2 * * ? *)", "0/0", "minutes"),
        ("cron(0 2 1-40 * ? *)", "1-40", "day of the month"),
        ("cron(0 2 ? * 3#6 *)", "3#6", "day of the week"),
        ("cron(0 2 ? * 2#\u00b2 *)", "2#\u00b2", "day of the week"),
        ("cron(0 2 ? * 3#1,6#3 *)", "3#1,6#3", "only one item with `#`"),
        ("cron(0\u00a02 * * ? *)", "cron", "six fields"),
        ("rate(5\u3000minutes)", "", "a number and a unit"),
        ("rate(${X}$(id) minutes)", "${X}$(id)", "deployment parameters"),
        ("rate(${aws:username} minutes)", "${aws:username}", "deployment parameters"),
        ("cron(0, 2 * * ? *)", "", "minutes"),
        ("cron(0 2 * * * *)", "* *)", "one of the two day fields must be `?`"),
        ("cron(0 2 1 * MON *)", "MON", "one of the two day fields must be `?`"),
        ("cron(0 2 ? * ? *)", "? *)", "both day fields"),
        ("cron(0 2 * * ?)", "cron", "six fields"),
        ("cron(0 2 * * ? * *)", "*)", "six fields"),
        ("cron 0 2 * * ? *)", "", "not a complete schedule expression"),
        ("cron(0 2 * * ? *", "cron", "not a complete schedule expression"),
        ("Rate(1 day)", "Rate", "not a complete schedule expression"),
        ("rate (1 day)", "rate", "not a complete schedule expression"),
        (f"cron({'1,' * 130}1 2 * * ? *)", "cron", "the limit is 256"),
        ("at(2027-01-31T02:00:00)", "at", "not supported here"),
    ],
)
def test_an_invalid_expression_is_answered_with_its_wrong_word(text, word, message):
    problem = find_expression_problem(text, RULE)
    assert problem is not None
    assert message in problem.message
    assert text[problem.offset :].startswith(word)


@pytest.mark.parametrize("text", ["at(2027-01-31T02:00:00)", "rate(1 hours)"])
def test_scheduler_accepts_what_rules_do_not(text):
    assert find_expression_problem(text, RULE) is not None
    assert find_expression_problem(text, SCHEDULER) is None


@pytest.mark.parametrize(
    "time",
    [
        "2027-01-31",
        "2027-1-31T2:00:00",
        "2027-01-31t02:00:00",
        "2027-02-30T00:00:00",
        "2027-01-31T02:00:00Z",
        "2027-01-31T02:00:00.5",
        "2027-01-31 02:00:00",
    ],
)
def test_a_time_has_a_date_and_a_time_without_zone(time):
    problem = find_expression_problem(f"at({time})", SCHEDULER)
    assert problem is not None
    assert (problem.offset, "expected a time without zone" in problem.message) == (3, True)


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("0 2 * * *", "cron(0 2 * * ? *)"),
        ("0 2 * * MON", "cron(0 2 ? * MON *)"),
        ("0 2 * * ? *", "cron(0 2 * * ? *)"),
        ("5 minutes", "rate(5 minutes)"),
        ("nightly", None),
        ("every night at two", None),
        ("night-*", None),
    ],
)
def test_an_expression_without_its_function_is_recognized(text, suggested):
    assert suggested_expression(text) == suggested


@pytest.mark.parametrize("text", ["nightly", "rate", "cron-nightly", "at-two", "rates(1 day)"])
def test_a_name_is_no_expression(text):
    assert not is_schedule_expression(text)
