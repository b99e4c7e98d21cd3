"""Findings as diagnostics of the protocol."""

from __future__ import annotations

from lsprotocol import types

from iamglue.findings import Severity
from iamglue.language_server.document_lint import PlainData
from iamglue.language_server.documents import OpenDocument

SOURCE = "iamglue"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.SECURITY_WARNING: types.DiagnosticSeverity.Warning,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.SUGGESTION: types.DiagnosticSeverity.Information,
}


def build_diagnostics(data: PlainData, document: OpenDocument) -> list[types.Diagnostic]:
    """The diagnostics of a checked document: its findings, and what could not be evaluated."""
    return [
        types.Diagnostic(
            range=document.range(row["start"], row["end"]),
            message=row["message"],
            severity=_SEVERITIES[Severity(row["severity"])],
            code=row.get("rule") or None,
            code_description=types.CodeDescription(href=row["url"]) if row.get("url") else None,
            source=SOURCE,
        )
        for row in (*data["findings"], *data["problems"])
    ]


def failed_check_diagnostic(document: OpenDocument, reason: str) -> types.Diagnostic:
    """The diagnostic of a document that could not be checked: it must not look clean."""
    message = f"this document could not be checked: {reason}"
    return types.Diagnostic(
        range=document.range(0, 0), message=message, severity=types.DiagnosticSeverity.Warning, source=SOURCE
    )
