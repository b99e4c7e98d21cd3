"""The methods of boto3's clients, compared with botocore."""

from __future__ import annotations

import botocore
import pytest

from iamglue.catalog.maintain.refresh_sdk_methods import sdk_method_rows
from iamglue.catalog.sdk_methods import client_method_operation, method_clients, snake_case_name
from iamglue.infer.code.sdk_models import client_names, resource_model, waiter_model


def test_the_table_has_the_methods_of_this_botocore():
    table = {
        (method, operation, client) for method, operation, clients in sdk_method_rows() for client in clients.split(" ")
    }
    known = {
        (method, operation, client)
        for method, _, _ in sdk_method_rows()
        for client, operation in method_clients(method)
    }
    assert known == table, "run `python -m iamglue.catalog.maintain.refresh_sdk_methods`"


def test_names_of_waiters_and_resources_are_those_of_botocore():
    names = {name for client in client_names() for name in waiter_model(client)}
    for client in client_names():
        for described in resource_model(client).get("resources", {}).values():
            names.update(*(described.get(key, {}) for key in ("actions", "has", "hasMany", "waiters", "batchActions")))
            names.update(identifier["name"] for identifier in described.get("identifiers", ()))
    assert {name: snake_case_name(name) for name in names} == {name: botocore.xform_name(name) for name in names}


@pytest.mark.parametrize(
    ("client", "method", "operation"),
    [
        ("s3", "list_objects_v2", "ListObjectsV2"),
        ("dynamodb", "put_item", "PutItem"),
        ("stepfunctions", "start_execution", "StartExecution"),
        ("mturk", "list_hi_ts_for_qualification_type", "ListHITsForQualificationType"),
        ("s3", "put_item", None),
        ("nothing", "put_item", None),
    ],
)
def test_a_method_of_a_client_is_an_operation(client, method, operation):
    assert client_method_operation(client, method) == operation
