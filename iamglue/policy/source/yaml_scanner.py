"""A YAML scanner that accepts the block scalars that the scanners of SAM and of the Serverless Framework accept.

ruamel.yaml refuses a block scalar with a line of blanks before its first line of text, if the text is indented more.
The specification allows such lines: https://yaml.org/spec/1.2.2/#8111-block-indentation-indicator
"""

from __future__ import annotations

from functools import cache
from typing import Any

_BLANKS_AND_BREAKS = frozenset(" \r\n\x85\u2028\u2029")


@cache
def lenient_scanner() -> type[Any]:
    """The scanner class; ruamel.yaml is imported only when a YAML text is read."""
    from ruamel.yaml.scanner import Scanner  # noqa: PLC0415 - startup: only commands that read YAML pay for it

    class LenientScanner(Scanner):
        """Skips lines of blanks before a block scalar, whatever their length."""

        def scan_block_scalar_indentation(self) -> Any:
            """The line breaks before the text, the width of its indentation, and the end of the last break."""
            breaks, width, end = [], 0, self.reader.get_mark()
            while (character := self.reader.peek()) in _BLANKS_AND_BREAKS:
                if character == " ":
                    self.reader.forward()
                    width = max(width, self.reader.column)
                else:
                    breaks.append(self.scan_line_break())
                    end = self.reader.get_mark()
            return breaks, width, end

    return LenientScanner
