"""The formats of changes of access."""

from __future__ import annotations

from iamglue.formats.reports.changes_json import changes_json
from iamglue.formats.reports.changes_markdown import changes_markdown
from iamglue.formats.reports.changes_text import changes_text
from iamglue.model.access_change import AccessChanges

FORMATS = ("text", "json", "markdown")
_RENDERERS = {"text": changes_text, "json": changes_json, "markdown": changes_markdown}


def render_changes(changes: AccessChanges, format: str) -> str:
    """The changes in one of `FORMATS`."""
    return _RENDERERS[format](changes)
