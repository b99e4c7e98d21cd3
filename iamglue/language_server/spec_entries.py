"""The entry of a spec that the cursor is in: its service, and the actions that it grants."""

from __future__ import annotations

import re

from iamglue.catalog.operations import operation_actions
from iamglue.catalog.services import Action, find_action, find_service
from iamglue.catalog.verbs import find_verb, verbs
from iamglue.language_server.cursor_context import CursorContext
from iamglue.readers.spec.entry_keys import ENTRY_LISTS
from iamglue.readers.spec.spec_schemas import BODY_KEYS, ENTRY_OPTIONS

_ENTRY_KEY = re.compile(r"(?:^|[{,\n])\s*(?:-\s+)*[\"']?([a-z0-9-]+(?:/[\w-]+)?)[\"']?\s*:(?=\s|$)")
_DO = re.compile(r"""\bdo["']?\s*:[ \t]*(\[[^\]]*\]|(?:\r?\n\s*-[ \t]+[^\n]+)+|[^\n,}]+)""")
_WORD = re.compile(r"[A-Za-z][\w:-]*")


def entry_service(text: str, context: CursorContext) -> str:
    """The service of the entry around the cursor; empty if it has none yet."""
    return _entry(text, context)[0]


def entry_actions(text: str, context: CursorContext) -> tuple[Action, ...]:
    """The actions of the entry around the cursor: of its `do`, otherwise of the default verb; () outside an entry."""
    name, part = _entry(text, context)
    service, access = name.partition("/")[0], next((key for key in reversed(context.keys) if key in ENTRY_LISTS), None)
    if not service or access is None:
        return ()
    written = _DO.search(part)
    if written is None:
        names = [action for verb in verbs(service, access) if verb.default for action in verb.actions]
    else:
        names = [action for word in _WORD.findall(written[1]) for action in _actions_of(service, access, word)]
    return tuple(action for name in names if (action := find_action(name)))


def _actions_of(service: str, access: str, word: str) -> tuple[str, ...]:
    """The actions of a word of `do`."""
    verb = find_verb(service, access, word)
    return verb.actions if verb else (word,) if ":" in word else tuple(operation_actions(service, word) or ())


def _entry(text: str, context: CursorContext) -> tuple[str, str]:
    """The key of the entry around the cursor that names its service, and the text of the entry."""
    for part in context.texts_around(text):
        for name in _ENTRY_KEY.findall(part):
            if name not in ENTRY_OPTIONS and name not in BODY_KEYS and find_service(name.partition("/")[0]):
                return str(name), part
    return "", ""
