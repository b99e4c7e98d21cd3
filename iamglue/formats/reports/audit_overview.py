"""An audit that fits the terminal, or 24 lines of 80 columns: the worst roles first, each finding on few lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import wrap

from iamglue.findings import Finding
from iamglue.formats.words.audit_words import audit_summary, gap_lists, role_title, roles_by_risk, shorten_text
from iamglue.formats.words.labelled_lines import count_text
from iamglue.model.role_context import AuditResult, RoleResult
from iamglue.output_escaping import escape_to_one_line

# The widest and the narrowest that the text gets, and the columns of the table beside the names.
_MAX_WIDTH, _MIN_WIDTH = 80, 48
_MAX_NAME_WIDTH = 32
_NUMBERS_WIDTH = 31
_MIN_LINES = 24
# The prompt, and the lines on stderr with the next steps.
_RESERVED = 3
# Lines for one finding at most.
_MAX_HEIGHT = 4
# What was not evaluated is never left out; this many are named, the others are counted.
_MAX_NOT_EVALUATED, _MAX_GAP_LINES = 3, 4


def audit_overview(audit: AuditResult, columns: int = _MAX_WIDTH, lines: int = _MIN_LINES) -> str:
    """The summary, as many of the worst roles and of their findings as fit, and what was not evaluated."""
    return _Overview(max(_MIN_WIDTH, min(columns, _MAX_WIDTH)), max(lines, _MIN_LINES)).text(audit)


@dataclass(frozen=True, slots=True)
class _Overview:
    """The overview for a screen of this size."""

    width: int
    height: int

    def text(self, audit: AuditResult) -> str:
        """The overview: half of the free lines at most are for the table's rows, the others for findings."""
        roles = roles_by_risk(audit)
        ranked = [role for role in roles if role.findings]
        clean = [role for role in roles if not role.findings]
        gaps = self._not_evaluated(audit)
        lines = self._wrap(f"Audit: {audit_summary(audit)}", "", "  ")
        # also the table's head, two lines that count what is left out, and two empty lines
        free = self.height - _RESERVED - len(lines) - len(gaps) - 5
        lines += ["", self._table_head()] if roles else []
        shown = ranked[: max(free // 2, 1)]
        free -= len(shown)
        for number, role in enumerate(shown):
            others = len(shown) - number - 1
            block = self._findings(role, max(free - others, 1))
            free -= len(block)
            lines += [self._row(role), *block]
        shown_clean = clean[: max(free, 0)]
        lines += map(self._row, shown_clean)
        lines += _omission_lines(len(ranked) - len(shown), "with findings")
        lines += _omission_lines(len(clean) - len(shown_clean), "with nothing found")
        return "\n".join([*lines, *gaps]).rstrip("\n") + "\n"

    def _name_width(self) -> int:
        return min(_MAX_NAME_WIDTH, self.width - _NUMBERS_WIDTH)

    def _table_head(self) -> str:
        return f"{'risk':>4}  {'function or role':<{self._name_width()}}  {'allows':>6}  {'needs':>5}  findings"

    def _row(self, role: RoleResult) -> str:
        """A role as a row of the table; a long name is cut."""
        needs = "-" if role.required_count is None else f"{role.required_count:,}"
        width = self._name_width()
        name = shorten_text(escape_to_one_line(role_title(role)), width)
        return f"{role.risk:>4}  {name:<{width}}  {role.granted_count:>6,}  {needs:>5}  {len(role.findings)}"

    def _findings(self, role: RoleResult, limit: int) -> list[str]:
        """At most `limit` lines with the riskiest findings of a role, and the size of its replacement."""
        if role.replacement is not None and limit > 1:
            before, after = role.replacement.actions_before, role.replacement.actions_after
            line = f"      replacement: {before:,} actions -> {after:,}"
            return [*self._findings(replace(role, replacement=None), limit - 1), line]
        ordered = role.risky_first()
        count = len(ordered) if len(ordered) <= limit else max(limit - 1, 1)
        height = min(max(limit // count, 1), _MAX_HEIGHT)
        lines = [line for finding in ordered[:count] for line in self._finding(finding, height)]
        rest = len(ordered) - count
        return [*lines, f"      {count_text(rest, 'more finding')}"] if rest and limit > 1 else lines

    def _finding(self, finding: Finding, height: int) -> list[str]:
        """The finding in at most `height` lines."""
        place = "" if finding.span.line is None else f"{finding.span.path}:{finding.span.line}: "
        text, tail = f"{finding.severity}: {place}{finding.message}", f" [{finding.rule}]"
        lines = self._wrap(text + tail, "      ", "        ")
        return lines if len(lines) <= height else self._cut(lines, height, tail)

    def _not_evaluated(self, audit: AuditResult) -> list[str]:
        """Lines on what could not be evaluated, and how much is not known."""
        lines = []
        for title, texts in gap_lists(audit.report.not_evaluated):
            named = texts[:_MAX_NOT_EVALUATED]
            lines += ["", f"{title}:"]
            for text in named:
                wrapped = self._wrap(f"- {text}", "  ", "    ")
                height = _MAX_GAP_LINES // len(named)
                lines += wrapped if len(wrapped) <= height else self._cut(wrapped, height, "")
            if len(texts) > len(named):
                lines.append(f"  and {len(texts) - len(named):,} more")
        return lines

    def _wrap(self, text: str, first: str, rest: str) -> list[str]:
        line = escape_to_one_line(text)
        return wrap(line, self.width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)

    def _cut(self, lines: list[str], height: int, tail: str) -> list[str]:
        """The first lines, the last of them filled, with dots and `tail`."""
        last = " ".join([lines[height - 1], *(line.strip() for line in lines[height:])])
        return [*lines[: height - 1], f"{shorten_text(last, self.width - len(tail))}{tail}"]


def _omission_lines(count: int, result: str) -> list[str]:
    """A line that counts roles which are not shown; none if all are."""
    return [f"      {count_text(count, 'more role')} {result}"] if count else []
