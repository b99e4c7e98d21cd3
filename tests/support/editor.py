"""An editor for tests: pytest-lsp's client with what was published, and helpers to open and change documents."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, LanguageClient, register_lsp_features

SECONDS = 60


class EditorClient(LanguageClient):
    """A client that keeps every publication of diagnostics, in order."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.registrations: list[types.Registration] = []
        self.arrived = asyncio.Event()


def make_client() -> EditorClient:
    client = EditorClient()

    def publish(client: EditorClient, params: types.PublishDiagnosticsParams) -> None:
        client.published.append(params)
        client.arrived.set()

    def register(client: EditorClient, params: types.RegistrationParams) -> None:
        client.registrations += params.registrations

    features = {
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish,
        types.CLIENT_REGISTER_CAPABILITY: register,
    }
    register_lsp_features(client, {**DEFAULT_CLIENT_FEATURES, **features})
    return client


class Editor:
    """Documents in a folder, opened and changed in the server."""

    def __init__(self, client: EditorClient, folder: Path) -> None:
        self.client, self.folder = client, folder
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    async def start(self) -> None:
        edits = types.WorkspaceEditClientCapabilities(document_changes=True)
        items = types.ClientCompletionItemOptions(snippet_support=True)
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=edits,
                did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            ),
            text_document=types.TextDocumentClientCapabilities(
                completion=types.CompletionClientCapabilities(completion_item=items),
                hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
            ),
        )
        uri = self.folder.as_uri()
        await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities, workspace_folders=[types.WorkspaceFolder(uri=uri, name="tests")]
            )
        )

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "") -> None:
        """Open a document, or replace the text of one that is open."""
        self.texts[name], self.versions[name] = text, self.versions.get(name, 0) + 1
        if self.versions[name] == 1:
            item = types.TextDocumentItem(self.uri(name), language or Path(name).suffix[1:], 1, text)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
            return
        document = types.VersionedTextDocumentIdentifier(version=self.versions[name], uri=self.uri(name))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def diagnostics(self, name: str) -> list[types.Diagnostic]:
        """The diagnostics of the newest version, when they arrive."""
        return list((await self._published(name, self.versions[name])).diagnostics)

    async def check(self, name: str, text: str, language: str = "") -> list[types.Diagnostic]:
        self.open(name, text, language)
        return await self.diagnostics(name)

    async def actions(self, name: str, only: str | None = None) -> list[types.CodeAction]:
        """The code actions for all of a document."""
        diagnostics = await self.diagnostics(name)
        end = types.Position(self.texts[name].count("\n") + 1, 0)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(self.uri(name)),
            types.Range(types.Position(0, 0), end),
            types.CodeActionContext(diagnostics, only=[only] if only else None),
        )
        return list(await self.client.text_document_code_action_async(params) or [])

    async def complete(self, name: str, marked: str) -> types.CompletionList | None:
        """The suggestions at the mark `|` of a text."""
        document, position = self._open_marked(name, marked)
        return await self.client.text_document_completion_async(types.CompletionParams(document, position))

    async def labels(self, name: str, marked: str) -> list[str]:
        answer = await self.complete(name, marked)
        return [item.label for item in answer.items] if answer else []

    async def hover(self, name: str, marked: str) -> str:
        """The text shown at the mark `|` of a text; empty if there is none."""
        document, position = self._open_marked(name, marked)
        answer = await self.client.text_document_hover_async(types.HoverParams(document, position))
        return answer.contents.value if answer else ""

    async def definitions(self, name: str, marked: str) -> list[types.Location]:
        document, position = self._open_marked(name, marked)
        answer = await self.client.text_document_definition_async(types.DefinitionParams(document, position))
        return list(answer or [])

    def applied(self, name: str, edit: types.WorkspaceEdit) -> str:
        """The text of a document after an edit of its newest version."""
        (change,) = edit.document_changes
        assert (change.text_document.uri, change.text_document.version) == (self.uri(name), self.versions[name])
        text = self.texts[name]
        for item in sorted(change.edits, key=lambda item: _key(item.range.start), reverse=True):
            start, end = utf16_offset(text, item.range.start), utf16_offset(text, item.range.end)
            text = text[:start] + item.new_text + text[end:]
        return text

    def marked_part(self, name: str, place: types.Range) -> str:
        """The part of a document's text that a range covers."""
        text = self.texts[name]
        return text[utf16_offset(text, place.start) : utf16_offset(text, place.end)]

    def _open_marked(self, name: str, marked: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
        before, _, after = marked.partition("|")
        self.open(name, before + after)
        line = before.rpartition("\n")[2]
        position = types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)
        return types.TextDocumentIdentifier(self.uri(name)), position

    async def _published(self, name: str, version: int) -> types.PublishDiagnosticsParams:
        async with asyncio.timeout(SECONDS):
            while True:
                for params in self.client.published:
                    if params.uri == self.uri(name) and params.version == version:
                        return params
                self.client.arrived.clear()
                await self.client.arrived.wait()


def utf16_offset(text: str, position: types.Position) -> int:
    """The offset of a position, counted in another way than the server does: by encoding the text."""
    parts = re.split("(\r\n|\n|\r)", text)
    before = sum(map(len, parts[: 2 * position.line]))
    return before + len(text[before:].encode("utf-16-le")[: 2 * position.character].decode("utf-16-le"))


def _key(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
