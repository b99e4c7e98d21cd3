"""A difference between policies as JSON; every list is complete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from iamglue.engine.evaluate.request import Request
from iamglue.model.difference import OneWayDiff, PolicyDiff, StatementDiff
from iamglue.model.policy_file import StatementSource
from iamglue.policy.document import policy_data
from iamglue.policy.model import Policy, Statement


def diff_json(diff: PolicyDiff) -> str:
    """The answer, a witness, and the added and removed statements under `statements`.

    `statements.incomplete` contains the reasons why the lists are incomplete; it is empty if they are complete.
    """
    added = diff.added.comparison
    data = {
        "answer": added.answer.value,
        "witness": request_data(added.witness),
        "reason": added.reason,
        "future_only": added.future_only,
        "unlisted_only": added.unlisted_only,
        "statements": {
            "added": [statement_diff_data(item) for item in diff.added.shown],
            "removed": [statement_diff_data(item) for item in diff.removed.shown],
            "incomplete": [
                f"{name}: {reason}"
                for name, side in (("added", diff.added), ("removed", diff.removed))
                for reason in one_way_reasons(side)
            ],
        },
    }
    return json.dumps(data, indent=2) + "\n"


def request_data(request: Request | None) -> dict[str, Any] | None:
    """A request as plain data; a context key with one value is a string, with several values a list."""
    if request is None:
        return None
    principal = {} if request.principal is None else {"principal": request.principal}
    return {"action": request.action, "resource": request.resource, "context": _context(request.context), **principal}


def statement_data(statement: Statement) -> dict[str, Any]:
    """A statement as plain data of a policy document."""
    data: dict[str, Any] = policy_data(Policy((statement,)))["Statement"][0]
    return data


def one_way_reasons(side: OneWayDiff) -> tuple[str, ...]:
    """Reasons why the statements of this direction are incomplete, without duplicates."""
    reason = (side.comparison.reason,) if side.comparison.reason else ()
    return tuple(dict.fromkeys((*reason, *side.not_shown)))


def _context(context: Mapping[str, tuple[str, ...]]) -> dict[str, str | list[str]]:
    return {key: values[0] if len(values) == 1 else list(values) for key, values in sorted(context.items())}


def statement_diff_data(item: StatementDiff) -> dict[str, Any]:
    """A statement of a difference as plain data, with its source and an example request."""
    variant = item.condition_variant
    return {
        "statement": statement_data(item.statement),
        "witness": request_data(item.witness),
        "source": source_data(item.source),
        "whole": item.is_whole,
        "less": [source_data(source) for source in item.exclusions],
        "denied_by": [source_data(source) for source in item.denied_by],
        "lifted_deny": item.removed_deny and source_data(item.removed_deny),
        "other_conditions": variant
        and {**source_data(variant[0]), "conditions": statement_data(variant[1]).get("Condition")},
        "future_only": item.future_only,
        "future_actions": item.future or item.future_only,
        "unlisted_only": item.unlisted_only,
        "unlisted_resources": item.unlisted or item.unlisted_only,
    }


def source_data(source: StatementSource) -> dict[str, Any]:
    """The location of a statement as plain data; `statement` counts from 0."""
    return {"path": source.path, "line": source.line, "statement": source.statement_index, "sid": source.sid}
