"""The values of a template that decide what its policies allow: defaults of parameters, and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iamglue.changes.node_texts import node_text
from iamglue.model.access_change import NotCompared, PolicyHolder
from iamglue.policy.document import policy_json
from iamglue.policy.source.nodes import Node

_PARAMETER = re.compile(r"\$\{([A-Za-z0-9]+)\}")


def find_template_values(
    root: Node, holders: Iterable[PolicyHolder], conditions: Iterable[str]
) -> Iterator[tuple[str, NotCompared]]:
    """Yield the default of each parameter in the holders' policies, and the definition of each of the conditions."""
    defaults = _section(root, "Parameters")
    definitions = _section(root, "Conditions")
    used = {name for holder in holders for name in _parameter_names(holder)} if defaults else ()
    for name in sorted(used):
        if name in defaults:
            yield f"the default of the parameter `{name}`", NotCompared(_default(defaults[name]), only_if_changed=True)
    for name in sorted({*conditions} & definitions.keys()):
        text = "\n".join(_definition_texts(name, definitions, defaults, set()))
        yield f"the condition `{name}`", NotCompared(text, only_if_changed=True)


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


def _definition_texts(
    name: str, definitions: Mapping[str, Node], defaults: Mapping[str, Node], seen: set[str]
) -> Iterator[str]:
    """Yield the definition of a condition, and what it names: other conditions, and the defaults of parameters."""
    seen.add(name)
    yield node_text(definitions[name])
    for node in definitions[name].walk():
        if node.text in defaults:
            yield _default(defaults[node.text])
        elif node.text in definitions and node.text not in seen:
            yield from _definition_texts(node.text, definitions, defaults, seen)
