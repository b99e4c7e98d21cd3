"""The formats of the table of `reconcile`."""

from __future__ import annotations

from iamglue.formats.reports.reconcile_json import reconcile_json
from iamglue.formats.reports.reconcile_text import reconcile_markdown, reconcile_text
from iamglue.model.reconciliation import Reconciliation

FORMATS = ("text", "json", "markdown", "html")


def render_reconciliation(table: Reconciliation, format: str) -> str:
    """The table in one of `FORMATS`."""
    if format == "html":
        from iamglue.formats.reports.reconcile_html import reconcile_html  # noqa: PLC0415 - startup: rarely needed

        return reconcile_html(table)
    return {"text": reconcile_text, "json": reconcile_json, "markdown": reconcile_markdown}[format](table)
