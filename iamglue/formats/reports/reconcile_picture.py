"""How the four sources overlap, as the geometry of a picture: a bar for each combination of yes, no and not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.formats.words.reconcile_words import combination_key, value_word
from iamglue.model.reconciliation import AccessSource, ReconcileRow

_COLUMN, _LABELS, _BARS, _LINE, _TOP = 44, 110, 120, 26, 22
# Combinations that are shown; the rest is one column without dots.
_MAX_COLUMNS = 15
_MIN_BAR = 3


@dataclass(frozen=True, slots=True)
class PictureDot:
    """What one source says in a combination: `kind` is yes, no or unknown."""

    y: int
    kind: str


@dataclass(frozen=True, slots=True)
class PictureColumn:
    """One combination: the bar of its rows, of which the disagreements have `height_disagreeing`, and its dots."""

    key: str
    title: str
    count: int
    x: int
    y: int
    height: int
    height_disagreeing: int
    dots: tuple[PictureDot, ...]

    @property
    def y_disagreeing(self) -> int:
        """The top of the part of the bar for disagreements, which is at its foot."""
        return self.y + self.height - self.height_disagreeing


@dataclass(frozen=True, slots=True)
class PictureLine:
    """The label of a source, and how many rows it says yes to."""

    label: str
    count: int
    y: int


@dataclass(frozen=True, slots=True)
class OverlapPicture:
    """The picture, in pixels."""

    width: int
    height: int
    base: int
    columns: tuple[PictureColumn, ...]
    lines: tuple[PictureLine, ...]


def overlap_picture(rows: Iterable[ReconcileRow]) -> OverlapPicture:
    """The picture of all rows, the most frequent combinations first."""
    by_combination: dict[tuple[bool | None, ...], list[ReconcileRow]] = {}
    for row in rows:
        by_combination.setdefault(row.combination, []).append(row)
    ordered = sorted(by_combination.items(), key=lambda item: (-len(item[1]), combination_key(item[0])))
    shown = ordered[:_MAX_COLUMNS]
    most = max((len(members) for _, members in shown), default=1)
    columns = tuple(_column(number, *item, most) for number, item in enumerate(shown))
    rest = sum(len(members) for _, members in ordered[_MAX_COLUMNS:])
    if rest:
        height = max(_MIN_BAR, _BARS * min(rest, most) // most)
        x, y = _LABELS + len(columns) * _COLUMN, _TOP + _BARS - height
        title = f"{rest} rows of {len(ordered) - _MAX_COLUMNS} other combinations"
        columns = (*columns, PictureColumn("", title, rest, x, y, height, 0, ()))
    lines = tuple(
        PictureLine(str(source), sum(row.value(source) is True for _, members in ordered for row in members), _line(at))
        for at, source in enumerate(AccessSource)
    )
    width = _LABELS + max(1, len(columns)) * _COLUMN + 10
    return OverlapPicture(width, _line(len(lines)) - 4, _TOP + _BARS, columns, lines)


def _line(number: int) -> int:
    return _TOP + _BARS + 24 + number * _LINE


def _column(number: int, combination: tuple[bool | None, ...], members: list[ReconcileRow], most: int) -> PictureColumn:
    """The column of a combination; its bar is in proportion to the largest, `most`."""
    count, disagreeing = len(members), sum(row.verdict.is_disagreement for row in members)
    height = max(_MIN_BAR, _BARS * count // most)
    says = [f"{source} {value_word(value=value)}" for source, value in zip(AccessSource, combination, strict=True)]
    rows = "1 row" if count == 1 else f"{count:,} rows"
    kinds = {True: "yes", False: "no", None: "unknown"}
    return PictureColumn(
        combination_key(combination),
        f"{rows}: {', '.join(says)}; {disagreeing:,} of them disagree",
        count,
        _LABELS + number * _COLUMN,
        _TOP + _BARS - height,
        height,
        height * disagreeing // count,
        tuple(PictureDot(_line(at), kinds[value]) for at, value in enumerate(combination)),
    )
