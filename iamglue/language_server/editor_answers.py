"""Answers at a position of a document, without what the protocol wraps around them: suggestions, hover, definition."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.language_server.context_at import context_at
from iamglue.language_server.cursor_context import CursorContext, DocumentSyntax
from iamglue.language_server.policy_elements import PolicyElement, policy_element
from iamglue.language_server.policy_hover import policy_hover
from iamglue.language_server.policy_suggestions import policy_suggestions
from iamglue.language_server.spec_hover import spec_hover
from iamglue.language_server.spec_suggestions import spec_suggestions
from iamglue.language_server.suggestions import Suggestions, best_suggestions
from iamglue.readers.policy_texts import is_spec, may_contain_policies

# A keystroke is answered at once: longer documents are checked, but not searched with every letter.
MAX_LENGTH = 2 * 1024 * 1024
_ALIAS = re.compile(r"\*([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Completion:
    """Suggestions to replace the text from `start` to `end`."""

    suggestions: Suggestions
    context: CursorContext


@dataclass(frozen=True, slots=True)
class HoverText:
    """A text, as Markdown, about the word from `start` to `end`."""

    text: str
    start: int
    end: int


def complete(text: str, offset: int, syntax: DocumentSyntax) -> Completion | None:
    """The suggestions at an offset; None if nothing can be suggested there."""
    if not _may_answer(text):
        return None
    context = context_at(text, offset, syntax)
    typed = text[context.start : offset]
    element = _element(text, context)
    if element is not None:
        candidates = policy_suggestions(element, text, context, typed)
    elif is_spec(text):
        candidates = spec_suggestions(text, context, typed)
    else:
        return None
    suggestions = best_suggestions(candidates, typed)
    return Completion(suggestions, context) if suggestions.items else None


def hover_at(text: str, offset: int, syntax: DocumentSyntax) -> HoverText | None:
    """The text on the word at an offset; None if there is nothing to say."""
    if not _may_answer(text):
        return None
    context = context_at(text, offset, syntax)
    word = text[context.start : context.end]
    element = _element(text, context)
    shown = ""
    if word and element is not None:
        shown = policy_hover(element, word, text, context)
    elif word and is_spec(text):
        shown = spec_hover(word, text, context)
    return HoverText(shown, context.start, context.end) if shown else None


def anchor_of_alias(text: str, offset: int) -> tuple[int, int] | None:
    """The span of the YAML anchor `&name` that the alias `*name` at an offset stands for; None if there is none."""
    alias = next((match for match in _ALIAS.finditer(text) if match.start() <= offset <= match.end()), None)
    if alias is None:
        return None
    anchors = re.finditer(rf"&{re.escape(alias[1])}(?![\w.-])", text[: alias.start()])
    last = next(reversed([*anchors]), None)
    return None if last is None else last.span()


def _may_answer(text: str) -> bool:
    """Whether a document is a spec or can have policies, and is not too long."""
    has_words = may_contain_policies(text) or "aws_iam_policy_document" in text
    return len(text) <= MAX_LENGTH and (has_words or is_spec(text))


def _element(text: str, context: CursorContext) -> PolicyElement | None:
    """The part of a statement at the cursor; in a spec only `raw` and `when` have such parts."""
    if is_spec(text) and not {"raw", "when"} & set(context.keys):
        return None
    return policy_element(context)
