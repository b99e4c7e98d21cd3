"""The values of a template that decide what its policies allow: defaults of parameters, and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iamglue.changes.access_properties import property_texts
from iamglue.changes.node_texts import node_text
from iamglue.changes.resource_types import is_access_key, is_compared_type, may_be_access_key
from iamglue.model.access_change import NotCompared, PolicyHolder
from iamglue.policy.document import policy_json
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.cloudformation_policy_properties import POLICY_PROPERTIES

_NAME = re.compile(r"\w+")
_PARAMETER = re.compile(r"\$\{([A-Za-z0-9]+)\}")


class TemplateValues:
    """What the names of a template mean: the defaults of its parameters, its conditions and its mappings."""

    def __init__(self, root: Node) -> None:
        self.conditions = {name: node_text(node) for name, node in _section(root, "Conditions").items()}
        self.values = {name: node_text(node) for name, node in _section(root, "Mappings").items()}
        self.values |= {name: _default(node) for name, node in _section(root, "Parameters").items()}
        self.values |= self.conditions

    def names(self, texts: Iterable[str]) -> list[str]:
        """The names in some texts, and in the values of these names."""
        names: dict[str, None] = {}
        parts = list(texts)
        for part in parts:  # it grows in the loop
            new = dict.fromkeys(name for name in _NAME.findall(part) if name in self.values and name not in names)
            names |= new
            parts += (self.values[name] for name in new)
        return list(names)

    def with_values(self, text: str) -> str:
        """The text with the value of each name in it, and in these values, so that it changes if one of them does."""
        return "\n".join((text, *(f"{name}: {self.values[name]}" for name in self.names((text,)))))


def find_template_values(
    root: Node, holders: Iterable[PolicyHolder], conditions: Iterable[str], roles: Iterable[str]
) -> Iterator[tuple[str, NotCompared]]:
    """Yield the values of the names that decide who gets which policy: parameters, mappings, conditions."""
    values = TemplateValues(root)
    if not values.values:
        return
    policies = (policy_json(file.policy) for holder in holders for file in holder.files)
    names = [name for text in (*policies, *roles) for name in _PARAMETER.findall(text)]
    names += ["\n".join(_decisive_texts(resource)) for resource in _section(root, "Resources").values()]
    for name in sorted(values.names((*names, *conditions))):
        what = "condition" if name in values.conditions else "parameter or mapping"
        yield f"the value of the {what} `{name}`", NotCompared(values.values[name], only_if_changed=True)


def _decisive_texts(resource: Node) -> Iterator[str]:
    """Yield what decides the access of a resource: of a policy resource all, of a function what is about access."""
    type_node, properties, condition = (resource.get(name) for name in ("Type", "Properties", "Condition"))
    resource_type = "" if type_node is None else type_node.text
    if properties is None or not (is_compared_type(resource_type) or resource_type in POLICY_PROPERTIES):
        return
    is_function = resource_type.endswith("::Function")
    yield from property_texts(properties, is_access_key if is_function else may_be_access_key)
    if condition is not None:
        yield node_text(condition)


def _section(root: Node, name: str) -> Mapping[str, Node]:
    """The values of a section of the template by their names."""
    node = root.get(name)
    return {} if node is None else {key.text: value for key, value in node.pairs}


def _default(parameter: Node) -> str:
    """The default and the type of a parameter: the name of a parameter of Systems Manager is not its value."""
    nodes = (parameter.get(name) for name in ("Type", "Default"))
    return " ".join(node_text(node) for node in nodes if node is not None)
