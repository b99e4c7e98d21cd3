"""Methods of arrays, maps and promises, also of values of which the program only says that they have such methods."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    ELEMENTS,
    CallSite,
    call,
    call_unknown,
    elements,
    keys_of,
    member,
)
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.object_members import member_names
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    ScriptCollection,
    ScriptObject,
    Value,
    concatenate,
    join,
    join_all,
    literal_text,
    text_of,
)
from iamglue.infer.code.values import Text

PROMISE_METHODS = frozenset({"then", "catch", "finally"})
ListMethod = Callable[[ScriptMachine, Value, PassedArguments, CallSite], Value]


def call_list_method(
    machine: ScriptMachine, receiver: Text | ScriptObject, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """What a method of an array, map or promise gives."""
    value: Value = frozenset({receiver})
    method = LIST_METHODS.get(name)
    if isinstance(receiver, ScriptCollection) and receiver.kind == "map":
        method = _MAP_METHODS.get(name, method)
    if method is not None:
        return method(machine, value, arguments, site)
    return call_unknown(machine, arguments) if not isinstance(receiver, ScriptCollection) or arguments.values else EMPTY


def new_list(machine: ScriptMachine, site: CallSite, items: Value) -> Value:
    """The list that a call makes, of elements whose order is not known."""
    made = machine.new_object(site, "array")
    machine.set_field(made, ELEMENTS, items)
    return frozenset({made})


def _callback(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """Call the argument with the elements, each of a few objects by itself; gives what it returns."""

    def run(item: Value) -> Value:
        return call(machine, arguments.at(0), PassedArguments((item, UNKNOWN, value)), site)

    return machine.one_by_one(elements(machine, value), run)


def _map(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    return new_list(machine, site, _callback(machine, value, arguments, site))


def _flat_map(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    given = _callback(machine, value, arguments, site)
    return new_list(machine, site, join(elements(machine, given), _texts(given)))


def _texts(value: Value) -> Value:
    """The literal texts of a value, which are not lists."""
    return frozenset(option for option in value if literal_text(option) is not None)


def _same_elements(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """`filter`, `slice` and the like: a list with the same elements."""
    if arguments.values:
        _callback(machine, value, arguments, site)
    return new_list(machine, site, elements(machine, value))


def _reordered(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """`sort` and `reverse`: the list itself, in which each element may be at any index."""
    if arguments.values:
        _callback(machine, value, arguments, site)
    _lose_order(machine, value)
    return value


def _shift(machine: ScriptMachine, value: Value, _arguments: PassedArguments, _site: CallSite) -> Value:
    _lose_order(machine, value)
    return elements(machine, value)


def _unshift(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """Add elements at the start, after which each element may be at any index."""
    result = _push(machine, value, arguments, site)
    _lose_order(machine, value)
    return result


def _lose_order(machine: ScriptMachine, value: Value) -> None:
    """Take the effect of a change after which any element may be at an index."""
    for option in value:
        for name in machine.field_names(option) if isinstance(option, ScriptCollection) else ():
            if isinstance(option, ScriptCollection) and name.isdigit():
                machine.set_field(option, name, machine.read((option, ELEMENTS)))


def _element(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """`find`, `pop` and the like: one of the elements."""
    if arguments.values:
        _callback(machine, value, arguments, site)
    return elements(machine, value)


def _walk(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """`forEach`, `some` and the like, whose value is of no interest."""
    _callback(machine, value, arguments, site)
    return UNKNOWN


def _reduce(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """The start, or what the function returns, which it is given again as the total so far."""
    key = ("reduced", site, machine.current)
    start = arguments.at(1) if len(arguments.values) > 1 else elements(machine, value)
    machine.write(key, start)
    given = PassedArguments((machine.read(key), elements(machine, value), UNKNOWN, value))
    machine.write(key, call(machine, arguments.at(0), given, site))
    return machine.read(key)


def _push(machine: ScriptMachine, value: Value, arguments: PassedArguments, _site: CallSite) -> Value:
    """Add the arguments to the elements; a list has no known length afterwards."""
    for option in value:
        if isinstance(option, ScriptCollection):
            machine.set_field(option, ELEMENTS, join_all([*arguments.values, arguments.rest]))
    return UNKNOWN


def _splice(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """`list.splice(start, count, ...added)`: the elements that it removes, of which it is not known which they are."""
    added = PassedArguments(arguments.values[2:], arguments.rest, arguments.is_open)
    _unshift(machine, value, added, site)
    return new_list(machine, site, elements(machine, value))


def _to_spliced(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """`list.toSpliced(start, count, ...added)`: a list with elements of both."""
    return new_list(machine, site, join_all([elements(machine, value), *arguments.values[2:], arguments.rest]))


def _concat(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """A list of the elements, and of the arguments: of their elements if they are lists."""
    parts = [elements(machine, value)]
    for given in (*arguments.values, arguments.rest):
        lists: Value = frozenset(
            option for option in given if isinstance(option, ScriptCollection) and option.kind == "array"
        )
        parts += [elements(machine, lists), given - lists]
    return new_list(machine, site, join_all(parts))


def _flat(machine: ScriptMachine, value: Value, _arguments: PassedArguments, site: CallSite) -> Value:
    inner = elements(machine, value)
    return new_list(machine, site, join(elements(machine, inner), _texts(inner)))


def _entries(machine: ScriptMachine, value: Value, _arguments: PassedArguments, site: CallSite) -> Value:
    return pairs(machine, site, member_names(machine, value), member(machine, value, ANY_KEY))


def pairs(machine: ScriptMachine, site: CallSite, names: Value, values: Value) -> Value:
    """A list of pairs of names and values."""
    pair = machine.new_object((site, "pair"), "array")
    machine.set_field(pair, "0", names)
    machine.set_field(pair, "1", values)
    machine.set_field(pair, ELEMENTS, join(names, values))
    return new_list(machine, site, frozenset({pair}))


def _values(machine: ScriptMachine, value: Value, _arguments: PassedArguments, site: CallSite) -> Value:
    return new_list(machine, site, join(elements(machine, value), member(machine, value, ANY_KEY)))


def _names(machine: ScriptMachine, value: Value, _arguments: PassedArguments, site: CallSite) -> Value:
    return new_list(machine, site, member_names(machine, value))


def _then(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """`promise.then(done, failed)`: a promise is what it gives."""
    result = call(machine, arguments.at(0), PassedArguments((value,)), site) if arguments.at(0) else value
    return join(result, call(machine, arguments.at(1), PassedArguments((UNKNOWN,)), site))


def _catch(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    return join(value, call(machine, arguments.at(0), PassedArguments((UNKNOWN,)), site))


def _finally(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    call(machine, arguments.at(0), PassedArguments(), site)
    return value


def _get(machine: ScriptMachine, value: Value, arguments: PassedArguments, _site: CallSite) -> Value:
    return join_all([member(machine, value, name) for name in keys_of(arguments.at(0))])


def _set(machine: ScriptMachine, value: Value, arguments: PassedArguments, _site: CallSite) -> Value:
    """`map.set(key, value)`: the map, with the value at each key that it may be."""
    for option in value:
        for name in keys_of(arguments.at(0)) if isinstance(option, ScriptCollection) else ():
            assert isinstance(option, ScriptCollection)  # noqa: S101 - for the type checker
            machine.set_field(option, name, arguments.at(1))
    return value


def _walk_map(machine: ScriptMachine, value: Value, arguments: PassedArguments, site: CallSite) -> Value:
    """Call the argument with the values and keys of a map."""
    given = PassedArguments((member(machine, value, ANY_KEY), member_names(machine, value), value))
    call(machine, arguments.at(0), given, site)
    return UNKNOWN


def _join_text(machine: ScriptMachine, value: Value, arguments: PassedArguments, _site: CallSite) -> Value:
    """`[a, b].join("-")` as a text, if the elements are those that the program writes."""
    result = EMPTY
    for option in value:
        names = machine.field_names(option) if isinstance(option, ScriptCollection) else []
        numbers = [name for name in names if name != ELEMENTS]
        written = join_all([machine.read((option, name)) for name in numbers])
        if not numbers or machine.read((option, ELEMENTS)) != written or numbers != list(map(str, range(len(numbers)))):
            result = join(result, UNKNOWN)
            continue
        parts: list[Value] = []
        for name in numbers:
            parts += [arguments.at(0) or text_of(",")] * (name != "0")
            parts.append(machine.read((option, name)))
        result = join(result, concatenate(parts))
    return result


LIST_METHODS: dict[str, ListMethod] = {
    "map": _map,
    "flatMap": _flat_map,
    "flat": _flat,
    "reduce": _reduce,
    "reduceRight": _reduce,
    "concat": _concat,
    "splice": _splice,
    "toSpliced": _to_spliced,
    "entries": _entries,
    "values": _values,
    "keys": _names,
    "then": _then,
    "catch": _catch,
    "finally": _finally,
    "join": _join_text,
    **dict.fromkeys(("filter", "slice", "toSorted", "toReversed"), _same_elements),
    **dict.fromkeys(("sort", "reverse"), _reordered),
    **dict.fromkeys(("find", "findLast", "pop", "at", "next"), _element),
    "shift": _shift,
    "unshift": _unshift,
    **dict.fromkeys(("forEach", "some", "every", "findIndex"), _walk),
    **dict.fromkeys(("push", "add"), _push),
}
_MAP_METHODS: dict[str, ListMethod] = {"get": _get, "set": _set, "forEach": _walk_map}
