"""What the hooks of a recording see of the calls that code makes."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import sys
import textwrap

import boto3
import pytest
from botocore.stub import Stubber

from iamglue.infer.recording.hooks import install_hooks
from iamglue.infer.recording.recorded_access import recorded_access
from iamglue.infer.recording.recorder import RecordedCall, Recorder, is_test_file

KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret", "region_name": "eu-west-1"}
CODE = """\
    import threading

    def put(client):
        client.put_item(TableName="orders", Item={"id": {"S": "1"}, "data": {"B": b"x"}})

    def get(client):
        client.get_object(Bucket="images-bucket", Key="a")

    def in_thread(client):
        thread = threading.Thread(target=put, args=(client,))
        thread.start()
        thread.join()

    def sign(client):
        return client.generate_presigned_url("get_object", Params={"Bucket": "images-bucket", "Key": "a"})

    def post(client):
        return client.generate_presigned_post("images-bucket", "a")

    def assume(client):
        return client.assume_role(RoleArn="arn:aws:iam::210987654321:role/other", RoleSessionName="session")
"""


@pytest.fixture
def code(tmp_path):
    path = tmp_path / "app_code.py"
    path.write_text(textwrap.dedent(CODE))
    spec = importlib.util.spec_from_file_location("app_code", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def recorder(tmp_path):
    recorder = Recorder(tmp_path)
    recorder.test = ("tests/test_app.py", 4)
    undo = install_hooks(recorder)
    yield recorder
    undo()


def stubbed(service, operation, response=None):
    client = boto3.client(service, **KEYS)
    stubber = Stubber(client)
    stubber.add_response(operation, response or {})
    stubber.activate()
    return client


def shown(recorder):
    return [(call.client, call.operation, json.loads(call.parameters)) for call in recorder.calls]


def test_a_call_is_recorded_with_its_parameters_and_places(recorder, code):
    code.put(stubbed("dynamodb", "put_item"))
    (call,) = recorder.calls
    assert (call.client, call.operation, call.region) == ("dynamodb", "PutItem", "eu-west-1")
    assert json.loads(call.parameters)["TableName"] == "orders"
    assert (call.code, call.test) == (("app_code.py", 4), ("tests/test_app.py", 4))


def test_a_client_made_before_the_recording_is_recorded(tmp_path, code):
    client = stubbed("dynamodb", "put_item")
    recorder = Recorder(tmp_path)
    undo = install_hooks(recorder)
    code.put(client)
    undo()
    assert len(recorder.calls) == 1


def test_a_call_in_a_thread_is_recorded(recorder, code):
    code.in_thread(stubbed("dynamodb", "put_item"))
    assert [call.code for call in recorder.calls] == [("app_code.py", 4)]


def test_presigned_urls_and_posts_are_the_calls_of_who_uses_them(recorder, code):
    client = boto3.client("s3", **KEYS)
    code.sign(client)
    code.post(client)
    assert [operation for _, operation, _ in shown(recorder)] == ["GetObject", "PutObject"]


def test_calls_of_tests_themselves_are_counted_and_left_out(recorder):
    stubbed("dynamodb", "put_item").put_item(TableName="orders", Item={})
    assert (recorder.calls, recorder.by_tests) == ({}, 1)


def test_a_client_with_the_credentials_of_an_assumed_role_is_of_that_role(recorder, code):
    credentials = {"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "SessionToken": "y"}
    answer = {"Credentials": {**credentials, "Expiration": "2030-01-01T00:00:00Z"}}
    code.assume(stubbed("sts", "assume_role", answer))
    other = {**KEYS, "aws_access_key_id": credentials["AccessKeyId"]}
    client = boto3.client("s3", **other)
    stubber = Stubber(client)
    stubber.add_response("get_object", {})
    with stubber:
        code.get(client)
    assert [call.role for call in recorder.calls] == [None, "arn:aws:iam::210987654321:role/other"]
    inferred = recorded_access(list(recorder.calls))
    assert [item.action for item in inferred.access] == ["sts:AssumeRole"]
    assert [item.operation for item in inferred.other_roles] == ["s3.GetObject"]


ASYNCHRONOUS = {
    "__init__": "",
    "client": """\
        from botocore.client import BaseClient

        class AioBaseClient(BaseClient):
            async def _make_api_call(self, operation_name, api_params):
                return {"Credentials": {"AccessKeyId": "ASIAIOSFODNN7EXAMPLE"}}
        """,
    "signers": """\
        async def generate_presigned_url(self, ClientMethod, Params=None, ExpiresIn=3600, HttpMethod=None):
            return "https://"
        """,
}


def test_clients_of_aiobotocore_are_recorded(tmp_path, monkeypatch, code):
    (tmp_path / "lib" / "aiobotocore").mkdir(parents=True)
    for name, text in ASYNCHRONOUS.items():
        (tmp_path / "lib" / "aiobotocore" / f"{name}.py").write_text(textwrap.dedent(text))
    monkeypatch.syspath_prepend(tmp_path / "lib")
    recorder = Recorder(tmp_path)
    undo = install_hooks(recorder)
    base = importlib.import_module("aiobotocore.client").AioBaseClient
    client = boto3.client("sts", **KEYS)
    monkeypatch.setattr(client, "_make_api_call", base._make_api_call.__get__(client))
    asyncio.run(code.assume(client))
    undo()
    (call,) = recorder.calls
    assert call.operation == "AssumeRole"
    assert recorder.role_of("ASIAIOSFODNN7EXAMPLE") == "arn:aws:iam::210987654321:role/other"


def test_nothing_is_recorded_after_the_recording(tmp_path, code):
    recorder = Recorder(tmp_path)
    install_hooks(recorder)()
    code.put(stubbed("dynamodb", "put_item"))
    code.sign(boto3.client("s3", **KEYS))
    assert recorder.calls == {}


def recorded(client, operation, **parameters):
    return RecordedCall(client, operation, json.dumps(parameters), "eu-west-1", ("app.py", 3), ("tests/test_app.py", 4))


def test_an_arn_of_the_tests_account_and_region_is_a_name():
    topic = "arn:aws:sns:eu-west-1:123456789012:news"
    (item,) = recorded_access([recorded("sns", "Publish", TopicArn=topic, Message="x")]).access
    assert (item.action, item.resource) == ("sns:Publish", "news")


@pytest.mark.parametrize(
    "parameters",
    [{"CopySource": "images-bucket/a/b.jpg"}, {"CopySource": {"Bucket": "images-bucket", "Key": "a/b.jpg"}}],
)
def test_keys_of_objects_are_samples(parameters):
    call = recorded("s3", "CopyObject", Bucket="thumbnails", Key="a/c.jpg", **parameters)
    access = recorded_access([call]).access
    shown_access = {(item.action, item.resource, item.entry.prefix) for item in access}
    assert {("s3:GetObject", "images-bucket", None), ("s3:PutObject", "thumbnails", None)} <= shown_access


def test_an_arn_of_another_account_stays():
    topic = "arn:aws:sns:eu-west-1:210987654321:news"
    (item,) = recorded_access([recorded("sns", "Publish", TopicArn=topic, Message="x")]).access
    assert (item.resource, item.entry.account) in ((topic, None), ("news", "210987654321"))


def test_the_evidence_is_the_line_of_the_code_and_that_of_the_test():
    (item,) = recorded_access([recorded("dynamodb", "PutItem", TableName="orders")]).access
    assert [(place.path, place.line) for place in item.evidence] == [("app.py", 3), ("tests/test_app.py", 4)]


def test_a_recorded_call_is_the_same_as_data():
    call = recorded("dynamodb", "PutItem", TableName="orders")
    assert RecordedCall.from_data(json.loads(json.dumps(call.as_data()))) == call


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/support/make.py", True),
        ("conftest.py", True),
        ("src/test_app.py", True),
        ("src/app_test.py", True),
        ("src/app.py", False),
        ("testing/app.py", False),
    ],
)
def test_files_of_tests_are_known_by_their_names(path, is_test):
    assert is_test_file(path) is is_test


def test_the_plugin_imports_nothing_until_it_is_used():
    import subprocess

    program = "import sys, iamglue.pytest_plugin; print([m for m in sys.modules if m.startswith(('iamglue.', 'boto'))])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['iamglue.pytest_plugin']"
