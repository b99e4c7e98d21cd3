"""Who can become whom as a Mermaid flowchart: what is on a chain to more access, the nearest to administrators first.

Names are untrusted: each character that could end a label or start markup is written as Mermaid's entity code.
Mermaid draws at most 500 edges and reads at most 50,000 characters: https://mermaid.js.org/config/schema-docs/config.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from iamglue.formats.reports.escalation_graph import (
    EdgeKind,
    EscalationGraphData,
    GraphEdge,
    GraphNode,
    GraphNodeKind,
    escalation_graph,
    means_actions,
)
from iamglue.model.role_context import AuditResult
from iamglue.output_escaping import escape_to_one_line

_MAX_EDGES, _MAX_CHARACTERS = 450, 45_000
_MAX_LABEL = 120
# What Mermaid shows as it is within quotes. A line break, a quote or a backtick would end a label or start markup.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.:/,()")
_SHAPES = {
    GraphNodeKind.ROLE: ("[", "]"),
    GraphNodeKind.USER: ("([", "])"),
    GraphNodeKind.ADMINISTRATOR: ("{{", "}}"),
    GraphNodeKind.DATA: ("[(", ")]"),
    GraphNodeKind.EFFECT: (">", "]"),
}
_OTHER_SHAPE = ("[/", "/]")
_STYLES = (
    "  classDef administrator fill:#b42318,stroke:#7a1710,color:#ffffff",
    "  classDef data fill:#a4400a,stroke:#6d2b07,color:#ffffff",
)


def graph_mermaid(audit: AuditResult) -> str:
    """The flowchart; the output is deterministic."""
    graph = escalation_graph(audit.routes or ())
    edges = _ordered_edges(graph)
    shown = edges[:_MAX_EDGES]
    while True:
        text = _flowchart(graph, shown, len(edges) - len(shown))
        if len(text) <= _MAX_CHARACTERS or not shown:
            return text
        shown = shown[: len(shown) * 9 // 10]


def _ordered_edges(graph: EscalationGraphData) -> list[GraphEdge]:
    """The edges on a chain to a goal: nearest to administrators first, then to data, then to other access."""
    incoming: dict[str, list[GraphEdge]] = {}
    for _, edge in sorted(graph.edges.items()):
        incoming.setdefault(edge.target, []).append(edge)
    edges: dict[tuple[str, str, EdgeKind], GraphEdge] = {}
    seen: set[str] = set()
    for starts in _goals(graph):
        waiting = deque(start for start in starts if start not in seen)
        seen.update(waiting)
        while waiting:
            for edge in incoming.get(waiting.popleft(), ()):
                edges.setdefault((edge.source, edge.target, edge.kind), edge)
                if edge.source not in seen:
                    seen.add(edge.source)
                    waiting.append(edge.source)
    return list(edges.values())


def _goals(graph: EscalationGraphData) -> Iterator[list[str]]:
    """The nodes that chains lead to, the most severe first; the last ones are all that someone can become."""
    for kind in (GraphNodeKind.ADMINISTRATOR, GraphNodeKind.DATA, GraphNodeKind.EFFECT):
        yield sorted(name for name, node in graph.nodes.items() if node.kind is kind)
    yield sorted({edge.target for edge in graph.edges.values() if edge.kind is EdgeKind.BECOMES})


def _flowchart(graph: EscalationGraphData, edges: list[GraphEdge], left_out: int) -> str:
    """The flowchart of these edges and their nodes; `left_out` counts the edges that are not among them."""
    numbers: dict[str, int] = {}
    for edge in edges:
        for name in (edge.source, edge.target):
            numbers.setdefault(name, len(numbers))
    lines = ["flowchart LR", *(_node_line(number, graph.nodes[name]) for name, number in numbers.items())]
    lines += (_edge_line(edge, numbers) for edge in edges)
    if not edges:
        lines.append('  none["No role or user can become another one with more access"]')
    if left_out or graph.left_out:
        parts = [f"{left_out:,} edges"] * bool(left_out) + [f"{graph.left_out:,} chains"] * bool(graph.left_out)
        lines.append(f'  more["{" and ".join(parts)} are not shown"]')
    for kind in (GraphNodeKind.ADMINISTRATOR, GraphNodeKind.DATA):
        members = [f"n{number}" for name, number in numbers.items() if graph.nodes[name].kind is kind]
        lines += [f"  class {','.join(members)} {kind}"] if members else []
    return "\n".join([*lines, *_STYLES, ""])


def _node_line(number: int, node: GraphNode) -> str:
    """The line of a node, whose shape says what it is; of other kinds the label says it."""
    start, end = _SHAPES.get(node.kind, _OTHER_SHAPE)
    kind = (
        ""
        if node.kind in (GraphNodeKind.ROLE, GraphNodeKind.ADMINISTRATOR, GraphNodeKind.DATA, GraphNodeKind.EFFECT)
        else node.kind
    )
    return f'  n{number}{start}"{_label(f"{kind} {node.name}".strip())}"{end}'


def _edge_line(edge: GraphEdge, numbers: dict[str, int]) -> str:
    """The line of an edge; a dashed arrow is uncertain, or leaves out roles between."""
    arrow = "-.->" if edge.unknown or edge.left_out else "-->"
    label = "<br/>".join(map(_label, _edge_texts(edge)))
    middle = f'|"{label}"|' if label else ""
    return f"  n{numbers[edge.source]} {arrow}{middle} n{numbers[edge.target]}"


def _edge_texts(edge: GraphEdge) -> Iterator[str]:
    """The actions and statements of the first way, how many others there are, and what is not certain."""
    if edge.left_out:
        yield f"through {edge.left_out} more"
    if edge.kind is EdgeKind.HAS:
        yield "has"
    if edge.means and edge.means[0]:
        yield ", ".join(means_actions(edge.means[0]))
        yield " and ".join(dict.fromkeys(statement.text for statement in edge.means[0]))
    if len(edge.means) > 1:
        yield f"or {len(edge.means) - 1} other {'way' if len(edge.means) == 2 else 'ways'}"
    if edge.unknown:
        yield f"uncertain: {edge.unknown}"


def _label(text: str) -> str:
    """A text within the quotes of a label, shortened."""
    plain = escape_to_one_line(text).replace("`", "")
    return "".join(_characters(plain if len(plain) <= _MAX_LABEL else f"{plain[: _MAX_LABEL - 1]}…"))


def _characters(text: Iterable[str]) -> Iterator[str]:
    """Each character as it is, or as an entity code if Mermaid could take it for markup."""
    before = " "
    for character in text:
        # "1. name" and "- name" would start a list of Markdown
        is_list = character == " " and before in ".-"
        yield character if character in _PLAIN and not is_list else f"#{ord(character)};"
        before = character
