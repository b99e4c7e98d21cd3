"""Blocks of override files, which change the blocks of other files.

https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iamglue.policy.source.nodes import Node
from iamglue.readers.terraform.blocks import NodePair, TerraformBlock
from iamglue.readers.terraform.module_files import ModuleFile


class OverriddenBlock:
    """A block with the arguments and nested blocks of an override in place of its own."""

    def __init__(self, base: TerraformBlock, override: TerraformBlock) -> None:
        self._base, self._override = base, override
        self.kind, self.labels, self.location_node = base.kind, base.labels, base.location_node

    def bind(self, bindings: Mapping[str, Node], label: str, *, editable: bool) -> OverriddenBlock:
        """The block with values for `each` or `count`."""
        return OverriddenBlock(
            self._base.bind(bindings, label, editable=editable), self._override.bind(bindings, label, editable=editable)
        )

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value."""
        return self._with(name).attribute(name)

    def attribute_names(self) -> tuple[str, ...]:
        """The names of all attributes."""
        return tuple(dict.fromkeys((*self._base.attribute_names(), *self._override.attribute_names())))

    def evaluate(self, name: str) -> Node | None:
        """The value of an attribute as other expressions see it; None if it is not set."""
        return self._with(name).evaluate(name)

    def blocks(self, name: str) -> tuple[TerraformBlock, ...]:
        """The nested blocks with this name: those of the override, if it has any."""
        return self._override.blocks(name) or self._base.blocks(name)

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether deployment creates more nested blocks with this name."""
        return self._override.has_dynamic_blocks(name) or self._base.has_dynamic_blocks(name)

    def _with(self, name: str) -> TerraformBlock:
        """The one of the two blocks that sets an attribute."""
        return self._override if name in self._override.attribute_names() else self._base


def merge_overrides(files: Sequence[ModuleFile], blocks: Sequence[Sequence[TerraformBlock]]) -> list[TerraformBlock]:
    """The blocks of all files, with those of override files merged into them."""
    ordinary = [block for file, group in zip(files, blocks, strict=True) if not file.is_override for block in group]
    overrides = [block for file, group in zip(files, blocks, strict=True) if file.is_override for block in group]
    if not overrides:
        return ordinary
    if not ordinary:  # an override file that is read alone
        return overrides
    for override in overrides:
        if override.kind == "locals":
            ordinary.insert(0, override)  # the first value of a local is used
        for number, block in enumerate(ordinary):
            if override.kind != "locals" and (block.kind, block.labels) == (override.kind, override.labels):
                ordinary[number] = OverriddenBlock(block, override)
    return ordinary
