"""`fmt`: the text of a spec with the standard name of each service and trigger; the rest of the text is kept."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.source.edits import Edit, apply_edits, replace_scalar
from iamglue.policy.source.yaml_reader import read_single_document
from iamglue.readers.spec.canonical_names import S3_URI, CanonicalText, find_other_names
from iamglue.readers.spec.reader import parse_spec


def canonical_spec_text(text: str, path: str) -> str:
    """Return the text with each other name of a service or trigger replaced, and with S3 names instead of S3 URIs.

    `path` is the file name in errors. Raises IamglueError, or MultipleErrors with every error in the spec.
    """
    parse_spec(text, path)
    root = read_single_document(text, path).documents[0]
    # An anchor that is used several times is edited once.
    return apply_edits(text.removeprefix("\ufeff"), {edit for name in find_other_names(root) for edit in _edits(name)})


def _edits(name: CanonicalText) -> Iterator[Edit]:
    """The edits for one name; of an S3 URI only `s3://` is removed, so that its quotes and escapes stay."""
    node = name.node
    written = node.source.text[node.start : node.end]
    quote = "" if node.plain else written[:1]
    if written.startswith(f"{quote}{S3_URI}{name.text[:1]}") and name.text[:1].isalnum():
        start = node.source.file_offset(node.start) + len(quote)
        yield Edit(start, start + len(S3_URI), "")
    else:
        yield from replace_scalar(node, name.text)
