"""The resources that actions apply to: every form of a name, by the formats of the reference."""

from __future__ import annotations

import re

import pytest

from iamglue.catalog.action_resources import action_arn_formats, may_act_on
from iamglue.catalog.services import find_service

SERVICES = ("dynamodb", "glue", "kinesis", "lambda", "s3", "secretsmanager", "sqs", "states")


@pytest.mark.parametrize("name", ["images", "*", "?", "image*", "*s", "${aws:username}", "a-${aws:username}"])
@pytest.mark.parametrize("service", SERVICES)
def test_an_action_may_act_on_each_of_its_resource_types_by_any_form_of_name(service, name):
    """A name of one variable that cannot be empty; one with wildcards may be the name of a resource."""
    pairs = [
        (f"{service}:{action}", item) for action in find_service(service).actions for item in formats(service, action)
    ]
    assert pairs
    refused = [(action, item.text) for action, item in pairs if not may_act_on(action, arn(item, name))]
    assert refused == []


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:"),
        ("sqs:SendMessage", "arn:aws:sns:eu-west-1:123456789012:jobs"),
        ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:layer:resize"),
        ("s3:ListBucket", "arn:aws:s3:::images/2024"),
    ],
)
def test_an_action_does_not_act_on_another_type_nor_on_an_empty_name(action, resource):
    assert not may_act_on(action, resource)


def formats(service: str, action: str):
    return action_arn_formats(f"{service}:{action}") or ()


def arn(item, name: str) -> str:
    resource = re.sub(r"\$\{[^{}]*\}", lambda _: name, item.resource)
    return f"arn:aws:{item.service}:eu-west-1:123456789012:{resource}"
