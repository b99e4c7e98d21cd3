"""The explanations of access denied messages as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from iamglue.formats.reports.decision import decision_data, decision_text
from iamglue.formats.words.labelled_lines import hanging_lines
from iamglue.model.denial import AccessDenial, DenialExplanation, DenialReport, PolicyChange
from iamglue.model.policy_file import PolicyFile, StatementSource
from iamglue.policy.model import Policy
from iamglue.policy.source.policy_writer import policy_data

_NOT_STATED = "(not in the message)"


Files = Mapping[str, PolicyFile]


def denials_text(reports: Sequence[DenialReport], files: Files) -> str:
    """For each denial: what was denied, what is missing, the statements to add, and what to change in given policies.

    `files` are the given policies by name.
    """
    count = len(reports)
    return "\n".join(
        (f"Message {number} of {count}:\n\n" if count > 1 else "") + _denial_text(report, files)
        for number, report in enumerate(reports, start=1)
    )


def denials_json(reports: Sequence[DenialReport], files: Files) -> str:
    """The content of `denials_text` as a JSON document: the first denial, and all others in its list `more`."""
    first, *others = (_denial_data(report, files) for report in reports)
    return json.dumps({**first, **({"more": others} if others else {})}, indent=2) + "\n"


def _denial_text(report: DenialReport, files: Files) -> str:
    """The text of one denial: what was denied, the proposed statement, and what to change in the given policies."""
    explanation = report.explanation
    denial = explanation.denial
    lines = [
        *hanging_lines("action    ", ", ".join(denial.actions) or _NOT_STATED),
        *hanging_lines("resource  ", denial.resource or _NOT_STATED),
        *hanging_lines("principal ", denial.principal or denial.caller or _NOT_STATED),
        *hanging_lines("policy    ", _policy_text(denial)),
        *hanging_lines("missing   ", explanation.missing),
    ]
    for note in explanation.notes:
        lines += hanging_lines("note      ", note)
    if explanation.statements and explanation.where:
        noun = "statement that grants" if len(explanation.statements) == 1 else "statements that grant"
        lines += ["", *hanging_lines("", f"Smallest {noun} the access, for {explanation.where}:"), ""]
        for statement in _statements_data(explanation):
            lines += json.dumps(statement, indent=2).splitlines()
    if report.changes:
        lines += ["", "What to change in the given policies:", ""]
        for change in report.changes:
            lines += hanging_lines("  ", _change_text(change, files))
    for evaluation in report.evaluations:
        lines += ["", "Decision of the given policies:", "", decision_text(evaluation).rstrip("\n")]
    return "\n".join(lines) + "\n"


def _denial_data(report: DenialReport, files: Files) -> dict[str, Any]:
    """The plain data of one denial."""
    explanation = report.explanation
    denial = explanation.denial
    statements = _statements_data(explanation)
    return {
        "action": denial.action,
        "actions": list(denial.actions),
        "resource": denial.resource,
        "principal": denial.principal,
        "policy_kind": denial.policy_type,
        "policy": denial.policy,
        "explicit": denial.is_explicit,
        "missing": explanation.missing,
        "where": explanation.where,
        "statement": next(iter(statements), None),
        "statements": statements,
        "notes": list(explanation.notes),
        **({"changes": [_change_data(change, files) for change in report.changes]} if report.changes else {}),
        **({"can": decision_data(report.evaluations[0])} if report.evaluations else {}),
        **({"decisions": list(map(decision_data, report.evaluations))} if len(report.evaluations) > 1 else {}),
    }


def _change_text(change: PolicyChange, files: Files) -> str:
    """A change after the place of its statement."""
    if change.policy is None:
        return change.text
    source = _source(change, files)
    return f"{source or change.policy}: {change.text}"


def _change_data(change: PolicyChange, files: Files) -> dict[str, Any]:
    """An item of `changes`; the statement's number counts from 1 and is null for a statement to add."""
    source = _source(change, files)
    return {
        "change": change.change.value,
        "policy": change.policy,
        "line": source.line if source else None,
        "statement": change.statement.statement + 1 if change.statement else None,
        "sid": change.statement.sid if change.statement else None,
        "text": change.text,
    }


def _source(change: PolicyChange, files: Files) -> StatementSource | None:
    """The place of a change's statement; None for a new statement."""
    if change.policy is None or change.statement is None:
        return None
    file = files.get(change.policy)
    return file.statement_source(change.statement.statement) if file else None


def _statements_data(explanation: DenialExplanation) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = policy_data(Policy(explanation.statements))["Statement"]
    return data


def _policy_text(denial: AccessDenial) -> str:
    """Type and name of the policy that denied the request, and how."""
    effect = {True: ", by a Deny", False: ", which does not allow it", None: ""}[denial.is_explicit]
    name = f" {denial.policy}" if denial.policy else ""
    return f"{denial.policy_type}{name}{effect}" if denial.policy_type else f"{_NOT_STATED}{effect}"
