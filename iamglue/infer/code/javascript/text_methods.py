"""Methods of texts, also of those that the program does not say."""

from __future__ import annotations

from iamglue.infer.code.javascript.checked_environments import checked_environment
from iamglue.infer.code.javascript.evaluation import ELEMENTS, METHODS, CallSite, call_unknown
from iamglue.infer.code.javascript.list_methods import LIST_METHODS, call_list_method
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.noted_calls import PassedArguments
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    Value,
    concatenate,
    literal_text,
    literal_texts,
    single_placeholder,
    text_of,
)
from iamglue.infer.code.values import Text

# They change spaces and escapes at most: the name in a text stays what it is. `required` and `asString` are env-var's.
_KEEPING = frozenset(
    ["trim", "trimStart", "trimEnd", "toString", "valueOf", "normalize", "toLocaleString", "required", "asString"]
)
_REPLACING = frozenset(("replace", "replaceAll"))


def _text_method(machine: ScriptMachine, text: Text, name: str, arguments: PassedArguments, site: CallSite) -> Value:
    """What a method of a text gives, by what is known of the text."""
    literal = literal_text(text)
    if name in _KEEPING:
        return frozenset({text})
    if name == "concat":
        return concatenate([frozenset({text}), *arguments.values, *([UNKNOWN] if arguments.is_open else [])])
    if literal is not None:
        return _literal_method(machine, literal, name, arguments, site)
    return _unknown_text_method(machine, text, name, arguments, site)


def _unknown_text_method(
    machine: ScriptMachine, text: Text, name: str, arguments: PassedArguments, site: CallSite
) -> Value:
    """Of a text that the program does not say, and of what is not a text at all."""
    checked = checked_environment(machine, name, arguments)
    if checked is not None:
        return checked
    if name in _REPLACING and single_placeholder(text) is not None:
        call_unknown(machine, arguments)
        return frozenset({text})
    if single_placeholder(text) is not None and name in LIST_METHODS:
        return call_list_method(machine, text, name, arguments, site)
    return call_unknown(machine, arguments)


def _literal_method(machine: ScriptMachine, text: str, name: str, arguments: PassedArguments, site: CallSite) -> Value:
    """What a method of a known string gives."""
    given = [literal_texts(value) for value in arguments.values]
    single = [texts[0] for texts in given if len(texts) == 1]
    if name == "toLowerCase":
        return text_of(text.lower())
    if name == "toUpperCase":
        return text_of(text.upper())
    if name in _REPLACING and len(single) == 2:
        return text_of(text.replace(single[0], single[1], 1 if name == "replace" else -1))
    if name == "split" and len(single) == 1 and single[0]:
        parts = machine.new_object(site, "array")
        for number, part in enumerate(text.split(single[0])[:32]):
            machine.set_field(parts, str(number), text_of(part))
            machine.set_field(parts, ELEMENTS, text_of(part))
        return frozenset({parts})
    call_unknown(machine, arguments)
    return UNKNOWN if text else EMPTY


METHODS[tuple] = _text_method
