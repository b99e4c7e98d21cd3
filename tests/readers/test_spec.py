"""Spec format 1, sentence by sentence: what a spec says becomes these values."""

from __future__ import annotations

import pytest

from iamglue.errors import Location
from iamglue.model.spec import (
    AccessEntry,
    AccessList,
    FileSystem,
    FunctionSettings,
    LogSettings,
    SpecFunction,
    SpecResource,
    Trigger,
)
from iamglue.policy.conditions import build_condition
from iamglue.readers.spec.reader import parse_spec

HEAD = 'iamglue: 1\nfunction: f\nregion: eu-west-1\naccount: "111122223333"\n'


def function_of(body: str, head: str = HEAD) -> SpecFunction:
    (function,) = parse_spec(head + body, "spec.yaml").functions
    return function


def entry_of(item: str, access: str = "reads") -> AccessEntry:
    (entry,) = function_of(f"{access}:\n  - {item}\n").entries
    return entry


def trigger_of(item: str) -> Trigger:
    (trigger,) = function_of(f"triggers:\n  - {item}\n").triggers
    return trigger


def settings_of(body: str) -> FunctionSettings:
    return function_of(f"settings: {body}\n").settings


def test_the_top_of_a_spec_names_the_function_and_its_place():
    function = function_of("description: says what\npartition: aws\n")
    assert (function.name, function.region, function.account) == ("f", "eu-west-1", "111122223333")
    assert (function.description, function.partition) == ("says what", "aws")
    assert function.location == Location("spec.yaml", 2, 11)


def test_region_account_and_partition_may_be_left_out():
    function = function_of("", "iamglue: 1\nfunction: f\n")
    assert (function.region, function.account, function.partition) == (None, None, None)


def test_an_account_keeps_its_leading_zeros_without_quotes():
    assert function_of("", "iamglue: 1\nfunction: f\naccount: 012345678901\n").account == "012345678901"


@pytest.mark.parametrize("name", ["f", "A_b-9", "x" * 64, "${Stage}", "exif-${Stage}", "1234", "true"])
def test_a_function_has_a_lambda_name_or_a_parameter_in_it(name: str):
    assert function_of("", f"iamglue: 1\nfunction: {name}\n").name == name


def test_an_entry_stands_in_its_list_at_its_services_place():
    body = "reads:\n  - do: get\n    s3: images\nwrites:\n  - dynamodb: table\ncalls:\n  - lambda: other\n"
    found = [
        (e.access, e.service, e.resource.text, e.location.line, e.location.column) for e in function_of(body).entries
    ]
    assert found == [
        (AccessList.READS, "s3", "images", 7, 5),
        (AccessList.WRITES, "dynamodb", "table", 9, 5),
        (AccessList.CALLS, "lambda", "other", 11, 5),
    ]


def test_a_service_may_carry_a_resource_type():
    entry = entry_of("{glue/table: {DatabaseName: a, TableName: b}, do: GetTable}")
    assert (entry.service, entry.resource_type) == ("glue", "table")
    assert entry.resource == SpecResource(variables=(("DatabaseName", "a"), ("TableName", "b")))


def test_the_account_service_is_written_with_its_type():
    entry = entry_of('{account/account: "*", do: GetAccountInformation}')
    assert (entry.service, entry.resource_type, entry.account) == ("account", "account", None)


@pytest.mark.parametrize(
    "name",
    ["images", "images*", "in?", "arn:aws:s3:::images", "bucket/in/*", "2024", "true", "${Bucket}", "images/a${*}"],
)
def test_a_resource_is_text_as_written(name: str):
    assert entry_of(f"{{s3: '{name}'}}").resource == SpecResource(name)


def test_a_whole_arn_may_be_a_parameter():
    assert entry_of('{sqs: {Arn: "${QueueArn}"}}').resource == SpecResource(variables=(("Arn", "${QueueArn}"),))


def test_do_is_a_word_or_a_list_of_words():
    assert entry_of("{s3: bkt, do: get}").do == ("get",)
    assert entry_of("{s3: bkt, do: [get, head_object, 's3:GetObject']}").do == ("get", "head_object", "s3:GetObject")
    assert entry_of("{s3: bkt}").do == ()


def test_the_options_of_any_entry():
    entry = entry_of("{s3: bkt, key: alias/k, account: 012345678901, region: us-east-1, why: because}")
    assert (entry.key, entry.account, entry.regions, entry.why) == (
        "alias/k",
        "012345678901",
        ("us-east-1",),
        "because",
    )


def test_a_region_may_be_a_list():
    assert entry_of("{sqs: q, region: [eu-west-1, us-east-1]}").regions == ("eu-west-1", "us-east-1")


def test_the_options_of_s3_entries():
    entry = entry_of("{s3: bkt, prefix: in/, missing_ok: true}")
    assert (entry.prefix, entry.missing_ok) == ("in/", True)


def test_the_options_of_dynamodb_entries():
    entry = entry_of(
        '{dynamodb: tbl, do: query, index: idx, leading_keys: "${aws:PrincipalTag/a}", attributes: [a, b]}'
    )
    assert (entry.index, entry.leading_keys, entry.attributes) == ("idx", ("${aws:PrincipalTag/a}",), ("a", "b"))


def test_conditions_are_operators_keys_and_values_as_text():
    when = "{Bool: {aws:SecureTransport: true}, ForAnyValue:StringLike: {aws:CalledVia: [a, '*']}}"
    assert entry_of(f"{{s3: bkt, when: {when}}}").when == (
        build_condition("Bool", "aws:SecureTransport", "true"),
        build_condition("ForAnyValue:StringLike", "aws:CalledVia", "a", "*"),
    )


def test_operators_are_taken_in_any_case_as_iam_takes_them():
    assert entry_of("{s3: bkt, when: {stringequals: {AWS:PrincipalOrgId: o}}}").when == (
        build_condition("StringEquals", "AWS:PrincipalOrgId", "o"),
    )


def test_a_trigger_is_a_source_with_options():
    trigger = trigger_of("{kinesis: stream, account: '111122223333', region: eu-west-1, consumer: c, why: because}")
    assert (trigger.name, trigger.resource, trigger.location) == (
        "kinesis",
        SpecResource("stream"),
        Location("spec.yaml", 6, 6),
    )
    assert (trigger.account, trigger.region, trigger.consumer, trigger.why) == (
        "111122223333",
        "eu-west-1",
        "c",
        "because",
    )


def test_a_poll_trigger_takes_a_key_and_a_destination_of_failures():
    trigger = trigger_of("{kinesis: s, key: alias/k, on_failure: {sqs: q, account: '111122223333', region: eu-west-1}}")
    assert trigger.key == "alias/k"
    assert trigger.on_failure is not None
    assert (trigger.on_failure.service, trigger.on_failure.resource.text) == ("sqs", "q")
    assert (trigger.on_failure.account, trigger.on_failure.regions) == ("111122223333", ("eu-west-1",))


API = (("api", "a"), ("stage", "b"), ("method", "GET"), ("path", "c"))


@pytest.mark.parametrize(
    ("item", "variables"),
    [
        ("{events: {bus: a, rule: b}}", (("bus", "a"), ("rule", "b"))),
        ("{apigateway: {api: a, stage: b, method: GET, path: c}}", API),
    ],
)
def test_a_trigger_may_be_a_mapping(item: str, variables: tuple[tuple[str, str], ...]):
    assert trigger_of(item).resource == SpecResource(variables=variables)


@pytest.mark.parametrize(
    ("written", "logs"),
    [
        ("true", LogSettings()),
        ("false", LogSettings(enabled=False)),
        ("{create: false}", LogSettings(create=False)),
        ("{group: /my/group}", LogSettings(group="/my/group")),
    ],
)
def test_logs_are_on_off_or_detailed(written: str, logs: LogSettings):
    assert settings_of(f"{{logs: {written}}}").logs == logs


def test_settings_default_to_logs_alone():
    function = function_of("")
    assert function.settings == FunctionSettings(logs=LogSettings())
    assert function.settings_location is None


def test_every_setting_is_read():
    settings = settings_of(
        "{vpc: true, tracing: true, insights: true, dead_letter: {sqs: a}, on_success: {sns: b}, "
        "on_failure: {events: c}, environment_key: alias/k, "
        "file_system: {id: fs-0123456789abcdef0, access_point: fsap-0123456789abcdef0, write: true}}"
    )
    assert (settings.vpc, settings.tracing, settings.insights) == (True, True, True)
    destinations = (settings.dead_letter, settings.on_success, settings.on_failure)
    assert [entry and (entry.service, entry.resource.text) for entry in destinations] == [
        ("sqs", "a"),
        ("sns", "b"),
        ("events", "c"),
    ]
    assert settings.environment_key == "alias/k"
    assert settings.file_system == FileSystem("fs-0123456789abcdef0", "fsap-0123456789abcdef0", write=True)


def test_raw_statements_are_taken_as_they_stand():
    body = (
        "raw:\n  - actions: s3:ListAllMyBuckets\n    resources: '*'\n"
        "    conditions: {StringEquals: {aws:RequestedRegion: eu-west-1}}\n    why: the console asks\n"
    )
    (raw,) = function_of(body).raw
    assert (raw.actions, raw.resources, raw.why) == (("s3:ListAllMyBuckets",), ("*",), "the console asks")
    assert raw.conditions == (build_condition("StringEquals", "aws:RequestedRegion", "eu-west-1"),)
    assert raw.location == Location("spec.yaml", 6, 5)


SEVERAL = """\
iamglue: 1
region: eu-west-1
description: common
reads:
  - s3: shared
settings: {vpc: true, logs: {create: false}}
functions:
  one: {}
  two:
    region: us-east-1
    reads:
      - sqs: own
    settings: {logs: true}
"""


def test_functions_are_read_in_the_order_written_at_their_names():
    functions = parse_spec(SEVERAL, "f").functions
    assert [(f.name, f.location.line, f.location.column) for f in functions] == [("one", 8, 3), ("two", 9, 3)]


def test_top_level_lists_are_added_to_each_functions_own():
    one, two = parse_spec(SEVERAL, "f").functions
    assert [entry.resource.text for entry in one.entries] == ["shared"]
    assert [entry.resource.text for entry in two.entries] == ["shared", "own"]


def test_top_level_single_values_are_defaults():
    one, two = parse_spec(SEVERAL, "f").functions
    assert [(f.region, f.description) for f in (one, two)] == [("eu-west-1", "common"), ("us-east-1", "common")]


def test_top_level_settings_are_defaults_one_by_one():
    one, two = parse_spec(SEVERAL, "f").functions
    assert (one.settings.vpc, one.settings.logs) == (True, LogSettings(create=False))
    assert (two.settings.vpc, two.settings.logs) == (True, LogSettings())


def test_anchors_and_aliases_share_a_list():
    text = "iamglue: 1\nfunctions:\n  a:\n    reads: &r [{s3: bkt}]\n  b:\n    reads: *r\n"
    assert [f.entries[0].resource.text for f in parse_spec(text, "f").functions] == ["bkt", "bkt"]


def test_a_spec_may_be_json():
    spec = parse_spec('{"iamglue": 1, "function": "f", "reads": [{"s3": "bkt"}]}', "f")
    assert spec.functions[0].entries[0].resource.text == "bkt"
