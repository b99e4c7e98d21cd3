"""How many actions a role is granted, needs and has used, as a small picture with a bar for each."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.reports.html_page import escape_html
from iamglue.formats.words.safe_text import SafeText

_WIDTH, _HEIGHT = 300, 84
_LEFT, _BAR, _LINE = 62, 110, 28
_MIN = 2  # a bar that is seen


def access_picture(granted: int, needed: int | None, used: int | None) -> SafeText:
    """The picture as inline SVG; None is not known, and `used` is a lower bound: records may be incomplete."""
    return SafeText("".join(_svg(granted, needed, used)))


def access_words(granted: int, needed: int | None, used: int | None) -> tuple[str, str, str]:
    """The three numbers in words."""
    return (
        f"{granted:,}",
        "not known" if needed is None else f"{needed:,}",
        "not known" if used is None else f"at least {used:,}",
    )


def _svg(granted: int, needed: int | None, used: int | None) -> Iterator[str]:
    """The parts of the picture: a bar for each number, in proportion to the largest one."""
    words = access_words(granted, needed, used)
    label = f"Actions: granted {words[0]}, needed {words[1]}, used {words[2]}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="access" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape_html(label)}">'
    )
    most = max(granted, needed or 0, used or 0, 1)
    rows = zip(("granted", "needed", "used"), (granted, needed, used), words, strict=True)
    for at, (name, count, text) in enumerate(rows):
        y = at * _LINE
        yield f'<text class="label" x="0" y="{y + 18}">{name}</text>'
        if count is None:
            yield f'<rect class="unknown" x="{_LEFT}" y="{y + 6}" width="{_BAR}" height="15" rx="2"/>'
        else:
            width = max(_MIN, round(_BAR * count / most)) if count else 0
            yield f'<rect class="{name}" x="{_LEFT}" y="{y + 6}" width="{width}" height="15" rx="2"/>'
        yield f'<text class="count" x="{_LEFT + _BAR + 10}" y="{y + 18}">{escape_html(text)}</text>'
    yield "</svg>"
