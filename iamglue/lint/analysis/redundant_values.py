"""Violations for values of a list that another value of the list covers: one for each value that covers others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.findings import build_fix
from iamglue.lint.analysis.required_key import format_code_list
from iamglue.lint.rule import RuleViolation
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.source.edits import remove_children
from iamglue.policy.source.nodes import Node


def redundant_value_violations(
    element: ParsedMatchList, covered_pairs: Iterable[tuple[Node, Node]], *, ignore_case: bool
) -> Iterator[RuleViolation]:
    """A violation for each group of values that the same value covers, at the first covered value.

    The pairs are a covered value and one that covers it, which may itself be covered. Access Analyzer also reports a
    group as one finding. `ignore_case`: texts that differ only in case are the same value.
    """
    covering_by_id: dict[int, Node] = {}
    covered_nodes: list[Node] = []
    for node, covering in covered_pairs:
        covering_by_id[id(node)] = covering
        covered_nodes.append(node)
    groups: dict[int, tuple[Node, list[Node]]] = {}
    for node in covered_nodes:
        covering = _outermost_value(node, covering_by_id)
        groups.setdefault(id(covering), (covering, []))[1].append(node)
    for covering, nodes in groups.values():
        yield _group_violation(element, covering, nodes, ignore_case=ignore_case)


def _outermost_value(node: Node, covering_by_id: dict[int, Node]) -> Node:
    """The value that covers all values which cover a value; of values that cover each other, one of them."""
    passed = {id(node)}
    covering = covering_by_id[id(node)]
    while id(covering) in covering_by_id and id(covering) not in passed:
        passed.add(id(covering))
        covering = covering_by_id[id(covering)]
    return covering


def _group_violation(
    element: ParsedMatchList, covering: Node, nodes: list[Node], *, ignore_case: bool
) -> RuleViolation:
    """One violation for all values that another one covers, or that are the same as another one."""
    texts = format_code_list(node.text for node in nodes)
    if len({_comparable_text(node, ignore_case=ignore_case) for node in (covering, *nodes)}) == 1:
        message = f"`{nodes[0].text}` is listed {'twice' if len(nodes) == 1 else f'{len(nodes) + 1} times'}"
        help_ = "keep one of them"
    else:
        verb, these = ("is", "this is") if len(nodes) == 1 else ("are", "these are")
        message = f"{texts} {verb} covered by `{covering.text}`"
        help_ = f"remove {texts}, or remove the wildcard if only {these} intended"
    removal = build_fix(f"remove {texts}", remove_children(element.node, nodes), safe=True)
    return RuleViolation(nodes[0], message, help=help_, code=redundancy_code(element), fix=removal)


def redundancy_code(element: ParsedMatchList) -> str | None:
    """The code of a redundant value: Access Analyzer checks only `Action` and `Resource`."""
    return "" if element.negated else None


def _comparable_text(node: Node, *, ignore_case: bool) -> str:
    return node.text.lower() if ignore_case else node.text
