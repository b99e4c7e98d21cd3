"""What a function's code needs, with its template and handler: common to `infer code` and `check`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from iamglue.cli.code_templates import named_template, template_beside
from iamglue.errors import IamglueError
from iamglue.infer.code.access import infer_access
from iamglue.infer.code.calls import CodeFile, Handler
from iamglue.infer.code.declared import declared_function
from iamglue.infer.code.deployment import code_deployment, function_handlers, with_deployment
from iamglue.infer.code.project import Project, read_project
from iamglue.infer.code.reading import read_calls
from iamglue.infer.evidence import InferredCode
from iamglue.model.account import DeployedFunction


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
        handlers = _named_handlers(self.given, self.project.files) or function_handlers(chosen, self.project.files)
        triggers = [trigger for function in chosen for trigger in declared_function(function).triggers]
        reading = read_calls(self.project, handlers)
        return infer_access(with_deployment(reading, code_deployment(chosen, triggers)))


def read_code_project(given: CodeInput) -> CodeProject:
    """Read the code and its template. Raises IamglueError if there is no code, or a named template has no function."""
    project = read_project(given.paths)
    if not project.files and not project.failed:
        raise IamglueError("no code was found in the given paths", hint="name the files or directory of the code")
    if given.template is not None:
        template = named_template(given.template, given.name, project.files)
        return CodeProject(given, project, template.functions)
    beside = template_beside(given.paths, given.name, project.files)
    return CodeProject(given, project, beside.functions if beside else ())


def _named_handlers(given: CodeInput, files: Sequence[CodeFile]) -> tuple[Handler, ...]:
    """The handler that the user names; its file may be named as seen from one of the paths.

    Raises IamglueError if it has no file or name, or if its file is none of the code.
    """
    if given.handler is None:
        return ()
    path, colon, name = given.handler.rpartition(":")
    if not colon or not path or not name:
        raise IamglueError(
            f"`{given.handler}` is not a handler: expected FILE:NAME", hint="for example --handler app.py:handler"
        )
    places = [os.path.realpath(os.path.join(folder, path)) for folder in ("", *given.paths)]  # noqa: PTH118
    matching = [file.path for file in files if os.path.realpath(file.path) in places]
    if not matching:
        raise IamglueError(f"`{path}` of the handler is no file of the code", hint="name the file as the paths do")
    return tuple(Handler(file, name) for file in matching)
