"""The tables of triggers, companions and keys agree with the service authorization reference and name their sources."""

from __future__ import annotations

from collections.abc import Iterator

from support.rows import every_row
from support.trigger_cases import VALUES

from iamglue.catalog.kms_keys import kms_actions, kms_key_services
from iamglue.catalog.services import find_action
from iamglue.catalog.setting_permissions import destination_services, setting_permissions
from iamglue.catalog.tables import table_rows, toml_document
from iamglue.catalog.triggers import TriggerKind, trigger_facts, trigger_names

# AWS's guides ask for these on `*`, though the reference lets some of them take a network interface.
ENI = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
}
DESIGN = [
    "s3",
    "sns",
    "ses",
    "events",
    "schedule",
    "scheduler",
    "logs",
    "alarm",
    "iot",
    "cognito-idp",
    "cognito-sync",
    "apigateway",
    "elasticloadbalancing",
    "function-url",
    "alexa",
    "codecommit",
    "codepipeline",
    "config",
    "lex",
    "bedrock",
    "secretsmanager",
    "cloudfront",
    "iot-provisioning",
    "iot-authorizer",
    "connect",
    "vpc-lattice",
    "transfer",
    "appsync",
    "appsync-authorizer",
    "firehose",
    "pipes",
    "states",
    "s3-batch",
    "sqs",
    "dynamodb",
    "kinesis",
    "kafka",
    "self-managed-kafka",
    "mq",
    "docdb",
]


def _asked() -> Iterator[tuple[str, str, str]]:
    """Every (where, action, on) of the tables that the function's role is given."""
    for name in trigger_names():
        facts = trigger_facts(name)
        assert facts is not None
        for need in facts.needs:
            yield from ((name, one, need.on) for one in need.actions)
    for row in setting_permissions():
        yield from ((row.setting, one, row.on) for one in row.actions)


def _all_actions() -> Iterator[str]:
    yield from (one for _, one, _ in _asked())
    for name in trigger_names():
        facts = trigger_facts(name)
        assert facts is not None
        yield from (one for peer in facts.counterparts for one in peer.actions)
    for setting in ("dead_letter", "on_success", "on_failure", "mapping"):
        yield from (one for found in destination_services(setting).values() for one, _ in found.actions)
    for row in table_rows("kms_actions"):
        yield from (f"{row['service']}:{name}" for name in row["actions"].split() if name != "*")
        yield from (f"kms:{name}" for name in row["kms"].split() if name != "-")


def test_the_triggers_are_those_of_the_design() -> None:
    assert set(trigger_names()) == set(DESIGN)
    assert set(VALUES) == set(DESIGN)


@every_row("name", sorted(set(_all_actions())))
def test_every_action_of_the_tables_exists_and_is_spelt_as_the_reference_spells_it(name: str) -> None:
    assert str(find_action(name)) == name


@every_row("where, name, on", sorted(set(_asked())))
def test_only_actions_that_take_no_resource_stand_on_a_star(where: str, name: str, on: str) -> None:
    found = find_action(name)
    assert found is not None
    if found.has_no_resource_types:
        assert on == "*"
    elif name not in ENI:
        assert on != "*"


def test_every_row_names_its_source() -> None:
    for table in toml_document("triggers").values():
        assert all(row["source"] for row in (table, *table.get("needs", ()), *table.get("counterparts", ())))
    found = toml_document("companions")
    assert all(row["source"] for row in (*found["needs"], *found["destinations"]))
    assert all("https://" in row["source"] for row in table_rows("kms_actions"))


def test_every_service_principal_ends_in_a_domain_of_amazon() -> None:
    for name in trigger_names():
        facts = trigger_facts(name)
        assert facts is not None
        if facts.kind is TriggerKind.PUSH and name != "function-url":
            assert facts.principal.endswith((".amazonaws.com", ".amazon.com"))
        assert facts.kind is not TriggerKind.POLL or not facts.principal


def test_an_unknown_trigger_has_no_facts() -> None:
    assert trigger_facts("sqss") is None


def test_no_service_both_takes_a_key_and_has_one_of_its_own() -> None:
    own = {row["service"] for row in table_rows("kms_actions") if row["kms"] == "-"}
    assert own
    assert not own & set(kms_key_services())


def test_a_data_action_asks_for_its_kms_actions_in_any_case() -> None:
    assert kms_actions(["SQS:sendmessage"]) == ("kms:Decrypt", "kms:GenerateDataKey")
    assert kms_actions(["sqs:DeleteMessage"]) == ()
