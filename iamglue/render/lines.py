"""Text of others on one line of ours, with nothing in it that a terminal or a reader's eye would obey."""

from __future__ import annotations

import unicodedata

# Control, format (bidirectional overrides among them), surrogate, private, unassigned; line and paragraph separators.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(text: str) -> str:
    """`text` on one line: each character that ends a line or is not seen becomes a space."""
    if text.isprintable():  # as nearly all is: no character of these categories is
        return text
    return "".join(" " if unicodedata.category(character) in HIDDEN else character for character in text)
