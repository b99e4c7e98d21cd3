"""Functions of the language: of objects, promises, lists, texts and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

from iamglue.infer.code.javascript.evaluate_modules import json_value
from iamglue.infer.code.javascript.evaluation import (
    ANY_KEY,
    CallSite,
    call,
    call_unknown,
    elements,
    keys_of,
    member,
)
from iamglue.infer.code.javascript.list_methods import new_list, pairs
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.member_changes import add_spread, set_member
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.object_members import member_names
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    PackageMember,
    PromiseSettler,
    ScriptCollection,
    Value,
    join,
    join_all,
    literal_texts,
    placeholder,
    single_placeholder,
)
from iamglue.infer.code.javascript.syntax import New
from iamglue.infer.code.values import ValueOrigin

_LanguageFunction = Callable[[ScriptMachine, PassedArguments, CallSite], Value]


def call_language(machine: ScriptMachine, external: PackageMember, arguments: PassedArguments, site: CallSite) -> Value:
    """What a call, or `new`, of something that the language has gives."""
    if isinstance(site, New):
        maker = _CONSTRUCTORS.get(external.names)
        return maker(machine, arguments, site) if maker else call_unknown(machine, arguments)
    function = _FUNCTIONS.get(external.names)
    return function(machine, arguments, site) if function else call_unknown(machine, arguments)


def _same_value(_machine: ScriptMachine, arguments: PassedArguments, _site: CallSite) -> Value:
    return arguments.at(0)


def _assign(machine: ScriptMachine, arguments: PassedArguments, _site: CallSite) -> Value:
    """`Object.assign(target, ...sources)`: the target with the members of the sources."""
    target = arguments.at(0)
    for option in target:
        if isinstance(option, ScriptCollection):
            for source in (*arguments.values[1:], arguments.rest):
                add_spread(machine, option, source)
    return target


def _keys(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    return new_list(machine, site, member_names(machine, arguments.at(0)))


def _values(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    return new_list(machine, site, member(machine, arguments.at(0), ANY_KEY))


def _entries(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    given = arguments.at(0)
    return pairs(machine, site, member_names(machine, given), member(machine, given, ANY_KEY))


def _from_entries(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    return _fill_object(machine, site, "object", elements(machine, arguments.at(0)))


def _fill_object(machine: ScriptMachine, site: CallSite, kind: str, entries: Value) -> Value:
    """An object or map with a member for each pair of a name and a value."""
    made = machine.new_object(site, kind)
    for pair in entries:
        one: Value = frozenset({pair})
        for name in keys_of(member(machine, one, "0")):
            machine.set_field(made, name, member(machine, one, "1"))
    return frozenset({made})


def _map(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    return _fill_object(machine, site, "map", elements(machine, arguments.at(0)))


def _set(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    return new_list(machine, site, elements(machine, arguments.at(0)))


def _array_from(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """`Array.from(values, function)`: the elements, or what the function makes of them."""
    items = elements(machine, arguments.at(0))
    if arguments.at(1):
        items = call(machine, arguments.at(1), PassedArguments((items, UNKNOWN)), site)
    return new_list(machine, site, items)


def _array_of(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    return new_list(machine, site, join_all([*arguments.values, arguments.rest]))


def _promise(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """A promise is what it gives: `resolve` notes that, and `reject` is called with an error."""
    key = (site, machine.current)
    settler = machine.intern(("settler", key), lambda: PromiseSettler(key))
    reject = machine.intern(("rejecter", key), lambda: PromiseSettler(("rejected", key)))
    call(machine, arguments.at(0), PassedArguments((frozenset({settler}), frozenset({reject}))), site)
    return machine.read(("settled", key))


def _any_element(machine: ScriptMachine, arguments: PassedArguments, _site: CallSite) -> Value:
    return elements(machine, arguments.at(0))


def _settled_list(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """The list of objects with a `value` that `Promise.allSettled` gives."""
    result = machine.new_object((site, "settled"), "object")
    machine.set_field(result, "value", elements(machine, arguments.at(0)))
    return new_list(machine, site, frozenset({result}))


def _parse(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """`JSON.parse`: what the event has as text goes on as a path in it."""
    result = EMPTY
    for option in arguments.at(0):
        part = single_placeholder(option)
        if part is not None and part.origin is ValueOrigin.EVENT:
            result = join(result, placeholder(ValueOrigin.EVENT, f"{part.name}#json"))
            continue
        texts = literal_texts(frozenset({option}))
        try:
            made = json_value(machine, (site, texts[0]), json.loads(texts[0]), 20) if texts else UNKNOWN
        except (ValueError, RecursionError):
            made = UNKNOWN
        result = join(result, made)
    return result


def _encode_texts(_machine: ScriptMachine, arguments: PassedArguments, _site: CallSite) -> Value:
    """Texts with escapes; parts that the program does not say stay what they are."""
    return frozenset(
        tuple(quote(part, safe="/:") if isinstance(part, str) else part for part in option)
        for option in arguments.at(0)
        if isinstance(option, tuple)
    )


def _unknown_result(_machine: ScriptMachine, _arguments: PassedArguments, _site: CallSite) -> Value:
    return UNKNOWN


def _call_later(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    call(machine, arguments.at(0), PassedArguments(), site)
    return UNKNOWN


def _define_property(machine: ScriptMachine, arguments: PassedArguments, site: CallSite) -> Value:
    """`Object.defineProperty(object, name, {value})`, also with a function that gets the value."""
    described = arguments.at(2)
    computed = call(machine, member(machine, described, "get"), PassedArguments(), site)
    value = join(member(machine, described, "value"), computed)
    for name in keys_of(arguments.at(1)):
        set_member(machine, arguments.at(0), name, value)
    return arguments.at(0)


_FUNCTIONS: dict[tuple[str, ...], _LanguageFunction] = {
    ("Object", "assign"): _assign,
    ("Object", "defineProperty"): _define_property,
    ("Object", "keys"): _keys,
    ("Object", "getOwnPropertyNames"): _keys,
    ("Object", "values"): _values,
    ("Object", "entries"): _entries,
    ("Object", "fromEntries"): _from_entries,
    ("Array", "from"): _array_from,
    ("Array", "of"): _array_of,
    ("JSON", "parse"): _parse,
    ("JSON", "stringify"): _unknown_result,
    **{
        ("console", name): _unknown_result
        for name in ("log", "info", "warn", "error", "debug", "trace", "table", "dir")
    },
    **dict.fromkeys((("encodeURIComponent",), ("encodeURI",), ("escape",)), _encode_texts),
    ("Promise", "race"): _any_element,
    ("Promise", "any"): _any_element,
    ("Promise", "allSettled"): _settled_list,
    **dict.fromkeys((("setTimeout",), ("setImmediate",), ("queueMicrotask",), ("process", "nextTick")), _call_later),
    **dict.fromkeys(
        (
            ("Object", "freeze"),
            ("Object", "seal"),
            ("Promise", "resolve"),
            ("Promise", "all"),
            ("String",),
            ("decodeURIComponent",),
            ("decodeURI",),
            ("unescape",),
            ("structuredClone",),
            ("Number",),
            ("parseInt",),
        ),
        _same_value,
    ),
}
_CONSTRUCTORS: dict[tuple[str, ...], _LanguageFunction] = {
    ("Promise",): _promise,
    ("Map",): _map,
    ("WeakMap",): _map,
    ("Set",): _set,
    ("Array",): _array_of,
    ("Object",): _same_value,
    ("String",): _same_value,
    ("Proxy",): _same_value,
}
