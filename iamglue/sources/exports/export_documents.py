"""The policy documents of an account's export; each distinct one is read once."""

from __future__ import annotations

from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any
from urllib.parse import unquote

from iamglue.iam.policies import Policy
from iamglue.iam.policy_data import policy_from_data
from iamglue.sources.account.documents import fault, policy_of
from iamglue.sources.exports.answers import Repeated, unique

_DECODER = JSONDecoder(object_pairs_hook=unique)
_ENCODER = JSONEncoder(ensure_ascii=False)
_LONGEST = 200


class Documents:
    """Documents by their texts."""

    def __init__(self) -> None:
        self._known: dict[str, Policy | None] = {}
        self._faults: dict[str, str] = {}

    def text(self, document: Any) -> str:
        """The text of a document: the AWS CLI prints a map, other programs the encoded text that the API gives."""
        if isinstance(document, str):
            return unquote(document) if document[:1] == "%" else document
        try:
            text = _ENCODER.encode(document)
            repeated = _is_repeated(document)
        except RecursionError:
            return self._refused("", "its values are nested too deeply")
        if repeated:
            return self._refused(text, "a key of it stands twice")
        if text not in self._known:
            self._take(text, document)
        return text

    def policy(self, text: str) -> Policy | None:
        """What a document says; None where it is malformed."""
        if text not in self._known:
            self._take(text, _data(text))
        return self._known[text]

    def fault(self, text: str) -> str:
        """What is wrong with a malformed document, in words."""
        if text not in self._faults:
            found = "".join(each if each.isprintable() else " " for each in fault(text))
            self._faults[text] = found if len(found) <= _LONGEST else f"{found[:_LONGEST]}..."
        return self._faults[text]

    def _refused(self, text: str, why: str) -> str:
        self._known[text], self._faults[text] = None, why
        return text

    def _take(self, text: str, data: Any) -> None:
        found = policy_from_data(data)
        self._known[text] = policy_of(text) if found is None else found


def _data(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (JSONDecodeError, ValueError, RecursionError):
        return None


def _is_repeated(document: Any) -> bool:
    if type(document) is dict:
        return any(map(_is_repeated, document.values()))
    return type(document) is Repeated or (type(document) is list and any(map(_is_repeated, document)))
