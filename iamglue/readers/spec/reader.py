"""The spec file: its text as a Spec, or every error in it with its place."""

from __future__ import annotations

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.files.text_files import display_path, read_text
from iamglue.generate.requirements import spec_problems as check
from iamglue.model.spec import Spec
from iamglue.policy.source.nodes import NodeKind, read_single_document
from iamglue.readers.spec.entry_keys import find_key_problems
from iamglue.readers.spec.spec_builder import build_spec
from iamglue.readers.spec.spec_data import tag_problems, without_invalid_keys, without_nodes
from iamglue.readers.spec.spec_file import format_problems, function_problems, partition_problems, spec_bodies
from iamglue.readers.spec.validation import validate_spec


def read_spec(path: str) -> Spec:
    """The spec at `path`, or on standard input for "-".

    Raises IamglueError when it cannot be read, and Problems with every error that it holds.
    """
    return parse_spec(read_text(path), display_path(path))


def parse_spec(text: str, path: str) -> Spec:
    """The spec that `text` is; `path` is what errors call it. Raises Problems with every error that it holds."""
    reading = read_single_document(text, path)
    root = without_invalid_keys(reading.documents[0])
    if root.kind is not NodeKind.MAP:
        raise IamglueError("a spec is a mapping of keys, the first of which is `iamglue: 1`", location=root.location)
    problems = [*reading.problems, *tag_problems(root), *format_problems(root)]
    shape = validate_spec(root)
    found = [
        *shape.problems,
        *function_problems(root),
        *(p for body in spec_bodies(root) for p in find_key_problems(body)),
    ]
    problems += [problem.error for problem in found]
    if found:
        # What is sound is read on, so that one run tells the errors of meaning too.
        root = without_nodes(root, {id(problem.invalid_node) for problem in found})
        shape = validate_spec(root)
    if shape.values is None:
        raise MultipleErrors(problems)
    spec = build_spec(shape.values, root)
    problems += [*partition_problems(root), *check.find_spec_problems(spec)]
    if problems:
        raise MultipleErrors(_once(problems))
    return spec


def _once(problems: list[IamglueError]) -> list[IamglueError]:
    """Each error once, though what holds for all functions is checked with each of them."""
    return list({str(problem): problem for problem in problems}.values())
