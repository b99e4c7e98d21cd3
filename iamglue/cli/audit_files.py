"""Files that `audit` writes beside its report: the saved account, a baseline, suggested replacements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from iamglue.cli.output import replace_files, write_tree
from iamglue.cli.stderr import print_note
from iamglue.errors import ExitCode, IamglueError
from iamglue.files.atomic_write import InputDigests
from iamglue.formats.words.labelled_lines import count_text
from iamglue.lint.baseline import baseline_text
from iamglue.model.account import Account
from iamglue.model.role_context import AuditResult


def save_account(accounts: Sequence[Account], path: str, read: InputDigests) -> None:
    """Write the account for --input; only the owner can read the file."""
    from iamglue.aws.saved_account import account_text  # noqa: PLC0415 - startup: rarely needed

    if len(accounts) != 1:
        raise IamglueError(f"--save writes one account, but {len(accounts)} were read")
    replace_files({Path(path): account_text(accounts[0])}, as_read=read, private=True)
    print_note(f"{path} contains the collected policies, names and ARNs, but no credentials")


def write_baseline(result: AuditResult, path: str, read: InputDigests) -> ExitCode:
    """Write all findings as a baseline. The exit code ignores findings."""
    replace_files({Path(path): baseline_text(result.report)}, as_read=read)
    print_note(f"wrote {count_text(len(result.report.findings), 'finding')} to {path}")
    return ExitCode.NOT_EVALUATED if result.report.has_failures else ExitCode.OK


def write_suggestions(result: AuditResult, folder: Path, read: InputDigests) -> AuditResult:
    """Write suggested replacements as files, and return the audit with them; nothing is changed in AWS."""
    from iamglue.audit.suggest.suggest import replacement_blocker, suggest_replacement  # noqa: PLC0415
    from iamglue.formats.suggestions.suggestion import suggestion_files  # noqa: PLC0415 - startup: rarely needed

    role_results = []
    texts: dict[Path, str] = {}
    by_account = len({role_result.context.role.account for role_result in result.role_results}) > 1
    for role_result in result.role_results:
        blocker = replacement_blocker(role_result.context)
        if blocker is not None:
            print_note(f"role {role_result.context.role.name}: no replacement is suggested: {blocker}")
        suggested = replace(role_result, replacement=suggest_replacement(role_result.context))
        role_results.append(suggested)
        texts |= {folder / name: text for name, text in suggestion_files(suggested, by_account=by_account).items()}
    write_tree(texts, folder, as_read=read)
    print_note(f"wrote {count_text(len(texts), 'file')} to {folder}; nothing was changed in AWS")
    return replace(result, role_results=tuple(role_results))
