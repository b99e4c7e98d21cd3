"""A policy document with its strings turned into what a format writes for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iamglue.errors import IamglueError
from iamglue.policy.document import policy_data
from iamglue.policy.model import Policy
from iamglue.policy.patterns.variables import TokenKind, tokenize


def map_document(policy: Policy, convert: Callable[[str], Any]) -> Any:
    """The plain data of `policy`, each string replaced by `convert` of it; keys stay as they are.

    Raises IamglueError as `fixed_keys` does.
    """
    return map_strings(require_fixed_keys(policy_data(policy)), convert)


def require_known(text: str) -> str:
    """`text`. Raises IamglueError when it holds what only a deployment knows, and the format has no deployment."""
    if any(token.kind in (TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER) for token in tokenize(text)):
        raise IamglueError(
            f"{text!r} holds what is not known yet",
            hint="give `--region` and `--account`, and `--set Name=value` for each parameter",
        )
    return text


def require_fixed_keys(data: Any) -> Any:
    """`data`. Raises IamglueError when a key of it holds `${`, as there is no way to substitute in a key."""
    if isinstance(data, dict):
        for key, value in data.items():
            _refuse_variable(key)
            require_fixed_keys(value)
    elif isinstance(data, list):
        for value in data:
            require_fixed_keys(value)
    return data


def map_strings(data: Any, convert: Callable[[str], Any]) -> Any:
    """`data` with each string that is no key replaced by `convert` of it."""
    if isinstance(data, dict):
        return {key: map_strings(value, convert) for key, value in data.items()}
    if isinstance(data, list):
        return [map_strings(value, convert) for value in data]
    return convert(data)


def _refuse_variable(key: str) -> None:
    if "${" in key:
        raise IamglueError(
            f"condition key {key!r} holds `${{`: neither IAM nor a document format substitutes in a key",
            hint="write the condition key out",
        )
