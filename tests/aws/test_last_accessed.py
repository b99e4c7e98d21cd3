"""Last-accessed data: asked for at action level, waited for, and told where it cannot be had."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aws.deployed import ROLE_ARN
from aws.door import error, opened

from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.last_accessed import collect_last_accessed
from iamglue.aws.subject_reader import DELETED_WHILE_READ
from iamglue.model.account import Role
from iamglue.model.usage import LastAccessed
from iamglue.readers.api_documents import parse_attached_policy

ROLE = Role("photos-role", ROLE_ARN, parse_attached_policy("trust policy", "{}"), created="2026-01-01T00:00:00Z")
ENDED = datetime(2026, 11, 1, tzinfo=UTC)
USED = datetime(2026, 10, 1, 12, tzinfo=UTC)
GENERATE, GET = "iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"
S3 = {
    "ServiceNamespace": "s3",
    "LastAuthenticated": USED,
    "TrackedActionsLastAccessed": [{"ActionName": "PutObject", "LastAccessedTime": USED}, {"ActionName": "GetObject"}],
}
SQS = {"ServiceNamespace": "sqs"}


@pytest.fixture
def door(monkeypatch):
    found = opened(monkeypatch)
    found.answers[GENERATE] = lambda _: {"JobId": "job"}
    return found


def pages(door, *found):
    left = list(found)
    door.answers[GET] = lambda given: door.asked.append(str(given.get("Marker"))) or left.pop(0)


def read(waits=None):
    return collect_last_accessed(CollectRequest(), (ROLE,), sleep=(waits if waits is not None else []).append)


def done(*services, **more):
    return {"JobStatus": "COMPLETED", "JobCompletionDate": ENDED, "ServicesLastAccessed": list(services), **more}


def test_services_and_tracked_actions_are_told_with_when_they_were_last_used(door):
    pages(door, done(S3, SQS))
    found, gaps = read()
    since, used = ROLE.created, "2026-10-01T12:00:00Z"
    assert gaps == ()
    assert found == (
        LastAccessed(ROLE_ARN, "s3", None, used, since),
        LastAccessed(ROLE_ARN, "s3", "s3:PutObject", used, since),
        LastAccessed(ROLE_ARN, "s3", "s3:GetObject", None, since),
        LastAccessed(ROLE_ARN, "sqs", None, None, since),
    )


def test_the_report_is_asked_for_at_action_level(door):
    door.answers[GENERATE] = lambda given: door.asked.append(given["Granularity"]) or {"JobId": "job"}
    pages(door, done())
    read()
    assert "ACTION_LEVEL" in door.asked


def test_a_report_is_waited_for(door):
    pages(door, {"JobStatus": "IN_PROGRESS"}, {"JobStatus": "IN_PROGRESS"}, done(SQS))
    waits = []
    assert len(read(waits)[0]) == 1
    assert waits == [0.5, 1.0]


def test_all_pages_are_read(door):
    pages(door, done(S3, IsTruncated=True, Marker="next"), done(SQS))
    assert [each.service for each in read()[0]] == ["s3", "s3", "s3", "sqs"]
    assert "next" in door.asked


def test_a_report_that_is_never_ready_is_told(door):
    door.answers[GET] = lambda _: {"JobStatus": "IN_PROGRESS"}
    found, (gap,) = read()
    assert found == ()
    assert "within 120 seconds" in gap.reason


def test_a_report_that_iam_cannot_make_is_told(door):
    pages(door, {"JobStatus": "FAILED", "Error": {"Message": "too much", "Code": "x"}})
    assert "too much" in read()[1][0].reason


@pytest.mark.parametrize("action", [GENERATE, GET])
def test_a_permission_that_is_missing_is_named(action, door):
    pages(door, done(S3))
    door.answers[action] = error("AccessDenied")
    found, (gap,) = read()
    assert (found, gap.what, gap.subject.arn) == ((), action, ROLE_ARN)
    assert f"the permission {action} is missing" in gap.reason


def test_a_role_that_is_gone_is_told(door):
    door.answers[GENERATE] = error("NoSuchEntity")
    assert read()[1][0].reason == DELETED_WHILE_READ


@pytest.mark.usefixtures("aws")
def test_an_emulation_of_aws_that_has_no_such_report_is_a_gap():
    assert "does not implement" in read()[1][0].reason
