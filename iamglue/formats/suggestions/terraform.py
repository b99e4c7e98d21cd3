"""A suggestion as Terraform: a configuration that makes the change, and a replacement for it that rolls it back.

Terraform may or may not manage the role, so the configuration refers to the role by name. The resources with exclusive
ownership of a role's policies remove the old ones. They are not part of a configuration yet, so no import is needed.
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

_OWNER_NOTES = (
    "Written by iamglue.",
    "If Terraform manages the role, here or elsewhere, first delete the policies listed below from that configuration",
    "(aws_iam_role_policy, aws_iam_role_policy_attachment, inline_policy, managed_policy_arns): otherwise the two",
    "configurations undo each other's changes. The resources ending in _exclusive remove all policies of the role that",
    "they do not list.",
)
_APPLY_NOTES = (*_OWNER_NOTES, "To roll back, replace this file by rollback/main.tf and apply it. Removed policies:")
_ROLLBACK_NOTES = (
    "Written by iamglue. Replace the main.tf of the parent directory by this file and apply it. Restored policies:",
)


@dataclass(frozen=True, slots=True)
class _PolicyResource:
    """A policy as a resource: its identifier, its name and its document as an expression."""

    id: SafeText
    name: str
    document: SafeText
    description: str = ""


@dataclass(frozen=True, slots=True)
class _RolePolicies:
    """Policies for the role in addition to the retained ones; `arns` are expressions for attached policies."""

    inline: Sequence[_PolicyResource] = ()
    managed: Sequence[_PolicyResource] = ()
    arns: Sequence[str] = ()


def terraform_files(change: RoleChange) -> dict[str, str]:
    """Configurations by file name. Raises IamglueError for a document with unknown parameters."""
    (name,) = terraform_identifiers([change.role])
    new = [
        _PolicyResource(
            SafeText(f"{name}_{at}"),
            policy.name,
            _policy(map_document(policy.policy, require_known)),
            policy.description,
        )
        for at, policy in enumerate(change.added, 1)
    ]
    old = [
        _PolicyResource(SafeText(f"{name}_old_{at}"), policy.name, _old_document(policy))
        for at, policy in enumerate(change.removed_inline, 1)
    ]
    added = _RolePolicies(managed=new) if change.managed else _RolePolicies(inline=new)
    restored = _RolePolicies(
        inline=old, arns=[literal_string(policy.arn) for policy in change.removed_attached if policy.arn is not None]
    )
    return {
        "terraform/main.tf": _configuration(
            change, added, id=name, title="the policies that its functions need", notes=_APPLY_NOTES
        ),
        "terraform/rollback/main.tf": _configuration(
            change, restored, id=name, title="the previous policies", notes=_ROLLBACK_NOTES
        ),
    }


def _configuration(change: RoleChange, policies: _RolePolicies, **values: Any) -> str:
    """A configuration; its exclusive lists omit the removed policies. A list with nothing to change is not written."""
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


def _inline_names(change: RoleChange, policies: _RolePolicies) -> list[str]:
    """Expressions for the names of all inline policies after the change."""
    retained = [literal_string(policy.name) for policy in change.retained if policy.arn is None]
    return [*(f"aws_iam_role_policy.{resource.id}.name" for resource in policies.inline), *retained]


def _arns(change: RoleChange, policies: _RolePolicies) -> list[str]:
    """Expressions for the ARNs of all attached policies after the change."""
    retained = [literal_string(policy.arn) for policy in change.retained if policy.arn is not None]
    return [*(f"aws_iam_policy.{resource.id}.arn" for resource in policies.managed), *policies.arns, *retained]


def _policy(data: Any) -> SafeText:
    return SafeText("jsonencode(" + "\n  ".join(expression_lines(data, literal_string)) + ")")


def _old_document(policy: RemovedPolicy) -> SafeText:
    """Expression for a removed policy's document: an object if HCL can represent it, otherwise its text."""
    try:
        data = policy.data
    except ValueError:
        data = None
    return _policy(data) if _is_plain(data) else SafeText(literal_string(policy.text))


def _is_plain(data: Any) -> bool:
    """True if HCL can represent the data exactly: no null and no floating point number."""
    if isinstance(data, dict):
        return all(map(_is_plain, data.values()))
    return all(map(_is_plain, data)) if isinstance(data, list) else isinstance(data, str | bool | int)


def _exclusive(values: Sequence[str], argument: str, role: str) -> SafeText:
    """Arguments of a resource that owns a role's policies exclusively."""
    return SafeText("\n  ".join(attribute_lines([("role_name", [literal_string(role)]), (argument, _list(values))])))


def _list(values: Sequence[str]) -> list[str]:
    """The lines of a list; one with fewer than two values is on one line, as `terraform fmt` leaves it."""
    if len(values) < 2:
        return [f"[{''.join(values)}]"]
    return ["[", *(f"  {value}," for value in values), "]"]


def _heading(resource: _PolicyResource) -> SafeText:
    pairs = [("name", [literal_string(resource.name)]), ("description", [literal_string(resource.description)])]
    return SafeText("\n  ".join(attribute_lines(pairs)))


_FILTERS: Filters = {
    "addresses": lambda resources: SafeText(
        "\n  ".join(_list([f"aws_iam_role_policy.{item.id}" for item in resources]))
    ),
    "comment": comment,
    "hcl": lambda text: SafeText(literal_string(text)),
    "exclusive": _exclusive,
    "heading": _heading,
}
