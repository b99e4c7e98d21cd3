"""The risk of allowing an action that is not needed, as a number."""

from __future__ import annotations

from functools import cache
from heapq import nsmallest

from iamglue.catalog.escalation_paths import escalation_paths
from iamglue.catalog.sensitive_actions import credential_actions, data_read_actions
from iamglue.catalog.services import Action
from iamglue.engine.solve.action_bitsets import actions_in

# By the access level of the service authorization reference; reading stored data counts for more than other reading.
_LEVELS = {"Permissions management": 45, "Write": 30, "Tagging": 15, "Read": 10, "List": 5}
_CREDENTIALS, _ESCALATION, _DATA = 60, 60, 35


def riskiest_actions(mask: int, many: int) -> tuple[Action, ...]:
    """At most `many` actions of a bitset, the highest risk first."""
    return tuple(nsmallest(many, actions_in(mask), key=lambda action: (-action_risk(action), str(action))))


def action_risk(action: Action) -> int:
    """The risk of an action, from 0 to 100."""
    return max(_LEVELS.get(action.access_level, 0), _risks_by_action().get(str(action), 0))


@cache
def _risks_by_action() -> dict[str, int]:
    """The risks of actions that read data, lead to other roles, or get credentials."""
    risks = dict.fromkeys(data_read_actions(), _DATA)
    risks |= {action: _ESCALATION for path in escalation_paths() for action, _ in path.required_on_all}
    return risks | dict.fromkeys(credential_actions(), _CREDENTIALS)
