"""Parses the policy documents of an account's export; each distinct document is parsed once."""

from __future__ import annotations

from dataclasses import dataclass
from json import JSONEncoder
from typing import Any
from urllib.parse import unquote

from iamglue.policy.model import Policy
from iamglue.readers.api_documents import find_document_error, parse_document
from iamglue.readers.exports.response_parser import MapWithDuplicateKeys

_ENCODER = JSONEncoder(ensure_ascii=False, check_circular=False)
_SCALAR_TYPES = frozenset({str, int, float, bool, type(None)})
_MAX_PROBLEM_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """A document: its text, the parsed policy (None if it is malformed), and the problem if it is malformed."""

    text: str
    policy: Policy | None
    problem: str = ""


class ExportDocumentCache:
    """Parsed documents by text."""

    def __init__(self) -> None:
        self._documents: dict[str, ExportDocument] = {}

    def read(self, document: Any) -> ExportDocument:
        """Parse a document: a map, as the AWS CLI prints it, or URL-encoded text, as the API returns it."""
        if type(document) is str:
            text = unquote(document) if document[:1] == "%" else document
        else:
            try:
                text = _ENCODER.encode(document)
                if _has_duplicate_keys(document):
                    return ExportDocument(text, None, "a key is listed twice")
            except RecursionError:
                return ExportDocument("", None, "values are nested too deeply")
        return self._documents.get(text) or self._add(text)

    def _add(self, text: str) -> ExportDocument:
        """Parse a document, and keep the result for other policies with the same text."""
        policy = parse_document(text)
        document = ExportDocument(text, policy, "" if policy else _document_problem(text))
        self._documents[text] = document
        return document


def _document_problem(text: str) -> str:
    """Return why a document is malformed, as one line of limited length."""
    problem = "".join(character if character.isprintable() else " " for character in find_document_error(text))
    return problem if len(problem) <= _MAX_PROBLEM_LENGTH else f"{problem[:_MAX_PROBLEM_LENGTH]}..."


def _has_duplicate_keys(document: Any) -> bool:
    """Return True if a map at any depth has duplicate keys."""
    if type(document) is dict:
        document = list(document.values())
    if type(document) is not list:
        return type(document) is MapWithDuplicateKeys
    return not _SCALAR_TYPES.issuperset(map(type, document)) and any(map(_has_duplicate_keys, document))
