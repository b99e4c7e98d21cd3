"""Actions that AWS may add: a name for each class, of a service that has the resources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iamglue.catalog.services import find_service
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import compare
from iamglue.policy.model import MatchList, Policy, allow_statement


@pytest.mark.parametrize("actions", [MatchList(("*:*",)), MatchList(("s*:*",)), MatchList(("sqs:*",), negated=True)])
def test_a_name_of_the_future_is_of_a_service_that_has_the_resources(actions):
    objects = ("arn:aws:s3:::b/*",)
    new = access_of([Policy((replace(allow_statement((), objects), actions=actions),))])
    names = tuple(str(action) for action in find_service("s3").actions.values())
    others = access_of([Policy((replace(allow_statement((), ("*",)), actions=MatchList(("s3:*",), negated=True)),))])
    found = compare(new, access_of([Policy((allow_statement(names, objects),))]) | others)
    assert found.future_only
    assert found.witness.action.startswith("s3:")
