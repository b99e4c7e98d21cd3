"""Actions that AWS checks on several resources: what follows from the named one is granted, the rest is a note."""

import re

import pytest
from support.generated import HEAD, bundle_of, grants
from support.rows import every_row

from iamglue.catalog.required_types import marked_types, required_types
from iamglue.catalog.services import find_action, find_service
from iamglue.catalog.tables import table_rows
from iamglue.generate.prove import prove
from iamglue.readers.spec.reader import parse_spec

R = "eu-west-1:111122223333"
ROWS = table_rows("required_types")


def resources(body):
    return {resource for _, resource in grants(body)}


def notes_of(body):
    """The notes on resources, without those on roles and dependent permissions."""
    others = ("pass_role", "AWS documents that some calls")
    return tuple(note for note in bundle_of(body).notes if not any(text in note for text in others))


def proved(body):
    table = prove(parse_spec(HEAD + body, "spec.yaml").functions[0], bundle_of(body))
    return {line.holds for line in table.lines} == {True}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "writes:\n- fsx/volume: {FileSystemId: fs-1, VolumeId: v-1}\n  do: CreateSnapshot",
            {f"arn:aws:fsx:{R}:volume/fs-1/v-1", f"arn:aws:fsx:{R}:snapshot/v-1/*"},
        ),
        (
            "writes:\n- fsx/volume: fs-1/v-1\n  do: create_snapshot",
            {f"arn:aws:fsx:{R}:volume/fs-1/v-1", f"arn:aws:fsx:{R}:snapshot/v-1/*"},
        ),
        (
            "writes:\n- ec2/volume: vol-1\n  do: CreateSnapshot",
            {f"arn:aws:ec2:{R}:volume/vol-1", "arn:aws:ec2:eu-west-1::snapshot/*"},
        ),
        (
            "writes:\n- ec2/subnet: subnet-1\n  do: CreateNetworkInterface",
            {f"arn:aws:ec2:{R}:subnet/subnet-1", f"arn:aws:ec2:{R}:network-interface/*"},
        ),
        (
            'calls:\n- ecs/task: {ClusterName: c, TaskId: "*"}\n  do: ExecuteCommand',
            {f"arn:aws:ecs:{R}:task/c/*", f"arn:aws:ecs:{R}:cluster/c"},
        ),
        (
            (
                "reads:\n- appconfig/configurationprofile: {ApplicationId: a, ConfigurationProfileId: p}\n"
                "  do: GetConfigurationProfile"
            ),
            {
                f"arn:aws:appconfig:{R}:application/a",
                f"arn:aws:appconfig:{R}:application/a/configurationprofile/p",
            },
        ),
        (
            "reads:\n- glue/connection: c\n  do: GetConnection",
            {f"arn:aws:glue:{R}:connection/c", f"arn:aws:glue:{R}:catalog"},
        ),
        (
            "calls:\n- ssm/document: d\n  do: StartAutomationExecution",
            {f"arn:aws:ssm:{R}:document/d", f"arn:aws:ssm:{R}:automation-execution/*"},
        ),
    ],
)
def test_what_follows_from_the_named_resource_is_granted_and_proved(body, expected):
    assert resources(body) == expected
    assert notes_of(body) == ()
    assert proved(body)


@pytest.mark.parametrize(
    ("body", "types"),
    [
        ("writes:\n- kms/alias: a\n  do: CreateAlias", ["kms/key"]),
        ("calls:\n- batch/job-queue: q\n  do: SubmitJob", ["batch/job-definition"]),
        ("calls:\n- ssm/document: d\n  do: SendCommand", ["ssm/instance` or `ssm/managed-instance"]),
        ("writes:\n- ec2/image: ami-1\n  do: RunInstances", ["ec2/security-group", "ec2/subnet"]),
        ("writes:\n- rds/db: d\n  do: CreateDBSnapshot", ["rds/snapshot"]),
        ("writes:\n- ses/identity: example.com\n  do: SendTemplatedEmail", ["ses/template"]),
        ("writes:\n- lambda/function: f\n  do: PutFunctionCodeSigningConfig", ["lambda/code signing config"]),
        ("reads:\n- servicediscovery/service: s\n  do: DiscoverInstances", ["servicediscovery/namespace"]),
        ("writes:\n- dynamodb/backup: {TableName: t, BackupName: b}\n  do: RestoreTableFromBackup", ["dynamodb/table"]),
        ("writes:\n- personalize/solution: s\n  do: CreateCampaign", ["personalize/campaign"]),
    ],
)
def test_a_resource_that_does_not_follow_is_a_note_that_says_how_to_name_it(body, types):
    notes = notes_of(body)
    assert len(notes) == len(types)
    for note, name in zip(notes, types, strict=True):
        assert f"is also checked on `{name}`" in note
        assert "add an entry for it" in note
    assert not proved(body)


@pytest.mark.parametrize(
    "body",
    [
        (
            "writes:\n- kms/alias: a\n  do: CreateAlias\n"
            "- kms/key: 1234abcd-12ab-34cd-56ef-1234567890ab\n  do: CreateAlias"
        ),
        "calls:\n- batch/job-queue: q\n  do: SubmitJob\n- batch/job-definition: d\n  do: submit_job",
        (
            "writes:\n- lambda/function: f\n  do: PutFunctionCodeSigningConfig\n"
            "- lambda/code-signing-config: csc-1\n  do: PutFunctionCodeSigningConfig"
        ),
    ],
)
def test_a_second_entry_for_the_other_resource_answers_the_note_and_the_proof(body):
    assert notes_of(body) == ()
    assert proved(body)


def test_marks_that_no_table_explains_are_a_note_and_undecided():
    body = "writes:\n- elasticache/user: u\n  do: CreateUserGroup"
    (note,) = notes_of(body)
    assert "AWS's reference marks `elasticache/user` and `elasticache/usergroup` as required together" in note
    assert "iamglue does not know" in note
    assert not proved(body)


@pytest.mark.parametrize(
    "body",
    [
        "reads:\n- states/execution: {StateMachineName: m, ExecutionId: e}\n  do: DescribeExecution",
        "writes:\n- dynamodb/table: tbl\n  do: TagResource",
        "reads:\n- redshift-data/workgroup: w\n  do: ListTables",
        "writes:\n- sqs: q",
    ],
)
def test_one_of_several_types_is_enough_where_a_call_is_about_one(body):
    assert notes_of(body) == ()


def test_a_whole_arn_parameter_is_granted_with_what_the_call_creates():
    body = 'writes:\n- ec2/volume: {Arn: "arn:aws:ec2:eu-west-1:111122223333:volume/v"}\n  do: CreateSnapshot'
    assert "arn:aws:ec2:eu-west-1::snapshot/*" in resources(body)


@every_row("row", ROWS)
def test_a_row_names_actions_and_types_of_the_reference_and_its_source(row):
    service = find_service(row["service"])
    names = {name.replace(" ", "-") for name in service.resource_types}
    assert set(re.split(r"[ |]", row["types"].lower())) <= names
    assert set(row["created"].lower().split()) <= set(re.split(r"[ |]", row["types"].lower()))
    for name in row["actions"].split():
        assert find_action(f"{row['service']}:{name}").name == name
        marked = set(marked_types(f"{row['service']}:{name}"))
        grouped = {kind for group in required_types(f"{row['service']}:{name}").groups for kind in group}
        assert marked & grouped
    assert row["relation"] in ("all", "named", "any")
    assert row["source"]


def test_no_action_has_two_rows():
    actions = [(row["service"], name) for row in ROWS for name in row["actions"].split()]
    assert len(actions) == len(set(actions))
