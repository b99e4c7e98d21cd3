"""A difference between policies in the formats that `iamglue diff` writes."""

from __future__ import annotations

from iamglue.render.diff_json import diff_json
from iamglue.render.diff_markdown import diff_markdown
from iamglue.render.diff_text import diff_text
from iamglue.subjects.difference import Diff

_WRITERS = {"text": diff_text, "json": diff_json, "markdown": diff_markdown}
FORMATS = tuple(_WRITERS)


def render_diff(diff: Diff, format: str) -> str:
    """`diff` in one of `FORMATS`."""
    return _WRITERS[format](diff)
