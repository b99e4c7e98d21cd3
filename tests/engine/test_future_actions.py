"""Actions that AWS may add: a name for each class, of a service that has the resources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iamglue.catalog.services import service
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import compare
from iamglue.policy.model import Patterns, Policy, allow


@pytest.mark.parametrize("actions", [Patterns(("*:*",)), Patterns(("s*:*",)), Patterns(("sqs:*",), negated=True)])
def test_a_name_of_the_future_is_of_a_service_that_has_the_resources(actions):
    objects = ("arn:aws:s3:::b/*",)
    new = access_of([Policy((replace(allow((), objects), actions=actions),))])
    names = tuple(str(action) for action in service("s3").actions.values())
    others = access_of([Policy((replace(allow((), ("*",)), actions=Patterns(("s3:*",), negated=True)),))])
    found = compare(new, access_of([Policy((allow(names, objects),))]) | others)
    assert found.future_only
    assert found.witness.action.startswith("s3:")
