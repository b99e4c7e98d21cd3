"""The names that the SDKs for JavaScript give to services, and the libraries for Node.js that call AWS."""

from __future__ import annotations

import re

from iamglue.catalog.operations import client_operation_actions
from iamglue.catalog.tables import table_rows
from iamglue.infer.code.sdk_models import client_names, input_members


def test_every_client_is_one_of_boto3():
    assert {row["client"] for row in table_rows("javascript_clients")} <= client_names()


def test_every_client_has_a_package():
    packaged = {row["client"] for row in table_rows("javascript_clients") if row["name"].startswith("client-")}
    assert client_names() - packaged <= {"pinpoint-sms-voice", "sms-voice"}  # two of the same service ID


def test_a_name_is_one_client():
    names = [row["name"] for row in table_rows("javascript_clients")]
    assert len(names) == len(set(names))


def test_a_library_calls_a_client_or_signs_any_request():
    assert {row["client"] for row in table_rows("javascript_helpers")} <= client_names() | {"-"}


def test_the_requests_of_libraries_have_actions():
    rows = [row for row in table_rows("javascript_helpers") if row["operation"] != "-"]
    assert [row for row in rows if not client_operation_actions(row["client"], row["operation"])] == []


def test_the_parameters_of_libraries_are_members_of_the_operations():
    wrong = [
        row
        for row in table_rows("javascript_helpers")
        for written in row["parameters"].split()
        if (members := input_members(row["client"], row["operation"])) is not None
        and written.partition("=")[0] not in {*members, "?"}
    ]
    assert wrong == []


def test_every_row_has_a_page_as_its_source():
    assert [row for row in table_rows("javascript_helpers") if not re.match(r"https://\S+$", row["source"])] == []
