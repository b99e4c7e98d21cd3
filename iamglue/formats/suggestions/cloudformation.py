"""A suggestion as CloudFormation: a template that adds the new policies to the role, and one that rolls that back.

A stack cannot remove policies from a role that it does not manage, so the scripts for the AWS CLI do that part.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.errors import IamglueError
from iamglue.formats.policies.cloudformation import block_yaml, flow_yaml
from iamglue.formats.policies.document_mapping import map_document, map_strings, require_known
from iamglue.formats.policies.names import logical_ids
from iamglue.formats.policies.substitution import reject_dynamic_reference
from iamglue.formats.suggestions.role_change import RemovedPolicy, RoleChange
from iamglue.formats.templates import Filters, render_template
from iamglue.formats.words.safe_text import SafeText, comment

_OWNER_NOTES = (
    "If a stack manages the role, change that stack instead: add these policies and remove those listed below.",
)
_APPLY_NOTES = (
    "Written by iamglue. Deploy it as a separate stack with --capabilities CAPABILITY_NAMED_IAM, then run",
    "`bash ../apply.sh remove` to remove the replaced policies: a stack cannot do that for a role it does not manage.",
    *_OWNER_NOTES,
    "Removed policies:",
)
_ROLLBACK_NOTES = (
    "Written by iamglue. Run `bash ../rollback.sh attach` to attach the managed policies again, then update the stack",
    "of template.yaml with this template: it restores the inline policies and removes the new policies.",
    "Restored policies:",
)


@dataclass(frozen=True, slots=True)
class _PolicyResource:
    """A policy as a resource: its logical ID, its name and its document."""

    id: SafeText
    name: str
    data: Any


def cloudformation_files(change: RoleChange) -> dict[str, str]:
    """Templates by file name. Raises IamglueError for text that CloudFormation cannot represent."""
    (name,) = logical_ids([change.role])
    new = [
        _PolicyResource(SafeText(f"{name}Policy{at}"), policy.name, map_document(policy.policy, _text))
        for at, policy in enumerate(change.added, 1)
    ]
    old = [
        _PolicyResource(SafeText(f"{name}OldPolicy{at}"), policy.name, _old_document(policy))
        for at, policy in enumerate(change.removed_inline, 1)
    ]
    apply = _template(change, "the policies that its functions need", _APPLY_NOTES, *_by_kind(change, new))
    rollback = _template(change, "the previous inline policies", _ROLLBACK_NOTES, old)
    return {"cloudformation/template.yaml": apply, "cloudformation/rollback.yaml": rollback}


def _by_kind(
    change: RoleChange, new: Sequence[_PolicyResource]
) -> tuple[Sequence[_PolicyResource], Sequence[_PolicyResource]]:
    """The new policies as (inline, managed)."""
    return ((), new) if change.managed else (new, ())


def _template(
    change: RoleChange,
    title: str,
    notes: Sequence[str],
    inline: Sequence[_PolicyResource],
    managed: Sequence[_PolicyResource] = (),
) -> str:
    """A template with these policies; `title` ends the sentence that describes it."""
    return render_template(
        "suggestion.yaml.j2", _FILTERS, change=change, title=title, notes=notes, inline=inline, managed=managed
    )


def _text(text: str) -> str:
    """Return `text`. Raises IamglueError for an unknown parameter or a dynamic reference."""
    return reject_dynamic_reference(require_known(text))


def _old_document(policy: RemovedPolicy) -> Any:
    """Data of a removed policy's document. Raises IamglueError if it is not an object that CloudFormation accepts."""
    try:
        data = policy.data
    except ValueError:
        data = None
    if not isinstance(data, dict):
        problem = "is malformed" if policy.text else "could not be read"
        raise IamglueError(f"the document of {policy.name} {problem}: CloudFormation accepts only objects")
    return map_strings(data, _plain_value)


def _plain_value(value: Any) -> Any:
    """Return the value. Raises IamglueError if CloudFormation cannot represent it."""
    if isinstance(value, str):
        return reject_dynamic_reference(value)
    if isinstance(value, bool | int):
        return value
    raise IamglueError(f"{value!r} is not a valid value in a policy document")


_FILTERS: Filters = {
    "block": block_yaml,
    "comment": comment,
    "value": lambda text: flow_yaml(reject_dynamic_reference(text)),
}
