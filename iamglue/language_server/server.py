"""The language server: what editors ask, answered over stdin and stdout.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from iamglue.errors import ExitCode
from iamglue.files.signals import exit_on_signals
from iamglue.language_server.check_process import WORKER, CheckProcess
from iamglue.language_server.check_scheduler import CheckScheduler
from iamglue.language_server.code_actions import FIX_ALL_KIND, fix_actions, fix_all_action, is_requested, workspace_edit
from iamglue.language_server.completion_items import completion_list
from iamglue.language_server.definitions import find_definitions
from iamglue.language_server.diagnostics import build_diagnostics, failed_check_diagnostic
from iamglue.language_server.documents import OpenDocument, open_document
from iamglue.language_server.editor_answers import complete, hover_at
from iamglue.processes.job_process import JobFailedError
from iamglue.version import VERSION

# Longer documents are not sent to the check with every change.
MAX_LENGTH = 4 * 1024 * 1024
# An editor waits for the answer.
_ANSWER_SECONDS = 20.0
# Configurations, and what a document may include: rules, baselines, modules, nested templates.
_WATCHED_FILES = ("**/.iamglue.toml", "**/pyproject.toml", "**/*.{json,yaml,yml,tf,tofu,tfvars}")


class PolicyLanguageServer(LanguageServer):
    """A server for one editor. Its checks run in another process, so that it always answers."""

    def __init__(self) -> None:
        # A full text with each change: the positions of partial changes are read differently by clients and pygls
        # where a text has other line ends than those of the protocol, such as U+2028.
        super().__init__("iamglue", VERSION, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.checks = CheckProcess.of_module(WORKER)
        self.scheduler = CheckScheduler(self.check)
        self._last_failure = ""
        self.got_shutdown = False
        self.got_exit = False

    def document(self, uri: str) -> OpenDocument | None:
        """The open document with this URI; None if it is not one that iamglue reads."""
        return open_document(self.workspace, uri)

    async def check(self, uri: str) -> None:
        """Check a document, and publish the diagnostics if it is still the same version."""
        document = self.document(uri)
        if document is None:
            return
        if len(document.text) > MAX_LENGTH:
            reason = f"it has {len(document.text):,} characters; use `iamglue lint` for more than {MAX_LENGTH:,}"
            self._publish(document, [failed_check_diagnostic(document, reason)])
            return
        try:
            diagnostics = build_diagnostics(await self.checks.run_check("check", document.source), document)
            self._last_failure = ""
        except JobFailedError as error:
            diagnostics = [failed_check_diagnostic(document, str(error))]
            self._report_failure(f"iamglue could not check {document.source.path}: {error}")
        current = self.document(uri)
        if current is not None and current.version == document.version:
            self._publish(document, diagnostics)

    async def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """The fixes at a place of a document, and the one that applies all safe fixes."""
        document = self.document(params.text_document.uri)
        if document is None or len(document.text) > MAX_LENGTH:
            return []
        only = params.context.only
        wants_fixes, wants_all = is_requested("quickfix", only), is_requested(FIX_ALL_KIND, only)
        if not wants_fixes and not wants_all:
            return []
        start, end = document.offset(params.range.start), document.offset(params.range.end)
        try:
            data = await self.checks.run_check("fixes", document.source, start, end, seconds=_ANSWER_SECONDS)
        except JobFailedError as error:
            self._report_failure(f"iamglue could not compute fixes: {error}")
            return []
        actions = fix_actions(data, document, params.context.diagnostics) if wants_fixes else []
        if wants_all and data["has_safe"]:
            actions.append(fix_all_action(document))
        return [self._with_plain_changes(action) for action in actions]

    async def resolve_fix_all(self, action: types.CodeAction) -> types.CodeAction:
        """The code action with the edit that applies all safe fixes; unchanged for a text that is gone."""
        data = action.data if isinstance(action.data, dict) else {}
        document = self.document(str(data.get("uri")))
        if document is None or document.version != data.get("version"):
            return action
        try:
            result = await self.checks.run_check("fix-all", document.source, seconds=_ANSWER_SECONDS)
        except JobFailedError as error:
            self._report_failure(f"iamglue could not apply the fixes: {error}")
            return action
        action.edit = workspace_edit(result["edits"], document)
        return self._with_plain_changes(action)

    async def definitions(self, params: types.DefinitionParams) -> list[types.Location]:
        """Where the thing at a position comes from."""
        document = self.document(params.text_document.uri)
        if document is None or len(document.text) > MAX_LENGTH:
            return []
        try:
            return await find_definitions(document, document.offset(params.position), self.checks)
        except JobFailedError as error:
            self._report_failure(f"iamglue could not look for the entry: {error}")
            return []

    def completion(self, params: types.CompletionParams) -> types.CompletionList | None:
        """The suggestions at a position."""
        document = self.document(params.text_document.uri)
        if document is None:
            return None
        completion = complete(document.text, document.offset(params.position), document.syntax)
        if completion is None:
            return None
        return completion_list(completion, document, use_snippets=self._supports_snippets())

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """What is known of the word at a position."""
        document = self.document(params.text_document.uri)
        shown = hover_at(document.text, document.offset(params.position), document.syntax) if document else None
        if document is None or shown is None:
            return None
        formats = getattr(getattr(self.client_capabilities.text_document, "hover", None), "content_format", None)
        is_plain = bool(formats) and types.MarkupKind.Markdown not in (formats or ())
        kind = types.MarkupKind.PlainText if is_plain else types.MarkupKind.Markdown
        return types.Hover(types.MarkupContent(kind, shown.text), document.range(shown.start, shown.end))

    def watch_files(self) -> None:
        """Ask the editor to report changes of the files that a check reads, if it can."""
        watched = getattr(self.client_capabilities.workspace, "did_change_watched_files", None)
        if not getattr(watched, "dynamic_registration", False):
            return
        watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED_FILES]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration("iamglue-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        self.client_register_capability(types.RegistrationParams([registration]))

    def check_all(self) -> None:
        """Check every open document again: a file that it includes, or the configuration, may have changed."""
        for document in [*self.workspace.text_documents.values()]:
            self.scheduler.schedule(document.uri)

    def close(self, uri: str) -> None:
        """Forget a document, and remove its diagnostics."""
        self.scheduler.cancel(uri)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    @property
    def exit_code(self) -> ExitCode:
        """1 if the editor ended the server without a request to shut down, as the protocol says; otherwise 0."""
        return ExitCode.FINDINGS if self.got_exit and not self.got_shutdown else ExitCode.OK

    def end_checks(self) -> None:
        """Stop all checks and their process."""
        self.scheduler.cancel_all()
        self.checks.stop()

    def _publish(self, document: OpenDocument, diagnostics: list[types.Diagnostic]) -> None:
        """Replace the findings that the editor shows for this version of a document."""
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=document.uri, version=document.version, diagnostics=diagnostics)
        )

    def _report_failure(self, message: str) -> None:
        """Show a message, but not the same with every change of the text."""
        if message == self._last_failure:
            return
        self._last_failure = message
        self.window_show_message(types.ShowMessageParams(type=types.MessageType.Warning, message=message))

    def _supports_snippets(self) -> bool:
        completion = getattr(self.client_capabilities.text_document, "completion", None)
        return bool(getattr(getattr(completion, "completion_item", None), "snippet_support", False))

    def _with_plain_changes(self, action: types.CodeAction) -> types.CodeAction:
        """The action with its edits by URI, for an editor that does not know edits of a version."""
        edit = getattr(self.client_capabilities.workspace, "workspace_edit", None)
        if action.edit is not None and not getattr(edit, "document_changes", False):
            changes = {
                change.text_document.uri: [item for item in change.edits if isinstance(item, types.TextEdit)]
                for change in action.edit.document_changes or ()
                if isinstance(change, types.TextDocumentEdit)
            }
            action.edit = types.WorkspaceEdit(changes=changes)
        return action


def build_server() -> PolicyLanguageServer:
    """A server that answers all requests that iamglue has an answer for."""
    server = PolicyLanguageServer()
    _add_document_events(server)
    kinds = [types.CodeActionKind.QuickFix, FIX_ALL_KIND]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(kinds, resolve_provider=True))
    async def _code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return await server.code_actions(params)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def _resolve(action: types.CodeAction) -> types.CodeAction:
        return await server.resolve_fix_all(action)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[":", '"', "/", " "]))
    def _completion(params: types.CompletionParams) -> types.CompletionList | None:
        return server.completion(params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def _definition(params: types.DefinitionParams) -> list[types.Location]:
        return await server.definitions(params)

    return server


def _add_document_events(server: PolicyLanguageServer) -> None:
    """Check documents that are opened and changed; end the checks at the end."""

    @server.feature(types.INITIALIZED)
    async def _on_initialized(_params: types.InitializedParams) -> None:
        server.checks.start()
        server.watch_files()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def _on_open(params: types.DidOpenTextDocumentParams) -> None:
        server.scheduler.schedule(params.text_document.uri, pause=0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def _on_change(params: types.DidChangeTextDocumentParams) -> None:
        server.scheduler.schedule(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def _on_save(_params: types.DidSaveTextDocumentParams) -> None:
        server.check_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def _changed_files(_params: types.DidChangeWatchedFilesParams) -> None:
        server.check_all()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def _on_close(params: types.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)

    @server.feature(types.SHUTDOWN)
    async def _shutdown(_params: None) -> None:
        server.got_shutdown = True
        server.end_checks()

    @server.feature(types.EXIT)
    def _exit(_params: None) -> None:
        server.got_exit = True


def run_server() -> ExitCode:
    """Serve one editor over stdin and stdout, until it ends the session or closes stdin; the exit code."""
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a print must not get between the messages
    server = build_server()
    exit_on_signals(server.checks.stop, ExitCode.INTERRUPTED)
    try:
        server.start_io(stdin, stdout)
    finally:
        server.checks.stop()
    return server.exit_code
