"""An account read from a file: a saved account, or authorization details with a list of functions."""

from __future__ import annotations

from iamglue.aws.saved_account import check_arns, is_saved_account, read_account
from iamglue.errors import IamglueError
from iamglue.model.account import Account
from iamglue.policy.file_kinds import EXPORT, SAVED_ACCOUNT
from iamglue.readers.exports.authorization_details import read_authorization_details
from iamglue.readers.file_kind import file_kind_of_text


def parse_account(
    text: str, path: str, functions_text: str | None = None, functions_path: str | None = None
) -> Account:
    """The account of a text that `audit --save` wrote, or that `aws iam get-account-authorization-details` prints.

    With the latter, `functions_text` is the output of `aws lambda list-functions`. The paths name the texts in errors.
    Raises IamglueError for any other text.
    """
    try:
        if not is_saved_account(text):
            return read_authorization_details(path, text, functions_text, functions_path)
        account = read_account(text, path)
    except IamglueError as error:
        kind = file_kind_of_text(text, path)
        if kind is None or kind in (EXPORT, SAVED_ACCOUNT):
            raise
        raise kind.error("the export of an account or a file of `iamglue audit --save`", path) from error
    check_arns(account, path)
    return account
