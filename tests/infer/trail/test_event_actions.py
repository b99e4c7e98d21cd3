"""What kinds of CloudTrail events request, compared with AWS's pages and with the operations of botocore."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.rows import every_row

from iamglue.catalog.operations import client_prefix
from iamglue.catalog.sdk_methods import client_operations
from iamglue.catalog.services import find_action, find_service
from iamglue.catalog.tables import table_rows
from iamglue.catalog.trail_events import find_event_source
from iamglue.infer.code.sdk_models import client_names, operation_members, service_model
from iamglue.infer.trail.event_actions import NotActionReason, event_actions
from iamglue.infer.trail.parameter_values import parameter_path

CORPUS = Path(__file__).parents[2] / "corpus"
API_CALL = "AwsApiCall"
# A signing name that is also the prefix of another service.
OTHER_SERVICES_NAME = {("connectparticipant", "execute-api")}


def lines(name):
    return [line for line in (CORPUS / name).read_text().splitlines() if line and not line.startswith("#")]


EVENTS = [
    dict(zip(lines("trail_events.tsv")[0].split("\t"), line.split("\t"), strict=True))
    for line in lines("trail_events.tsv")[1:]
]
SERVICES = lines("services.txt")


def answer(source, name, event_type=API_CALL):
    actions = event_actions(source, name, event_type)
    if actions.not_action is not None:
        return f"!{actions.not_action.name}"
    return " ".join(sorted(item.action for item in actions.actions))


def sources(client):
    metadata = service_model(client)["metadata"]
    return {metadata[key].lower() for key in ("signingName", "endpointPrefix") if metadata.get(key)}


def test_events_on_aws_pages_request_the_actions_that_the_pages_say():
    answers = [(row, answer(row["event_source"], row["event"], row["event_type"])) for row in EVENTS]
    wrong = [
        (row["event_source"], row["event"], text)
        for row, text in answers
        if text != " ".join(sorted(row["actions"].split()))
    ]
    assert wrong == []


def test_events_on_aws_pages_are_many_of_many_services():
    assert len({row["event"] for row in EVENTS}) >= 150
    assert len({row["event_source"] for row in EVENTS}) >= 40


@every_row("client", SERVICES)
def test_every_operation_of_a_service_is_an_action_or_has_a_reason(client):
    known = {NotActionReason.NO_PERMISSION, NotActionReason.UNKNOWN_ACTION}
    for source in sources(client):
        for operation in service_model(client)["operations"]:
            actions = event_actions(f"{source}.amazonaws.com", operation, API_CALL)
            assert bool(actions.actions) == (actions.not_action is None), operation
            assert actions.not_action in {None, *known}, operation
            assert all(find_action(item.action) for item in actions.actions), operation


def test_signing_names_and_endpoints_of_clients_are_sources_of_their_events():
    missing = [
        (client, source)
        for client in sorted(client_names())
        if client_prefix(client) and service_model(client)
        for source in sources(client)
        if (client, source) not in OTHER_SERVICES_NAME
        if client
        not in (event_source.clients if (event_source := find_event_source(f"{source}.amazonaws.com")) else ())
    ]
    assert missing == []


def test_sources_of_the_china_regions_are_known():
    assert answer("s3.amazonaws.com.cn", "GetObject") == "s3:GetObject"


def test_a_version_at_the_end_of_a_name_is_dropped():
    assert answer("lambda.amazonaws.com", "GetFunction20150331v2") == "lambda:GetFunction"
    assert answer("cloudfront.amazonaws.com", "UpdateDistribution2014_01_31") == "cloudfront:UpdateDistribution"


def test_what_is_no_operation_without_its_version_is_unknown():
    assert answer("lambda.amazonaws.com", "MadeUp20150331") == "!UNKNOWN_NAME"


@pytest.mark.parametrize(
    "name", ["ListDistributionsByWebACLId", "ListObjectsV2", "GetFindingV2", "CreateVpcEndpointConnectionNotification"]
)
def test_names_that_end_like_a_version_are_kept(name):
    source = {
        "ListObjectsV2": "s3",
        "GetFindingV2": "access-analyzer",
        "ListDistributionsByWebACLId": "cloudfront",
    }.get(name, "ec2")
    assert not answer(f"{source}.amazonaws.com", name).startswith("!")


@pytest.mark.parametrize(
    "name", ["", "*", "upload_file", "BucketExists", "getObject", "GetObject ", "GetObject\n", "s3:GetObject"]
)
def test_what_is_not_exactly_an_operation_is_unknown(name):
    assert answer("s3.amazonaws.com", name) == "!UNKNOWN_NAME"


@pytest.mark.parametrize("source", ["", "amazonaws.com", ".amazonaws.com", "made-up.amazonaws.com", "s3/../..", "\x00"])
def test_an_unknown_source_is_said(source):
    assert answer(source, "GetObject") == "!UNKNOWN_SOURCE"


def test_a_record_without_a_type_is_taken_for_an_api_call():
    assert answer("s3.amazonaws.com", "GetObject", "") == "s3:GetObject"


def test_requests_of_another_service_in_the_name_of_the_caller_are_left_to_their_own_events():
    assert answer("route53.amazonaws.com", "CreateHostedZone") == "route53:CreateHostedZone"
    assert answer("timestream.amazonaws.com", "WriteRecords") == "timestream:WriteRecords"


def test_what_has_no_event_of_its_own_is_counted_with_its_call():
    expected = "codeartifact:GetAuthorizationToken sts:GetServiceBearerToken"
    assert answer("codeartifact.amazonaws.com", "GetAuthorizationToken") == expected


def test_every_reason_is_one_plain_sentence_and_its_own():
    texts = [str(reason) for reason in NotActionReason]
    assert len(set(texts)) == len(texts)
    assert all(text and "\n" not in text and not text.endswith(".") for text in texts)


def test_listed_events_name_operations_actions_and_reasons_that_exist():
    for row in table_rows("trail_events"):
        client, _, operation = row["operation"].partition(".")
        assert sum(map(bool, (row["operation"], row["actions"], row["reason"]))) == 1, row
        assert not operation or operation in client_operations(client), row
        assert all(find_action(action) for action in row["actions"].split()), row
        assert row["reason"] in ("", *NotActionReason.__members__), row
        assert find_event_source(row["event_source"]), row
        assert row["source"].startswith("https://"), row


def test_no_listed_event_is_what_its_name_says_anyway():
    for row in table_rows("trail_events"):
        prefix = find_event_source(row["event_source"]).prefix
        assert all(row["actions"] != f"{prefix}:{name}" for name in row["events"].split()), row


def test_members_with_another_spelling_are_members_of_their_operations():
    for row in table_rows("trail_members"):
        member = row["member"].partition(".")[0].removesuffix("[]")
        operations = client_operations(row["client"]) if row["operations"] == "*" else row["operations"].split()
        assert row["parameter"] == "-" or parameter_path(row["parameter"]).steps
        assert any(member in operation_members(row["client"], operation) for operation in operations), row


def test_short_lived_resources_are_types_of_their_services():
    for row in table_rows("trail_folds"):
        assert set(row["resource_types"].lower().split(",")) <= set(find_service(row["service"]).resource_types), row
