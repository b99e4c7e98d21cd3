"""The exports of a template, by the parameter that `Fn::ImportValue` of another template has.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.patterns.variables import parameter_of
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.intrinsics import IntrinsicResolver


def named_exports(root: Node, resolver: IntrinsicResolver, *, conditional: bool) -> Iterator[tuple[str, str]]:
    """The names and values of the exports of a template: those with a `Condition`, or those without one."""
    outputs = root.get("Outputs")
    for _, output in outputs.pairs if outputs is not None else ():
        export = output.get("Export")
        name = resolver.resolve_text(export.get("Name")) if export is not None else ""
        value = resolver.resolve_text(output.get("Value"))
        if name and value and (output.get("Condition") is not None) is conditional:
            yield parameter_of(f"ImportValue.{name}")[2:-1], value
