"""Elements of lists and tuples in their order, as loops, slices, sums and `*arguments` need them."""

from __future__ import annotations

import ast

from iamglue.infer.code.python.abstract_objects import NOTHING, Site, Values
from iamglue.infer.code.python.containers import ANY, Container, new_list
from iamglue.infer.code.python.extern import elements_of
from iamglue.infer.code.python.strings import UNKNOWN_STRINGS, PiecesObject

_MAX_ORDERED = 16


def ordered_elements(values: Values, at: Site) -> list[Values] | None:
    """The elements one by one; None if they are not known, or many, or if there are several possible lists."""
    if len(values) != 1:
        return None
    function = getattr(next(iter(values)), "ordered_elements", None)
    elements: list[Values] | None = function(at) if function else None
    return elements if elements is not None and len(elements) <= _MAX_ORDERED else None


def concatenated_lists(left: Values, right: Values, kind: str, at: Site) -> Values:
    """The list `left + right`, in its order if all elements are known."""
    container = Container(kind, at.machine.site(at.node), at.unit.context)
    first, second = ordered_elements(left, at), ordered_elements(right, at)
    if first is not None and second is not None:
        for number, values in enumerate([*first, *second]):
            container.put(at, (str(number),), values)
    else:
        container.put(at, ANY, elements_of(left | right, at))
    return frozenset({container})


def slice_values(receivers: Values, written: ast.Slice, at: Site) -> Values:
    """What `values[lower:upper:step]` may be: the elements of a known list, else a list of any of the elements."""
    values: Values = NOTHING
    bounds = _bounds(written)
    for obj in receivers:
        if obj.as_text is not None:
            values |= UNKNOWN_STRINGS
        elif not isinstance(obj, Container | PiecesObject):
            values |= frozenset({obj})
        else:
            elements = ordered_elements(frozenset({obj}), at)
            is_known = elements is not None and bounds is not None
            part = elements[bounds] if elements is not None and bounds is not None else [obj.elements(at)]
            values |= frozenset({new_list(at, part, is_ordered=is_known)})
    return values


def _bounds(written: ast.Slice) -> slice | None:
    """The bounds of a slice; None if one of them is not written as a number."""
    numbers: list[int | None] = []
    for part in (written.lower, written.upper, written.step):
        try:
            number = ast.literal_eval(part) if part is not None else None
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
        if number is not None and not isinstance(number, int):
            return None
        numbers.append(number)
    return slice(*numbers) if numbers[2] != 0 else None
