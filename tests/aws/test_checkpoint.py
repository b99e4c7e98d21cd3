"""A run that was cut short goes on where it stopped."""

from __future__ import annotations

import json
import os
import signal
import stat
from datetime import UTC, datetime, timedelta

import pytest
from aws.deployed import ROLE_ARN, deploy, deploy_function, deploy_role
from aws.door import error, opened, raised
from moto import mock_aws

from iamglue.aws.checkpoint import Checkpoint
from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.errors import IamglueError

ACCOUNT = "123456789012"
EXPIRED = error("ExpiredToken", "The token is expired")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoint"


@pytest.fixture(scope="module")
def account():
    """Everything deployed once: what is read changes nothing."""
    with mock_aws():
        deploy()
        deploy_function("other", ROLE_ARN)
        deploy_role("idle")
        yield


@pytest.fixture
def door(account, shared_clients, monkeypatch):
    return opened(monkeypatch)


def everything(path):
    return collect(CollectRequest(everything=True, checkpoint=path))


def test_what_was_read_is_not_read_again_and_the_account_is_the_same(door, path):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    door.answers.clear()
    door.asked.clear()
    resumed = everything(path)
    assert "lambda:GetPolicy" not in door.asked
    assert "iam:GetRole" in door.asked
    whole = collect(CollectRequest(everything=True))
    assert (resumed.functions, resumed.roles, resumed.gaps) == (whole.functions, whole.roles, ())


def test_what_failed_is_asked_again(door, path):
    door.answers["lambda:ListTags"] = error("AccessDeniedException")
    first = everything(path)
    door.answers.clear()
    door.asked.clear()
    second = everything(path)
    assert first.gaps
    assert second.gaps == ()
    assert door.asked.count("lambda:ListTags") == 2
    assert "iam:GetRole" not in door.asked


def test_a_run_that_is_done_leaves_no_file(door, path):
    everything(path)
    assert not path.exists()


def test_an_interrupted_run_keeps_what_it_read(door, path):
    door.answers["iam:ListRoles"] = raised(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        everything(path)
    assert len(path.read_text().splitlines()) > 2


def test_the_file_is_the_users_alone_and_holds_no_values(door, path):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    assert path.stat().st_mode & 0o077 == 0
    assert "never-shown" not in path.read_text()


def test_a_line_that_was_cut_off_is_left_out(door, path):
    door.answers["iam:ListRoles"] = EXPIRED
    everything(path)
    path.write_text(path.read_text()[:-30])
    door.answers.clear()
    assert len(everything(path).functions) == 2


def test_every_prefix_of_a_file_is_gone_on_from(door, path):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    door.answers.clear()
    text = path.read_text()
    whole = collect(CollectRequest(everything=True))
    for cut in range(text.index("\n") + 1, len(text), 211):
        path.write_text(text[:cut])
        assert everything(path).functions == whole.functions


def test_each_document_is_kept_once(door, path):
    door.answers["organizations:DescribeOrganization"] = error("AccessDeniedException")
    everything(path)
    documents = [line for line in path.read_text().splitlines() if line.startswith('{"document"')]
    assert len(documents) == len(set(documents))


def test_an_account_is_as_old_as_the_first_of_the_runs(door, path):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    head, rest = path.read_text().split("\n", 1)
    started = (datetime.now(UTC) - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    path.write_text(json.dumps({**json.loads(head), "started": started}) + "\n" + rest)
    door.answers.clear()
    assert everything(path).collected == started


def test_what_is_older_than_a_day_is_read_anew(door, path):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    head, rest = path.read_text().split("\n", 1)
    started = (datetime.now(UTC) - timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M:%SZ")
    path.write_text(json.dumps({**json.loads(head), "started": started}) + "\n" + rest)
    door.answers.clear()
    door.asked.clear()
    everything(path)
    assert "lambda:GetPolicy" in door.asked


@pytest.mark.parametrize(
    "text", ["not ours\n", "[]\n", '{"version": 2}\n', '{"version": 1, "started": null}\n', "half"]
)
def test_a_file_that_is_something_else_is_not_written_over(door, path, text):
    path.write_text(text)
    with pytest.raises(IamglueError):
        everything(path)
    assert path.read_text() == text


def test_another_accounts_file_is_not_gone_on_from(door, path):
    started = "2026-11-25T00:00:00Z"
    path.write_text(json.dumps({"version": 1, "account": "1", "region": "eu-west-1", "started": started}) + "\n")
    with pytest.raises(IamglueError, match="account 1 in eu-west-1"):
        everything(path)


def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(door, tmp_path):
    with pytest.raises(IamglueError, match="cannot write"):
        everything(tmp_path / "nowhere" / "checkpoint")
    assert door.asked == ["sts:GetCallerIdentity"]


def test_what_was_read_is_for_its_owner_alone(path):
    Checkpoint(path, ACCOUNT, "eu-west-1").close(done=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_there_keeps_its_mode_and_a_link_goes_on_leading_to_it(path, tmp_path):
    Checkpoint(path, ACCOUNT, "eu-west-1").close(done=False)
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    Checkpoint(link, ACCOUNT, "eu-west-1").close(done=False)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert {each.name for each in tmp_path.iterdir()} == {"checkpoint", "link"}


def test_two_runs_do_not_keep_what_they_read_in_one_file(path):
    first = Checkpoint(path, ACCOUNT, "eu-west-1")
    before = path.read_bytes()
    with pytest.raises(IamglueError, match="another run is using"):
        Checkpoint(path, ACCOUNT, "eu-west-1")
    assert path.read_bytes() == before
    first.close(done=False)
    Checkpoint(path, ACCOUNT, "eu-west-1").close(done=True)
    assert not path.exists()


@pytest.mark.parametrize("step", range(1, 5))
def test_a_run_that_is_killed_as_it_begins_loses_nothing_of_what_was_kept(door, path, step):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    before = path.read_bytes()
    child = os.fork()
    if not child:
        try:
            _die_at(step)
            Checkpoint(path, ACCOUNT, "eu-west-1")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert path.read_bytes() == before
    Checkpoint(path, ACCOUNT, "eu-west-1").close(done=False)
    assert ([each.name for each in path.parent.iterdir()], path.read_bytes()) == ([path.name], before)


def _die_at(step):
    """Be killed when so many files were opened or replaced."""
    left = [step]

    def deadly(function):
        def run(*given, **named):
            made = function(*given, **named)
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return made

        return run

    for name in ("open", "replace", "rename"):
        setattr(os, name, deadly(getattr(os, name)))


@pytest.mark.parametrize(
    "line",
    [
        '{"document": 3}',
        '{"document": null}',
        '{"role": 3}',
        '{"role": {"name": "r"}}',
        '{"role": {"name": "r", "arn": "x", "trust": {"name": "t", "document": 9000}}}',
        '{"function": {"name": [], "arn": {}, "role_arn": ""}}',
    ],
)
def test_a_line_of_wrong_types_is_named_and_nothing_is_written_over(line, door, path):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    text = path.read_text() + line + "\n"
    path.write_text(text)
    with pytest.raises(IamglueError, match="not a checkpoint of an earlier run"):
        everything(path)
    assert path.read_text() == text


def test_a_line_of_nested_brackets_is_taken_for_one_that_was_cut_off(door, path):
    door.answers["iam:GetRole"] = EXPIRED
    everything(path)
    path.write_text(path.read_text() + "[" * 100_000 + "\n")
    door.answers.clear()
    assert len(everything(path).functions) == 2


def test_a_head_of_nested_brackets_is_no_checkpoint(door, path):
    path.write_text("[" * 100_000 + "\n")
    with pytest.raises(IamglueError, match="not a checkpoint of an earlier run"):
        everything(path)


def test_a_full_disk_is_told(door, path):
    kept = Checkpoint(path, ACCOUNT, "eu-west-1")
    value = everything(None).functions[0]
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a disk without room
        os.dup2(full.fileno(), kept._file.fileno())
        with pytest.raises(IamglueError, match="the checkpoint cannot be written: no space left on device"):
            kept.add(value)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_told(make, door, path):
    make(path)
    with pytest.raises(IamglueError, match="the checkpoint cannot be written"):
        everything(path)
