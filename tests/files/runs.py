"""The command line in processes of its own, which a real signal strikes at a chosen step of its writing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from iamglue.cli.main import main

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


def run(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """`iamglue ARGUMENTS` in a directory, to its end."""
    return _process(["-m", "iamglue", *arguments], folder)


def struck(arguments: Sequence[str], folder: Path, number: int, step: int) -> tuple[int, str]:
    """Its exit code and stderr, in a process forked from this one, struck by a signal when so many steps are done.

    A step is a call that makes, opens, replaces or removes something; there may be fewer. With 0 nothing strikes.
    """
    told = folder.parent / "stderr"
    child = os.fork()
    if not child:
        code = 99
        try:
            code = _child(arguments, folder, told, number, step)
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code, told.read_text()


def _child(arguments: Sequence[str], folder: Path, told: Path, number: int, step: int) -> int:
    os.chdir(folder)
    os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    left = [step]

    def striking(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            made = function(*given, **named)
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), number)
            return made

        return run

    for name in ("open", "replace", "rename", "unlink", "mkdir"):
        setattr(os, name, striking(getattr(os, name)))
    try:
        main([*arguments])
    except SystemExit as ended:
        sys.stderr.flush()
        return int(ended.code or 0)
    return 98


def _process(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


# What a person does in their editor after a command has read its input, and before it writes.
_EDITED = """
import sys
from pathlib import Path
from iamglue.files import atomic_write as writing

edited, text = Path(sys.argv[1]), sys.argv[2]
lock_folder = writing.lock_folder

def after_an_edit(*given):
    edited.unlink() if text == "gone" else edited.write_text(text)
    return lock_folder(*given)

writing.lock_folder = after_an_edit
sys.argv = ["iamglue", *sys.argv[3:]]
from iamglue.cli.main import main
main()
"""


def edited(arguments: Sequence[str], folder: Path, path: str, text: str) -> subprocess.CompletedProcess[str]:
    """The same, while somebody writes `text` to a file, or removes it where the text is "gone"."""
    return _process(["-c", _EDITED, path, text, *arguments], folder)
