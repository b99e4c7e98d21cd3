"""What a function's code needs, with its template and handler: common to `infer code` and `check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.cli.code_templates import named_template, template_beside
from iamglue.errors import IamglueError
from iamglue.infer.code.access import infer_access
from iamglue.infer.code.calls import CodeFile, CodeReading, Handler
from iamglue.infer.code.declared import declared_function
from iamglue.infer.code.deployment import code_deployment, function_handlers, with_deployment
from iamglue.infer.code.project import Project, read_project, shown_path
from iamglue.infer.code.reading import read_calls
from iamglue.infer.evidence import InferredCode
from iamglue.model.account import DeployedFunction

# Names that an error lists.
_MAX_NAMES = 10


@dataclass(frozen=True, slots=True)
class CodeInput:
    """The paths of the code, the handler as FILE:NAME, the template, and the function, as the user names them."""

    paths: tuple[str, ...]
    handler: str | None = None
    template: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CodeProject:
    """The code as it was read, and the functions of the template that run it; () if no template is known."""

    given: CodeInput
    project: Project
    functions: tuple[DeployedFunction, ...]

    def inferred(self, functions: Sequence[DeployedFunction] | None = None) -> InferredCode:
        """What the code needs as the code of `functions`; by default of all functions that run it."""
        chosen = self.functions if functions is None else functions
        triggers = [trigger for function in chosen for trigger in declared_function(function).triggers]
        reading = self._reading(chosen)
        return infer_access(with_deployment(reading, code_deployment(chosen, triggers)))

    def _reading(self, functions: Sequence[DeployedFunction]) -> CodeReading:
        """The calls from the handler that the user names, else from those of functions."""
        if self.given.handler is None:
            return read_calls(self.project, function_handlers(functions, self.project.files))
        handler = _named_handler(self.given.handler, self.project.files)
        reading = read_calls(self.project, (handler,)) if handler is not None else CodeReading()
        if reading.handlers:
            return reading
        names = sorted(f"`{item.path}:{item.name}`" for item in read_calls(self.project).handlers)
        shown = ", ".join(names[:_MAX_NAMES]) + (f" and {len(names) - _MAX_NAMES} more" if names[_MAX_NAMES:] else "")
        raise IamglueError(
            f"the code has no handler `{self.given.handler}`",
            hint=f"its handlers are {shown}" if names else "no function of the code looks like a handler",
        )


def read_code_project(given: CodeInput) -> CodeProject:
    """Read the code and its template. Raises IamglueError if there is no code, or a named template has no function."""
    project = read_project(given.paths)
    if not project.files and not project.failed:
        left_out = " and ".join(left_out_files(project))
        hint = f"{left_out} left out" if left_out else "name the files or directory of the code"
        raise IamglueError("no code was found in the given paths", hint=hint)
    if given.template is not None:
        template = named_template(given.template, given.name, project.files)
        return CodeProject(given, project, template.functions)
    beside = template_beside(given.paths, given.name, project.files)
    return CodeProject(given, project, beside.functions if beside else ())


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
        raise IamglueError(
            f"`{text}` is not a handler: expected FILE:NAME", hint="for example --handler app.py:handler"
        )
    path = shown_path(file)
    paths = [item.path for item in files]
    matching = [path] if path in paths else [item for item in paths if item.endswith(f"/{path}")]
    if len(matching) > 1:
        names = ", ".join(f"`{item}`" for item in matching[:_MAX_NAMES])
        raise IamglueError(f"several files are `{file}`", hint=f"name one of {names}")
    return Handler(matching[0], name) if matching else None
