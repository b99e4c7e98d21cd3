"""Which functions may call AWS, by the words in them: the others are not evaluated if nothing calls them."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.sdk_names import DOCUMENT_OPERATIONS, operations
from iamglue.infer.code.javascript.syntax import FunctionInfo

_WORDS = re.compile(r"\w+")
# Commands, paginators, waiters and helpers of the SDKs, and calls of members whose names are computed.
_MARKS = re.compile(
    r"Command|paginate[A-Z]|wait(?:Until|For)|\bsend\b|AWS|aws|[uU]pload|[pP]resigned|SignedUrl|\]\s*\("
)


def may_call_aws(machine: ScriptMachine) -> Callable[[FunctionInfo], bool]:
    """Whether a function may call AWS, judged once for each."""
    names = {name for client in machine.imported_clients for name in operations(client)}
    if "dynamodb" in machine.imported_clients:
        names |= set(DOCUMENT_OPERATIONS)
    names |= {word for row in table_rows("javascript_helpers") for word in _WORDS.findall(row["member"])}

    def is_relevant(info: FunctionInfo) -> bool:
        """Whether the text of a function has a word of an SDK; true if its text is not known."""
        known = machine.relevant.get(info)
        if known is None:
            text = info.text() if info.text is not None else ""
            known = not text or _MARKS.search(text) is not None or not names.isdisjoint(_WORDS.findall(text))
            machine.relevant[info] = known
        return known

    return is_relevant
