"""Checks a spec file as a whole: its format version, its functions, and that it stays in one partition."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.partitions import infer_partition
from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.spec.entry_keys import ENTRY_LISTS, KeyProblem
from iamglue.readers.spec.spec_schemas import FORMAT


def format_problems(root: Node) -> Iterator[IamglueError]:
    """Yield an error when the format version is missing or quoted. Raises IamglueError for an unsupported version."""
    format_node = root.get("iamglue")
    if format_node is None:
        message = f"`iamglue: {FORMAT}` is missing: a spec begins with its format version"
        yield IamglueError(message, hint=f"begin the file with `iamglue: {FORMAT}`", location=root.location)
    elif format_node.text != FORMAT or format_node.kind is not NodeKind.SCALAR:
        quoted = f"`{format_node.text}`" if format_node.kind is NodeKind.SCALAR else "this"
        hint = f"write `iamglue: {FORMAT}`; a newer iamglue may support newer formats"
        message = f"{quoted} is not a format version of specs: expected {FORMAT}"
        raise IamglueError(message, hint=hint, location=format_node.location)
    elif not format_node.plain:
        yield IamglueError(f"expected the number {FORMAT} without quotes", location=format_node.location)


def function_problems(root: Node) -> Iterator[KeyProblem]:
    """Yield an error unless the file has exactly one of `function` and `functions`."""
    single_key, multiple_key = root.key("function"), root.key("functions")
    if single_key and multiple_key:
        message = "a spec must have either `function` or `functions`, not both"
        yield KeyProblem(
            IamglueError(message, location=max(single_key, multiple_key, key=_position).location), single_key
        )
    if not single_key and not multiple_key:
        hint = "write `function: NAME`, or `functions:` with a body for each name"
        yield KeyProblem(IamglueError("the function's name is missing", hint=hint, location=root.location), root)


def spec_bodies(root: Node) -> Iterator[Node]:
    """Yield the bodies of the file: its own, and one for each of `functions`."""
    yield root
    functions = root.get("functions")
    yield from (value for _, value in (functions.pairs if functions else ()) if value.kind is NodeKind.MAP)


def partition_problems(root: Node) -> Iterator[IamglueError]:
    """Yield errors where a Region is in another partition: IAM grants no access across partitions."""
    for body in spec_bodies(root):
        region = body.get("region") or root.get("region")
        partition = body.get("partition") or root.get("partition")
        region_partition = infer_partition(region.text) if region else None
        if region and partition and region_partition not in (None, partition.text):
            last = max(region, partition, key=_position)
            message = f"the Region `{region.text}` is in partition `{region_partition}`, not `{partition.text}`"
            yield IamglueError(message, hint="remove `partition`", location=last.location)
        function_partition = partition.text if partition else region_partition
        for node in (*_regions(body), *(_regions(root) if body is not root else ())):
            node_partition = infer_partition(node.text)
            if function_partition and node_partition not in (None, function_partition):
                function_text = f"the function in `{function_partition}`"
                message = f"the Region `{node.text}` is in partition `{node_partition}`, {function_text}"
                hint = "name a Region of the function's partition: a role has no access to other partitions"
                yield IamglueError(message, hint=hint, location=node.location)


def _regions(body: Node) -> Iterator[Node]:
    """Yield the nodes of the Regions of all entries and triggers of a body."""
    for name in (*ENTRY_LISTS, "triggers"):
        entries = body.get(name)
        for item in entries.items if entries else ():
            region = item.get("region")
            yield from (region.items or (region,)) if region else ()


def _position(node: Node) -> tuple[int, int]:
    """Return the sort key of a node: its position in the file."""
    return node.line, node.column
