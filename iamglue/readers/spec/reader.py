"""The spec file: its text as a Spec, or every error in it with its place."""

from __future__ import annotations

from iamglue.errors import IamglueError, Problems
from iamglue.files.texts import read_text, shown_path
from iamglue.generate.requirements import check
from iamglue.model.spec import Spec
from iamglue.policy.source.nodes import Shape, read_one
from iamglue.readers.spec.keys import body_problems
from iamglue.readers.spec.shape import shaped
from iamglue.readers.spec.spec_data import tag_problems, with_sound_keys, without
from iamglue.readers.spec.spec_file import bodies, format_problems, function_problems, scope_problems
from iamglue.readers.spec.values import spec_values


def read_spec(path: str) -> Spec:
    """The spec at `path`, or on standard input for "-".

    Raises IamglueError when it cannot be read, and Problems with every error that it holds.
    """
    return parse_spec(read_text(path), shown_path(path))


def parse_spec(text: str, path: str) -> Spec:
    """The spec that `text` is; `path` is what errors call it. Raises Problems with every error that it holds."""
    reading = read_one(text, path)
    root = with_sound_keys(reading.documents[0])
    if root.shape is not Shape.MAP:
        raise IamglueError("a spec is a mapping of keys, the first of which is `iamglue: 1`", location=root.location)
    problems = [*reading.problems, *tag_problems(root), *format_problems(root)]
    shape = shaped(root)
    found = [*shape.problems, *function_problems(root), *(p for body in bodies(root) for p in body_problems(body))]
    problems += [problem.error for problem in found]
    if found:
        # What is sound is read on, so that one run tells the errors of meaning too.
        root = without(root, {id(problem.spoiled) for problem in found})
        shape = shaped(root)
    if shape.values is None:
        raise Problems(problems)
    spec = spec_values(shape.values, root)
    problems += [*scope_problems(root), *check.problems(spec)]
    if problems:
        raise Problems(_once(problems))
    return spec


def _once(problems: list[IamglueError]) -> list[IamglueError]:
    """Each error once, though what holds for all functions is checked with each of them."""
    return list({str(problem): problem for problem in problems}.values())
