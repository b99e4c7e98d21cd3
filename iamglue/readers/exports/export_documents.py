"""The policy documents of an account's export; each distinct one is read once."""

from __future__ import annotations

from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any
from urllib.parse import unquote

from iamglue.policy.model import Policy
from iamglue.policy.plain_data import policy_from_data
from iamglue.readers.api_documents import fault, policy_of
from iamglue.readers.exports.answers import Repeated, unique

_DECODER = JSONDecoder(object_pairs_hook=unique)
_ENCODER = JSONEncoder(ensure_ascii=False, check_circular=False)
_PLAIN = frozenset({str, int, float, bool, type(None)})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its text, what it says (None where it is malformed), and then what is wrong with it, in words."""

    text: str
    policy: Policy | None
    fault: str = ""


class Documents:
    """Documents by their texts."""

    def __init__(self) -> None:
        self._known: dict[str, Document] = {}

    def read(self, document: Any) -> Document:
        """A document: the AWS CLI prints a map, other programs the encoded text that the API gives."""
        if type(document) is str:
            text = unquote(document) if document[:1] == "%" else document
            return self._known.get(text) or self._take(text, _data(text))
        try:
            text = _ENCODER.encode(document)
            known = self._known.get(text)
            # What the fast way reads has no key twice.
            policy = policy_from_data(document) if known is None else None
            if policy is None and _is_repeated(document):
                return Document(text, None, "a key of it stands twice")
        except RecursionError:
            return Document("", None, "its values are nested too deeply")
        return known or self._take(text, document, policy)

    def _take(self, text: str, data: Any, policy: Policy | None = None) -> Document:
        policy = policy or policy_from_data(data) or policy_of(text)
        return self._known.setdefault(text, Document(text, policy, "" if policy else _fault(text)))


def _fault(text: str) -> str:
    found = "".join(each if each.isprintable() else " " for each in fault(text))
    return found if len(found) <= _LONGEST else f"{found[:_LONGEST]}..."


def _data(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (JSONDecodeError, ValueError, RecursionError):
        return None


def _is_repeated(document: Any) -> bool:
    if type(document) is dict:
        document = list(document.values())
    if type(document) is not list:
        return type(document) is Repeated
    return not _PLAIN.issuperset(map(type, document)) and any(map(_is_repeated, document))
