"""The explanation of an access denied message as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.formats.reports.decision import decision_data, decision_text, wrap_text
from iamglue.model.denial import AccessDenial, DenialExplanation
from iamglue.policy.model import Policy
from iamglue.policy.source.policy_writer import policy_data

_NOT_STATED = "(not in the message)"


def denial_text(explanation: DenialExplanation, evaluation: EvaluationResult | None = None) -> str:
    """What was denied, what is missing, and the statement to add; with `found`, the decision of the given policies."""
    denial = explanation.denial
    lines = [
        *wrap_text("action    ", denial.action or _NOT_STATED),
        *wrap_text("resource  ", denial.resource or _NOT_STATED),
        *wrap_text("principal ", denial.principal or _NOT_STATED),
        *wrap_text("policy    ", _policy_text(denial)),
        *wrap_text("missing   ", explanation.missing),
    ]
    for note in explanation.notes:
        lines += wrap_text("note      ", note)
    if explanation.statement and explanation.where:
        lines += ["", *wrap_text("", f"Smallest statement that grants the access, for {explanation.where}:"), ""]
        lines += json.dumps(_statement_data(explanation), indent=2).splitlines()
    if evaluation:
        lines += ["", "Decision of the given policies:", "", decision_text(evaluation).rstrip("\n")]
    return "\n".join(lines) + "\n"


def denial_json(explanation: DenialExplanation, evaluation: EvaluationResult | None = None) -> str:
    """The content of `denial_text` as a JSON document."""
    denial = explanation.denial
    data = {
        "action": denial.action,
        "resource": denial.resource,
        "principal": denial.principal,
        "policy_kind": denial.policy_type,
        "policy": denial.policy,
        "explicit": denial.is_explicit,
        "missing": explanation.missing,
        "where": explanation.where,
        "statement": _statement_data(explanation) if explanation.statement else None,
        "notes": list(explanation.notes),
        **({"can": decision_data(evaluation)} if evaluation else {}),
    }
    return json.dumps(data, indent=2) + "\n"


def _statement_data(explanation: DenialExplanation) -> dict[str, Any]:
    statements = (explanation.statement,) if explanation.statement else ()
    data: dict[str, Any] = policy_data(Policy(statements))["Statement"][0]
    return data


def _policy_text(denial: AccessDenial) -> str:
    """Type and name of the policy that denied the request, and how."""
    effect = {True: ", by a Deny", False: ", which does not allow it", None: ""}[denial.is_explicit]
    name = f" {denial.policy}" if denial.policy else ""
    return f"{denial.policy_type}{name}{effect}" if denial.policy_type else f"{_NOT_STATED}{effect}"
