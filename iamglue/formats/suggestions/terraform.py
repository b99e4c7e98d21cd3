"""A suggestion as Terraform: a configuration that makes the change, and one to put in its place that takes it back.

The role may or may not be Terraform's, so it is named, not made. What goes is removed by the resources that take
exclusive ownership of a role's policies; they belong to no configuration yet, so nothing needs to be imported.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachments_exclusive
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.formats.policies.document_mapping import map_document, require_known
from iamglue.formats.policies.hcl import attribute_lines, expression_lines, literal_string
from iamglue.formats.policies.names import terraform_identifiers
from iamglue.formats.suggestions.role_change import RemovedPolicy, RoleChange
from iamglue.formats.templates import Filters, render_template
from iamglue.formats.words.safe_text import SafeText, comment

_OWNED = (
    "Written by iamglue.",
    "Where Terraform manages the role, here or elsewhere, take what is listed below out of that configuration first",
    "(aws_iam_role_policy, aws_iam_role_policy_attachment, inline_policy, managed_policy_arns): each would undo the",
    "other's work. The resources ending in _exclusive remove whatever the role has besides what they list.",
)
_APPLIED = (*_OWNED, "rollback/main.tf, put in place of this file and applied, takes it back. What goes:")
_TAKEN_BACK = ("Written by iamglue. Put it in place of the main.tf beside its folder and apply it. What comes back:",)


@dataclass(frozen=True, slots=True)
class _Part:
    """A policy as a resource: its identifier, its name and its document as an expression."""

    id: SafeText
    name: str
    document: SafeText
    description: str = ""


@dataclass(frozen=True, slots=True)
class _Policies:
    """The policies that a role is to have besides those that stay; `arns` are expressions of attached ones."""

    inline: Sequence[_Part] = ()
    managed: Sequence[_Part] = ()
    arns: Sequence[str] = ()


def terraform_files(change: RoleChange) -> dict[str, str]:
    """The configurations by file name. Raises IamglueError for a document that is not known before the deployment."""
    (name,) = terraform_identifiers([change.role])
    new = [
        _Part(SafeText(f"{name}_{at}"), each.name, _policy(map_document(each.policy, require_known)), each.description)
        for at, each in enumerate(change.added, 1)
    ]
    old = [
        _Part(SafeText(f"{name}_old_{at}"), each.name, _old(each)) for at, each in enumerate(change.removed_inline, 1)
    ]
    comes = _Policies(managed=new) if change.managed else _Policies(inline=new)
    had = _Policies(
        inline=old, arns=[literal_string(each.arn) for each in change.removed_attached if each.arn is not None]
    )
    return {
        "terraform/main.tf": _configuration(
            change, comes, id=name, title="the policies that its functions need", told=_APPLIED
        ),
        "terraform/rollback/main.tf": _configuration(
            change, had, id=name, title="the policies that it had", told=_TAKEN_BACK
        ),
    }


def _configuration(change: RoleChange, policies: _Policies, **values: Any) -> str:
    """What goes is removed by lists that lack it; a list that has nothing to remove or attach is not written."""
    attaches = change.removed_attached or change.managed
    return render_template(
        "suggestion.tf.j2",
        _FILTERS,
        change=change,
        inline=policies.inline,
        managed=policies.managed,
        policy_names=_inline_names(change, policies) if change.removed_inline else None,
        policy_arns=_arns(change, policies) if attaches else None,
        **values,
    )


def _inline_names(change: RoleChange, policies: _Policies) -> list[str]:
    kept = [literal_string(each.name) for each in change.retained if each.arn is None]
    return [*(f"aws_iam_role_policy.{each.id}.name" for each in policies.inline), *kept]


def _arns(change: RoleChange, policies: _Policies) -> list[str]:
    kept = [literal_string(each.arn) for each in change.retained if each.arn is not None]
    return [*(f"aws_iam_policy.{each.id}.arn" for each in policies.managed), *policies.arns, *kept]


def _policy(data: Any) -> SafeText:
    return SafeText("jsonencode(" + "\n  ".join(expression_lines(data, literal_string)) + ")")


def _old(old: RemovedPolicy) -> SafeText:
    """As an object where its text is one that HCL can hold; else the text itself."""
    try:
        data = old.data
    except ValueError:
        data = None
    return _policy(data) if _is_plain(data) else SafeText(literal_string(old.text))


def _is_plain(data: Any) -> bool:
    if isinstance(data, dict):
        return all(map(_is_plain, data.values()))
    return all(map(_is_plain, data)) if isinstance(data, list) else isinstance(data, str | bool | int)


def _exclusive(values: Sequence[str], argument: str, role: str) -> SafeText:
    return SafeText("\n  ".join(attribute_lines([("role_name", [literal_string(role)]), (argument, _list(values))])))


def _list(values: Sequence[str]) -> list[str]:
    if len(values) < 2:
        return [f"[{''.join(values)}]"]
    return ["[", *(f"  {each}," for each in values), "]"]


def _heading(part: _Part) -> SafeText:
    pairs = [("name", [literal_string(part.name)]), ("description", [literal_string(part.description)])]
    return SafeText("\n  ".join(attribute_lines(pairs)))


_FILTERS: Filters = {
    "addresses": lambda parts: SafeText("\n  ".join(_list([f"aws_iam_role_policy.{each.id}" for each in parts]))),
    "comment": comment,
    "hcl": lambda text: SafeText(literal_string(text)),
    "exclusive": _exclusive,
    "heading": _heading,
}
