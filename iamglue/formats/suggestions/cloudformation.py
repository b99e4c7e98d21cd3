"""A suggestion as CloudFormation: a template that puts the new policies on the role, and one that takes them back.

A stack removes nothing from a role that is not its own, so the scripts for the AWS CLI do that part.
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

_OWNED = (
    "Where a stack manages the role, do it there: give the role these policies, and take what is listed below away.",
)
_APPLIED = (
    "Written by iamglue. Deploy it as a stack of its own with --capabilities CAPABILITY_NAMED_IAM; then",
    "`bash ../apply.sh remove` removes what the policies replace, as a stack does not where the role is not its own.",
    *_OWNED,
    "What goes:",
)
_TAKEN_BACK = (
    "Written by iamglue. `bash ../rollback.sh attach` first attaches what was attached; then update the stack of",
    "template.yaml with this template: the policies that were inline come back, and the new ones go.",
    "What comes back:",
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A policy as a resource: its logical id, its name and its document."""

    id: SafeText
    name: str
    data: Any


def cloudformation_files(change: RoleChange) -> dict[str, str]:
    """The templates by file name. Raises IamglueError for text that CloudFormation cannot hold."""
    (name,) = logical_ids([change.role])
    new = [
        _Part(SafeText(f"{name}Policy{at}"), each.name, map_document(each.policy, _text))
        for at, each in enumerate(change.added, 1)
    ]
    old = [
        _Part(SafeText(f"{name}OldPolicy{at}"), each.name, _old(each))
        for at, each in enumerate(change.removed_inline, 1)
    ]
    applied = _template(change, "the policies that its functions need", _APPLIED, *_by_kind(change, new))
    taken_back = _template(change, "the policies that were inline", _TAKEN_BACK, old)
    return {"cloudformation/template.yaml": applied, "cloudformation/rollback.yaml": taken_back}


def _by_kind(change: RoleChange, new: Sequence[_Part]) -> tuple[Sequence[_Part], Sequence[_Part]]:
    """The new policies that are inline, and those that are managed."""
    return ((), new) if change.managed else (new, ())


def _template(
    change: RoleChange, title: str, told: Sequence[str], inline: Sequence[_Part], managed: Sequence[_Part] = ()
) -> str:
    return render_template(
        "suggestion.yaml.j2", _FILTERS, change=change, title=title, told=told, inline=inline, managed=managed
    )


def _text(text: str) -> str:
    return reject_dynamic_reference(require_known(text))


def _old(old: RemovedPolicy) -> Any:
    try:
        data = old.data
    except ValueError:
        data = None
    if not isinstance(data, dict):
        fault = "is malformed" if old.text else "could not be read"
        raise IamglueError(f"the document of {old.name} {fault}, and CloudFormation takes objects only")
    return map_strings(data, _plain)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return reject_dynamic_reference(value)
    if isinstance(value, bool | int):
        return value
    raise IamglueError(f"{value!r} stands in a document, and no policy holds such a value")


_FILTERS: Filters = {
    "block": block_yaml,
    "comment": comment,
    "value": lambda text: flow_yaml(reject_dynamic_reference(text)),
}
