"""Policy documents in the responses of AWS APIs: their text and, if it is well formed, the parsed policy."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.model.account import AttachedPolicy
from iamglue.policy.document import read_policy
from iamglue.policy.model import Policy

# AWS stores documents as JSON; the suffix makes `read_policy` parse them as JSON.
_DOCUMENT_PATH = "document.json"


def parse_attached_policy(name: str, text: str, arn: str | None = None) -> AttachedPolicy:
    """An attached policy with its document; `policy` is None if the text is malformed."""
    return AttachedPolicy(name, text, parse_document(text), arn)


def unread_policy(name: str, arn: str | None = None) -> AttachedPolicy:
    """An attached policy whose document could not be read."""
    return AttachedPolicy(name, "", None, arn)


# Roles share their trust policy's text, and copies of AWS managed policies: without it, a template of 3,450 roles takes
# 4 % longer to read.
@lru_cache(maxsize=256)
def parse_document(text: str) -> Policy | None:
    """The parsed policy of a document; None if it is malformed."""
    try:
        return read_policy(text, _DOCUMENT_PATH)
    except IamglueError:
        return None


def find_document_error(text: str) -> str:
    """The message of the first problem in a malformed document."""
    try:
        read_policy(text, _DOCUMENT_PATH)
    except MultipleErrors as problems:
        return problems.problems[0].message
    except IamglueError as error:
        return error.message
    return "nothing is wrong"


def document_text(document: Any) -> str:
    """The text of a document in an IAM response: percent-encoded, or decoded to a mapping by botocore."""
    return unquote(document) if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
