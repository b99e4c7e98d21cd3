"""The argument SPEC beside the option --code, after which several paths may stand: `--code a.py b.py spec.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from iamglue.infer.code.project import JAVASCRIPT_ENDINGS

_CODE_ENDINGS = (".py", *JAVASCRIPT_ENDINGS)


def spec_and_code(arguments: Sequence[str], code: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The path of the spec, and those of the code: of --code, and files of code and directories among the arguments.

    Raises UsageError if it is not clear which argument is the spec.
    """
    specs = [path for path in arguments if not _is_code(path)]
    if len(specs) == 1 and (code or len(arguments) == 1):
        return specs[0], (*code, *(path for path in arguments if path != specs[0]))
    listed = ", ".join(f"`{path}`" for path in (specs if code and specs else arguments))
    raise click.UsageError(f"expected one SPEC, the file of the spec; found {listed}")


def _is_code(path: str) -> bool:
    """Whether the argument of a command is code: a directory or a source file, where a spec is expected."""
    try:
        return path.endswith(_CODE_ENDINGS) or Path(path).is_dir()
    except ValueError:  # the path contains NUL
        return False
