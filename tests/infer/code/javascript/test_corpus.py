"""Small programs in JavaScript and TypeScript, with the calls that a person reads in them."""

from __future__ import annotations

import json
from pathlib import Path

from support.rows import every_row

from iamglue.infer.code.calls import CodeFile
from iamglue.infer.code.javascript.grammar import SUFFIXES
from iamglue.infer.code.javascript.reader import read_javascript
from iamglue.infer.code.optional_parameters import possible_calls
from iamglue.infer.code.values import ValueOrigin

CORPUS = Path(__file__).parents[3] / "corpus" / "code" / "javascript"
PROGRAMS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())


def _reading(folder):
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in (*SUFFIXES, ".json")]
    return read_javascript(
        [
            CodeFile(str(path.relative_to(folder)), path.read_text(encoding="utf-8"))
            for path in paths
            if path.name != "expected.json"
        ]
    )


def _text(text):
    return "".join(part if isinstance(part, str) else _placeholder(part) for part in text)


def _placeholder(part):
    if part.origin is ValueOrigin.LITERAL:
        return part.value
    if part.origin is ValueOrigin.ENVIRONMENT:
        return f"${{{part.name}}}"
    return "${?}" if part.origin is ValueOrigin.UNKNOWN else f"${{{part.origin.value}:{part.name}}}"


def _texts(value):
    """The texts of a value as expected.json writes them; what is in lists and objects is left out."""
    return sorted({_text(text) for text in value.texts} | (set() if value.is_complete else {"${?}"}))


def _call(call, wanted):
    """A call, with those of its parameters that are expected."""
    return {
        "operation": f"{call.client}.{call.operation}",
        "parameters": {name: _texts(value) for name, value in call.parameters.items() if name in wanted},
        "line": call.place.line,
        "role": None if call.role is None else _texts(call.role),
        "reached": call.is_reached,
        "basis": call.basis.value,
        "endpoint": call.endpoint,
        "path": call.place.path,
    }


def _order(call):
    return (call["path"], call["line"], call["operation"], json.dumps(call, sort_keys=True))


@every_row("name", PROGRAMS)
def test_the_calls_of_a_program_are_those_that_a_person_reads_in_it(name):
    folder = CORPUS / name
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    first = next(path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES)
    defaults = {
        "parameters": {},
        "role": None,
        "reached": True,
        "basis": "type",
        "endpoint": "",
        "path": str(first.relative_to(folder)),
    }
    wanted = [{**defaults, **call} for call in expected["calls"]]
    reading = _reading(folder)
    named = {(call["path"], call["line"], call["operation"]): call["parameters"] for call in wanted}
    found = [
        _call(call, named.get((call.place.path, call.place.line, f"{call.client}.{call.operation}"), {}))
        for whole in reading.calls
        for call in possible_calls(whole)
    ]
    assert sorted(found, key=_order) == sorted(wanted, key=_order)
    assert [(one.place.line, one.call) for one in reading.unresolved] == [
        (one["line"], one["call"]) for one in expected.get("unresolved", [])
    ]
    assert [failure.place.line for failure in reading.failed] == expected.get("failed", [])
