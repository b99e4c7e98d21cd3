"""What to do after `lint`: the command that is most useful."""

from __future__ import annotations

from iamglue.cli.help_command import next_command
from iamglue.cli.stderr import print_next
from iamglue.files.text_files import STDIN
from iamglue.findings import Report, Severity


def print_next_step(report: Report, paths: tuple[str, ...]) -> None:
    """Print the command that is most useful after this report; nothing if the report is clean."""
    fixes = [finding.fix for finding in report.findings if finding.fix is not None]
    safe_count = sum(fix.safe for fix in fixes)
    if safe_count and STDIN not in paths:
        text = "apply the fix that allows" if safe_count == 1 else f"apply {safe_count} fixes that allow"
        print_next(next_command("--fix"), f"{text} nothing new")
    elif fixes and STDIN not in paths:
        print_next(next_command("--unsafe-fixes", "--diff"), "see what fixes would change")
    elif report.findings:
        rules = [finding.rule for severity in Severity for finding in report.findings if finding.severity is severity]
        print_next(f"iamglue rules {rules[0]}", "read what the rule means")
