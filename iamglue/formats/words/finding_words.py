"""Texts of a finding that several formats share."""

from __future__ import annotations

from iamglue.findings import EscalationHop, Finding


def finding_lines(finding: Finding) -> list[str]:
    """The message, the lines below it, and the help if there is one."""
    return [finding.message, *detail_lines(finding), *([finding.help] if finding.help else [])]


def detail_lines(finding: Finding) -> list[str]:
    """The lines below the message: for each hop of a chain, and for each consequence."""
    return [*hop_lines(finding), *consequence_lines(finding)]


def hop_lines(finding: Finding) -> list[str]:
    """A line for each hop of privilege escalation, with its statements."""
    return list(map(_hop_line, finding.chain))


def consequence_lines(finding: Finding) -> list[str]:
    """A line for each consequence of a finding, with its rule."""
    return [f"also: {consequence.message} [{consequence.rule}]" for consequence in finding.consequences]


def _hop_line(hop: EscalationHop) -> str:
    """A step of privilege escalation: the actions of the principal, by the statements that allow them."""
    by_action: dict[str, list[str]] = {}
    for statement in hop.statements:
        by_action.setdefault(statement.action, []).append(statement.text)
    by_text: dict[str, list[str]] = {}
    for action, texts in by_action.items():
        by_text.setdefault(" and ".join(texts), []).append(f"`{action}`")
    allowed = [f"{', '.join(actions)} by {text}" for text, actions in by_text.items()]
    unknown = f" (uncertain: {hop.unknown})" if hop.unknown else ""
    return f"as `{hop.name}`: {'; '.join(allowed)}{unknown}"
