"""A difference between policies in the formats that `iamglue diff` writes."""

from __future__ import annotations

from iamglue.formats.reports.diff_json import diff_json
from iamglue.formats.reports.diff_markdown import diff_markdown
from iamglue.formats.reports.diff_text import diff_text
from iamglue.model.difference import PolicyDiff

FORMATS = ("text", "json", "markdown")


def render_diff(diff: PolicyDiff, format: str, *, full: bool = False) -> str:
    """`diff` in one of `FORMATS`. With `full` the text is not cut; JSON is always complete."""
    match format:
        case "json":
            return diff_json(diff)
        case "markdown":
            return diff_markdown(diff)
        case _:
            return diff_text(diff, full=full)
