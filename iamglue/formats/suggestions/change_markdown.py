"""A suggested change of a role's policies as Markdown, with all names from AWS escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iamglue.formats.reports.diff_markdown import code_span, diff_markdown
from iamglue.formats.suggestions.role_change import RoleChange
from iamglue.model.role_context import RoleReplacement, RoleResult
from iamglue.output_escaping import escape_output

_IN_TEMPLATE = "The role is not deployed yet: replace its policies by these in the template that declares the role"


def change_markdown(
    role_result: RoleResult, replacement: RoleReplacement, change: RoleChange, refused: Mapping[str, str]
) -> str:
    """The change: policies added and removed, proofs, notes, and how to apply it.

    `refused` has the tools that the change could not be written for, each with the reason.
    """
    return escape_output("\n".join(_lines(role_result, replacement, change, refused)) + "\n")


def _lines(
    role_result: RoleResult, replacement: RoleReplacement, change: RoleChange, refused: Mapping[str, str]
) -> Iterator[str]:
    """The sections of the document; those that are empty are left out."""
    functions = ", ".join(code_span(function.name) for function in role_result.context.functions) or "none known"
    yield f"# Role {code_span(change.role)}"
    yield ""
    yield f"Account {code_span(change.account)}. Functions: {functions}."
    yield ""
    yield f"**{replacement.actions_before:,} actions -> {replacement.actions_after:,}**"
    yield from _section("Added policies", list(_added_items(change)))
    yield from _section("Removed policies", list(_removed_items(change)))
    yield from _section(
        "New access: needed, and not allowed by the current policies",
        [code_span(text) for text in replacement.added_statements],
    )
    yield from _section("Proved for the new policies", [code_span(text) for text in replacement.proved])
    yield from _section("Not proved", [code_span(text) for text in replacement.unproved])
    problems = (f"{tool}: {reason}" for tool, reason in refused.items())
    yield from _section("Notes", [code_span(text) for text in (*replacement.notes, *problems)])
    yield from _section(
        "How to apply", [_IN_TEMPLATE] if role_result.context.account.planned else list(_instructions(refused))
    )
    if replacement.difference is not None:
        yield ""
        yield diff_markdown(replacement.difference).rstrip("\n")


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    """A heading and a list; nothing if the list is empty."""
    if items:
        yield ""
        yield f"## {title}"
        yield ""
        yield from (f"- {item}" for item in items)


def _added_items(change: RoleChange) -> Iterator[str]:
    """The new policies, with the files of their documents."""
    kind = "managed policy" if change.managed else "inline policy"
    for policy in change.added:
        yield f"{kind} {code_span(policy.name)}: [{policy.file}]({policy.file})"


def _removed_items(change: RoleChange) -> Iterator[str]:
    """The removed policies, and where their documents are saved."""
    for policy in change.removed:
        action = (
            f"inline policy {code_span(policy.name)} is deleted"
            if policy.arn is None
            else f"{code_span(policy.arn)} is detached"
        )
        yield f"{action}; its document is saved in [{policy.file}]({policy.file})"


def _instructions(refused: Mapping[str, str]) -> Iterator[str]:
    """One item for each tool that the change was written for."""
    tools = (
        ("AWS CLI", "`bash apply.sh` makes the change, `bash rollback.sh` rolls it back"),
        ("Terraform", "`terraform/main.tf` makes the change, `terraform/rollback/main.tf` rolls it back"),
        (
            "CloudFormation",
            "`cloudformation/template.yaml` makes the change, `cloudformation/rollback.yaml` rolls it back",
        ),
    )
    for tool, text in tools:
        if tool not in refused:
            yield f"{tool}: {text}"
