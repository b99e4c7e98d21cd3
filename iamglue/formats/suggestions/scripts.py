"""A suggestion as Bash scripts for the AWS CLI: one that makes the change, one that rolls it back."""

from __future__ import annotations

from iamglue.formats.policies.aws_cli import literal_shell_word
from iamglue.formats.suggestions.role_change import RoleChange
from iamglue.formats.templates import Filters, render_template
from iamglue.formats.words.safe_text import comment


def script_files(change: RoleChange) -> dict[str, str]:
    """Scripts by file name. Raises IamglueError for a name that the AWS CLI does not accept; AWS has no such names."""
    return {
        f"{name}.sh": render_template(f"suggestion-{name}.sh.j2", _FILTERS, change=change, uses=uses)
        for name, uses in (("apply", _apply_functions(change)), ("rollback", _rollback_functions(change)))
    }


def _apply_functions(change: RoleChange) -> frozenset[str]:
    """Names of the shell functions that apply.sh calls, so that the script defines no unused function."""
    put = {"put_managed_policy", "attach_policy", "description_of"} if change.managed else {"put_inline_policy"}
    detach = {"detach_policy", "has"} if change.removed_attached else set()
    delete = {"delete_inline_policy", "has"} if change.removed_inline else set()
    return frozenset((put if change.added else set()) | detach | delete)


def _rollback_functions(change: RoleChange) -> frozenset[str]:
    """Names of the shell functions that rollback.sh calls."""
    managed = {"delete_managed_policy", "detach_policy", "description_of", "has"}
    delete = managed if change.managed else {"delete_inline_policy", "has"}
    attach = {"attach_policy"} if change.removed_attached else set()
    put = {"put_inline_policy"} if change.removed_inline else set()
    return frozenset((delete if change.added else set()) | attach | put)


_FILTERS: Filters = {
    "arn": lambda new, change: literal_shell_word(change.added_policy_arn(new)),
    "comment": comment,
    "described": lambda new: literal_shell_word(new.description),
    "word": literal_shell_word,
}
