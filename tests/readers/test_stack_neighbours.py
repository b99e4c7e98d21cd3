"""Roles of other stacks that a stack's roles are linked to: what is not followed is said."""

from __future__ import annotations

import json

import pytest

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.stack_links import link_stacks
from iamglue.readers.templates.stack_neighbours import MAX_NEIGHBOURS
from iamglue.readers.templates.template_account import read_stack_account


def role(name, named=()):
    """A role that may assume the roles with these names."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    arns = [f"arn:aws:iam::111122223333:role/{each}" for each in named]
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arns}
    policies = [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}]
    document = {"Version": "2012-10-17", "Statement": [trust]}
    properties = {"RoleName": name, "AssumeRolePolicyDocument": document} | ({"Policies": policies} if named else {})
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def stack(path, roles):
    return read_stack_account(path, json.dumps({"Resources": roles}), ParameterValues())


@pytest.mark.parametrize("left_out", [0, 1, 5])
def test_roles_of_other_stacks_that_are_not_followed_are_named(left_out):
    names = [f"target-{number:03}" for number in range(MAX_NEIGHBOURS + left_out)]
    first = stack("first.json", {"Start": role("start", names)})
    second = stack("second.json", {f"R{number}": role(name) for number, name in enumerate(names)})
    linked, _ = link_stacks([first, second])
    assert len(linked.neighbours) == MAX_NEIGHBOURS
    gaps = [(gap.subject.name, gap.what) for gap in linked.gaps]
    what = f"escalation through roles of other stacks from `target-{MAX_NEIGHBOURS}` on"
    assert gaps == [("first.json", what)][: min(left_out, 1)]


def test_many_linked_roles_of_a_stack_do_not_hide_those_of_others():
    names = [f"own-{number:03}" for number in range(MAX_NEIGHBOURS + 1)]
    own = {f"R{number}": role(name, ["outside"]) for number, name in enumerate(names)}
    linked, _ = link_stacks([stack("first.json", own), stack("second.json", {"Outside": role("outside")})])
    assert [each.name for each in linked.neighbours] == ["outside"]
    assert linked.gaps == ()
