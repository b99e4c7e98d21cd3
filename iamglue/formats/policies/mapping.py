"""A policy document with its strings turned into what a format writes for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iamglue.errors import IamglueError
from iamglue.policy.document import document
from iamglue.policy.model import Policy
from iamglue.policy.patterns.variables import Kind, tokens


def mapped_document(policy: Policy, convert: Callable[[str], Any]) -> Any:
    """The plain data of `policy`, each string replaced by `convert` of it; keys stay as they are.

    Raises IamglueError as `fixed_keys` does.
    """
    return mapped(fixed_keys(document(policy)), convert)


def known(text: str) -> str:
    """`text`. Raises IamglueError when it holds what only a deployment knows, and the format has no deployment."""
    if any(token.kind in (Kind.PARAMETER, Kind.PSEUDO) for token in tokens(text)):
        raise IamglueError(
            f"{text!r} holds what is not known yet",
            hint="give `--region` and `--account`, and `--set Name=value` for each parameter",
        )
    return text


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


def mapped(data: Any, convert: Callable[[str], Any]) -> Any:
    """`data` with each string that is no key replaced by `convert` of it."""
    if isinstance(data, dict):
        return {key: mapped(value, convert) for key, value in data.items()}
    if isinstance(data, list):
        return [mapped(value, convert) for value in data]
    return convert(data)


def _refuse_variable(key: str) -> None:
    if "${" in key:
        raise IamglueError(
            f"condition key {key!r} holds `${{`: neither IAM nor a document format substitutes in a key",
            hint="write the condition key out",
        )
