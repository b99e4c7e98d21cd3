"""The gate itself: nothing goes past it unjudged."""

import pytest
from botocore.exceptions import ClientError
from execution.gate import Gate

CREDENTIALS = {"AccessKeyId": "key", "SecretAccessKey": "secret", "SessionToken": "token"}
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def test_a_call_that_the_table_does_not_know_is_an_error_even_when_everything_is_allowed():
    with pytest.raises(KeyError, match=r"iam\.ListUsers"):
        Gate([EVERYTHING], {}).session(CREDENTIALS).client("iam").list_users()


def test_a_denied_call_does_not_reach_the_service():
    gate = Gate([], {})
    with pytest.raises(ClientError, match="not authorized to perform: s3:PutObject on resource: arn:aws:s3:::none/key"):
        gate.session(CREDENTIALS).client("s3").put_object(Bucket="none", Key="key")
    assert gate.denied == ["s3:PutObject"]


def test_an_allowed_call_reaches_the_service():
    client = Gate([EVERYTHING], {}).session(CREDENTIALS).client("s3")
    with pytest.raises(client.exceptions.NoSuchBucket):
        client.put_object(Bucket="none", Key="key")


def test_the_principals_tags_are_part_of_every_request():
    gate = Gate([], {"aws:PrincipalTag/tenant": "acme"})
    with pytest.raises(ClientError):
        gate.session(CREDENTIALS).client("s3").list_objects_v2(Bucket="none")
    assert gate.asked[0].context["aws:PrincipalTag/tenant"] == ["acme"]
