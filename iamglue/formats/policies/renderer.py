"""Bundles as text, in every format that `generate` writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from iamglue.errors import IamglueError
from iamglue.formats.words.single_document import single_document_files, single_document_text
from iamglue.model.permission_set import PermissionSet

# Each document format is a module, imported when it is asked for: only these import Jinja2.
_DOCUMENTS = {
    "cloudformation": "iamglue.formats.policies.cloudformation",
    "sam": "iamglue.formats.policies.sam",
    "terraform": "iamglue.formats.policies.terraform",
    "serverless": "iamglue.formats.policies.serverless",
    "aws-cli": "iamglue.formats.policies.aws_cli",
}
FORMATS: tuple[str, ...] = ("json", "yaml", *_DOCUMENTS)
DOCUMENT_FORMATS = frozenset(_DOCUMENTS)


def render_permission_sets(bundles: Sequence[PermissionSet], format: str, only: str = "policy") -> str:
    """The text of `bundles` in `format`, the same bytes for the same bundles.

    A document format holds role, policies and invoke permissions of all bundles. JSON and YAML hold the part `only`
    of one bundle. Raises IamglueError where the format cannot hold what is asked for.
    """
    if format in _DOCUMENTS:
        if only != "policy":
            raise IamglueError(f"--only {only} is for json and yaml: {format} holds every part in one document")
        return _document_renderer(format)(tuple(bundles))
    if len(bundles) != 1:
        raise IamglueError(
            f"{format} holds one function, the spec has {len(bundles)}",
            hint="choose one with `--function NAME`, or write one file for each with `-o DIR`",
        )
    return single_document_text(bundles[0], format, only)


def permission_set_files(bundle: PermissionSet, format: str, only: str = "policy") -> dict[str, str]:
    """The files for one bundle in JSON or YAML, name -> text: several when its policy is split.

    Raises IamglueError when the function's name cannot be the name of a file.
    """
    return single_document_files(bundle, format, only)


def _document_renderer(format: str) -> Callable[[tuple[PermissionSet, ...]], str]:
    renderer: Callable[[tuple[PermissionSet, ...]], str] = import_module(_DOCUMENTS[format]).render
    return renderer
