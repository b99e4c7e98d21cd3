"""Reads the JavaScript and TypeScript files of a project: the calls of AWS's SDKs that they make.

The code is never run. Its values are followed through variables, functions, classes and files as far as they are known,
and what looks like a call of AWS and is not known is reported.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import cached_property

from iamglue.infer.code.calls import (
    CodeFile,
    CodePlace,
    CodeReading,
    FailedFile,
    Handler,
    SdkCall,
    UnresolvedCall,
    missing_handler,
)
from iamglue.infer.code.javascript import (  # noqa: F401 - they fill the tables of kinds of nodes
    evaluate_basics,
    evaluate_calls,
    evaluate_modules,
    evaluate_patterns,
    evaluate_statements,
    externals,
    lower_expressions,
    lower_modules,
    lower_patterns,
    lower_statements,
    text_methods,
)
from iamglue.infer.code.javascript.activations import run_activation
from iamglue.infer.code.javascript.aws_traces import has_aws_traces
from iamglue.infer.code.javascript.entry_points import (
    exported_values,
    fill_declared,
    handler_values,
    invoke_escaped,
    invoke_exported,
    invoke_handler,
    invoke_uncalled,
    may_have_handler,
    named_handler,
)
from iamglue.infer.code.javascript.grammar import SUFFIXES, first_error, parse_source
from iamglue.infer.code.javascript.lower_functions import read_module
from iamglue.infer.code.javascript.lowering import SourceFile
from iamglue.infer.code.javascript.machine import ScriptMachine
from iamglue.infer.code.javascript.modules import ScriptModules
from iamglue.infer.code.javascript.noted_calls import NotedRequest
from iamglue.infer.code.javascript.results import sdk_calls
from iamglue.infer.code.javascript.syntax import FunctionInfo

MAX_FILE_BYTES = 1_000_000
# Longer programs are followed to the end only if something of AWS is in them; else so far that handlers are found.
_LONG, _STEPS_WITHOUT_AWS = 100_000, 50_000


def read_javascript(files: Sequence[CodeFile], handlers: Sequence[Handler] = ()) -> CodeReading:
    """The calls of a project's files, what is not resolved, and the files that could not be read.

    `files` are those of JavaScript and TypeScript, and perhaps .json files: tsconfig.json, and those that code imports.
    Without `handlers`, exports that are named like handlers are entry points, or if there are none, all exports.
    Raises IamglueError if the packages of the extra `javascript` are not installed.
    """
    return JavaScriptReader(files).read(handlers)


class JavaScriptReader:
    """Reads a project from one set of entry points after the other; its files are parsed once.

    Raises IamglueError if the packages of the extra `javascript` are not installed.
    """

    def __init__(self, files: Sequence[CodeFile]) -> None:
        self._scripts = _ParsedScripts(files)

    def read(self, handlers: Sequence[Handler] = (), *, reached_only: bool = False) -> CodeReading:
        """The calls of the project's files from `handlers`; with `reached_only` no others. See `read_javascript`."""
        return _ProjectReading(self._scripts, handlers).result(reached_only=reached_only)


class _ParsedScripts:
    """The parsed files of a project, and those that do not parse."""

    def __init__(self, files: Sequence[CodeFile]) -> None:
        self.failed: list[FailedFile] = []
        self.sources: dict[str, SourceFile] = {}
        self.infos: dict[str, FunctionInfo] = {}
        self._lines: dict[str, list[bytes]] = {}
        documents = {file.path: file.text for file in files if file.path.endswith(".json")}
        configurations = {path: documents.pop(path) for path in list(documents) if _is_configuration(path)}
        for file in files:
            if file.path.endswith(SUFFIXES):
                self._parse(file)
        self.texts = {file.path: file.text for file in files if file.path in self.infos}
        packages = {path: text for path, text in documents.items() if posixpath.basename(path) == "package.json"}
        self.documents = documents
        self.modules = ScriptModules([*self.infos, *documents], configurations, packages)

    @cached_property
    def may_call_aws(self) -> bool:
        """Whether the program may call AWS: false only for a long one that has nothing of AWS in it."""
        texts = [*self.texts.values(), *self.documents.values()]
        return sum(map(len, texts)) < _LONG or has_aws_traces(texts)

    def _parse(self, file: CodeFile) -> None:
        """Parse one file; a part that does not parse is reported, and the rest is read."""
        source = file.text.encode("utf-8", "replace")
        if len(source) > MAX_FILE_BYTES:
            reason = f"the file has {len(source):,} bytes; files of more than {MAX_FILE_BYTES:,} are not read"
            self.failed.append(FailedFile(CodePlace(file.path, 0, 0), reason))
            return
        root = parse_source(file.path, source)
        self.infos[file.path], self.sources[file.path] = read_module(file.path, source, root)
        error = first_error(root)
        if error is not None:
            reason = "the file does not parse here; the rest of it is read"
            row, column = error.start_point
            self.failed.append(FailedFile(self.place(file.path, (row, column)), reason))

    def place(self, path: str, at: tuple[int, int]) -> CodePlace:
        """The place of a position in a file, with its column in characters."""
        if path not in self._lines:
            source = self.sources.get(path)
            self._lines[path] = source.source.split(b"\n") if source is not None else []
        row, column = at
        lines = self._lines[path]
        line = lines[row] if row < len(lines) else b""
        return CodePlace(path, row + 1, len(line[:column].decode("utf-8", "replace")) + 1)


class _ProjectReading:
    """The reading of one project from its entry points."""

    def __init__(self, scripts: _ParsedScripts, handlers: Sequence[Handler]) -> None:
        self._scripts = scripts
        self._place = scripts.place
        self._failed = list(scripts.failed)
        self._handlers = handlers
        self._invoked: list[Handler] = []
        self._machine = ScriptMachine(run_activation, scripts.modules, scripts.infos, scripts.documents)

    def result(self, *, reached_only: bool) -> CodeReading:
        """The reading: what entry points come to first, then all other code."""
        machine = self._machine
        has_calls = self._scripts.may_call_aws
        if not has_calls:
            machine.max_steps = _STEPS_WITHOUT_AWS
        self._enter()
        reached = self._reached_calls()
        if has_calls and not reached_only:
            self._evaluate_others()
        unresolved = self._unresolved_calls()
        others = [request for request in machine.requests.values() if not request.is_reached]
        all_calls = [*reached, *sdk_calls(machine, others, self._place)]
        self._note_limits()
        return CodeReading(
            tuple(sorted(all_calls, key=_sort_key)),
            tuple(unresolved),
            tuple(sorted(self._failed, key=lambda failure: failure.place)),
            tuple(machine.infos),
            tuple(self._invoked),
        )

    def _evaluate_others(self) -> None:
        """Evaluate the code that no entry point reaches; its calls are not reached."""
        machine = self._machine
        machine.is_reaching = False
        for path in machine.infos:
            machine.load_module(path)
        self._settle([])
        while invoke_uncalled(machine) and not machine.is_exhausted:
            self._settle([])

    def _enter(self) -> None:
        """Evaluate what entry points come to."""
        machine = self._machine
        if self._handlers:
            for handler in self._handlers:
                machine.load_module(handler.path)
            self._settle([])
            for handler in self._handlers:
                value = named_handler(machine, handler)
                if value or (machine.is_exhausted and not self._scripts.may_call_aws):
                    self._invoked.append(handler)
                elif handler.path in machine.infos:
                    self._failed.append(missing_handler(handler))
                else:
                    self._failed.append(FailedFile(CodePlace(handler.path, 0, 0), "the file is not among those read"))
                invoke_handler(machine, value)
            self._settle([])
            return
        paths = [path for path, text in self._scripts.texts.items() if may_have_handler(text)]
        for path in paths:
            machine.load_module(path)
        machine.run()
        values = handler_values(machine, paths)
        for handler, value in values:
            self._invoked.append(handler)
            invoke_handler(machine, value)
        if not values:
            for path in machine.infos:
                machine.load_module(path)
        self._settle([] if values else list(machine.infos))

    def _settle(self, entries: list[str]) -> None:
        """Evaluate until nothing changes; `entries` are files of which every export is an entry point."""
        machine = self._machine
        machine.run()
        while not machine.is_exhausted:
            if not (
                fill_declared(machine)
                or invoke_escaped(machine)
                or invoke_exported(machine, exported_values(machine, entries))
            ):
                break
            machine.run()

    def _reached_calls(self) -> list[SdkCall]:
        """The calls that are reached so far, as they are known now."""
        self._machine.finish()
        requests: list[NotedRequest] = [request for request in self._machine.requests.values() if request.is_reached]
        return sdk_calls(self._machine, requests, self._place)

    def _unresolved_calls(self) -> list[UnresolvedCall]:
        """The calls that are not resolved, each once, by their places."""
        doubts = self._machine.finish()
        unresolved = {
            UnresolvedCall(self._place(doubt.path, doubt.at), doubt.call, doubt.reason, doubt.candidates): None
            for doubt in doubts
        }
        return sorted(unresolved, key=lambda one: (one.place, one.call, one.reason))

    def _note_limits(self) -> None:
        """Report the files whose code was too large or too deep to be followed to the end."""
        for path in sorted(self._machine.pending_paths()) if self._scripts.may_call_aws else ():
            reason = "the program is too large to be followed to the end; calls of this file may be missing"
            self._failed.append(FailedFile(CodePlace(path, 0, 0), reason))
        for path in self._machine.too_deep:
            reason = "a function is too deep to be followed; its calls may be missing"
            self._failed.append(FailedFile(CodePlace(path, 0, 0), reason))
        for path, file in self._scripts.sources.items():
            for at in file.too_deep[:1]:
                reason = "the code is nested too deeply here; what is inside is not read"
                self._failed.append(FailedFile(self._place(path, at), reason))


def _is_configuration(path: str) -> bool:
    name = posixpath.basename(path)
    return name.startswith(("tsconfig", "jsconfig")) and name.endswith(".json")


def _sort_key(call: SdkCall) -> tuple[object, ...]:
    return (call.place, call.client, call.operation, call.helper, not call.is_reached)
