"""Whether a spec grants what a function's code calls: `check` and the Python API."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.deployed_code.inference import CodeInput, read_code_project
from iamglue.errors import IamglueError, Location
from iamglue.infer.code.coverage import MissingEntry, UnusedEntry, missing_entries, unused_entries
from iamglue.infer.evidence import InferredCode
from iamglue.infer.policy_settings import function_scope
from iamglue.model.spec import Spec, SpecFunction


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What one function's spec lacks of what its code calls, and what it has that the code does not call.

    `code` has the access of the code and what is not known of it: nothing is proved of calls that are not resolved
    and of files that could not be read. `notes` say which template was used.
    """

    function: SpecFunction
    code: InferredCode
    missing: tuple[MissingEntry, ...]
    unused: tuple[UnusedEntry, ...]
    notes: tuple[str, ...] = ()


def check_function_code(function: SpecFunction, given: CodeInput) -> CodeCheck:
    """Compare a function's spec with its code. Raises IamglueError for code that cannot be read at all."""
    project = read_code_project(given)
    inferred = project.inferred()
    scope = function_scope(function)
    missing = missing_entries(inferred, function, scope)
    return CodeCheck(function, inferred, missing, unused_entries(inferred, function, scope), project.notes)


def function_of_spec(spec: Spec, name: str | None) -> SpecFunction:
    """The function of the spec with a name, or its only one. Raises IamglueError if it is not clear."""
    named = [function for function in spec.functions if name in (None, function.name)]
    if len(named) == 1:
        return named[0]
    names = ", ".join(f"`{function.name}`" for function in spec.functions)
    problem = "the spec has several functions" if named else f"the spec has no function `{name}`"
    raise IamglueError(problem, hint=f"choose one by its name: {names}", location=Location(spec.path))
