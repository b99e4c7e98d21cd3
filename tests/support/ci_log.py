"""What reads the log of a CI job, or a terminal, would obey: the runners' own rules, so tests can see that nothing is.

GitHub: actions/runner src/Runner.Common/ActionCommand.cs; Azure: azure-pipelines-agent Command.cs; GitLab:
lib/gitlab/regex.rb, build_trace_section_regex. The known names do not count: a log is inert where none can be.
"""

from __future__ import annotations

import re
import unicodedata

_LINE_END = re.compile(r"\r\n|\n|\r")
_ANYWHERE = re.compile(r"##\w*\[(?!\\)")
_SECTION = re.compile(r"section_(?:start|end):[0-9]+:")
# What draws nothing or turns the order of letters round.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def commands(text: str) -> list[str]:
    """The lines that a runner may take for a command."""
    lines = _LINE_END.split(text)
    return [line for line in lines if line.lstrip().startswith("::") or _ANYWHERE.search(line) or _SECTION.search(line)]


def unseen(text: str) -> set[str]:
    """The characters besides line ends and tabs that are controls, are not seen, or turn the text round."""
    return {
        character
        for character in {*text.replace("\r\n", "\n")}
        if character not in "\n\t" and (unicodedata.category(character) in _UNSEEN or "\ufe00" <= character <= "\ufe0f")
    }
