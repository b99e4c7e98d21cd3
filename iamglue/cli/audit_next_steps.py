"""What to do after an audit: the commands that show more, or that lead to smaller policies."""

from __future__ import annotations

from iamglue.cli.help_command import next_command
from iamglue.cli.stderr import print_next
from iamglue.model.role_context import AuditResult


def print_next_steps(result: AuditResult, *, is_overview: bool, is_suggesting: bool) -> None:
    """Print at most two commands on stderr: all details, and the replacements of the policies."""
    if is_overview:
        print_next(next_command("--verbose"), "see all details")
    if is_suggesting:
        return
    if all(role_result.required_count is None for role_result in result.role_results):
        print_next(next_command("--spec", "spec.yaml"), "compare with the need that a spec declares")
    else:
        print_next(next_command("--suggest", "roles/"), "write smaller policies")
