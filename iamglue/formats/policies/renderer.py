"""Permission sets as text, in every format of `generate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from iamglue.errors import IamglueError
from iamglue.formats.words.single_document import single_document_files, single_document_text
from iamglue.model.permission_set import PermissionSet

# Each document format is a module that is imported on demand: only these modules import Jinja2.
_DOCUMENTS = {
    "cloudformation": "iamglue.formats.policies.cloudformation",
    "sam": "iamglue.formats.policies.sam",
    "terraform": "iamglue.formats.policies.terraform",
    "serverless": "iamglue.formats.policies.serverless",
    "aws-cli": "iamglue.formats.policies.aws_cli",
}
FORMATS: tuple[str, ...] = ("json", "yaml", *_DOCUMENTS)
DOCUMENT_FORMATS = frozenset(_DOCUMENTS)


def render_permission_sets(permission_sets: Sequence[PermissionSet], format: str, only: str = "policy") -> str:
    """Render the permission sets in `format`; the output is deterministic.

    A document format contains role, policies and invoke permissions of all permission sets. JSON and YAML contain the
    part `only` of one permission set. Raises IamglueError if the format cannot represent the request.
    """
    if format in _DOCUMENTS:
        if only != "policy":
            raise IamglueError(f"--only {only} is for json and yaml: {format} contains every part in one document")
        return _document_renderer(format)(tuple(permission_sets))
    if len(permission_sets) != 1:
        raise IamglueError(
            f"{format} can contain one function, but the spec has {len(permission_sets)}",
            hint="select one with `--function NAME`, or write one file per function with `-o DIR`",
        )
    return single_document_text(permission_sets[0], format, only)


def permission_set_files(permission_set: PermissionSet, format: str, only: str = "policy") -> dict[str, str]:
    """JSON or YAML files for one permission set, name -> text: several if its policy is split.

    Raises IamglueError if the function's name is not a valid file name.
    """
    return single_document_files(permission_set, format, only)


def _document_renderer(format: str) -> Callable[[tuple[PermissionSet, ...]], str]:
    renderer: Callable[[tuple[PermissionSet, ...]], str] = import_module(_DOCUMENTS[format]).render
    return renderer
