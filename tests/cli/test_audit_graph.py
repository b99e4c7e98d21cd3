"""`iamglue audit --graph`: who can become whom, as Mermaid and JSON, of the account that is a story."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from support import bakery, deployed

from iamglue.audit.run import AuditSelection, audit
from iamglue.formats.reports.graph_json import graph_json
from iamglue.formats.reports.graph_mermaid import graph_mermaid
from iamglue.model.account import Account
from iamglue.model.escalation_map import RouteOwners
from iamglue.readers.exports.authorization_details import read_authorization_details

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/graph.schema.json").read_text(encoding="utf-8"))
ADMINISTRATOR = f"administrator:{bakery.ACCOUNT}"
HOSTILE = 'a"]; click b "javascript:x" `c`\n%% <script>[d](e){f}|g|#59;'
WITH_ROUTES = AuditSelection(routes_of=RouteOwners.ROLES)
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole"}


@pytest.fixture(scope="module")
def story():
    return read_authorization_details("export.json", json.dumps(bakery.export()), json.dumps(bakery.functions()))


@pytest.fixture(scope="module")
def graph(story):
    return json.loads(graph_json(audit([story], chosen=AuditSelection(routes_of=RouteOwners.ROLES_AND_USERS))))


def leads_to(graph, start: str) -> set[str]:
    """All nodes that the edges of a graph lead to from one."""
    reached, waiting = set(), [start]
    while waiting:
        node = waiting.pop()
        following = {edge["to"] for edge in graph["edges"] if edge["from"] == node} - reached
        reached |= following
        waiting += following
    return reached


def edge(graph, start: str, end: str) -> dict:
    return next(item for item in graph["edges"] if (item["from"], item["to"]) == (start, end))


def chain_account(*names: str) -> Account:
    """Roles that may each assume the next one; the last one may do everything."""
    arns = [f"arn:aws:iam::{deployed.ACCOUNT}:role/{name}" for name in names]
    roles = []
    for number, name in enumerate(names):
        trusts = arns[number - 1] if number else "arn:aws:iam::999988887777:root"
        trust = deployed.attached("trust", [{**ASSUME, "Principal": {"AWS": trusts}}])
        everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        last = number == len(names) - 1
        policy = deployed.attached("own", everything if last else [{**ASSUME, "Resource": arns[number + 1]}])
        roles.append(deployed.role(policy, name=name, trust=trust))
    return Account(deployed.ACCOUNT, roles=tuple(roles))


def test_the_graph_is_as_its_schema_says(graph):
    jsonschema.validate(graph, SCHEMA)


def test_every_edge_connects_nodes_of_the_graph(graph):
    names = [node["id"] for node in graph["nodes"]]
    assert len(names) == len({*names})
    assert {item[end] for item in graph["edges"] for end in ("from", "to")} <= {*names}


def test_the_roles_that_lead_to_administrators_are_those_of_the_story(graph):
    roles = [node for node in graph["nodes"] if node["kind"] == "role"]
    leading = {node["name"] for node in roles if ADMINISTRATOR in leads_to(graph, node["id"])}
    administrators = {"break-glass", "deployer", "stack-admin", "ops"}
    assert (len(roles), leading) == (40, {*bakery.PATHS} | administrators)


def test_a_step_has_its_actions_and_the_statements_that_allow_it(graph):
    step = edge(graph, bakery.arn("role", "stack-launcher"), bakery.arn("role", "stack-admin"))
    (means,) = step["means"]
    assert means["actions"] == ["iam:PassRole", "cloudformation:CreateStack"]
    assert {item["policy"] for item in means["statements"]} == {"stack-launcher-policy"}
    assert step["uncertain"] is None


def test_users_are_in_the_graph_and_may_be_administrators(graph):
    assert edge(graph, bakery.arn("user", "owner"), ADMINISTRATOR)["kind"] == "has"
    assert bakery.arn("user", "owner") in leads_to(graph, bakery.arn("role", "onboarding"))


def test_services_lead_to_the_roles_that_trust_them(graph):
    trusted = edge(graph, "service:glue.amazonaws.com", bakery.arn("role", "etl"))
    assert trusted["kind"] == "trusted"
    assert trusted["means"][0]["statements"][0]["text"] == "statement 1 of the trust policy of `etl`"


@pytest.mark.parametrize("principal", ["arn:aws", "AROAEXAMPLEID", "arn:aws:iam::210987654321:user/u"])
def test_a_trusted_principal_of_any_form_is_in_the_graph(principal):
    trust = deployed.trusting({"AWS": principal})
    account = Account(deployed.ACCOUNT, roles=(deployed.role(name="reader", trust=trust),))
    graph = json.loads(graph_json(audit([account], chosen=WITH_ROUTES)))
    assert principal in {node["name"] for node in graph["nodes"]}


def test_a_kind_of_data_is_a_node():
    policy = deployed.attached("own", [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])
    account = Account(deployed.ACCOUNT, roles=(deployed.role(policy, name="reader"),))
    graph = json.loads(graph_json(audit([account], chosen=WITH_ROUTES)))
    (data,) = [node for node in graph["nodes"] if node["kind"] == "data"]
    assert data["name"] == "all objects (s3)"
    step = edge(graph, f"arn:aws:iam::{deployed.ACCOUNT}:role/reader", data["id"])
    assert step["means"][0]["actions"] == ["s3:GetObject"]


def test_another_account_that_a_role_trusts_is_a_node():
    graph = json.loads(graph_json(audit([chain_account("first", "last")], chosen=WITH_ROUTES)))
    assert "administrator:" in "".join(leads_to(graph, "account:999988887777"))


def test_what_could_not_be_read_is_said_in_the_graph():
    role = deployed.role(deployed.attached("own", "{"), name="unread")
    graph = json.loads(graph_json(audit([Account(deployed.ACCOUNT, roles=(role,))], chosen=WITH_ROUTES)))
    assert any(gap["subject"]["name"] == "unread" for gap in graph["not_evaluated"])


def test_the_same_account_gives_the_same_graph(story):
    first, second = (audit([story], chosen=AuditSelection(routes_of=RouteOwners.ROLES_AND_USERS)) for _ in range(2))
    assert (graph_json(first), graph_mermaid(first)) == (graph_json(second), graph_mermaid(second))


def test_names_cannot_end_a_label_or_add_a_line_to_mermaid():
    text = graph_mermaid(audit([chain_account(HOSTILE, "middle", "last")], chosen=WITH_ROUTES))
    node = r'n\d+(\[/?|\(\[|\{\{|\[\(|>)"[^"`<>;]*([#][0-9]+;[^"`<>;]*)*"(/?\]|\]\)|\}\}|\)\])'
    arrow = r'n\d+ (-->|-\.->)\|"[^"`|]*"\| n\d+'
    lines = text.splitlines()[1:]
    assert [line for line in lines if not re.fullmatch(rf"  ({node}|{arrow}|class .*|classDef .*)", line)] == []
    assert "javascript:x" in text  # shown, as text
    assert "<script" not in text


def test_a_large_graph_says_how_many_edges_mermaid_does_not_show():
    names = [f"role-{number:04}" for number in range(600)]
    text = graph_mermaid(audit([chain_account(*names)], chosen=WITH_ROUTES))
    assert len(text) < 50_000
    shown = len(re.findall(r"-->|-\.->", text))
    left_out = int(re.search(r'more\["([\d,]+) edges', text)[1].replace(",", ""))
    assert 0 < shown <= 450
    assert shown + left_out >= 600


def test_an_account_without_steps_says_so():
    account = Account(deployed.ACCOUNT, roles=(deployed.role(name="plain"),))
    assert "No role or user can become another" in graph_mermaid(audit([account], chosen=WITH_ROUTES))


def test_the_command_writes_the_graph_to_a_file_and_exits_as_the_audit_does(iamglue, tmp_path):
    (tmp_path / "export.json").write_text(json.dumps(bakery.export()), encoding="utf-8")
    done = iamglue("audit", "--input", tmp_path / "export.json", "--graph", "mermaid", "-o", tmp_path / "graph.mmd")
    assert done.exit_code == 1
    assert (tmp_path / "graph.mmd").read_text(encoding="utf-8").startswith("flowchart LR\n")


def test_the_graph_and_a_format_together_are_refused(iamglue, tmp_path):
    (tmp_path / "export.json").write_text(json.dumps(bakery.export()), encoding="utf-8")
    done = iamglue("audit", "--input", tmp_path / "export.json", "--graph", "json", "--format", "sarif")
    assert done.exit_code == 2
