"""The spec of functions from their code, with their template and handler: `infer code`, `check` and the Python API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.deployed_code.templates import named_template, template_beside
from iamglue.errors import IamglueError, Location
from iamglue.formats.policies.spec_text import commented_spec_text
from iamglue.infer.code.access import infer_access
from iamglue.infer.code.calls import CodeFile, CodeReading, Handler
from iamglue.infer.code.declared import declared_function
from iamglue.infer.code.deployment import code_deployment, function_handlers, with_deployment
from iamglue.infer.code.project import Project, read_project, shown_path
from iamglue.infer.code.reading import CodeReader
from iamglue.infer.code.spec import code_spec, function_name, with_unreached
from iamglue.infer.evidence import InferredCode
from iamglue.model.account import DeployedFunction
from iamglue.model.spec import Spec, SpecFunction, is_function_name
from iamglue.model.spec_comments import CommentedFunction

# Names that an error lists.
_MAX_NAMES = 10
_HEAD = ("Inferred from the code, which was not run. Comments name the lines of calls.",)
_NAME_HINT = "letters, digits, `-` and `_`, or a parameter of the spec such as ${Name}"


@dataclass(frozen=True, slots=True)
class CodeInput:
    """The paths of the code, the handler as FILE:NAME, the template, and the function, as the user names them."""

    paths: tuple[str, ...]
    handler: str | None = None
    template: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CodeInference:
    """The spec of the functions that run some code, and what the code shows of the access that they need.

    `code` has the access with the lines that need it, and what is not known: calls that are not resolved and files
    that could not be read. `left_out` are the kinds of files that were not read on purpose, `notes` say which template
    was used.
    """

    functions: tuple[CommentedFunction, ...]
    code: InferredCode
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def spec(self) -> Spec:
        """The spec of all functions."""
        return Spec("<code>", tuple(item.function for item in self.functions))

    @property
    def spec_text(self) -> str:
        """The spec as YAML, with the lines of the calls and what is not known as comments."""
        return commented_spec_text(self.functions, _HEAD)


@dataclass(frozen=True, slots=True)
class CodeProject:
    """The code as it was read, and the functions of the template that run it; () if no template is known."""

    given: CodeInput
    reader: CodeReader
    functions: tuple[DeployedFunction, ...]
    notes: tuple[str, ...] = ()

    @property
    def project(self) -> Project:
        """The files of the code."""
        return self.reader.project

    def inferred(self) -> InferredCode:
        """What the code needs as the code of all functions that run it.

        Raises IamglueError if the code does not have the handler that the user names.
        """
        return _deployed_access(self._reading(), self.functions)

    def inferred_for(self, functions: Sequence[DeployedFunction]) -> InferredCode:
        """What the code needs as the code of some of the functions that run it. Raises IamglueError like `inferred`."""
        reading = self._reading()
        inferred = _deployed_access(reading, self.functions)
        if {item.name for item in functions} == {item.name for item in self.functions}:
            return inferred
        return self._access_of(functions, reading, inferred)

    def inference(self) -> CodeInference:
        """The spec of the functions that run the code. Raises IamglueError like `inferred`."""
        reading = self._reading()
        inferred = _deployed_access(reading, self.functions)
        left_out = tuple(left_out_files(self.project))
        return CodeInference(tuple(self._spec_functions(reading, inferred)), inferred, left_out, self.notes)

    def _spec_functions(self, reading: CodeReading, inferred: InferredCode) -> Iterator[CommentedFunction]:
        """The functions of the spec: those of the template, each with what its own handler reaches."""
        by_name: dict[str, list[DeployedFunction]] = {}
        for function in self.functions:
            by_name.setdefault(function.name, []).append(function)
        if not by_name:
            name = self.given.name
            if name is not None and not is_function_name(name):
                raise IamglueError(f"`{name}` is not a valid Lambda function name", hint=_NAME_HINT)
            yield code_spec(inferred, SpecFunction(function_name(name, self.given.paths), Location("")))
        for cases in by_name.values():
            own = inferred if len(by_name) == 1 else self._access_of(cases, reading, inferred)
            yield code_spec(own, declared_function(cases[0]))

    def _access_of(
        self, functions: Sequence[DeployedFunction], reading: CodeReading, inferred: InferredCode
    ) -> InferredCode:
        """What some of the functions need; what no function reaches is that of all."""
        if self.given.handler is None:
            handlers = function_handlers(functions, self.project.files)
            reading = self.reader.read_calls(handlers, reached_only=True)
        return with_unreached(_deployed_access(reading, functions), inferred)

    def _reading(self) -> CodeReading:
        """The calls from the handler that the user names, else from those of the functions."""
        if self.given.handler is None:
            return self.reader.read_calls(function_handlers(self.functions, self.project.files))
        handler = _named_handler(self.given.handler, self.project.files)
        reading = self.reader.read_calls((handler,)) if handler is not None else CodeReading()
        if reading.handlers:
            return reading
        names = sorted(f"`{item.path}:{item.name}`" for item in self.reader.read_calls().handlers)
        shown = ", ".join(names[:_MAX_NAMES]) + (f" and {len(names) - _MAX_NAMES} more" if names[_MAX_NAMES:] else "")
        raise IamglueError(
            f"the code has no handler `{self.given.handler}`",
            hint=f"its handlers are {shown}" if names else "no function of the code looks like a handler",
        )


def _deployed_access(reading: CodeReading, functions: Sequence[DeployedFunction]) -> InferredCode:
    """What the calls need with the environment and the triggers that the functions have."""
    triggers = [trigger for function in functions for trigger in declared_function(function).triggers]
    return infer_access(with_deployment(reading, code_deployment(functions, triggers)))


def read_code_project(given: CodeInput) -> CodeProject:
    """Read the code and its template. Raises IamglueError if there is no code, or a named template has no function."""
    project = read_project(given.paths)
    if not project.files and not project.failed:
        left_out = " and ".join(left_out_files(project))
        hint = f"{left_out} left out" if left_out else "name the files or directory of the code"
        raise IamglueError("no code was found in the given paths", hint=hint)
    if given.template is not None:
        template = named_template(given.template, given.name, project.files)
    else:
        template = template_beside(given.paths, given.name, project.files)
    return CodeProject(given, CodeReader(project), template.functions, template.notes)


def left_out_files(project: Project) -> Iterator[str]:
    """The files of a project that were not read on purpose: how many of each kind, and their verb."""
    for count, kind in ((project.test_count, "of tests"), (project.notebook_count, "of notebooks")):
        if count:
            yield f"{count} {'file' if count == 1 else 'files'} {kind} {'was' if count == 1 else 'were'}"


def _named_handler(text: str, files: Sequence[CodeFile]) -> Handler | None:
    """The handler that the user names, in the one file whose path is, or ends with, FILE; None if there is none.

    Raises IamglueError if the text has no file or name, or if several files end so.
    """
    file, _, name = text.rpartition(":")
    if not file or not name:
        raise IamglueError(f"`{text}` is not a handler: expected FILE:NAME", hint="for example app.py:handler")
    path = shown_path(file)
    paths = [item.path for item in files]
    matching = [path] if path in paths else [item for item in paths if item.endswith(f"/{path}")]
    if len(matching) > 1:
        names = ", ".join(f"`{item}`" for item in matching[:_MAX_NAMES])
        raise IamglueError(f"several files are `{file}`", hint=f"name one of {names}")
    return Handler(matching[0], name) if matching else None
