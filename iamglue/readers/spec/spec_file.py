"""The spec file as a whole: its format, its functions, and that all of it is in one partition."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.partitions import infer_partition
from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.spec.entry_keys import ENTRY_LISTS, KeyProblem
from iamglue.readers.spec.spec_schemas import FORMAT


def format_problems(root: Node) -> Iterator[IamglueError]:
    """An error when the file does not say which format it is in; another format than ours is raised at once."""
    found = root.get("iamglue")
    if found is None:
        message = f"`iamglue: {FORMAT}` is missing: it says which format the file is in"
        yield IamglueError(message, hint=f"begin the file with `iamglue: {FORMAT}`", location=root.location)
    elif found.text != FORMAT or found.kind is not NodeKind.SCALAR:
        written = f"`{found.text}`" if found.kind is NodeKind.SCALAR else "this"
        hint = f"write `iamglue: {FORMAT}`; a newer iamglue may read newer formats"
        message = f"{written} is not a format of specs: expected {FORMAT}"
        raise IamglueError(message, hint=hint, location=found.location)
    elif not found.plain:
        yield IamglueError(f"expected the number {FORMAT} without quotes", location=found.location)


def function_problems(root: Node) -> Iterator[KeyProblem]:
    """An error unless the file has exactly one of `function` and `functions`."""
    one, several = root.key("function"), root.key("functions")
    if one and several:
        message = "a spec has either `function` or `functions`, not both"
        yield KeyProblem(IamglueError(message, location=max(one, several, key=_place).location), one)
    if not one and not several:
        hint = "write `function: NAME`, or `functions:` with a body for each name"
        yield KeyProblem(IamglueError("the function's name is missing", hint=hint, location=root.location), root)


def spec_bodies(root: Node) -> Iterator[Node]:
    """The bodies of the file: its own, and one for each of `functions`."""
    yield root
    functions = root.get("functions")
    yield from (value for _, value in (functions.pairs if functions else ()) if value.kind is NodeKind.MAP)


def partition_problems(root: Node) -> Iterator[IamglueError]:
    """Errors where Regions and partition disagree: IAM grants nothing across partitions."""
    for body in spec_bodies(root):
        region = body.get("region") or root.get("region")
        partition = body.get("partition") or root.get("partition")
        of_region = infer_partition(region.text) if region else None
        if region and partition and of_region not in (None, partition.text):
            last = max(region, partition, key=_place)
            message = f"the Region `{region.text}` is in partition `{of_region}`, not `{partition.text}`"
            yield IamglueError(message, hint="leave the partition out", location=last.location)
        own = partition.text if partition else of_region
        for node in (*_regions(body), *(_regions(root) if body is not root else ())):
            elsewhere = infer_partition(node.text)
            if own and elsewhere not in (None, own):
                message = f"the Region `{node.text}` is in partition `{elsewhere}`, the function in `{own}`"
                yield IamglueError(message, hint="a role reaches its own partition only", location=node.location)


def _regions(body: Node) -> Iterator[Node]:
    for name in (*ENTRY_LISTS, "triggers"):
        listed = body.get(name)
        for item in listed.items if listed else ():
            found = item.get("region")
            yield from (found.items or (found,)) if found else ()


def _place(node: Node) -> tuple[int, int]:
    return node.line, node.column
