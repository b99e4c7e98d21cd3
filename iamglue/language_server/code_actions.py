"""Quick fixes as code actions of the protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lsprotocol import types

from iamglue.language_server.diagnostics import SOURCE
from iamglue.language_server.document_lint import PlainData
from iamglue.language_server.documents import OpenDocument

FIX_ALL_KIND = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_FIX_ALL_TITLE = "Apply all safe fixes of iamglue"


def fix_actions(data: PlainData, document: OpenDocument, shown: Iterable[types.Diagnostic]) -> list[types.CodeAction]:
    """A code action for each fix; a fix that is proved safe is preferred. `shown` are the diagnostics at the place."""
    actions = []
    for row in data["fixes"]:
        place = document.range(row["start"], row["end"])
        fixed = [item for item in shown if item.code == row["rule"] and item.range == place]
        actions.append(
            types.CodeAction(
                title=_capitalized(row["title"]),
                kind=types.CodeActionKind.QuickFix,
                diagnostics=fixed or None,
                is_preferred=row["is_safe"] or None,
                edit=workspace_edit(row["edits"], document),
            )
        )
    return actions


def fix_all_action(document: OpenDocument) -> types.CodeAction:
    """The code action that applies all safe fixes; its edit is computed when the user chooses it."""
    data = {"uri": document.uri, "version": document.version}
    return types.CodeAction(title=_FIX_ALL_TITLE, kind=FIX_ALL_KIND, data=data)


def workspace_edit(edits: Iterable[list[Any]], document: OpenDocument) -> types.WorkspaceEdit:
    """Edits, with offsets, of one version of a document: the editor refuses them for another one."""
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                text_document=types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version),
                edits=[types.TextEdit(document.range(start, end), text) for start, end, text in edits],
            )
        ]
    )


def is_requested(kind: str, only: Iterable[str] | None) -> bool:
    """Whether an editor that asks only for some kinds asks for this one; `source` includes `source.fixAll`."""
    kinds = [getattr(name, "value", name) for name in only or ()]
    return not kinds or any(kind == name or kind.startswith(f"{name}.") for name in kinds)


def _capitalized(description: str) -> str:
    return description[:1].upper() + description[1:]
