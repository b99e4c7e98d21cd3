"""Imports and exports between the files of a project, and what comes from packages."""

from __future__ import annotations

import json
from typing import Any

from iamglue.infer.code.javascript.evaluation import ANY_KEY, ELEMENTS, EVALUATORS, assign, evaluate, member
from iamglue.infer.code.javascript.frames import Frame
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.member_changes import export
from iamglue.infer.code.javascript.script_objects import (
    EMPTY,
    UNKNOWN,
    PackageMember,
    ScriptCollection,
    ScriptModule,
    Value,
    join,
    literal_texts,
    text_of,
)
from iamglue.infer.code.javascript.sdk_names import V2_PACKAGE, V3_SCOPE, clients_of_package
from iamglue.infer.code.javascript.syntax import Export, Expression, Import, ImportCall, ReExport

_MAX_JSON_DEPTH = 20


def imported(machine: ScriptMachine, importer: str, source: str, name: str) -> Value:
    """What a file imports: `name` is `*` for the whole module."""
    path = machine.modules.resolve(importer, source)
    if path is None:
        package = source.removeprefix("node:")
        machine.imported_clients |= clients_of_package(package, name)
        names = () if name in ("*", "=", "default") else (name,)
        if package == "process":
            value = machine.intern(("external", "global", ("process",)), lambda: PackageMember("global", ("process",)))
            return member(machine, frozenset({value}), name) if names else frozenset({value})
        return frozenset({machine.intern(("external", package, names), lambda: PackageMember(package, names))})
    if path in machine.documents:
        return _document(machine, path)
    machine.load_module(path)
    module: Value = frozenset({machine.intern(("module", path), lambda: ScriptModule(path))})
    if name in ("*", "="):
        return module | machine.read((path, "export", "="))
    return member(machine, module, name)


def _document(machine: ScriptMachine, path: str) -> Value:
    """The value of a JSON file of the project; not known if it does not parse."""
    try:
        return json_value(machine, path, json.loads(machine.documents[path]), _MAX_JSON_DEPTH)
    except (ValueError, RecursionError):
        return UNKNOWN


def json_value(machine: ScriptMachine, key: object, document: Any, depth: int) -> Value:
    """A JSON document as objects and lists; `key` says which document."""
    if isinstance(document, str):
        return text_of(document)
    if isinstance(document, dict | list) and depth:
        is_list = isinstance(document, list)
        instance = machine.intern(("json", key), lambda: ScriptCollection("array" if is_list else "object"))
        for name, value in enumerate(document) if isinstance(document, list) else document.items():
            made = json_value(machine, (key, name), value, depth - 1)
            machine.set_field(instance, str(name), made)
            if is_list:
                machine.set_field(instance, ELEMENTS, made)
        return frozenset({instance})
    return EMPTY if document is None else text_of(json.dumps(document)) if depth else UNKNOWN


def _import(machine: ScriptMachine, node: Import, frame: Frame) -> Value:
    assign(machine, node.target, imported(machine, frame.activation.info.path, node.source, node.name), frame)
    return EMPTY


def _import_call(machine: ScriptMachine, node: ImportCall, frame: Frame) -> Value:
    """The modules that `import(source)` may give; not known if no text of the source is known."""
    given = evaluate(machine, node.source, frame)
    note_unknown_package(machine, given, node)
    sources = literal_texts(given)
    result = EMPTY if sources else UNKNOWN
    for source in sources:
        result = join(result, imported(machine, frame.activation.info.path, source, "*"))
    return result


def note_unknown_package(machine: ScriptMachine, source: Value, node: Expression) -> None:
    """Note the import of a package of an SDK whose name is not known completely."""
    starts = [option[0] for option in source if isinstance(option, tuple) and len(option) > 1]
    if any(isinstance(start, str) and start.startswith((V3_SCOPE, V2_PACKAGE)) for start in starts):
        machine.uncertain(node, "import", "the name of the package of the SDK is not known")


def _export(machine: ScriptMachine, node: Export, frame: Frame) -> Value:
    export(machine, frame.activation.info.path, node.name, evaluate(machine, node.value, frame))
    return EMPTY


def _re_export(machine: ScriptMachine, node: ReExport, frame: Frame) -> Value:
    """Export what another file exports; `export *` also brings its names, without `default`."""
    path = frame.activation.info.path
    value = imported(machine, path, node.source, node.name)
    export(machine, path, node.exported, value)
    if node.exported == ANY_KEY:
        for option in value:
            names = machine.exports.get(option.path, set()) if isinstance(option, ScriptModule) else set()
            machine.exports.setdefault(path, set()).update(names - {"default"})
    return EMPTY


EVALUATORS.update({Import: _import, ImportCall: _import_call, Export: _export, ReExport: _re_export})
