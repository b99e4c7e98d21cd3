"""The six fields of AWS's cron expressions.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html (Cron expressions)
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CronField:
    """A field: its least and highest number, the names of its values from the least on, and its special letters."""

    name: str
    least: int
    highest: int
    names: tuple[str, ...] = ()
    special: str = ",-*/"

    @property
    def values_text(self) -> str:
        """The values of the field, in words."""
        named = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.least} to {self.highest}{named}"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong in a field, and the offset of the wrong word in it."""

    message: str
    offset: int
    hint: str | None = None


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
CRON_FIELDS = (
    CronField("minutes", 0, 59),
    CronField("hours", 0, 23),
    CronField("day of the month", 1, 31, special=",-*?/LW"),
    CronField("month", 1, 12, _MONTHS),
    CronField("day of the week", 1, 7, _DAYS, ",-*?/L#"),
    CronField("year", 1970, 2199),
)
DAY_OF_MONTH, DAY_OF_WEEK = 2, 4


def find_field_problem(field: CronField, text: str) -> FieldProblem | None:
    """The first problem of a field's text; None if it is valid."""
    if text == "?" and "?" in field.special:
        return None
    if text.count("#") > 1:
        return FieldProblem(f"`{text}`: only one item with `#` is allowed", 0)
    offset = 0
    for item in text.split(","):
        if not _is_item(field, item):
            return FieldProblem(_message(field, item or text), offset, _hint(field, item))
        offset += len(item) + 1
    return None


def _message(field: CronField, item: str) -> str:
    return f"`{item}` is not valid for the {field.name}: expected {field.values_text}, with {' '.join(field.special)}"


def _hint(field: CronField, item: str) -> str | None:
    """A hint for what AWS's fields have otherwise than those of Unix; None for other mistakes."""
    if item == "?" or "?" in item:
        return "`?` stands alone in one of the two day fields"
    if field.name == CRON_FIELDS[DAY_OF_WEEK].name and item == "0":
        return "Sunday is 1 or SUN"
    return None


def _is_item(field: CronField, item: str) -> bool:
    """Whether one item of the comma-separated list is valid."""
    value, slash, step = item.partition("/")
    if slash:
        is_step = re.fullmatch("[1-9][0-9]*", step) is not None and int(step) <= field.highest
        return "/" in field.special and is_step and (value == "*" or _is_range(field, value))
    return item == "*" or _is_range(field, item) or _is_special(field, item)


def _is_range(field: CronField, item: str) -> bool:
    """Whether the text is a value, or two with `-` between them."""
    return all(_is_value(field, part) for part in item.split("-", 1))


def _is_value(field: CronField, text: str) -> bool:
    """Whether the text is a number of the field, or one of its names in any case."""
    if text.upper() in field.names:
        return True
    return re.fullmatch("[0-9]{1,4}", text) is not None and field.least <= int(text) <= field.highest


def _is_special(field: CronField, item: str) -> bool:
    """Whether an item with L, W or # is valid: `L`, `LW`, `15W`, `6L`, `3#2`."""
    if item == "L":
        return "L" in field.special
    if "W" in field.special and re.fullmatch("L-[0-9]{1,2}", item):
        return 1 <= int(item[2:]) < field.highest
    if "W" in field.special and item.endswith("W"):
        return item == "LW" or _is_value(field, item.removesuffix("W"))
    if "#" in field.special and "#" in item:
        day, _, week = item.partition("#")
        return _is_value(field, day) and re.fullmatch("[1-5]", week) is not None
    return "#" in field.special and item.endswith("L") and _is_value(field, item.removesuffix("L"))
