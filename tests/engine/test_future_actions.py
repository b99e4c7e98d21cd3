"""Sample names of actions that AWS may add, in a service that has the resources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iamglue.catalog.services import find_service
from iamglue.engine.solve.access import access_of_statement
from iamglue.engine.solve.comparison import compare
from iamglue.policy.model import MatchList, allow_statement


@pytest.mark.parametrize("actions", [MatchList(("*:*",)), MatchList(("s*:*",)), MatchList(("sqs:*",), negated=True)])
def test_a_future_action_belongs_to_a_service_with_the_resources(actions):
    objects = ("arn:aws:s3:::b/*",)
    new = access_of_statement(replace(allow_statement((), objects), actions=actions))
    names = tuple(str(action) for action in find_service("s3").actions.values())
    others = access_of_statement(replace(allow_statement((), ("*",)), actions=MatchList(("s3:*",), negated=True)))
    comparison = compare(new, access_of_statement(allow_statement(names, objects)) | others)
    assert comparison.future_only
    assert comparison.witness.action.startswith("s3:")
