"""Policy documents as AWS hands them over: their text, and what it says where it is sound."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.model.account import AttachedPolicy
from iamglue.policy.document import read_policy
from iamglue.policy.model import Policy

# A name that ends so has the text read as JSON, which is what AWS keeps documents in.
_PATH = "document.json"


def parse_attached_policy(name: str, text: str, arn: str | None = None) -> AttachedPolicy:
    """A policy with its document, `policy` None where the text is malformed."""
    return AttachedPolicy(name, text, parse_document(text), arn)


def unread_policy(name: str, arn: str | None = None) -> AttachedPolicy:
    """A policy that is known to be there, whose document could not be read."""
    return AttachedPolicy(name, "", None, arn)


def parse_document(text: str) -> Policy | None:
    """What a document says; None where it is malformed."""
    try:
        return read_policy(text, _PATH)
    except IamglueError:
        return None


def find_document_error(text: str) -> str:
    """What is wrong with a malformed document, in words."""
    try:
        read_policy(text, _PATH)
    except MultipleErrors as problems:
        return problems.problems[0].message
    except IamglueError as error:
        return error.message
    return "nothing is wrong"


def document_text(document: Any) -> str:
    """The text of a document in an answer of IAM: percent-encoded, or decoded to a mapping by botocore."""
    return unquote(document) if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
