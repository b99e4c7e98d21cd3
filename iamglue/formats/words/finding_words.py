"""Texts of a finding that several formats share."""

from __future__ import annotations

from iamglue.findings import Finding


def finding_lines(finding: Finding) -> list[str]:
    """The message, a line for each consequence, and the help if there is one."""
    return [finding.message, *consequence_lines(finding), *([finding.help] if finding.help else [])]


def consequence_lines(finding: Finding) -> list[str]:
    """A line for each consequence of a finding, with its rule."""
    return [f"also: {consequence.message} [{consequence.rule}]" for consequence in finding.consequences]
