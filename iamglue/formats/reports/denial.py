"""What an access denied message means and what would help, as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.formats.reports.decision import decision_data, decision_text, wrap_text
from iamglue.model.denial import AccessDenial, DenialExplanation
from iamglue.policy.model import Policy
from iamglue.policy.source.policy_writer import policy_data

_UNSAID = "(the message does not say)"


def denial_text(remedy: DenialExplanation, found: EvaluationResult | None = None) -> str:
    """What was denied, what is missing, the statement and its place; with `found`, what the given policies say."""
    denial = remedy.denial
    lines = [
        *wrap_text("action    ", denial.action or _UNSAID),
        *wrap_text("resource  ", denial.resource or _UNSAID),
        *wrap_text("principal ", denial.principal or _UNSAID),
        *wrap_text("policy    ", _policy(denial)),
        *wrap_text("missing   ", remedy.missing),
    ]
    for note in remedy.notes:
        lines += wrap_text("note      ", note)
    if remedy.statement and remedy.where:
        lines += ["", *wrap_text("", f"The smallest statement that grants it, for {remedy.where}:"), ""]
        lines += json.dumps(_statement(remedy), indent=2).splitlines()
    if found:
        lines += ["", "What the given policies say:", "", decision_text(found).rstrip("\n")]
    return "\n".join(lines) + "\n"


def denial_json(remedy: DenialExplanation, found: EvaluationResult | None = None) -> str:
    """The same as a JSON document."""
    denial = remedy.denial
    data = {
        "action": denial.action,
        "resource": denial.resource,
        "principal": denial.principal,
        "policy_kind": denial.policy_type,
        "policy": denial.policy,
        "explicit": denial.is_explicit,
        "missing": remedy.missing,
        "where": remedy.where,
        "statement": _statement(remedy) if remedy.statement else None,
        "notes": list(remedy.notes),
        **({"can": decision_data(found)} if found else {}),
    }
    return json.dumps(data, indent=2) + "\n"


def _statement(remedy: DenialExplanation) -> dict[str, Any]:
    statements = (remedy.statement,) if remedy.statement else ()
    found: dict[str, Any] = policy_data(Policy(statements))["Statement"][0]
    return found


def _policy(denial: AccessDenial) -> str:
    how = {True: ", by a Deny", False: ", which does not allow it", None: ""}[denial.is_explicit]
    which = f" {denial.policy}" if denial.policy else ""
    return f"{denial.policy_type}{which}{how}" if denial.policy_type else f"{_UNSAID}{how}"
