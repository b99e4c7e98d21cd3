"""Writes an account to the file of `audit --save`, and reads it for `--input`. The file contains no credentials."""

from __future__ import annotations

import json
import re
from typing import Any

from iamglue.aws.codec import DocumentTable, from_json, to_json
from iamglue.errors import IamglueError, Location
from iamglue.model.account import Account
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

FORMAT_VERSION = 1
_SAVED_ACCOUNT_START = re.compile(r'\s*\{\s*"version"\s*:')


def account_text(account: Account) -> str:
    """The account as one line of JSON; non-ASCII characters are escaped, to be safe to print on a terminal."""
    documents = DocumentTable()
    data = to_json(account, documents)
    whole = {"version": FORMAT_VERSION, "account": data, "documents": documents.texts}
    return json.dumps(whole, separators=(",", ":")) + "\n"


def is_saved_account(text: str) -> bool:
    """Whether a text begins like the output of `account_text`; AWS CLI output begins with other keys."""
    return bool(_SAVED_ACCOUNT_START.match(text))


def read_account(text: str, path: str) -> Account:
    """Read an account from a text; `path` is the file name in errors.

    Raises IamglueError when the text was not written by `account_text`.
    """
    location = Location(path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IamglueError(f"the file is not JSON: {error}", location=location) from error
    try:
        return from_json(Account, *_checked_parts(data))
    except IamglueError as error:
        raise IamglueError(f"the file was not written by --save: {error.message}", location=location) from error


def check_arns(account: Account, path: str) -> None:
    """Raise IamglueError when the ARN of a role or function is not valid; an audit identifies them by ARN."""
    arns = (*(role.arn for role in account.roles), *(function.arn for function in account.functions))
    for arn in arns:
        if len(split_arn_fields(arn)) != ARN_FIELD_COUNT:
            message = f"the file was not written by --save: {arn[:80]!a} is not an ARN"
            raise IamglueError(message, location=Location(path))


def _checked_parts(data: Any) -> tuple[Any, DocumentTable, str]:
    """The account's data, the table of documents, and their path in errors. Raises IamglueError for other data."""
    if not isinstance(data, dict) or set(data) != {"version", "account", "documents"}:
        raise IamglueError("expected the keys version, account and documents")
    if data["version"] != FORMAT_VERSION or isinstance(data["version"], bool):
        raise IamglueError(f"at /version: expected {FORMAT_VERSION}; a newer iamglue may have written it")
    texts = data["documents"]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise IamglueError("at /documents: expected a list of strings")
    return data["account"], DocumentTable(texts), "/account"
