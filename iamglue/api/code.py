"""The functions of the Python API that read a program's code. Nothing of the code is run or imported."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from iamglue.api.arguments import check_arguments, path_text
from iamglue.deployed_code.inference import CodeInference, CodeInput, read_code_project
from iamglue.deployed_code.spec_check import CodeCheck, check_function_code, function_of_spec
from iamglue.model.spec import Spec

CodePaths = str | PathLike[str] | Sequence[str | PathLike[str]]


@check_arguments
def infer_code(
    paths: CodePaths,
    *,
    handler: str | None = None,
    template: str | PathLike[str] | None = None,
    name: str | None = None,
) -> CodeInference:
    """The spec of the functions that run the code in `paths`, files or directories, with the lines of their calls.

    `handler` is what Lambda invokes, as `FILE:NAME`; `template` the file that deploys the code, by default one beside
    it. `name` is the function's name in the spec, or with a template which of its functions. What is not resolved or
    could not be read is in `code` of the result: the spec grants all only where `code.is_complete`. JavaScript and
    TypeScript need `iamglue[javascript]`.
    """
    return read_code_project(CodeInput(_paths(paths), handler, _optional_path(template), name)).inference()


@check_arguments
def check_code(
    spec: Spec,
    paths: CodePaths,
    *,
    name: str | None = None,
    handler: str | None = None,
    template: str | PathLike[str] | None = None,
) -> CodeCheck:
    """What a function of the spec lacks of what the code in `paths` calls, and what it has that the code does not call.

    `name` is needed for a spec of several functions; `handler` and `template` are those of `infer_code`.
    """
    return check_function_code(
        function_of_spec(spec, name), CodeInput(_paths(paths), handler, _optional_path(template))
    )


def _paths(paths: CodePaths) -> tuple[str, ...]:
    return (path_text(paths),) if isinstance(paths, str | PathLike) else tuple(map(path_text, paths))


def _optional_path(path: str | PathLike[str] | None) -> str | None:
    return None if path is None else path_text(path)
