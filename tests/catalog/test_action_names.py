"""Whatever reads the name of an action accepts every action of AWS's reference, also those with a hyphen."""

from functools import cache

import pytest

from iamglue.catalog.operations import operation_actions
from iamglue.catalog.services import find_service, service_prefixes
from iamglue.model.question import build_pattern_question, build_question
from iamglue.not_granted import parse_grant_pattern
from iamglue.readers.denials.reader import read_denial
from iamglue.readers.own_rules.reader import parse_own_rules


@cache
def all_actions():
    return tuple(str(action) for prefix in service_prefixes() for action in find_service(prefix).actions.values())


@cache
def unusual_actions():
    return tuple(action for action in all_actions() if not action.partition(":")[2].isalnum())


def test_some_name_has_more_than_letters_and_digits():
    assert unusual_actions()


def test_every_action_can_be_asked_about():
    for action in all_actions():
        assert build_question(action, "*", {}).request.action == action
        assert parse_grant_pattern(action).action == action


def test_every_action_is_a_word_of_do():
    unknown = [action for action in all_actions() if operation_actions(*action.split(":")) is None]
    assert unknown == []


@pytest.mark.parametrize("action", unusual_actions())
def test_an_unusual_name_is_read_as_a_whole(action):
    assert build_pattern_question(f"{action}*", "*", {}).request.action == f"{action}*"
    (rule,) = parse_own_rules(
        f"version: 1\nrules:\n- id: x\n  kind: deny-actions\n  message: m\n  actions: ['{action}']\n", "r.yaml"
    )
    assert rule.actions == (action,)
    message = f"User: arn:aws:iam::111122223333:role/r is not authorized to perform: {action} on resource: * because "
    denial = read_denial(f"{message}no identity-based policy allows the {action} action")
    assert (denial.action, denial.resource) == (action, "*")
