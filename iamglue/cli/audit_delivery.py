"""How an audit is delivered: the report or the graph on stdout or in a file, a summary, and what to do next."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from iamglue.cli.color import paint_report
from iamglue.cli.help_command import next_command
from iamglue.cli.output import escape_for_format, print_data, replace_files
from iamglue.cli.rule_texts import find_rule_texts
from iamglue.cli.stderr import print_line, print_next
from iamglue.files.atomic_write import InputDigests
from iamglue.files.text_files import STDIN
from iamglue.formats.reports.audit import render_audit, render_graph
from iamglue.formats.words.audit_words import audit_summary
from iamglue.model.escalation_map import RouteOwners
from iamglue.model.own_rule_set import OwnRules
from iamglue.model.role_context import AuditResult

_USUAL_SIZE = (80, 24)


@dataclass(frozen=True, slots=True)
class AuditDelivery:
    """The options that say what to write and where."""

    format: str
    graph: str | None
    output: str | None
    verbose: bool
    suggest: str | None
    own_rules: OwnRules

    @property
    def routes_of(self) -> RouteOwners:
        """Whose routes the graph or the format shows."""
        if self.graph:
            return RouteOwners.ROLES_AND_USERS
        return RouteOwners.ROLES if self.format == "html" else RouteOwners.NONE

    def write(self, result: AuditResult, read: InputDigests) -> None:
        """Write the report or graph to stdout or a file; unless it is text on stdout, print a summary on stderr.

        Raises IamglueError if the file cannot be written or is an input (`read`) that changed in the meantime.
        """
        written = self.graph or self.format
        to_stdout = self.output in (None, STDIN)
        is_overview = written == "text" and to_stdout and not self.verbose
        text = escape_for_format(self._render(result, written, is_overview), written)
        if to_stdout:
            print_data(text, written, paint_report)
        else:
            replace_files({Path(str(self.output)): text}, as_read=read)
        if written != "text" or not to_stdout:
            print_line(audit_summary(result))
        elif result.report.findings:
            _print_next_steps(result, is_overview=is_overview, is_suggesting=self.suggest is not None)

    def _render(self, result: AuditResult, written: str, is_overview: bool) -> str:
        """The report in the format `written`; on a terminal (`is_overview`) a short one that fits it."""
        if self.graph:
            return render_graph(result, written)
        if is_overview:
            from iamglue.formats.reports.audit_overview import audit_overview  # noqa: PLC0415 - startup

            return audit_overview(result, *_screen_size())
        return render_audit(
            result, written, find_rule_texts(result.report, written, is_audit=True, own_rules=self.own_rules)
        )


def _screen_size() -> tuple[int, int]:
    """Columns and lines of the terminal of stdout; of a usual one if stdout is not a terminal."""
    columns, lines = shutil.get_terminal_size(_USUAL_SIZE) if sys.stdout.isatty() else _USUAL_SIZE
    return columns, lines


def _print_next_steps(result: AuditResult, *, is_overview: bool, is_suggesting: bool) -> None:
    """Print at most two commands on stderr: all details, and the replacements of the policies."""
    if is_overview:
        print_next(next_command("--verbose"), "see all details")
    if is_suggesting:
        return
    if all(role_result.required_count is None for role_result in result.role_results):
        print_next(next_command("--spec", "spec.yaml"), "compare with the need that a spec declares")
    else:
        print_next(next_command("--suggest", "roles/"), "write smaller policies")
