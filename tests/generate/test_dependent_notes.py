"""Notes on the permissions that AWS documents as dependent on an action."""

from __future__ import annotations

import pytest
from support.generated import bundle_of

from iamglue.catalog.dependent_actions import dependent_actions
from iamglue.catalog.services import find_action
from iamglue.catalog.tables import table_rows


def notes_of(body: str) -> list[str]:
    return [note for note in bundle_of(body).notes if "AWS documents" in note]


def test_an_action_with_dependent_permissions_has_a_note_at_its_entry():
    (note,) = notes_of('calls:\n- textract: "*"\n  do: detect_document_text')
    assert note.startswith(
        "spec.yaml:6:3: AWS documents that some calls of `textract:DetectDocumentText` also need s3:GetObject"
    )


def test_actions_with_the_same_dependent_permissions_share_a_note():
    (note,) = notes_of('calls:\n- rekognition: "*"\n  do: [detect_labels, detect_faces]')
    assert "`rekognition:DetectFaces` and `rekognition:DetectLabels`" in note


@pytest.mark.parametrize(
    "granting",
    [
        "reads:\n- s3: scans",
        "raw:\n- {actions: ['s3:Get*'], resources: ['arn:aws:s3:::scans/*'], why: 'scans'}",
    ],
)
def test_what_another_item_grants_is_not_noted(granting):
    assert notes_of(f'calls:\n- textract: "*"\n  do: detect_document_text\n{granting}') == []


def test_only_what_is_missing_is_noted():
    (note,) = notes_of('calls:\n- ec2: "*"\n  do: create_launch_template_version\n- ssm: x\n  do: GetParameter')
    assert "ssm:GetParameters:" in note


def test_an_action_without_dependent_permissions_has_no_note():
    assert notes_of("reads:\n- s3: images\nwrites:\n- dynamodb: orders") == []


def test_every_action_of_the_table_exists():
    names = {
        f"{row['service']}:{name}" if ":" not in name else name
        for row in table_rows("dependent_actions")
        for name in f"{row['actions']} {row['dependent']}".split()
    }
    assert {name for name in names if find_action(name) is None} == set()


def test_every_row_is_found_by_its_actions():
    for row in table_rows("dependent_actions"):
        for name in row["actions"].split():
            assert dependent_actions(f"{row['service']}:{name}") == tuple(row["dependent"].split())
