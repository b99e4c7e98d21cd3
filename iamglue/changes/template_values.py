"""The values of a template that decide what its policies allow: defaults of parameters, and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iamglue.changes.node_texts import node_text
from iamglue.model.access_change import NotCompared, PolicyHolder
from iamglue.policy.document import policy_json
from iamglue.policy.source.nodes import Node

_NAME = re.compile(r"\w+")
_PARAMETER = re.compile(r"\$\{([A-Za-z0-9]+)\}")


class TemplateValues:
    """What the names of a template mean: the defaults of its parameters, its conditions and its mappings."""

    def __init__(self, root: Node) -> None:
        self.defaults = {name: _default(node) for name, node in _section(root, "Parameters").items()}
        self.conditions = {name: node_text(node) for name, node in _section(root, "Conditions").items()}
        self._values = {name: node_text(node) for name, node in _section(root, "Mappings").items()}
        self._values |= self.defaults | self.conditions

    def with_values(self, text: str) -> str:
        """The text with the value of each name in it, and in these values, so that it changes if one of them does."""
        texts, seen = [text], set[str]()
        for part in texts:  # it grows in the loop
            for name in dict.fromkeys(_NAME.findall(part)):
                if name in self._values and name not in seen:
                    seen.add(name)
                    texts.append(f"{name}: {self._values[name]}")
        return "\n".join(texts)


def find_template_values(
    root: Node, holders: Iterable[PolicyHolder], conditions: Iterable[str], roles: Iterable[str]
) -> Iterator[tuple[str, NotCompared]]:
    """Yield the default of each parameter in the holders' policies and in roles, and the value of each condition."""
    values = TemplateValues(root)
    used = {name for holder in holders for name in _parameter_names(holder)} if values.defaults else set[str]()
    used |= {name for role in roles for name in _PARAMETER.findall(role)}
    for name in sorted(used & values.defaults.keys()):
        yield f"the default of the parameter `{name}`", NotCompared(values.defaults[name], only_if_changed=True)
    for name in sorted({*conditions} & values.conditions.keys()):
        yield f"the condition `{name}`", NotCompared(values.with_values(values.conditions[name]), only_if_changed=True)


def _section(root: Node, name: str) -> Mapping[str, Node]:
    """The values of a section of the template by their names."""
    node = root.get(name)
    return {} if node is None else {key.text: value for key, value in node.pairs}


def _parameter_names(holder: PolicyHolder) -> Iterator[str]:
    """Yield the names of parameters in what a holder has."""
    for file in holder.files:
        yield from _PARAMETER.findall(policy_json(file.policy))
    yield from _PARAMETER.findall(holder.boundary)


def _default(parameter: Node) -> str:
    default = parameter.get("Default")
    return "" if default is None else node_text(default)
