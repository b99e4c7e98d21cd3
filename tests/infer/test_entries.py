"""Accesses become the shortest entries of a spec, which generate exactly what the accesses say."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.rows import every_row

from iamglue.catalog.operations import client_prefix
from iamglue.catalog.resource_formats import action_resource_types, parse_arn_format
from iamglue.catalog.services import find_service
from iamglue.catalog.verbs import verbs
from iamglue.errors import Location
from iamglue.infer.entries import group_entries, shortest_entries
from iamglue.infer.entry_grants import entry_grants
from iamglue.model.spec import AccessEntry, AccessList, SpecResource

_CLIENTS = (Path(__file__).parents[1] / "corpus" / "services.txt").read_text(encoding="utf-8").splitlines()
SERVICES = sorted({prefix for line in _CLIENTS if (prefix := client_prefix(line)) and find_service(prefix)})
VERBS = [verb for service in SERVICES for verb in verbs(service)]
PLACE = Location("handler.py", 3, 5)
# Values that the services' own rules for names accept.
VALUES = {
    "Alias": "alias-of-key",
    "DbiResourceId": "db-0",
    "UserPoolId": "eu-west-1_a0",
    "ServerId": "s-0123456789abcdef0",
    "ResourceId": "anthropic.claude-3-haiku-20240307-v1:0",
}


def access(action, resource="images-bucket", kind=None, **options):
    """An access of one action, as readers of code give it."""
    service, _, name = action.partition(":")
    named = resource if isinstance(resource, SpecResource) else SpecResource(resource)
    return AccessEntry(AccessList.READS, service, named, PLACE, resource_type=kind, do=(name,), **options)


def written(*accesses):
    """The entries as (list, resource, words)."""
    return [(str(entry.access), entry.resource.text, entry.do) for entry in shortest_entries(accesses)]


def required(accesses):
    """What the accesses require, each written by the name of its action in `calls`, which takes every action."""
    grants = set()
    for item in accesses:
        entry = AccessEntry(
            AccessList.CALLS,
            item.service,
            item.resource,
            PLACE,
            resource_type=item.resource_type,
            do=(f"{item.service}:{item.do[0]}",),
            key=item.key,
            account=item.account,
            regions=item.regions,
            prefix=item.prefix,
            index=item.index,
        )
        grants |= entry_grants(entry) or set()
    return grants


def generated(accesses):
    return set().union(*(entry_grants(entry) or set() for entry in shortest_entries(accesses)))


def test_the_default_verb_of_a_list_needs_no_do():
    assert written(access("dynamodb:PutItem", "orders")) == [("writes", "orders", ())]


def test_several_actions_on_a_resource_are_one_entry_of_each_list():
    accesses = [access(f"s3:{name}") for name in ("GetObject", "ListBucket", "PutObject", "DeleteObject")]
    assert written(*accesses) == [
        ("reads", "images-bucket", ("get", "list")),
        ("writes", "images-bucket", ("put", "delete")),
    ]


def test_a_verb_of_several_actions_is_used_if_all_of_them_are_required():
    consuming = [access("sqs:ReceiveMessage", "orders"), access("sqs:DeleteMessage", "orders")]
    assert written(*consuming) == [("reads", "orders", ())]
    assert written(consuming[0]) == [("reads", "orders", ("receive",))]


def test_an_action_without_a_verb_has_its_name():
    assert written(access("sqs:GetQueueAttributes", "orders")) == [("reads", "orders", ("GetQueueAttributes",))]


def test_what_is_started_invoked_or_assumed_is_a_call():
    started = [access("states:StartExecution", "flow"), access("lambda:InvokeFunction", "thumbnailer")]
    assert {entry.access for entry in shortest_entries(started)} == {AccessList.CALLS}


def test_regions_of_a_resource_are_one_entry():
    accesses = [access("sqs:SendMessage", "orders", regions=(region,)) for region in ("eu-west-1", "us-east-1")]
    assert [entry.regions for entry in shortest_entries(accesses)] == [("eu-west-1", "us-east-1")]


def test_other_options_stay_apart():
    accesses = [access("dynamodb:Query", "orders"), access("dynamodb:Query", "orders", index="by-date")]
    assert [entry.index for entry in shortest_entries(accesses)] == [None, "by-date"]


def test_an_entry_knows_its_accesses():
    accesses = [access("s3:GetObject"), access("s3:ListBucket"), access("s3:PutObject")]
    assert [group.accesses for group in group_entries(accesses)] == [tuple(accesses[:2]), tuple(accesses[2:])]


@pytest.mark.parametrize(
    "item", [access("s3:NoSuchAction"), access("nothing:Get"), access("s3:GetObject", "NO SUCH NAME")]
)
def test_an_access_that_no_entry_can_say_is_returned_as_it_is(item):
    assert shortest_entries([item]) == (item,)


@every_row("verb", VERBS)
def test_the_actions_of_a_verb_are_one_entry_that_generates_them(verb):
    accesses = [access(action, resource, None) for action in verb.actions for resource in [resource_of(verb)]]
    entries = shortest_entries(accesses)
    assert generated(accesses) == required(accesses) != set()
    assert len(entries) == 1


def resource_of(verb):
    if verb.resource_type == "*":
        return "*"
    kind = find_service(verb.service).resource_types[verb.resource_type.lower()]
    return sample(kind)


def sample(kind):
    """A resource of a type by the variables of its first ARN format; a name if there is only one."""
    names = parse_arn_format(kind.arn_formats[0]).variables
    values = tuple((name, VALUES.get(name, f"{name.lower()}00")) for name in names)
    return (
        SpecResource(values[0][1])
        if len(values) == 1
        else SpecResource(variables=values)
        if values
        else SpecResource("*")
    )


@pytest.fixture(scope="module", params=SERVICES)
def service(request):
    """Each service in turn: what one test computes of its entries, the other finds in the cache."""
    return request.param


def test_every_action_on_every_resource_type_generates_what_it_did(service):
    different = []
    for action in find_service(service).actions.values():
        kinds = action_resource_types(str(action))
        options = [(None, SpecResource("*")), *((kind.name, sample(kind)) for kind in kinds.values())]
        for kind, resource in options:
            accesses = [access(str(action), resource, kind)]
            if generated(accesses) != required(accesses):
                different.append((str(action), kind))
    assert different == []


def test_all_actions_on_one_resource_together_generate_what_they_did(service):
    different = []
    for kind in find_service(service).resource_types.values():
        actions = [
            action
            for action in find_service(service).actions.values()
            if kind.name.lower() in action_resource_types(str(action))
        ]
        for options in ({}, {"account": "210987654321", "regions": ("us-west-2", "eu-west-1")}):
            accesses = [access(str(action), sample(kind), kind.name, **options) for action in actions]
            if generated(accesses) != required(accesses):
                different.append((kind.name, options))
    assert different == []
