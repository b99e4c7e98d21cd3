"""The functions of the Python API that read a program's code. Nothing of the code is run or imported."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.deployed_code.inference import CodeInference, CodeInput, read_code_project
from iamglue.deployed_code.spec_check import CodeCheck, check_function_code, function_of_spec
from iamglue.model.spec import Spec


def infer_code(
    paths: str | Sequence[str],
    *,
    handler: str | None = None,
    template: str | None = None,
    name: str | None = None,
) -> CodeInference:
    """The spec of the functions that run the code in `paths`, files or directories, with the lines of their calls.

    `handler` is what Lambda invokes, as `FILE:NAME`; `template` the file that deploys the code, by default one beside
    it. `name` is the function's name in the spec, or with a template which of its functions. What is not resolved or
    could not be read is in `code` of the result: the spec grants all only where `code.is_complete`. JavaScript and
    TypeScript need `iamglue[javascript]`.
    """
    return read_code_project(CodeInput(_paths(paths), handler, template, name)).inference()


def check_code(
    spec: Spec,
    paths: str | Sequence[str],
    *,
    name: str | None = None,
    handler: str | None = None,
    template: str | None = None,
) -> CodeCheck:
    """What a function of the spec lacks of what the code in `paths` calls, and what it has that the code does not call.

    `name` is needed for a spec of several functions; `handler` and `template` are those of `infer_code`.
    """
    return check_function_code(function_of_spec(spec, name), CodeInput(_paths(paths), handler, template))


def _paths(paths: str | Sequence[str]) -> tuple[str, ...]:
    return (paths,) if isinstance(paths, str) else tuple(paths)
