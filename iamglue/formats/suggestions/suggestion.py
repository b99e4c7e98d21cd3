"""What `audit --suggest` writes: for each role its new policies, the change in words, and what makes the change."""

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

_WAYS: tuple[tuple[str, Callable[[RoleChange], dict[str, str]]], ...] = (
    ("AWS CLI", script_files),
    ("Terraform", terraform_files),
    ("CloudFormation", cloudformation_files),
)


def suggestion_files(judged: RoleResult, *, by_account: bool = False) -> dict[str, str]:
    """The files for one role, path -> text; none where nothing is suggested.

    Paths have `/` between folders and nothing of AWS's but letters, digits, - and _; `by_account`: the account is the
    first folder, as roles of several accounts may have one name. A way that cannot hold one of the role's names or
    documents is left out, and the change in words says why. A role that is not deployed yet is changed where its
    template names its policies: it gets those alone.
    """
    if judged.replacement is None:
        return {}
    change = role_change(judged, judged.replacement)
    found: dict[str, str] = {}
    refused: list[str] = []
    for name, write in () if judged.context.account.planned else _WAYS:
        try:
            found |= write(change)
        except IamglueError as error:
            refused.append(f"{name}: {error.message}")
    found |= {each.file: each.text for each in change.added}
    found |= {each.file: each.text for each in change.removed}
    found["change.md"] = change_markdown(judged, judged.replacement, change, refused)
    folder = file_name(change.role)
    if by_account:
        folder = f"{file_name(change.account)}/{folder}"
    return {f"{folder}/{name}": found[name] for name in sorted(found)}
