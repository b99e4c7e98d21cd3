"""What the real command line prints for an example's spec."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from execution.lambda_service import EXAMPLES


@cache
def printed(example: str, *options: str) -> str:
    """Standard output of `iamglue generate examples/EXAMPLE/spec.yaml OPTIONS`, which must succeed."""
    command = [sys.executable, "-m", "iamglue", "generate", f"{example}/spec.yaml", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    ran = subprocess.run(command, cwd=EXAMPLES, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


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
