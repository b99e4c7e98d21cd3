"""The escalation paths of one role as a picture: layers from the role down to what it can get, as inline SVG.

The size is bounded: routes that do not fit are counted, and of a long route the middle is counted. Names are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.formats.reports.escalation_graph import (
    EscalationGraphData,
    GraphEdge,
    GraphNode,
    GraphNodeKind,
    escalation_graph,
    means_actions,
)
from iamglue.formats.reports.html_page import escape_html
from iamglue.formats.words.safe_text import SafeText
from iamglue.model.escalation_map import EscalationRoute, PrincipalRoutes

_MAX_NODES, _MAX_WIDE, _MAX_HOPS, _MAX_ROUTES = 12, 2, 6, 24
_WIDTH, _HEIGHT, _GAP, _BETWEEN = 170, 42, 12, 46
_NAME, _ACTION = 20, 28  # characters that fit


@dataclass(frozen=True, slots=True)
class EscalationPicture:
    """The picture, and the number of routes that are not in it."""

    svg: SafeText
    left_out: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """The place of each node, by its ID: the left and the top; `width` and `height` are those of the picture."""

    places: dict[str, tuple[int, int]]
    width: int
    height: int


def escalation_picture(routes: PrincipalRoutes) -> EscalationPicture | None:
    """The picture of what a role can become; None if it can become nothing."""
    if not routes.routes:
        return None
    shown = replace(routes, routes=(), data=(), left_out=0)
    graph, layers = EscalationGraphData(), list[list[str]]()
    for route in map(_shorten_route, routes.routes[:_MAX_ROUTES]):
        longer = replace(shown, routes=(*shown.routes, route))
        longer_graph = escalation_graph([longer], trust=False)
        tried = _layers(longer_graph, routes.arn)
        fits = sum(map(len, tried)) <= _MAX_NODES and max(map(len, tried)) <= _MAX_WIDE
        if fits or not shown.routes:
            shown, graph, layers = longer, longer_graph, tried
    left_out = len(routes.routes) - len(shown.routes) + routes.left_out
    svg = "".join(_svg(graph, _layout(layers), routes))
    return EscalationPicture(SafeText(svg.encode("ascii", "xmlcharrefreplace").decode()), left_out)


def _shorten_route(route: EscalationRoute) -> EscalationRoute:
    """The route with at most six hops, of a longer one the first five and the last, and with its data as one kind."""
    route = replace(route, data=(", ".join(route.data),) if route.data else ())
    removed = len(route.hops) - _MAX_HOPS
    if removed <= 0:
        return route
    return replace(route, hops=(*route.hops[: _MAX_HOPS - 1], route.hops[-1]), left_out=route.left_out + removed)


def _layers(graph: EscalationGraphData, start: str) -> list[list[str]]:
    """The nodes by their distance from the start, each in the order in which the routes name them."""
    following: dict[str, list[str]] = {}
    for edge in graph.edges.values():
        following.setdefault(edge.source, []).append(edge.target)
    layers, seen = [[start]], {start}
    while layers[-1]:
        reached = dict.fromkeys(target for node in layers[-1] for target in following.get(node, ()))
        layers.append([node for node in reached if node not in seen])
        seen.update(layers[-1])
    return layers[:-1]


def _layout(layers: list[list[str]]) -> _Layout:
    """The places of all boxes: a row for each layer, in the middle of the picture."""
    width = max(len(layer) for layer in layers) * (_WIDTH + _GAP) - _GAP
    places = {}
    for number, layer in enumerate(layers):
        left = (width - len(layer) * (_WIDTH + _GAP) + _GAP) // 2
        for at, node in enumerate(layer):
            places[node] = (left + at * (_WIDTH + _GAP) + 1, number * (_HEIGHT + _BETWEEN) + 1)
    return _Layout(places, width + 2, len(layers) * (_HEIGHT + _BETWEEN) - _BETWEEN + 2)


def _svg(graph: EscalationGraphData, layout: _Layout, routes: PrincipalRoutes) -> Iterator[str]:
    """The parts of the picture: the lines, then their labels and the boxes over them."""
    names = ", ".join(node.name for node in graph.nodes.values() if node.id != routes.arn)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="paths" width="{layout.width}" height="{layout.height}" '
        f'viewBox="0 0 {layout.width} {layout.height}" role="img" '
        f'aria-label="{escape_html(f"{routes.name} can become or get: {names}")}">'
    )
    for edge in graph.edges.values():
        yield from _line(edge, layout)
    labelled: set[str] = set()
    for edge in graph.edges.values():
        yield from _label(edge, graph, layout, is_first=edge.target not in labelled)
        labelled.add(edge.target)
    for name, place in layout.places.items():
        yield from _box(graph.nodes[name], place, is_start=name == routes.arn)
    yield "</svg>"


def _line(edge: GraphEdge, layout: _Layout) -> Iterator[str]:
    """The line of a step, with a tip at its target; one that leads upwards is straight and has none."""
    (left, top), (to_left, to_top) = layout.places[edge.source], layout.places[edge.target]
    x, y, to_x = left + _WIDTH // 2, top + _HEIGHT, to_left + _WIDTH // 2
    kind = "step uncertain" if edge.unknown or edge.left_out else "step"
    if to_top <= top:  # back to a role that is already above
        y, to_top = top + _HEIGHT // 2, to_top + _HEIGHT // 2
        yield f'<path class="{kind}" d="M{x} {y}L{to_x} {to_top}"/>'
        return
    middle = (y + to_top) // 2
    yield f'<path class="{kind}" d="M{x} {y}C{x} {middle} {to_x} {middle} {to_x} {to_top - 7}"/>'
    yield f'<path class="tip" d="M{to_x - 5} {to_top - 8}h10l-5 8z"/>'


def _label(edge: GraphEdge, graph: EscalationGraphData, layout: _Layout, *, is_first: bool) -> Iterator[str]:
    """What the step uses, above its target; all of it is in the title."""
    left, top = layout.places[edge.target]
    text = _edge_text(edge)
    if not is_first or not text or top <= layout.places[edge.source][1]:
        return
    title = f"{graph.nodes[edge.source].name}: {_edge_title(edge)}"
    yield f'<text class="means" x="{left + _WIDTH // 2}" y="{top - 18}">{escape_html(_short(text, _ACTION))}'
    yield f"<title>{escape_html(title)}</title></text>"


def _edge_text(edge: GraphEdge) -> str:
    """The first action of a step and how many more it uses, short enough for the picture."""
    if edge.left_out:
        return f"… through {edge.left_out} more …"
    actions = means_actions(edge.means[0]) if edge.means else ()
    more = f" +{len(actions) - 1}" if len(actions) > 1 else ""
    doubt = "? " if edge.unknown else ""
    return f"{doubt}{_short(actions[0], _ACTION - len(more) - len(doubt))}{more}" if actions else ""


def _edge_title(edge: GraphEdge) -> str:
    """All ways to take a step, with their statements, and why it is uncertain."""
    ways = [
        f"{', '.join(means_actions(means))} by {' and '.join(dict.fromkeys(item.text for item in means))}"
        for means in edge.means
        if means
    ]
    unknown = [f"uncertain: {edge.unknown}"] if edge.unknown else []
    return "; ".join([" or ".join(ways), *unknown])


def _box(node: GraphNode, place: tuple[int, int], *, is_start: bool) -> Iterator[str]:
    """The box of a node; the corners of a user's are round."""
    left, top = place
    round_corner = _HEIGHT // 2 if node.kind is GraphNodeKind.USER else 6
    start = " start" if is_start else ""
    yield f'<g class="node {node.kind}{start}"><title>{escape_html(node.arn or node.name)}</title>'
    yield f'<rect x="{left}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" rx="{round_corner}"/>'
    x = left + _WIDTH // 2
    if node.kind in (GraphNodeKind.ADMINISTRATOR, GraphNodeKind.EFFECT, GraphNodeKind.DATA):
        yield f'<text class="label" x="{x}" y="{top + 26}">{escape_html(_short(node.name, _NAME))}</text></g>'
        return
    kind = "this role" if is_start else node.kind
    yield f'<text class="kind" x="{x}" y="{top + 15}">{escape_html(kind)}</text>'
    yield f'<text class="label" x="{x}" y="{top + 32}">{escape_html(_short(node.name, _NAME))}</text></g>'


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
