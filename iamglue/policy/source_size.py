"""The size of policies as AWS counts it, where conditions of a template decide what is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product

from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax

_MAX_CONDITIONS = 10
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


def source_size(policy: ParsedPolicy) -> int:
    """The number of characters of a policy as written, without white space between values.

    The size is that of the JSON form. Unknown values count as 0. Of Fn::If only what can be together counts.
    """
    return sum(largest_sizes([policy]))


def largest_sizes(policies: Sequence[ParsedPolicy]) -> list[int]:
    """The sizes of policies of one file where they are largest together; 0 for one that is not there then.

    Conditions that are not in the `condition_cases` of the policies are taken to be independent, and those after the
    tenth to be true.
    """
    names: set[str] = set()
    everything = [_size(policy.node, {}, names) or 0 for policy in policies]
    if not names:
        return everything
    known: Sequence[Mapping[str, bool]] = policies[0].condition_cases or ({},)
    cases = {tuple((name, case[name]) for name in sorted(names & case.keys())): None for case in known}
    others = dict.fromkeys(sorted(names.difference(*known)), True)
    truths = list(product((True, False), repeat=min(len(others), _MAX_CONDITIONS - len(cases).bit_length() + 1)))
    sizes = (
        [_size(policy.node, others | dict(zip(others, truth)) | dict(case), names) or 0 for policy in policies]  # noqa: B905 - those after the tenth
        for case in cases
        for truth in truths
    )
    return max(sizes, key=sum)


def _size(node: Node, case: Mapping[str, bool], names: set[str]) -> int | None:
    """The size of a value in a case, None if it is not there; adds the names of the conditions of its parts."""
    for name, truth in node.branches:
        names.add(name)
        if case.get(name, truth) is not truth:
            return None
    if node.kind is NodeKind.SCALAR:
        is_bare = node.plain and node.source.syntax is Syntax.JSON
        return len(node.text) if is_bare else len(_AS_JSON(node.text))
    if node.kind is NodeKind.UNKNOWN:
        return 0
    sizes = [size for item in node.items if (size := _size(item, case, names)) is not None]
    for key, value in node.pairs:
        size = _size(value, case, names)
        if size is not None:
            sizes.append((_size(key, case, names) or 0) + 1 + size)
    return sum(sizes) + max(len(sizes) - 1, 0) + 2
