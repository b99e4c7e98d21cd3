"""Who can become whom as a graph: roles, users, services, administrator access and data, and edges with statements.

Of each account, administrator access and each kind of data is one node. The graph of some roles has what their routes
pass, so that of one role is the picture of its escalation paths.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache

from iamglue.catalog.sensitive_actions import data_read_actions
from iamglue.findings import EscalationHop, HopStatement
from iamglue.model.escalation_map import EscalationRoute, PrincipalRoutes, RouteEnd
from iamglue.policy.arns import split_arn_fields


class GraphNodeKind(StrEnum):
    """What a node is. `EFFECT` is the result of a step that leads to no role or user by name."""

    ROLE = "role"
    USER = "user"
    RESOURCE = "resource"
    ADMINISTRATOR = "administrator"
    DATA = "data"
    EFFECT = "effect"
    SERVICE = "service"
    EVERYONE = "everyone"
    ACCOUNT = "account"
    IDENTITY_PROVIDER = "identity-provider"
    PRINCIPAL = "principal"


class EdgeKind(StrEnum):
    """What an edge says: its source can become the target by a step, has its access, or the target trusts it."""

    BECOMES = "becomes"
    HAS = "has"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node; `id` is unique in the graph, and the ARN if there is one."""

    id: str
    kind: GraphNodeKind
    name: str
    account: str
    arn: str | None = None


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An edge. `means` are the ways to take it: each has the statements that together allow it.

    `unknown` is why it is not certain, empty if it is. `left_out` counts the roles between that are not shown.
    """

    source: str
    target: str
    kind: EdgeKind
    means: tuple[tuple[HopStatement, ...], ...] = ()
    unknown: str = ""
    left_out: int = 0


@dataclass(slots=True)
class EscalationGraphData:
    """The nodes by their id, and the edges by what they connect; `left_out` counts routes that are not in it."""

    nodes: dict[str, GraphNode] = field(default_factory=dict)
    edges: dict[tuple[str, str, EdgeKind], GraphEdge] = field(default_factory=dict)
    left_out: int = 0

    def add_node(self, node: GraphNode) -> str:
        """Add a node unless it is there; its id."""
        self.nodes.setdefault(node.id, node)
        return node.id

    def add_edge(self, edge: GraphEdge) -> None:
        """Add an edge, or its means to the same edge; a certain one replaces an uncertain one."""
        key = (edge.source, edge.target, edge.kind)
        known = self.edges.get(key)
        if known is None or _uncertainty(edge) < _uncertainty(known):
            self.edges[key] = edge
        elif _uncertainty(edge) == _uncertainty(known) and edge.means:
            self.edges[key] = replace(known, means=tuple(dict.fromkeys((*known.means, *edge.means))))


def means_actions(means: tuple[HopStatement, ...]) -> tuple[str, ...]:
    """The actions of one way to take an edge, in their order."""
    return tuple(dict.fromkeys(statement.action for statement in means))


def _uncertainty(edge: GraphEdge) -> tuple[bool, int]:
    return bool(edge.unknown), edge.left_out


def escalation_graph(all_routes: Iterable[PrincipalRoutes], *, trust: bool = True) -> EscalationGraphData:
    """The graph of these roles and users; `trust`: with the principals that their trust policies let in."""
    graph, routes_by_arn = EscalationGraphData(), {routes.arn: routes for routes in all_routes}
    for routes in routes_by_arn.values():
        source = graph.add_node(_named_node(routes.arn, routes.name))
        if routes.is_administrator:
            graph.add_edge(GraphEdge(source, _administrator_node(graph, routes.account), EdgeKind.HAS))
        for data in routes.data:
            target = _data_node(graph, routes.account, data.name)
            graph.add_edge(GraphEdge(source, target, EdgeKind.HAS, (data.statements,)))
        for trusted in routes.trusted if trust else ():
            name = f"{trusted.kind}:{trusted.name}"
            kind = GraphNodeKind(trusted.kind)
            other = graph.add_node(GraphNode(name, kind, trusted.name, routes.account))
            graph.add_edge(GraphEdge(other, source, EdgeKind.TRUSTED, ((trusted.statement,),), trusted.unknown))
        for route in routes.routes:
            _add_route(graph, route, routes)
            if route.holder is not None and route.holder not in routes_by_arn:
                _add_access(graph, route, route.holder, routes.account)
        graph.left_out += routes.left_out
    return graph


def _add_route(graph: EscalationGraphData, route: EscalationRoute, routes: PrincipalRoutes) -> None:
    """Add the steps of a route, and what it ends at: a role or user, or the effect of the last step."""
    last = route.hops[-1]
    for hop in route.hops[:-1]:
        _add_step(graph, hop, hop.target)
    if route.left_out and len(route.hops) > 1:
        before = route.hops[-2].target or route.hops[-2].source
        source = graph.add_node(_named_node(last.source, last.name))
        if before != source:
            graph.add_edge(GraphEdge(before, source, EdgeKind.BECOMES, left_out=route.left_out))
    if route.holder is None:
        gained = _effect_node(graph, route, routes)
        _add_step(graph, last, gained)
        return
    _add_step(graph, last, route.holder)


def _add_access(graph: EscalationGraphData, route: EscalationRoute, holder: str, caller_account: str) -> None:
    """The access at the end of a route, of a role or user whose own routes are not in the graph."""
    account = _arn_fields(holder)[4] or caller_account
    if route.end is RouteEnd.ADMINISTRATOR:
        graph.add_edge(GraphEdge(holder, _administrator_node(graph, account), EdgeKind.HAS))
    for name in route.data:
        graph.add_edge(GraphEdge(holder, _data_node(graph, account, name), EdgeKind.HAS))


def _add_step(graph: EscalationGraphData, hop: EscalationHop, target: str | None) -> None:
    """Add the edge of a step; a step that leads to no other role or user gives only the node of its source."""
    source = graph.add_node(_named_node(hop.source, hop.name))
    if target is None or target == source:
        return
    if target not in graph.nodes:
        graph.add_node(_named_node(target))
    graph.add_edge(GraphEdge(source, target, EdgeKind.BECOMES, (hop.statements,), hop.unknown))


def _effect_node(graph: EscalationGraphData, route: EscalationRoute, routes: PrincipalRoutes) -> str:
    """The node that a last hop leads to which names no role or user to become."""
    if route.end is RouteEnd.ADMINISTRATOR:
        return _administrator_node(graph, routes.account)
    name = f"effect:{routes.account}:{route.effect}"
    return graph.add_node(GraphNode(name, GraphNodeKind.EFFECT, route.effect, routes.account))


def _administrator_node(graph: EscalationGraphData, account: str) -> str:
    name = f"administrator:{account}"
    return graph.add_node(GraphNode(name, GraphNodeKind.ADMINISTRATOR, "administrator access", account))


def _data_node(graph: EscalationGraphData, account: str, data: str) -> str:
    """The node of a kind of data in an account, with the services that have such data in its name."""
    services = _services_of_data().get(data, ())
    name = f"all {data} ({', '.join(services)})" if services else f"all {data}"
    return graph.add_node(GraphNode(f"data:{account}:{data}", GraphNodeKind.DATA, name, account))


@cache
def _services_of_data() -> dict[str, tuple[str, ...]]:
    """The services that have each kind of data."""
    services: dict[str, dict[str, None]] = {}
    for action, sensitive in data_read_actions().items():
        services.setdefault(sensitive.effect_text, {})[action.partition(":")[0]] = None
    return {data: tuple(names) for data, names in services.items()}


def _named_node(arn: str, name: str = "") -> GraphNode:
    """The node of a role, a user or a resource."""
    _, _, service, _, account, resource = _arn_fields(arn)
    kind = {"role": GraphNodeKind.ROLE, "user": GraphNodeKind.USER}.get(
        resource.partition("/")[0], GraphNodeKind.RESOURCE
    )
    if service != "iam":
        return GraphNode(arn, GraphNodeKind.RESOURCE, resource or arn, account, arn)
    return GraphNode(arn, kind, name or resource.rpartition("/")[2] or arn, account, arn)


def _arn_fields(arn: str) -> tuple[str, ...]:
    """The six fields of an ARN; the last ones are empty if it has fewer."""
    return (*split_arn_fields(arn), *[""] * 6)[:6]
