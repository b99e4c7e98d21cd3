"""Suggestions as completion items of the protocol."""

from __future__ import annotations

import re

from lsprotocol import types

from iamglue.language_server.cursor_context import CursorContext, DocumentSyntax
from iamglue.language_server.documents import OpenDocument
from iamglue.language_server.editor_answers import Completion
from iamglue.language_server.suggestions import Suggestion, SuggestionKind

_KINDS = {
    SuggestionKind.ACTION: types.CompletionItemKind.Function,
    SuggestionKind.SERVICE: types.CompletionItemKind.Module,
    SuggestionKind.RESOURCE: types.CompletionItemKind.Struct,
    SuggestionKind.CONDITION_KEY: types.CompletionItemKind.Property,
    SuggestionKind.OPERATOR: types.CompletionItemKind.Operator,
    SuggestionKind.TRIGGER: types.CompletionItemKind.Event,
    SuggestionKind.VERB: types.CompletionItemKind.Method,
    SuggestionKind.KEY: types.CompletionItemKind.Field,
    SuggestionKind.VALUE: types.CompletionItemKind.Value,
}
# The variable part of an ARN format, and of a condition key: `aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>`.
_VARIABLE = re.compile(r"\$\{(?P<name>[^}]*)\}|<(?P<key>[^>]*)>")
_KINDS_WITH_VARIABLES = (SuggestionKind.RESOURCE, SuggestionKind.CONDITION_KEY)
# These have a meaning in snippets.
_SNIPPET_SPECIAL = re.compile(r"[\\$}]")
# YAML reads them as something else without quotes.
_NEEDS_QUOTES = ("*", "&", "!", "{", "[", "<")


def completion_list(completion: Completion, document: OpenDocument, *, use_snippets: bool) -> types.CompletionList:
    """The items that replace the word at the cursor; `use_snippets`: variables of ARNs are places to fill in."""
    context, suggestions = completion.context, completion.suggestions
    place = document.range(context.start, context.end)
    items = [
        _item(suggestion, context, document, place, f"{number:04}", use_snippets=use_snippets)
        for number, suggestion in enumerate(suggestions.items)
    ]
    return types.CompletionList(is_incomplete=not suggestions.is_complete, items=items)


def _item(
    suggestion: Suggestion,
    context: CursorContext,
    document: OpenDocument,
    place: types.Range,
    rank: str,
    *,
    use_snippets: bool,
) -> types.CompletionItem:
    """The suggestion for the editor; variables in an ARN format become fields of a snippet if the editor has them."""
    has_variables = suggestion.kind in _KINDS_WITH_VARIABLES and _VARIABLE.search(suggestion.name) is not None
    name = suggestion.name
    if has_variables:
        name = _snippet(name) if use_snippets else _VARIABLE.sub(_variable_name, name)
    return types.CompletionItem(
        label=suggestion.name,
        kind=_KINDS[suggestion.kind],
        detail=suggestion.detail or None,
        documentation=suggestion.description or None,
        sort_text=rank,
        filter_text=suggestion.name,
        text_edit=types.TextEdit(place, _insert_text(name, suggestion, context, document)),
        insert_text_format=types.InsertTextFormat.Snippet if has_variables and use_snippets else None,
    )


def _insert_text(name: str, suggestion: Suggestion, context: CursorContext, document: OpenDocument) -> str:
    """The text to insert: with quotes where the syntax needs them, and a colon after a new key of YAML."""
    if context.is_quoted:
        return name
    if document.syntax is DocumentSyntax.HCL and suggestion.is_key and name.isidentifier():
        return name
    if suggestion.is_partial:  # the closing quote would be in the way of what follows
        return name if document.syntax is DocumentSyntax.YAML else f'"{name}'
    if document.syntax is DocumentSyntax.YAML:
        follows = document.text[context.end : context.end + 1]
        is_new_key = suggestion.is_key and (context.is_key or context.is_item) and follows != ":"
        is_date = suggestion.kind is SuggestionKind.VALUE and name[0].isdigit()
        written = f'"{name}"' if is_date or name.startswith(_NEEDS_QUOTES) else name
        return f"{written}: " if is_new_key else written
    return f'"{name}"'


def _snippet(text: str) -> str:
    """A text with variables as a snippet: `${BucketName}` becomes the first place to fill in."""
    written, position = "", 0
    for number, match in enumerate(_VARIABLE.finditer(text), start=1):
        written += (
            _escape_snippet(text[position : match.start()]) + f"${{{number}:{_escape_snippet(_variable_name(match))}}}"
        )
        position = match.end()
    return written + _escape_snippet(text[position:])


def _variable_name(match: re.Match[str]) -> str:
    return match["name"] or match["key"] or ""


def _escape_snippet(text: str) -> str:
    return _SNIPPET_SPECIAL.sub(r"\\\g<0>", text)
