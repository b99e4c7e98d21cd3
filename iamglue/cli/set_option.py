"""The option `--set NAME=VALUE` for templates."""

from __future__ import annotations

from iamglue.errors import IamglueError
from iamglue.policy.parameter_values import check_parameter_value


def split_setting(text: str) -> tuple[str, str]:
    """Name and value of an option `--set`; the value may be empty. Raises IamglueError if it is malformed."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise IamglueError(f"--set `{text}`: expected NAME=VALUE")
    return name, value


def parse_setting(text: str) -> tuple[str, str]:
    """Name and value of an option `--set`. Raises IamglueError also for a value that could widen or break a policy."""
    name, value = split_setting(text)
    return name, check_parameter_value(f"--set {name}", value)
