"""An account as a file: what `audit --save` writes, and `--input` reads again. It holds no credentials."""

from __future__ import annotations

import json
import re
from typing import Any

from iamglue.aws.codec import DocumentTable, from_json, to_json
from iamglue.errors import IamglueError, Location
from iamglue.model.account import Account
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

FORMAT_VERSION = 1
_BEGINNING = re.compile(r'\s*\{\s*"version"\s*:')


def account_text(account: Account) -> str:
    """The account as JSON, one line; characters beyond ASCII are escaped, so that no terminal is led astray."""
    documents = DocumentTable()
    data = to_json(account, documents)
    whole = {"version": FORMAT_VERSION, "account": data, "documents": documents.texts}
    return json.dumps(whole, separators=(",", ":")) + "\n"


def is_saved_account(text: str) -> bool:
    """Whether a text is meant as what `account_text` writes; AWS's own answers begin otherwise."""
    return bool(_BEGINNING.match(text))


def read_account(text: str, path: str) -> Account:
    """The account that a text holds; `path` is what errors call it.

    Raises IamglueError where it is not what `account_text` writes.
    """
    where = Location(path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IamglueError(f"this is not JSON: {error}", location=where) from error
    try:
        return from_json(Account, *_parts(data))
    except IamglueError as error:
        raise IamglueError(f"this is not an account that --save wrote: {error.message}", location=where) from error


def check_arns(account: Account, path: str) -> None:
    """Raise IamglueError where what an audit tells roles and functions apart by is no ARN."""
    arns = (*(role.arn for role in account.roles), *(function.arn for function in account.functions))
    for arn in arns:
        if len(split_arn_fields(arn)) != ARN_FIELD_COUNT:
            message = f"this is not an account that --save wrote: {arn[:80]!a} is no ARN"
            raise IamglueError(message, location=Location(path))


def _parts(data: Any) -> tuple[Any, DocumentTable, str]:
    if not isinstance(data, dict) or set(data) != {"version", "account", "documents"}:
        raise IamglueError("expected the keys version, account and documents")
    if data["version"] != FORMAT_VERSION or isinstance(data["version"], bool):
        raise IamglueError(f"at /version: expected {FORMAT_VERSION}; a newer iamglue may have written it")
    texts = data["documents"]
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise IamglueError("at /documents: expected a list of texts")
    return data["account"], DocumentTable(texts), "/account"
