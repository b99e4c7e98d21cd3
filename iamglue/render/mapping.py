"""A policy document with its strings turned into what a format writes for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iamglue.errors import IamglueError
from iamglue.iam.document import document
from iamglue.iam.policies import Policy


def mapped_document(policy: Policy, convert: Callable[[str], Any]) -> Any:
    """The plain data of `policy`, each string replaced by `convert` of it; keys stay as they are.

    Raises IamglueError as `fixed_keys` does.
    """
    return _mapped(fixed_keys(document(policy)), convert)


def fixed_keys(data: Any) -> Any:
    """`data`. Raises IamglueError when a key of it holds `${`, as there is no way to substitute in a key."""
    if isinstance(data, dict):
        for key, value in data.items():
            _refuse_variable(key)
            fixed_keys(value)
    elif isinstance(data, list):
        for value in data:
            fixed_keys(value)
    return data


def _mapped(data: Any, convert: Callable[[str], Any]) -> Any:
    if isinstance(data, dict):
        return {key: _mapped(value, convert) for key, value in data.items()}
    if isinstance(data, list):
        return [_mapped(value, convert) for value in data]
    return convert(data)


def _refuse_variable(key: str) -> None:
    if "${" in key:
        raise IamglueError(
            f"condition key {key!r} holds `${{`: neither IAM nor a document format substitutes in a key",
            hint="write the condition key out",
        )
