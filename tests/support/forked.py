"""The command line in a process forked from this one, which has the modules and tables that take most of a short run.

The process has its own working directory, standard streams and exit code. It does not show how Python itself starts.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from click.testing import CliRunner

from iamglue.cli.main import main

_FAILED_TO_RUN = 99
# The exit code of Python when what is left in the buffer of stdout cannot be written.
_FAILED_TO_FLUSH = 120
_POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}]}'
_SPEC = "iamglue: 1\nfunction: f\nregion: eu-west-1\naccount: '123456789012'\nreads:\n  - s3: images\n"
_ROLE = {
    "RoleName": "r",
    "Arn": "arn:aws:iam::123456789012:role/r",
    "AssumeRolePolicyDocument": {"Statement": []},
    "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": json.loads(_POLICY)}],
}
_FUNCTION = {
    "FunctionName": "f",
    "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
    "Role": _ROLE["Arn"],
}
_INPUTS = {
    "policy.json": _POLICY,
    "spec.yaml": _SPEC,
    "details.json": json.dumps({"RoleDetailList": [_ROLE], "Policies": []}),
    "functions.json": json.dumps({"Functions": [_FUNCTION]}),
}
_AUDIT = "audit --input details.json --functions functions.json --spec spec.yaml"
_COMMANDS = (
    "lint .",
    "lint policy.json --fix --unsafe-fixes --diff",
    *(f"lint policy.json --format {name}" for name in ("json", "sarif", "junit", "github", "gitlab", "markdown")),
    "generate spec.yaml --prove --explain",
    *(
        f"generate spec.yaml --format {name}"
        for name in ("cloudformation", "sam", "terraform", "serverless", "aws-cli")
    ),
    f"{_AUDIT} --suggest suggested",
    *(f"{_AUDIT} --format {name}" for name in ("json", "sarif", "junit", "markdown", "html")),
    "diff policy.json policy.json",
    "can policy.json --action s3:GetObject --resource arn:aws:s3:::a/b",
    "compact policy.json",
    "init new.yaml --function f",
)


def run_forked(
    arguments: Sequence[str | Path],
    folder: Path,
    *,
    before: Callable[[], None] | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    encoding: str = "utf-8",
) -> subprocess.CompletedProcess[bytes]:
    """Run `iamglue ARGUMENTS` in a directory and return its exit code and output.

    `before` is called in the new process first. `stdout` and `stderr` are descriptors for its output, which is then not
    returned. `encoding` is that of the standard streams.
    """
    _warm_up()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = os.fork()
        if not child:
            code = _FAILED_TO_RUN
            try:
                os.chdir(folder)
                _set_streams(
                    output.fileno() if stdout is None else stdout,
                    errors.fileno() if stderr is None else stderr,
                    encoding,
                )
                code = _run([str(argument) for argument in arguments], before)
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return subprocess.CompletedProcess(list(arguments), code, _content(output), _content(errors))


def become_nobody() -> None:
    """Go on as a user who may not read what others have closed, which root may: for `before`.

    The process needs no more modules, which that user might not be allowed to read either.
    """
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


@cache
def _warm_up() -> None:
    """Run every command once in this process, so that each fork of it has the modules and the tables."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name, text in _INPUTS.items():
            Path(name).write_text(text, encoding="utf-8")
        for command in _COMMANDS:
            ran = CliRunner().invoke(main, command.split())
            assert ran.exit_code in (0, 1, 3), (command, ran.output)


def _set_streams(stdout: int, stderr: int, encoding: str) -> None:
    """Set the standard streams as Python does at its start: descriptors and files."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    sys.stdin = open(0, encoding=encoding)  # noqa: SIM115 - until the process ends
    sys.stdout = open(1, "w", encoding=encoding)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding=encoding, errors="backslashreplace", buffering=1)  # noqa: SIM115


def _run(arguments: list[str], before: Callable[[], None] | None) -> int:
    """Run the program to its end and return its exit code; pytest's own settings of warnings are reset."""
    warnings.resetwarnings()
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    sys.argv = ["iamglue", *arguments]
    if before:
        before()
    code = 0
    try:
        main(prog_name="iamglue")
    except SystemExit as ended:
        code = int(ended.code or 0)
    try:
        sys.stdout.flush()
    except OSError as error:  # as Python says it at its end
        sys.stderr.write(f"Exception ignored in: {sys.stdout!r}\n{error!r}\n")
        code = _FAILED_TO_FLUSH
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    return code


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
