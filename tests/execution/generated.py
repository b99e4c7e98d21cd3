"""What the real command line prints for an example's spec."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from execution.lambda_service import EXAMPLES
from support.forked import run_forked


@cache
def printed(example: str, *options: str) -> str:
    """Standard output of `iamglue generate examples/EXAMPLE/spec.yaml OPTIONS`, which must succeed."""
    ran = run_forked(["generate", f"{example}/spec.yaml", *options], EXAMPLES, before=_forget_credentials)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.decode()


def _forget_credentials() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def policy(example: str) -> dict[str, Any]:
    """The identity policy that the command line generates, a new value each time."""
    parsed: dict[str, Any] = json.loads(printed(example))
    return parsed


def trust(example: str) -> dict[str, Any]:
    """The trust policy that the command line generates."""
    parsed: dict[str, Any] = json.loads(printed(example, "--only", "trust"))
    return parsed


def without(document: dict[str, Any], action: str) -> dict[str, Any]:
    """The policy with one action taken out wherever it stands, and no statement left empty."""
    statements = []
    for statement in document["Statement"]:
        actions = [one for one in statement["Action"] if one != action]
        if actions:
            statements.append(statement | {"Action": actions})
    return document | {"Statement": statements}
