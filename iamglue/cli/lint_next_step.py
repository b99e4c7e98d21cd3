"""What to do after `lint`: the command that is most useful."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.cli.help_command import next_command
from iamglue.cli.stderr import print_next, print_note
from iamglue.files.text_files import STDIN, read_text
from iamglue.findings import Report, Severity
from iamglue.readers.file_kind import file_kind_of_text

_MAX_PATHS = 5
_MAX_NAMED = 3


def print_missing_policies(paths: Sequence[str]) -> None:
    """Say that no policy was found in files, and what a single one is, if another command reads it."""
    more = " and others" if len(paths) > _MAX_NAMED else ""
    print_note(f"no policy found in {', '.join(paths[:_MAX_NAMED])}{more}")
    if len(paths) == 1 and paths[0] != STDIN:
        kind = file_kind_of_text(read_text(paths[0]), paths[0])
        if kind is not None and not kind.has_policies:
            print_note(f"{paths[0]} is {kind.description}: {kind.hint}")


def print_next_step(report: Report, paths: tuple[str, ...]) -> None:
    """Print the command that is most useful after this report; nothing if the report is clean."""
    fixes = [finding.fix for finding in report.findings if finding.fix is not None]
    fixable = tuple(dict.fromkeys(finding.span.path for finding in report.findings if finding.fix is not None))
    # A hook of pre-commit names every file: only those with a fix help, if they are not too many.
    named = None if len(paths) <= _MAX_PATHS or len(fixable) > _MAX_PATHS else fixable
    is_long = len(paths) > _MAX_PATHS and named is None

    def command(*options: str) -> str:
        words = ("lint", *options, "PATH...")
        return f"iamglue {' '.join(words)}" if is_long else next_command(*options, paths=named, instead_of=paths)

    safe_count = sum(fix.safe for fix in fixes)
    if safe_count and STDIN not in paths:
        text = "apply the fix that allows" if safe_count == 1 else f"apply {safe_count} fixes that allow"
        print_next(command("--fix"), f"{text} nothing new")
    elif fixes and STDIN not in paths:
        print_next(command("--unsafe-fixes", "--diff"), "see what fixes would change")
    elif report.findings:
        rules = [finding.rule for severity in Severity for finding in report.findings if finding.severity is severity]
        print_next(f"iamglue rules {rules[0]}", "read what the rule means")
