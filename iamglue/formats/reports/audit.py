"""An audit in the formats that `iamglue audit` writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from iamglue.formats.reports.report import render_report
from iamglue.model.role_context import AuditResult

# These formats also show roles and functions; the others are the formats of `lint` and show only findings.
_WRITERS = {
    "text": "iamglue.formats.reports.audit_text:audit_text",
    "json": "iamglue.formats.reports.audit_json:audit_json",
    "markdown": "iamglue.formats.reports.audit_markdown:audit_markdown",
    "html": "iamglue.formats.reports.audit_html:audit_html",
}
# The forms of the graph of who can become whom.
_GRAPH_WRITERS = {
    "mermaid": "iamglue.formats.reports.graph_mermaid:graph_mermaid",
    "json": "iamglue.formats.reports.graph_json:graph_json",
}
GRAPH_FORMATS: tuple[str, ...] = tuple(_GRAPH_WRITERS)
FORMATS: tuple[str, ...] = ("text", "json", "sarif", "junit", "github", "markdown", "html")


def render_audit(audit: AuditResult, format: str, rule_texts: Mapping[str, str] | None = None) -> str:
    """`audit` in one of `FORMATS`; `rule_texts` is as in `render_report`."""
    if format not in _WRITERS:
        return render_report(audit.report, format, rule_texts)
    return _write(_WRITERS[format], audit)


def render_graph(audit: AuditResult, format: str) -> str:
    """The graph of who can become whom, of an audit with routes, in one of `GRAPH_FORMATS`."""
    return _write(_GRAPH_WRITERS[format], audit)


def _write(place: str, audit: AuditResult) -> str:
    """The text of a writer, `MODULE:FUNCTION`, which is imported on demand."""
    module, _, name = place.partition(":")
    writer: Callable[[AuditResult], str] = getattr(import_module(module), name)
    return writer(audit)
