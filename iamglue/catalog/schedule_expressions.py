"""Schedule expressions of EventBridge rules and of EventBridge Scheduler: `rate(...)`, `cron(...)` and `at(...)`.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from iamglue.catalog.cron_fields import CRON_FIELDS, DAY_OF_MONTH, DAY_OF_WEEK, find_field_problem

# The functions of an expression by the spec's trigger.
EXPRESSION_KINDS = {"schedule": ("rate", "cron"), "scheduler": ("rate", "cron", "at")}
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html (ScheduleExpression)
_MAX_LENGTH = 256
_EXPRESSION = re.compile(r"(rate|cron|at)\s*\(", re.IGNORECASE)
_WORD = re.compile("[^ ]+")
# What may stand around a parameter in a word.
_WORD_WITH_PARAMETERS = re.compile(r"(?:\$\{[A-Za-z][A-Za-z0-9]*\}|[0-9A-Za-z*?,/#-])+")
_UNITS = {"minute": "minutes", "hour": "hours", "day": "days"}
_TIME = "%Y-%m-%dT%H:%M:%S"
_PARAMETER = "${"


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """What is wrong in an expression, and the offset of the wrong word."""

    message: str
    offset: int
    hint: str | None = None


def is_schedule_expression(text: str) -> bool:
    """Whether the text is written as an expression, valid or not, and not as a name."""
    return _EXPRESSION.match(text.strip()) is not None


def find_expression_problem(text: str, kinds: tuple[str, ...]) -> ExpressionProblem | None:
    """The first problem of an expression; None if it is valid.

    `kinds` are the functions that may be used: `rate`, `cron`, `at`.
    """
    match = re.fullmatch(r"(rate|cron|at)\((.*)\)", text, re.DOTALL)
    if match is None:
        expected = " or ".join(f"{kind}(...)" for kind in kinds)
        return ExpressionProblem(f"`{text}` is not a complete schedule expression: expected {expected}", 0)
    kind, body = match.groups()
    if kind not in kinds:
        hint = "write it as a trigger `scheduler`: EventBridge rules have no schedules for one time"
        return ExpressionProblem(f"`{kind}(...)` is not supported here", 0, hint)
    if len(text) > _MAX_LENGTH:
        message = f"the expression has {len(text):,} characters; the limit is {_MAX_LENGTH}"
        return ExpressionProblem(message, 0)
    return _body_problem(kind, body, match.start(2), strict="at" not in kinds)


def _body_problem(kind: str, body: str, start: int, *, strict: bool) -> ExpressionProblem | None:
    """The problem of what stands between the parentheses, from the offset `start` on."""
    if kind == "at":
        return _time_problem(body, start)
    words = [(word[0], start + word.start()) for word in _WORD.finditer(body)]
    for word, offset in words:
        if _PARAMETER in word and not _WORD_WITH_PARAMETERS.fullmatch(word):
            message = f"`{word}` is not valid: expected letters, digits and deployment parameters"
            return ExpressionProblem(message, offset)
    if len(words) == 1 and words[0][0].startswith(_PARAMETER):
        return None  # the parameter may be all that stands between the parentheses
    return _rate_problem(words, strict=strict) if kind == "rate" else _cron_problem(words)


def suggested_expression(text: str) -> str | None:
    """The expression that a text without a function means: of `0 2 * * *` or `5 minutes`; None if it is a name."""
    words = text.split()
    if len(words) == 2 and words[0].isdigit() and words[1] in {*_UNITS, *_UNITS.values()}:
        return f"rate({text.strip()})"
    if len(words) in (5, 6) and all(re.fullmatch(r"[0-9A-Za-z*?/,#-]+", word) for word in words):
        return f"cron({' '.join(_with_year(words))})" if re.search(r"[*?0-9]", text) else None
    return None


def _rate_problem(words: list[tuple[str, int]], *, strict: bool) -> ExpressionProblem | None:
    """The problem of `VALUE UNIT`; `strict`: rules reject `1 hours` and `2 hour`, EventBridge Scheduler does not."""
    if len(words) != 2:
        message = "a rate has a number and a unit, such as rate(5 minutes)"
        return ExpressionProblem(message, words[-1][1] if len(words) > 2 else len("rate("))
    (value, value_offset), (unit, unit_offset) = words
    if _PARAMETER in value or _PARAMETER in unit:
        return None
    if not re.fullmatch("[1-9][0-9]*", value):
        return ExpressionProblem(f"`{value}` is not a valid number of a rate: expected 1 or more", value_offset)
    if unit not in {*_UNITS, *_UNITS.values()}:
        expected = "expected minutes, hours or days"
        return ExpressionProblem(f"`{unit}` is not a valid unit of a rate: {expected}", unit_offset)
    singular = next(name for name, plural in _UNITS.items() if unit in (name, plural))
    right = singular if value == "1" else _UNITS[singular]
    if strict and unit != right:
        return ExpressionProblem(f"`{unit}` after `{value}`: expected `{right}`", unit_offset, f"write {right}")
    return None


def _cron_problem(words: list[tuple[str, int]]) -> ExpressionProblem | None:
    """The first problem of the fields of a cron expression. A field with a deployment parameter has none."""
    if len(words) != len(CRON_FIELDS):
        names = ", ".join(field.name for field in CRON_FIELDS)
        suggested = f"cron({' '.join(_with_year([word for word, _ in words]))})" if len(words) == 5 else None
        return ExpressionProblem(
            f"a cron expression of AWS has six fields ({names}), this one has {len(words)}",
            words[len(CRON_FIELDS)][1] if len(words) > len(CRON_FIELDS) else 0,
            f"write {suggested}; a day of the week as number begins with 1 for Sunday" if suggested else None,
        )
    for field, (word, offset) in zip(CRON_FIELDS, words, strict=True):
        problem = None if _PARAMETER in word else find_field_problem(field, word)
        if problem:
            return ExpressionProblem(problem.message, offset + problem.offset, problem.hint)
    return _day_problem(words)


def _day_problem(words: list[tuple[str, int]]) -> ExpressionProblem | None:
    """The problem of the two day fields: AWS asks for `?` in exactly one of them."""
    (month_day, _), (week_day, offset) = words[DAY_OF_MONTH], words[DAY_OF_WEEK]
    if _PARAMETER in month_day or _PARAMETER in week_day or (month_day == "?") != (week_day == "?"):
        return None
    if month_day == "?":
        return ExpressionProblem("`?` is in both day fields: write a day or `*` in one of them", offset)
    message = f"`{week_day}`: one of the two day fields must be `?`, and the day of the month is `{month_day}`"
    return ExpressionProblem(message, offset, "AWS does not combine days of the month with days of the week")


def _time_problem(body: str, offset: int) -> ExpressionProblem | None:
    """The problem of the time of `at(...)`, which must be exactly in the form `_TIME`; None if it has a parameter."""
    if _PARAMETER in body:
        return None
    try:
        # The time has no zone: the schedule has the time zone as a property of its own.
        is_time = datetime.strptime(body, _TIME).strftime(_TIME) == body  # noqa: DTZ007
    except ValueError:
        is_time = False
    if not is_time:
        expected = "expected a time without zone, such as at(2027-01-31T02:00:00)"
        return ExpressionProblem(f"`{body}` is not a valid time: {expected}", offset)
    return None


def _with_year(words: list[str]) -> list[str]:
    """The five fields of a Unix cron expression as the six of AWS."""
    fields = list(words)
    if len(fields) == len(CRON_FIELDS) - 1:
        fields.append("*")
    if "?" not in (fields[DAY_OF_MONTH], fields[DAY_OF_WEEK]):
        if fields[DAY_OF_WEEK] == "*":
            fields[DAY_OF_WEEK] = "?"
        elif fields[DAY_OF_MONTH] == "*":
            fields[DAY_OF_MONTH] = "?"
    return fields
