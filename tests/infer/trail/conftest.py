"""The command line of `infer trail`, and what it wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from iamglue.cli.main import main


@dataclass(frozen=True)
class Ran:
    """One run."""

    code: int
    output: str
    notes: str

    @property
    def usage(self) -> dict[str, Any]:
        """The usage that was written."""
        return json.loads(self.output)

    @property
    def pairs(self) -> dict[tuple[str, str], int]:
        """How many requests there were for each action on each resource."""
        return {(row["action"], row["resource"]): row["count"] for row in self.usage["access"]}


@pytest.fixture
def trail() -> Callable[..., Ran]:
    def run(*arguments: Any) -> Ran:
        result = CliRunner().invoke(main, ["infer", "trail", "--jobs", "1", *map(str, arguments)])
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run
