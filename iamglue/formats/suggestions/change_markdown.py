"""A suggested change of a role's policies in words, as Markdown in which nothing of AWS's is taken for markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamglue.formats.reports.diff_markdown import code_span, diff_markdown
from iamglue.formats.suggestions.role_change import RoleChange
from iamglue.model.role_context import RoleReplacement, RoleResult
from iamglue.output_escaping import escape_output

_IN_TEMPLATE = (
    "in the template: the role is not deployed yet, so that is where these policies take the place of the others"
)


def change_markdown(judged: RoleResult, suggested: RoleReplacement, change: RoleChange, refused: Sequence[str]) -> str:
    """What goes, what comes, what was proved of it, and how to make the change; `refused` are ways there are not."""
    return escape_output("\n".join(_lines(judged, suggested, change, refused)) + "\n")


def _lines(judged: RoleResult, suggested: RoleReplacement, change: RoleChange, refused: Sequence[str]) -> Iterator[str]:
    functions = ", ".join(code_span(each.name) for each in judged.context.functions) or "none that is known"
    yield f"# Role {code_span(change.role)}"
    yield ""
    yield f"Account {code_span(change.account)}. Functions: {functions}."
    yield ""
    yield f"**{suggested.actions_before:,} actions -> {suggested.actions_after:,}**"
    yield from _section("Comes", list(_comes(change)))
    yield from _section("Goes", list(_goes(change)))
    yield from _section(
        "Added: needed, and not allowed today", [code_span(each) for each in suggested.added_statements]
    )
    yield from _section("Proved of the new policies", [code_span(each) for each in suggested.proved])
    yield from _section("Not proved", [code_span(each) for each in suggested.unproved])
    yield from _section("To know", [code_span(each) for each in (*suggested.notes, *refused)])
    yield from _section("How", [_IN_TEMPLATE] if judged.context.account.planned else list(_how(refused)))
    if suggested.difference is not None:
        yield ""
        yield diff_markdown(suggested.difference).rstrip("\n")


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield ""
        yield f"## {title}"
        yield ""
        yield from (f"- {each}" for each in items)


def _comes(change: RoleChange) -> Iterator[str]:
    kind = "managed policy" if change.managed else "inline policy"
    for each in change.added:
        yield f"{kind} {code_span(each.name)}: [{each.file}]({each.file})"


def _goes(change: RoleChange) -> Iterator[str]:
    for each in change.removed:
        what = (
            f"inline policy {code_span(each.name)} is deleted"
            if each.arn is None
            else f"{code_span(each.arn)} is detached"
        )
        yield f"{what}: [{each.file}]({each.file}) is what it said"


def _how(refused: Sequence[str]) -> Iterator[str]:
    ways = (
        ("AWS CLI", "`bash apply.sh` makes the change, `bash rollback.sh` takes it back"),
        ("Terraform", "`terraform/main.tf`, taken back by `terraform/rollback/main.tf`"),
        ("CloudFormation", "`cloudformation/template.yaml`, taken back by `cloudformation/rollback.yaml`"),
    )
    for name, text in ways:
        if not any(each.startswith(f"{name}:") for each in refused):
            yield f"{name}: {text}"
