"""Who can become whom as JSON, version 1 (docs/schemas/graph.schema.json)."""

from __future__ import annotations

from typing import Any

from iamglue.findings import HopStatement
from iamglue.formats.reports.escalation_graph import GraphEdge, GraphNode, escalation_graph, means_actions
from iamglue.formats.reports.report_json import report_data
from iamglue.model.role_context import AuditResult
from iamglue.output_escaping import dump_escaped_json


def graph_json(audit: AuditResult) -> str:
    """The graph as indented JSON; nodes and edges are sorted."""
    graph = escalation_graph(audit.routes or ())
    report = report_data(audit.report)
    data = {
        "version": 1,
        "tool": report["tool"],
        "nodes": [_node(node) for _, node in sorted(graph.nodes.items())],
        "edges": [_edge(edge) for _, edge in sorted(graph.edges.items())],
        "left_out": graph.left_out,
        "not_evaluated": report["not_evaluated"],
    }
    return dump_escaped_json(data)


def _node(node: GraphNode) -> dict[str, Any]:
    return {"id": node.id, "kind": str(node.kind), "name": node.name, "account": node.account, "arn": node.arn}


def _edge(edge: GraphEdge) -> dict[str, Any]:
    """An item of `edges`; `uncertain` is null for a step that is certain."""
    return {
        "from": edge.source,
        "to": edge.target,
        "kind": str(edge.kind),
        "means": [
            {"actions": list(means_actions(means)), "statements": list(map(_statement, means))} for means in edge.means
        ],
        "uncertain": edge.unknown or None,
        "left_out": edge.left_out,
    }


def _statement(statement: HopStatement) -> dict[str, Any]:
    """A statement that a step uses, as the report has it."""
    return {
        "action": statement.action,
        "role": statement.role,
        "policy": statement.policy,
        "pointer": statement.pointer,
        "text": statement.text,
    }
