"""Reads a spec file: returns a Spec, or raises every error in it with its location."""

from __future__ import annotations

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.files.text_files import display_path, read_text
from iamglue.generate.requirements.spec_problems import find_spec_problems
from iamglue.model.spec import Spec
from iamglue.policy.file_kinds import SPEC, wrong_file_error
from iamglue.policy.source.nodes import NodeKind
from iamglue.policy.source.yaml_reader import read_single_document
from iamglue.readers.spec.canonical_names import with_canonical_names
from iamglue.readers.spec.entry_keys import find_key_problems
from iamglue.readers.spec.spec_builder import build_spec
from iamglue.readers.spec.spec_data import tag_problems, without_invalid_keys, without_nodes
from iamglue.readers.spec.spec_file import format_problems, function_problems, partition_problems, spec_bodies
from iamglue.readers.spec.validation import validate_spec


def read_spec(path: str) -> Spec:
    """Read the spec at `path`; "-" is standard input.

    Raises IamglueError when it cannot be read, and MultipleErrors with every error in it.
    """
    return parse_spec(read_text(path), display_path(path))


def parse_spec(text: str, path: str) -> Spec:
    """Parse the text of a spec; `path` is the file name in errors. Raises MultipleErrors with every error in it."""
    try:
        reading = read_single_document(text, path)
    except IamglueError as error:
        raise wrong_file_error(None, path, "a spec", SPEC) or error from None
    root = without_invalid_keys(reading.documents[0])
    wrong_file = wrong_file_error(root, path, "a spec", SPEC)
    if wrong_file is not None:
        raise wrong_file
    if root.kind is not NodeKind.MAP:
        raise IamglueError("a spec must be a mapping that begins with `iamglue: 1`", location=root.location)
    problems = [*reading.problems, *tag_problems(root), *format_problems(root)]
    root = with_canonical_names(root)
    key_problems = [*function_problems(root), *(p for body in spec_bodies(root) for p in find_key_problems(body))]
    result = validate_spec(
        without_nodes(root, {id(problem.invalid_node) for problem in key_problems if problem.has_unknown_type})
    )
    key_problems = [*result.problems, *key_problems]
    problems += [problem.error for problem in key_problems]
    if key_problems:
        # Read the valid rest, so that one run also reports errors of meaning.
        root = without_nodes(root, {id(problem.invalid_node) for problem in key_problems})
        result = validate_spec(root)
    if result.values is None:
        raise MultipleErrors(problems)
    spec = build_spec(result.values, root)
    problems += [*partition_problems(root), *find_spec_problems(spec)]
    if problems:
        raise MultipleErrors(_unique_problems(problems))
    return spec


def _unique_problems(problems: list[IamglueError]) -> list[IamglueError]:
    """Remove duplicates: the common part of a spec is checked with every function."""
    return list({str(problem): problem for problem in problems}.values())
