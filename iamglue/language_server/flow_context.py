"""The context of a cursor in text with brackets: JSON, HCL, and the flow style of YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from iamglue.language_server.cursor_context import CursorContext, DocumentSyntax

_STRING = r'"(?:[^"\\\n]|\\.)*"?'
_TOKENS = {
    DocumentSyntax.JSON: re.compile(rf"{_STRING}|[{{}}\[\],:]|[^\s{{}}\[\],:\"]+"),
    DocumentSyntax.YAML: re.compile(
        rf"{_STRING}|'(?:[^'\n]|'')*'?|\#[^\n]*|[{{}}\[\],]|:(?=\s|$)|(?:[^\s{{}}\[\],:\"']|:(?!\s|$))+"
    ),
    DocumentSyntax.HCL: re.compile(
        rf"{_STRING}|(?:\#|//)[^\n]*|/\*.*?(?:\*/|$)|[{{}}\[\],:=()\n]|[^\s{{}}\[\],:=()\"#/]+|/", re.DOTALL
    ),
}
_COMMENTS = {DocumentSyntax.YAML: ("#",), DocumentSyntax.HCL: ("#", "//", "/*")}
_CLOSING = {"}": "{", "]": "["}
# After the cursor, keys of the same mapping are looked for in this many characters.
_LOOK_AHEAD = 20_000


@dataclass(slots=True)
class _OpenBracket:
    """An open mapping or list; `key` is the key of a mapping whose value comes next, `label` a word before it."""

    bracket: str
    start: int
    key: str | None = None
    label: str | None = None
    siblings: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FlowReading:
    """The context of the cursor; `end` is where the brackets closed before it, None if they did not."""

    context: CursorContext
    end: int | None = None


def flow_context(text: str, start: int, offset: int, syntax: DocumentSyntax) -> FlowReading:
    """Read brackets from `start` on, up to the cursor."""
    reader = _FlowReader(text, start, offset, syntax)
    return reader.read()


class _FlowReader:
    """The open mappings and lists, token by token."""

    def __init__(self, text: str, start: int, offset: int, syntax: DocumentSyntax) -> None:
        self._text, self._start, self._offset, self._syntax = text, start, offset, syntax
        self._has_open_top = syntax is not DocumentSyntax.HCL and text[start : start + 1] in ("{", "[")
        # The top of a Terraform file is like the inside of a mapping.
        self._frames = [_OpenBracket("{", start)] if syntax is DocumentSyntax.HCL else []

    def read(self) -> FlowReading:
        """Read up to the cursor, or to the end of the collection if that is before the cursor."""
        before = (self._start, self._start, "")
        for match in _TOKENS[self._syntax].finditer(self._text, self._start):
            token, at = match[0], match.start()
            if match[0] == ":" and match.end() == self._offset and before[1] == at and self._is_plain_word(before[2]):
                return FlowReading(self._context((before[0], self._offset, f"{before[2]}:")))  # `s3:` of an action
            if at >= self._offset or self._contains_cursor(token, at, match.end()):
                word = (at, match.end(), token) if at < self._offset or self._touches(token, at) else None
                return FlowReading(self._context(word))
            self._add(token, at)
            before = (at, match.end(), token)
            if self._has_open_top and not self._frames:
                return FlowReading(self._context(None), match.end())
        return FlowReading(self._context(None))

    def _is_plain_word(self, token: str) -> bool:
        """Whether a token of YAML is a word without quotes, which a colon may belong to."""
        return self._syntax is DocumentSyntax.YAML and token[:1].isalnum()

    def _touches(self, token: str, at: int) -> bool:
        """Whether a word begins at the cursor."""
        return at == self._offset and (token[0].isalnum() or token[0] in "*_$")

    def _contains_cursor(self, token: str, start: int, end: int) -> bool:
        """Whether the cursor is in or at the end of a word; for a string, within its quotes."""
        if self._is_comment(token):
            return start < self._offset <= end
        if token[0] in "\"'":
            is_closed = len(token) > 1 and token.endswith(token[0])
            return start < self._offset < end or (self._offset == end and not is_closed)
        is_word = token not in ("{", "}", "[", "]", ",", ":", "=", "(", ")", "\n", "/")
        return is_word and start < self._offset <= end

    def _is_comment(self, token: str) -> bool:
        return token.startswith(_COMMENTS.get(self._syntax, ())) if self._syntax in _COMMENTS else False

    def _add(self, token: str, at: int) -> None:
        """Follow one token before the cursor: open or close a bracket, or note a key or an item."""
        if self._is_comment(token):
            return
        top = self._frames[-1] if self._frames else None
        if token in ("{", "["):
            if top is not None and top.bracket == "{" and top.key is None and self._syntax is DocumentSyntax.HCL:
                top.key, top.label = top.label or "", None  # a block: `statement {`
            self._frames.append(_OpenBracket(token, at))
        elif token in _CLOSING:
            self._close(_CLOSING[token])
        elif top is None or token in ("(", ")") or top.bracket == "[":
            return
        elif token in (":", "="):
            if top.key is None and top.label is not None:
                top.key, top.label = top.label, None
                top.siblings.append((top.key, ""))
        elif token in (",", "\n"):
            top.key, top.label = None, None
        elif top.key is None:
            top.label = top.label if self._syntax is DocumentSyntax.HCL and top.label else _unquote(token)
        elif top.siblings and not top.siblings[-1][1]:
            top.siblings[-1] = (top.siblings[-1][0], _unquote(token))

    def _close(self, bracket: str) -> None:
        """Close the innermost mapping or list of this kind; a bracket without a partner is left out."""
        is_hcl = self._syntax is DocumentSyntax.HCL
        opened = [at for at, frame in enumerate(self._frames) if frame.bracket == bracket and (at or not is_hcl)]
        if not opened:
            return
        del self._frames[opened[-1] :]
        if self._frames and self._frames[-1].bracket == "{" and is_hcl:
            self._frames[-1].label = None

    def _context(self, word: tuple[int, int, str] | None) -> CursorContext:
        """The context of the cursor in the open brackets; `word` is the token at the cursor: start, end, text."""
        start, end, is_quoted = self._offset, self._offset, False
        if word is not None:
            start, end, token = word
            is_quoted = token[0] in "\"'"
            if is_quoted:
                end -= len(token) > 1 and token.endswith(token[0])
                start += 1
        if word is not None and self._is_comment(word[2]):
            return CursorContext((), self._offset, self._offset)
        frames = self._frames
        innermost = frames[-1] if frames else None
        mapping = next((frame for frame in reversed(frames) if frame.bracket == "{"), None)
        ends, later = self._read_ahead(self._offset if word is None else word[1])
        spans = [(frame.start, last) for frame, last in zip(frames, ends, strict=True) if frame.bracket == "{"]
        return CursorContext(
            tuple(frame.key for frame in frames if frame.bracket == "{" and frame.key is not None),
            start,
            end,
            innermost is not None and innermost.bracket == "{" and innermost.key is None,
            innermost is not None and innermost.bracket == "[",
            is_quoted,
            (*mapping.siblings, *later) if mapping else (),
            tuple(spans),
        )

    def _read_ahead(self, start: int) -> tuple[list[int], list[tuple[str, str]]]:
        """Where each open mapping or list ends, as far as the text shows it, and the later keys of the last mapping."""
        limit = min(len(self._text), self._offset + _LOOK_AHEAD)
        ends, later = [limit] * len(self._frames), list[tuple[str, str]]()
        of_mapping = max((depth for depth, frame in enumerate(self._frames, 1) if frame.bracket == "{"), default=0)
        depth, label = len(ends), ""
        for match in _TOKENS[self._syntax].finditer(self._text, start, limit):
            token = match[0]
            if token in ("{", "["):
                depth += 1
            elif token in _CLOSING:
                depth -= 1
                if depth < 0:
                    break
                if depth < len(ends) and ends[depth] == limit:
                    ends[depth] = match.end()
            elif depth == of_mapping and token in (":", "="):
                later += [(label, "")] if label else []
                label = ""
            elif depth == of_mapping:
                is_word = not self._is_comment(token) and match[0] != ","
                label = _unquote(token) if is_word else ""
        return ends, later


def _unquote(token: str) -> str:
    return token.strip("\"'") if token[0] in "\"'" else token
