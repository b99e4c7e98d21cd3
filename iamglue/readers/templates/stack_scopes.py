"""Names for the unknown values of stacks that are read together: those of two stacks are not taken for the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from iamglue.model.account import AttachedPolicy
from iamglue.policy.patterns.variables import deployment_parameter_names, parameter_of, substitute_parameters
from iamglue.readers.api_documents import parse_attached_policy

# In a nested stack, the unknown values of its parent have this scope; a logical ID has letters and digits only.
PARENT_SCOPE = "parent_stack"
_Value = TypeVar("_Value")


def stack_scope(path: str) -> str:
    """The scope of the unknown values of the stack whose template has this path."""
    return parameter_of(f"stack {path}")[2:-1]


def rename_unknown_values(text: str, scope: str, home: str = "", others: Collection[str] = ()) -> str:
    """The text with `${scope.Name}` in place of each parameter `${Name}`.

    Values of the scope `home` are without a scope in the result; those of `others` keep theirs.
    """
    if "${" not in text:
        return text
    return substitute_parameters(
        text, {name: f"${{{_scoped_name(name, scope, home, others)}}}" for name in deployment_parameter_names(text)}
    )


def _scoped_name(name: str, scope: str, home: str, others: Collection[str]) -> str:
    """A parameter's name in another stack: without the scope of that stack, or with that of its own."""
    first, _, rest = name.partition(".")
    if home and rest and first == home:
        return rest
    return name if first in others else f"{scope}.{name}"


def change_texts(value: _Value, change: Callable[[str], str]) -> _Value:
    """A value with all texts in its fields changed, also those of policies."""
    changed: _Value = _change_texts(value, change)
    return changed


def _change_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The value of a field with all texts in it changed; numbers, Booleans and None stay as they are."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_change_texts(item, change) for item in value)
    if isinstance(value, AttachedPolicy):
        arn, text = None if value.arn is None else change(value.arn), change(value.text)
        if (arn, text) == (value.arn, value.text):
            return value
        return replace(parse_attached_policy(value.name, text, arn), origin=value.origin)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _change_texts(getattr(value, field.name), change) for field in fields(value) if field.compare
        }
        return replace(value, **changed)
    return value
