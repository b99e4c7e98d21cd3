"""The tables of operations, held against botocore and the Service Authorization Reference."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from support.rows import every_row

from iamglue.catalog.maintain.refresh import boto3_clients, client_operations, operation_coverage
from iamglue.catalog.operations import client_operation_actions, client_prefix, service_clients
from iamglue.catalog.services import find_action, service_prefixes
from iamglue.catalog.tables import table_rows

SERVICES = tuple(
    line
    for line in (Path(__file__).parent.parent / "corpus" / "services.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
TABLES = ("operations", "sdk_helpers", "boto3_methods", "boto3_clients", "operations_without_action")


@cache
def _operations(client):
    return frozenset(client_operations(client))


def test_at_least_forty_services_are_named_once_each():
    assert len(set(SERVICES)) == len(SERVICES) >= 40


@every_row("client", SERVICES)
def test_no_operation_of_a_much_used_service_is_without_an_answer(client):
    assert operation_coverage(client).unmatched == ()


def test_most_operations_of_all_clients_have_an_answer():
    found = [operation_coverage(client) for client in boto3_clients()]
    answered = sum(len(each.by_name) + len(each.by_table) for each in found)
    assert answered / sum(each.total for each in found) > 0.96


@pytest.mark.parametrize("name", ["operations", "sdk_helpers"])
def test_every_action_of_a_row_is_in_the_reference_as_it_is_spelt(name):
    named = {each for row in table_rows(name) for each in row["actions"].split(" ")} - {"-"}
    assert {each for each in named if str(find_action(each)) != each} == set()


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source(name):
    assert [row for row in table_rows(name) if not row["source"].strip()] == []


@pytest.mark.parametrize("name", TABLES)
def test_a_source_that_is_an_address_is_an_https_page_of_aws(name):
    addresses = {row["source"] for row in table_rows(name) if "/" in row["source"] and ":" in row["source"]}
    pattern = re.compile(r"https://(docs\.aws\.amazon\.com|boto3\.amazonaws\.com)/\S+")
    assert [address for address in addresses if not pattern.fullmatch(address)] == []


@pytest.mark.parametrize("name", ["operations", "operations_without_action"])
def test_every_row_is_of_an_operation_that_exists_and_only_once(name):
    found = [(row["client"], row["operation"]) for row in table_rows(name)]
    assert [pair for pair in found if pair[1] not in _operations(pair[0])] == []
    assert len(set(found)) == len(found)


def test_no_row_says_what_the_operations_name_says_already():
    named = [
        (row, find_action(f"{client_prefix(row['client'])}:{row['operation']}")) for row in table_rows("operations")
    ]
    assert [row for row, found in named if found and row["actions"] == str(found)] == []


def test_nothing_is_called_unlisted_that_has_an_answer():
    assert [
        row
        for row in table_rows("operations_without_action")
        if client_operation_actions(row["client"], row["operation"]) is not None
    ] == []


def test_no_helper_has_the_name_of_an_operation():
    keys = {
        (client, name.lower())
        for client in {row["client"] for row in table_rows("sdk_helpers")}
        for name in _operations(client)
    }
    assert [row for row in table_rows("sdk_helpers") if (row["client"], row["helper"].replace("_", "")) in keys] == []


def test_every_client_of_boto3_is_in_the_table():
    assert tuple(row["client"] for row in table_rows("boto3_clients")) == boto3_clients()


def test_every_client_has_a_prefix_of_the_reference_or_the_reference_has_none():
    without = {row["client"] for row in table_rows("boto3_clients") if row["prefix"] == "-"}
    assert {client for client in boto3_clients() if client_prefix(client) not in service_prefixes()} == without
    assert without & set(SERVICES) == set()


@every_row(
    "client, prefix",
    [
        ("s3", "s3"),
        ("s3control", "s3"),
        ("stepfunctions", "states"),
        ("sesv2", "ses"),
        ("cloudwatch", "cloudwatch"),
        ("efs", "elasticfilesystem"),
        ("elbv2", "elasticloadbalancing"),
        ("iot-data", "iot"),
        ("apigatewaymanagementapi", "execute-api"),
        ("bedrock-runtime", "bedrock"),
        ("opensearch", "es"),
        ("opensearchserverless", "aoss"),
        ("neptunedata", "neptune-db"),
        ("docdb", "rds"),
        ("pinpoint", "mobiletargeting"),
        ("resourcegroupstaggingapi", "tag"),
        ("keyspaces", "cassandra"),
    ],
)
def test_a_client_has_this_prefix(client, prefix):
    assert client_prefix(client) == prefix
    assert client in service_clients(prefix)


@pytest.mark.parametrize("word", ["states", "S4", ""])
def test_what_is_no_client_has_no_prefix(word):
    assert client_prefix(word) is None


def test_the_client_named_like_a_prefix_comes_first():
    assert service_clients("s3")[0] == "s3"
    assert service_clients("nothing") == ()
