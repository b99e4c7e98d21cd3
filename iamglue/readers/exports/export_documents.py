"""The policy documents of an account's export; each distinct one is read once."""

from __future__ import annotations

from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any
from urllib.parse import unquote

from iamglue.policy.model import Policy
from iamglue.policy.plain_data import policy_from_data
from iamglue.readers.api_documents import find_document_error, parse_document
from iamglue.readers.exports.response_parser import MapWithDuplicateKeys, map_from_pairs

_DECODER = JSONDecoder(object_pairs_hook=map_from_pairs)
_ENCODER = JSONEncoder(ensure_ascii=False, check_circular=False)
_PLAIN = frozenset({str, int, float, bool, type(None)})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """A document: its text, what it says (None where it is malformed), and then what is wrong with it, in words."""

    text: str
    policy: Policy | None
    problem: str = ""


class ExportDocumentCache:
    """Documents by their texts."""

    def __init__(self) -> None:
        self._known: dict[str, ExportDocument] = {}

    def read(self, document: Any) -> ExportDocument:
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
                return ExportDocument(text, None, "a key of it stands twice")
        except RecursionError:
            return ExportDocument("", None, "its values are nested too deeply")
        return known or self._take(text, document, policy)

    def _take(self, text: str, data: Any, policy: Policy | None = None) -> ExportDocument:
        policy = policy or policy_from_data(data) or parse_document(text)
        return self._known.setdefault(text, ExportDocument(text, policy, "" if policy else _fault(text)))


def _fault(text: str) -> str:
    found = "".join(each if each.isprintable() else " " for each in find_document_error(text))
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
        return type(document) is MapWithDuplicateKeys
    return not _PLAIN.issuperset(map(type, document)) and any(map(_is_repeated, document))
