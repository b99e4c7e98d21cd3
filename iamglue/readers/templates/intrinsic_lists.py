"""Lists in templates: the parameters that are lists, and the parts of a text that Fn::Split separates.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-split.html
"""

from __future__ import annotations

from collections.abc import Collection

from iamglue.policy.patterns.variables import deployment_parameter_names, hide_separators, show_separators, tokenize
from iamglue.policy.source.nodes import Node

_ARN_SEPARATORS = (":", "/")


def split_text(text: str, delimiter: str, names: Collection[str]) -> list[str] | None:
    """The parts of a text; None if an unknown part of it could contain the delimiter.

    The account, the Region and names of resources, `names`, contain no `:` and no `/`.
    """
    has_unknown_parts = any(token.is_parameter for token in tokenize(text))
    is_known = all(token.is_named_parameter or not token.is_parameter for token in tokenize(text)) and all(
        name in names for name in deployment_parameter_names(text)
    )
    if not delimiter or (has_unknown_parts and not (is_known and delimiter in _ARN_SEPARATORS)):
        return None
    return [show_separators(part) for part in hide_separators(text).split(delimiter)]


def list_parameter_names(template: Node | None) -> frozenset[str]:
    """The names of the template's parameters whose type is a list."""
    parameters = template.get("Parameters") if template is not None else None
    if parameters is None:
        return frozenset()
    types = ((name.text, value.get("Type")) for name, value in parameters.pairs)
    return frozenset(name for name, type_node in types if type_node is not None and "List" in type_node.text)
