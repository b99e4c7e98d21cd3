"""Evaluates the function calls of Terraform expressions.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.collection_functions import COLLECTION_FUNCTIONS
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.file_functions import FILE_FUNCTIONS
from iamglue.readers.terraform.hcl_syntax import HclCall
from iamglue.readers.terraform.text_functions import TEXT_FUNCTIONS
from iamglue.readers.terraform.values import UNKNOWN_ITEMS, has_known_items, is_invalid

# Functions that return a list: their unknown value stands for any number of items.
_LIST_FUNCTIONS = frozenset(
    {"concat", "distinct", "flatten", "keys", "compact", "setunion", "sort", "split", "toset", "tolist", "values"}
)


def call_function(reader: Evaluator, call: HclCall) -> Node:
    """The result of a function call; UNKNOWN for unknown arguments and for other functions."""
    name = call.name.removeprefix("core::")
    if name in ("try", "can"):
        return _try(reader, call, name)
    arguments = [reader.evaluate(argument) for argument in call.arguments]
    if call.is_expanded:
        last = arguments.pop()
        if not has_known_items(last):
            return _unknown_result(reader, call, name)
        arguments += last.items
    invalid = next(filter(is_invalid, arguments), None)
    if invalid is not None:
        return invalid
    result = _result(reader, call, name, arguments)
    length = len(result.text) if result is not None and result.kind is NodeKind.SCALAR else 0
    fits = reader.scope.budget.fits(length) and reader.scope.budget.consume(length)
    return result if result is not None and fits else _unknown_result(reader, call, name)


def _unknown_result(reader: Evaluator, call: HclCall, name: str) -> Node:
    """The result as unknown; of functions that return lists, as any number of unknown items."""
    return reader.unknown_node(call, UNKNOWN_ITEMS if name in _LIST_FUNCTIONS else None)


def _result(reader: Evaluator, call: HclCall, name: str, arguments: list[Node]) -> Node | None:
    """The result of a function that is known here; None if it is unknown, or the function is not known."""
    if name in FILE_FUNCTIONS:
        return FILE_FUNCTIONS[name](reader, arguments)
    factory = reader.factory(call)
    if name in TEXT_FUNCTIONS:
        return TEXT_FUNCTIONS[name](factory, arguments)
    if name in COLLECTION_FUNCTIONS:
        unknown_items = reader.unknown_node(call, UNKNOWN_ITEMS)
        items = [reader.items_of(argument) for argument in arguments]
        return COLLECTION_FUNCTIONS[name](factory, items, unknown_items)
    return None


def _try(reader: Evaluator, call: HclCall, name: str) -> Node:
    """The first argument that Terraform does not refuse; of `can`, whether the argument is one.

    An attribute of a resource or module, even if it is not known, is not refused.
    """
    for argument in call.arguments:
        value = reader.evaluate(argument)
        if is_invalid(value):
            continue
        may_be_refused = value.kind is NodeKind.UNKNOWN and not value.text.removeprefix("module.").startswith(
            ("aws_", "data.")
        )
        if may_be_refused and not (name == "try" and argument is call.arguments[-1]):
            return reader.unknown_node(call)
        return value if name == "try" else reader.factory(call).plain(True)
    return reader.unknown_node(call) if name == "try" else reader.factory(call).plain(False)
