"""What a key beside an entry or trigger becomes."""

from __future__ import annotations

import pytest
from support.rows import every_row
from support.trigger_cases import KEY, PLACE, SCOPE

from iamglue.errors import IamglueError
from iamglue.generate.requirements.kms_keys import kms_key_needs, parse_kms_key
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.policy.conditions import build_condition

ARN = f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}"


def _needs(service: str, *actions: str, key: str = KEY, scope: DeploymentScope = SCOPE) -> tuple[RequiredAccess, ...]:
    named = tuple(f"{service}:{name}" for name in actions)
    return kms_key_needs(service, named, key, scope, PLACE, label="DataKey", reason="reads")


@every_row(
    "service, actions, kms",
    [
        ("s3", ["GetObject"], {"Decrypt"}),
        ("s3", ["PutObject"], {"GenerateDataKey"}),
        ("s3", ["PutObject", "AbortMultipartUpload", "ListMultipartUploadParts"], {"GenerateDataKey", "Decrypt"}),
        ("sqs", ["SendMessage"], {"GenerateDataKey", "Decrypt"}),
        ("sqs", ["ReceiveMessage", "DeleteMessage"], {"Decrypt"}),
        ("sns", ["Publish"], {"GenerateDataKey", "Decrypt"}),
        ("dynamodb", ["PutItem"], {"Decrypt"}),
        ("kinesis", ["PutRecords"], {"GenerateDataKey"}),
        ("kinesis", ["GetRecords"], {"Decrypt"}),
        ("secretsmanager", ["GetSecretValue"], {"Decrypt"}),
        ("secretsmanager", ["PutSecretValue"], {"GenerateDataKey", "Decrypt"}),
        ("ssm", ["GetParameter"], {"Decrypt"}),
        ("ssm", ["PutParameter"], {"Encrypt"}),
    ],
)
def test_a_service_asks_for_exactly_its_kms_actions_on_the_key(service: str, actions: list[str], kms: set[str]) -> None:
    (need,) = _needs(service, *actions)
    assert set(need.actions) == {f"kms:{name}" for name in kms}
    assert need.resources == (ARN,)
    assert need.conditions == (build_condition("StringEquals", "kms:ViaService", f"{service}.eu-west-1.amazonaws.com"),)


def test_actions_that_touch_no_data_need_no_key() -> None:
    assert _needs("s3", "DeleteObject") == ()


def test_the_via_service_name_ends_the_same_in_china() -> None:
    (need,) = _needs("sqs", "ReceiveMessage", scope=DeploymentScope("aws-cn", "cn-north-1", "123456789012"))
    assert need.resources == (f"arn:aws-cn:kms:cn-north-1:123456789012:key/{KEY}",)
    assert need.conditions[0].values == ("sqs.cn-north-1.amazonaws.com",)


@pytest.mark.parametrize("text", ["alias/aws/s3", "arn:aws:kms:eu-west-1:123456789012:alias/aws/s3"])
def test_the_key_that_aws_manages_for_the_service_needs_no_permission(text: str) -> None:
    assert _needs("s3", "GetObject", key=text) == ()


@pytest.mark.parametrize("text", [KEY, ARN, f"key/{KEY}"])
def test_an_id_and_an_arn_name_the_same_key(text: str) -> None:
    assert parse_kms_key(text, SCOPE, PLACE) == (ARN, ())


def test_a_multi_region_key_is_a_key() -> None:
    found = "mrk-1234abcd12ab34cd56ef1234567890ab"
    assert parse_kms_key(found, SCOPE, PLACE)[0].endswith(f":key/{found}")


def test_a_parameter_stands_for_the_keys_id() -> None:
    assert parse_kms_key("${DataKeyId}", SCOPE, PLACE) == ("arn:aws:kms:eu-west-1:123456789012:key/${DataKeyId}", ())


@pytest.mark.parametrize("text", ["alias/orders", "arn:aws:kms:eu-west-1:123456789012:alias/orders"])
def test_an_alias_is_any_key_that_has_the_alias(text: str) -> None:
    arn, conditions = parse_kms_key(text, SCOPE, PLACE)
    assert arn == "arn:aws:kms:eu-west-1:123456789012:key/*"
    assert conditions == (build_condition("ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/orders"),)


def test_an_alias_keeps_to_the_account_and_region_of_its_arn() -> None:
    arn, _ = parse_kms_key("arn:aws:kms:us-east-1:999999999999:alias/orders", SCOPE, PLACE)
    assert arn == "arn:aws:kms:us-east-1:999999999999:key/*"


@pytest.mark.parametrize(
    "text",
    [
        "orders",
        "alias/",
        "alias/aws/sqs",
        "arn:aws:s3:::orders",
        "arn:aws:kms:eu-west-1:123456789012:orders",
        "arn:aws:kms:::key/1234",
        "two words 1",
    ],
)
def test_what_is_no_key_of_the_users_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(IamglueError) as caught:
        _needs("s3", "GetObject", key=text)
    assert caught.value.location == PLACE
    assert caught.value.hint


@pytest.mark.parametrize("text", ["*", f"{KEY[:8]}*", "alias/*", "arn:aws:kms:eu-west-1:123456789012:key/*"])
def test_a_key_beside_data_is_one_key(text: str) -> None:
    with pytest.raises(IamglueError, match="pattern"):
        _needs("s3", "GetObject", key=text)


def test_a_word_without_digits_is_taken_for_an_alias_that_lost_its_prefix() -> None:
    with pytest.raises(IamglueError) as caught:
        _needs("s3", "GetObject", key="orders")
    assert caught.value.hint == "write an alias as `alias/orders`"


@pytest.mark.parametrize("service", ["firehose", "events", "logs", "lambda"])
def test_a_service_with_a_grant_of_its_own_says_that_the_role_needs_nothing(service: str) -> None:
    with pytest.raises(IamglueError, match="requires no permission of the role"):
        _needs(service, "PutRecord")


def test_a_service_that_is_not_in_the_table_lists_those_that_are() -> None:
    with pytest.raises(IamglueError, match="`dynamodb`, `kinesis`, `s3`"):
        _needs("polly", "SynthesizeSpeech")
