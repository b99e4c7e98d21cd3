"""What a shell completes as values of parameters: paths, rules, and the names of services and triggers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # startup: only for completion
    from click.shell_completion import CompletionItem

# The placeholders, in the help of a parameter, of the values that are paths.
_PATHS = frozenset({"DIR", "FILE", "NEW", "PATH", "PATHS", "POLICY", "REPORT", "SPEC", "TEMPLATE"})
_WORD = re.compile("[A-Z]+")


class PathText(click.types.StringParamType):
    """A text that is a path. Whether the file exists is for the command to say."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Tell the shell to complete the names of files."""
        del ctx, param
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - startup: only for completion

        return [CompletionItem(incomplete, type="file")]


def complete_paths(parameters: Iterable[click.Parameter]) -> None:
    """Give the texts whose placeholder says that they are paths the type of paths."""
    for parameter in parameters:
        placeholder = parameter.metavar or (parameter.name or "").upper()
        if parameter.type is click.STRING and _PATHS & {*_WORD.findall(placeholder)}:
            parameter.type = PathText()


def complete_rules(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The rules of `lint` and `audit` whose names begin so."""
    from iamglue.audit.rule_table import role_rules  # noqa: PLC0415 - startup: only for completion
    from iamglue.lint.rule_table import rule_slugs  # noqa: PLC0415 - likewise

    return sorted(slug for slug in {*rule_slugs(), *role_rules()} if slug.startswith(incomplete))


def complete_services(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The services whose prefixes begin so; with --triggers, the triggers."""
    from iamglue.catalog.services import service_prefixes  # noqa: PLC0415 - startup: only for completion
    from iamglue.catalog.triggers import trigger_names  # noqa: PLC0415 - likewise

    names = trigger_names() if ctx.params.get("triggers") else service_prefixes()
    return sorted(name for name in names if name.startswith(incomplete))
