"""What `audit --suggest` writes: for each role its new policies, the change in words, and what makes the change."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.errors import IamglueError
from iamglue.formats.policies.names import file_name
from iamglue.formats.suggestions.cloudformation import cloudformation
from iamglue.formats.suggestions.role_change import RoleChange, role_change
from iamglue.formats.suggestions.scripts import scripts
from iamglue.formats.suggestions.terraform import terraform
from iamglue.formats.suggestions.words import change_markdown
from iamglue.model.role_context import Judged

_WAYS: tuple[tuple[str, Callable[[RoleChange], dict[str, str]]], ...] = (
    ("AWS CLI", scripts),
    ("Terraform", terraform),
    ("CloudFormation", cloudformation),
)


def suggestion_files(judged: Judged, *, by_account: bool = False) -> dict[str, str]:
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
    for name, write in () if judged.case.account.planned else _WAYS:
        try:
            found |= write(change)
        except IamglueError as error:
            refused.append(f"{name}: {error.message}")
    found |= {each.file: each.text for each in change.new}
    found |= {each.file: each.text for each in change.old}
    found["change.md"] = change_markdown(judged, judged.replacement, change, refused)
    folder = file_name(change.role)
    if by_account:
        folder = f"{file_name(change.account)}/{folder}"
    return {f"{folder}/{name}": found[name] for name in sorted(found)}
