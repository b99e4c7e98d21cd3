"""What an access denied message means and what would help, as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

from iamglue.engine.evaluate.effective import Effective
from iamglue.formats.reports.decision import decision_data, decision_text, wrapped
from iamglue.model.denial import Denial, Remedy
from iamglue.policy.model import Policy
from iamglue.policy.source.writing import document

_UNSAID = "(the message does not say)"


def remedy_text(remedy: Remedy, found: Effective | None = None) -> str:
    """What was denied, what is missing, the statement and its place; with `found`, what the given policies say."""
    denial = remedy.denial
    lines = [
        *wrapped("action    ", denial.action or _UNSAID),
        *wrapped("resource  ", denial.resource or _UNSAID),
        *wrapped("principal ", denial.principal or _UNSAID),
        *wrapped("policy    ", _policy(denial)),
        *wrapped("missing   ", remedy.missing),
    ]
    for note in remedy.notes:
        lines += wrapped("note      ", note)
    if remedy.statement and remedy.where:
        lines += ["", *wrapped("", f"The smallest statement that grants it, for {remedy.where}:"), ""]
        lines += json.dumps(_statement(remedy), indent=2).splitlines()
    if found:
        lines += ["", "What the given policies say:", "", decision_text(found).rstrip("\n")]
    return "\n".join(lines) + "\n"


def remedy_json(remedy: Remedy, found: Effective | None = None) -> str:
    """The same as a JSON document."""
    denial = remedy.denial
    data = {
        "action": denial.action,
        "resource": denial.resource,
        "principal": denial.principal,
        "policy_kind": denial.kind,
        "policy": denial.policy,
        "explicit": denial.explicit,
        "missing": remedy.missing,
        "where": remedy.where,
        "statement": _statement(remedy) if remedy.statement else None,
        "notes": list(remedy.notes),
        **({"can": decision_data(found)} if found else {}),
    }
    return json.dumps(data, indent=2) + "\n"


def _statement(remedy: Remedy) -> dict[str, Any]:
    statements = (remedy.statement,) if remedy.statement else ()
    found: dict[str, Any] = document(Policy(statements))["Statement"][0]
    return found


def _policy(denial: Denial) -> str:
    how = {True: ", by a Deny", False: ", which does not allow it", None: ""}[denial.explicit]
    which = f" {denial.policy}" if denial.policy else ""
    return f"{denial.kind}{which}{how}" if denial.kind else f"{_UNSAID}{how}"
