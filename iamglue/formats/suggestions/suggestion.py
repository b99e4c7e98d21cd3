"""Files of `audit --suggest`: for each role its new policies, a description of the change, and how to apply it."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.errors import IamglueError
from iamglue.formats.policies.names import file_name
from iamglue.formats.suggestions.change_markdown import change_markdown
from iamglue.formats.suggestions.cloudformation import cloudformation_files
from iamglue.formats.suggestions.role_change import RoleChange, role_change
from iamglue.formats.suggestions.scripts import script_files
from iamglue.formats.suggestions.terraform import terraform_files
from iamglue.model.role_context import RoleResult

_TOOLS: tuple[tuple[str, Callable[[RoleChange], dict[str, str]]], ...] = (
    ("AWS CLI", script_files),
    ("Terraform", terraform_files),
    ("CloudFormation", cloudformation_files),
)


def suggestion_files(role_result: RoleResult, *, by_account: bool = False) -> dict[str, str]:
    """Files for one role, path -> text; empty if there is no suggestion.

    Paths use `/`, and names from AWS are reduced to letters, digits, - and _. With `by_account` the account is the
    first directory, because roles of several accounts may have the same name. A tool that cannot represent one of the
    role's names or documents is skipped, and change.md gives the reason. For a role that is not deployed yet only the
    policies are written, because its template has to be changed.
    """
    if role_result.replacement is None:
        return {}
    change = role_change(role_result, role_result.replacement)
    files: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name, write in () if role_result.context.account.planned else _TOOLS:
        try:
            files |= write(change)
        except IamglueError as error:
            refused[name] = error.message
    files |= {policy.file: policy.text for policy in change.added}
    files |= {policy.file: policy.text for policy in change.removed}
    files["change.md"] = change_markdown(role_result, role_result.replacement, change, refused)
    folder = file_name(change.role)
    if by_account:
        folder = f"{file_name(change.account)}/{folder}"
    return {f"{folder}/{name}": files[name] for name in sorted(files)}
