"""Templates of policy_sentry become the policies that policy_sentry itself writes for them."""

from __future__ import annotations

import pytest
import yaml
from policy_sentry.writing.sid_group import SidGroup

from iamglue.catalog.services import find_action
from iamglue.errors import IamglueError
from iamglue.readers.policy_sentry import read_policy_sentry

CRUD = """\
mode: crud
name: orders
read:
- arn:aws:s3:::images-bucket/*
- arn:aws:sqs:eu-west-1:123456789012:orders
write:
- arn:aws:sns:eu-west-1:123456789012:news
- arn:aws:secretsmanager:eu-west-1:123456789012:secret:login
list:
- arn:aws:s3:::images-bucket
tagging:
- ''
wildcard-only:
  single-actions:
  - s3:ListAllMyBuckets
  service-list:
  - sns
skip-resource-constraints:
- s3:GetBucketLocation
exclude-actions:
- sns:Delete*
sts:
  assume-role:
  - arn:aws:iam::123456789012:role/deploy
"""


def pairs(text):
    """(action, resource) of the policy, in lower case."""
    return {
        (action.lower(), resource)
        for statement in read_policy_sentry(text, "crud.yml").file.policy.statements
        for action in statement.actions.values
        for resource in statement.resources.values
    }


def theirs(text):
    """The same of policy_sentry's own policy, for the actions that both have at the same access level."""
    document = SidGroup().process_template(yaml.safe_load(text))
    return {
        (action.lower(), resource)
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
        if find_action(action)
    }


def test_everything_that_policy_sentry_allows_is_there():
    # Its data are older than ours, in which these have another access level.
    older = {action for action, _ in theirs(CRUD) - pairs(CRUD)}
    assert older <= {"kms:decrypt", "kms:generatedatakey", "kms:encrypt"}, theirs(CRUD) - pairs(CRUD)


@pytest.mark.parametrize(
    "pair",
    [
        ("s3:getobject", "arn:aws:s3:::images-bucket/*"),
        ("s3:listbucket", "arn:aws:s3:::images-bucket"),
        ("s3:listallmybuckets", "*"),
        ("s3:getbucketlocation", "*"),
        ("sns:listtopics", "*"),
        ("sts:assumerole", "arn:aws:iam::123456789012:role/deploy"),
    ],
)
def test_each_key_gives_its_actions(pair):
    assert pair in pairs(CRUD)


@pytest.mark.parametrize("action", ["sns:deletetopic", "s3:getbucketacl", "s3:putobject"])
def test_an_excluded_action_or_one_of_another_level_or_resource_is_not_there(action):
    assert action not in {name for name, _ in pairs(CRUD)}


def test_actions_of_the_mode_actions_have_parameters_as_resources():
    assert pairs("mode: actions\nactions:\n- kms:CreateGrant\n- ec2:DescribeInstances\n") == {
        ("kms:creategrant", "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${KeyId}"),
        ("ec2:describeinstances", "*"),
    }


def test_an_unknown_action_and_a_deny_are_reported():
    unknown = read_policy_sentry("mode: actions\nactions: ['s3:NoSuchThing']\n", "a.yml")
    denied = read_policy_sentry("mode: actions\neffect: Deny\nactions: ['s3:GetObject']\n", "a.yml")
    assert [[change.subject for change in template.changes] for template in (unknown, denied)] == [
        ["`s3:NoSuchThing`"],
        ["effect: Deny"],
    ]
    assert denied.file.policy.statements == ()


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "mode: other",
        "mode: crud\nreads: []",
        "mode: crud\nread: arn:aws:s3:::b",
        "mode: crud\nread: [[]]",
        "mode: [",
    ],
)
def test_what_is_no_template_is_an_error_with_its_place(text):
    with pytest.raises(IamglueError) as error:
        read_policy_sentry(text, "crud.yml")
    assert error.value.location.path == "crud.yml"
