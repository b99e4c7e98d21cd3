"""The command line in processes of its own, which a real signal strikes at a chosen step of its writing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from support.forked import run_forked

from iamglue.files import atomic_write

ROLE = "arn:aws:iam::123456789012:role/images"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:images"
SPEC = """\
iamglue: 1
account: "123456789012"
region: eu-west-1
functions:
  images:
    reads:
      - s3: pictures
  tables:
    writes:
      - dynamodb: rows
"""


def document(actions: Sequence[str]) -> str:
    """An identity policy of one statement, with line ends as an editor leaves them."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "arn:aws:s3:::pictures/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"


# `lint --fix` takes the second action away.
FAULTY = document(["s3:Get*", "s3:GetObject"])
MENDED = document(["s3:Get*"])


def export() -> str:
    """What `aws iam get-account-authorization-details` prints of an account with one role, which is too broad."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    broad = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    role = {
        "RoleName": "images",
        "Arn": ROLE,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [
            {"PolicyName": "all", "PolicyDocument": {"Version": "2012-10-17", "Statement": [broad]}},
        ],
        "AttachedManagedPolicies": [],
        "InstanceProfileList": [],
        "Tags": [],
    }
    return json.dumps({"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [], "Policies": []})


def functions() -> str:
    """What `aws lambda list-functions` prints of the account's one function."""
    return json.dumps({"Functions": [{"FunctionName": "images", "FunctionArn": FUNCTION, "Role": ROLE}]})


def fill(folder: Path) -> Path:
    """A directory with inputs for every command, and old files where they write."""
    folder.mkdir()
    for name in ("a.json", "b.json", "c.json"):
        (folder / "policies" / name).parent.mkdir(exist_ok=True)
        (folder / "policies" / name).write_text(FAULTY)
    inputs = {"spec.yaml": SPEC, "details.json": export(), "functions.json": functions(), "policy.json": FAULTY}
    for name, text in inputs.items():
        (folder / name).write_text(text)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a directory with what it holds; directories end in `/`."""
    return {
        f"{path.relative_to(folder)}{'/' if path.is_dir() else ''}": b"" if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def run(arguments: Sequence[str], folder: Path, before: Callable[[], None] | None = None) -> CompletedProcess[str]:
    """`iamglue ARGUMENTS` in a directory, to its end; `before` is called in its process first."""
    ended = run_forked(arguments, folder, before=before)
    return CompletedProcess(ended.args, ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def struck(arguments: Sequence[str], folder: Path, number: int, step: int) -> tuple[int, str]:
    """Its exit code and stderr when it is struck by a signal when so many steps are done.

    A step is a call that makes, opens, replaces or removes something; there may be fewer. With 0 nothing strikes.
    """

    def strike(done: int) -> None:
        if done == step:
            os.kill(os.getpid(), number)

    ended = run(arguments, folder, lambda: after_each_step(strike))
    return ended.returncode, ended.stderr


def copied(arguments: Sequence[str], folder: Path, copies: Path, steps: Callable[[int], bool]) -> int:
    """Its exit code; `copies` has a copy of the directory, as SIGKILL would have left it, after each of these steps."""

    def copy(done: int) -> None:
        if steps(done):
            shutil.copytree(folder, copies / f"{done:03}", symlinks=True)

    copies.mkdir()
    return run(arguments, folder, lambda: after_each_step(copy)).returncode


def after_each_step(act: Callable[[int], None]) -> None:
    """From now on, call `act` after each step of this process with the number of steps that are done."""
    done = 0
    acting = False

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal done, acting
            made = function(*given, **named)
            if not acting:
                done += 1
                acting = True
                act(done)
                acting = False
            return made

        return call

    for name in ("open", "replace", "rename", "unlink", "mkdir"):
        setattr(os, name, counted(getattr(os, name)))


def edited(arguments: Sequence[str], folder: Path, path: str, text: str) -> CompletedProcess[str]:
    """The same, while somebody writes `text` to a file, or removes it where the text is "gone".

    They do it after the command has read its input, and before it writes.
    """
    lock_folder = atomic_write.lock_folder

    def after_an_edit(*given: Any) -> Any:
        Path(path).unlink() if text == "gone" else Path(path).write_text(text)
        return lock_folder(*given)

    def edit() -> None:
        atomic_write.lock_folder = after_an_edit

    return run(arguments, folder, edit)
