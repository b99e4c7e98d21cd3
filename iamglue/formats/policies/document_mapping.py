"""Policy documents with every string converted to the representation of an output format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iamglue.errors import IamglueError
from iamglue.policy.document import policy_data
from iamglue.policy.model import Policy
from iamglue.policy.patterns.variables import has_named_parameters


def map_document(policy: Policy, convert: Callable[[str], Any]) -> Any:
    """Plain data of `policy` with `convert` applied to each string value; keys are unchanged.

    Raises IamglueError as `require_fixed_keys` does.
    """
    return map_strings(require_fixed_keys(policy_data(policy)), convert)


def require_known(text: str) -> str:
    """Return `text`. Raises IamglueError if it contains a parameter, for formats that have no deployment parameters."""
    if has_named_parameters(text):
        raise IamglueError(
            f"{text!r} contains a parameter without a value",
            hint="give `--region` and `--account`, and `--set Name=value` for each parameter",
        )
    return text


def require_fixed_keys(data: Any) -> Any:
    """Return `data`. Raises IamglueError if a key contains `${`: no format can substitute in a key."""
    if isinstance(data, dict):
        for key, value in data.items():
            _reject_variable(key)
            require_fixed_keys(value)
    elif isinstance(data, list):
        for value in data:
            require_fixed_keys(value)
    return data


def map_strings(data: Any, convert: Callable[[str], Any]) -> Any:
    """`data` with `convert` applied to each string value; keys are unchanged."""
    if isinstance(data, dict):
        return {key: map_strings(value, convert) for key, value in data.items()}
    if isinstance(data, list):
        return [map_strings(value, convert) for value in data]
    return convert(data)


def _reject_variable(key: str) -> None:
    """Raise IamglueError for a key with `${`."""
    if "${" in key:
        raise IamglueError(
            f"condition key {key!r} contains `${{`: IAM and the document formats do not substitute in a key",
            hint="write the full condition key",
        )
