"""A difference between policies as JSON; every list is whole."""

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
    """The answer, a witness, and under `statements` what was added and removed.

    `statements.incomplete` says in words what the lists do not tell; it is empty when they tell all.
    """
    added = diff.added.comparison
    data = {
        "answer": added.answer.value,
        "witness": request_data(added.witness),
        "reason": added.reason,
        "future_only": added.future_only,
        "unlisted_only": added.unlisted_only,
        "statements": {
            "added": [_shown(each) for each in diff.added.shown],
            "removed": [_shown(each) for each in diff.removed.shown],
            "incomplete": [
                f"{name}: {reason}"
                for name, side in (("added", diff.added), ("removed", diff.removed))
                for reason in _reasons(side)
            ],
        },
    }
    return json.dumps(data, indent=2) + "\n"


def request_data(request: Request | None) -> dict[str, Any] | None:
    """A request as plain data; a key with one value has it as a text, with several as a list."""
    if request is None:
        return None
    principal = {} if request.principal is None else {"principal": request.principal}
    return {"action": request.action, "resource": request.resource, "context": _context(request.context), **principal}


def statement_data(statement: Statement) -> dict[str, Any]:
    """A statement as it stands in a policy document."""
    data: dict[str, Any] = policy_data(Policy((statement,)))["Statement"][0]
    return data


def _reasons(side: OneWayDiff) -> tuple[str, ...]:
    own = (side.comparison.reason,) if side.comparison.reason else ()
    return tuple(dict.fromkeys((*own, *side.not_shown)))


def _context(context: Mapping[str, tuple[str, ...]]) -> dict[str, str | list[str]]:
    return {key: values[0] if len(values) == 1 else list(values) for key, values in sorted(context.items())}


def _shown(shown: StatementDiff) -> dict[str, Any]:
    other = shown.condition_variant
    return {
        "statement": statement_data(shown.statement),
        "witness": request_data(shown.witness),
        "source": _source(shown.source),
        "whole": shown.is_whole,
        "less": [_source(each) for each in shown.exclusions],
        "denied_by": [_source(each) for each in shown.denied_by],
        "lifted_deny": shown.removed_deny and _source(shown.removed_deny),
        "other_conditions": other and {**_source(other[0]), "conditions": statement_data(other[1]).get("Condition")},
        "future_only": shown.future_only,
        "future_actions": shown.future or shown.future_only,
        "unlisted_only": shown.unlisted_only,
        "unlisted_resources": shown.unlisted or shown.unlisted_only,
    }


def _source(source: StatementSource) -> dict[str, Any]:
    return {"path": source.path, "line": source.line, "statement": source.statement_index, "sid": source.sid}
