"""The calls of a proof: what AWS checks, by tables that `generate` does not use."""

from __future__ import annotations

from functools import cache

import pytest
from support.generated import HEAD

from iamglue.catalog import call_tables
from iamglue.catalog.operations import client_prefix
from iamglue.catalog.tables import table_rows
from iamglue.errors import IamglueError
from iamglue.generate.generate import DeploymentTarget, generate
from iamglue.generate.prove import prove_calls
from iamglue.readers.spec.reader import parse_spec

TARGET = DeploymentTarget("eu-west-1", "111122223333")
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
NO_LOGS = "settings: {logs: false}\n"
CACHED = (
    call_tables.word_actions,
    call_tables.usual_types,
    call_tables.call_arn_format,
    call_tables.call_key_actions,
    call_tables.lambda_calls,
)
# Names for services whose resources are no plain names.
NAMES = {
    "rds-db": "{DbiResourceId: db-1, DbUserName: app}",
    "kms": KEY,
    "cloudwatch": "Acme",
    "ses": "example.com",
    "bedrock": "anthropic.claude-3-haiku-20240307-v1:0",
    "bedrock/guardrail-profile": "eu.guardrail.v1:0",
    "bedrock/agent-alias": "{AgentId: A, AgentAliasId: B}",
    "bedrock/flow-alias": "{FlowId: A, FlowAliasId: B}",
}
QUERY = "{workgroup: w, database: d, tables: [t], results: s3://results/, data: [s3://sales/y/]}"
TRIGGERS = {
    "kafka": ["{cluster: CLUSTER, topic: t, group: g}", "{cluster: CLUSTER, auth: scram, secret: s}"],
    "mq": ["{broker: 'arn:aws:mq:eu-west-1:111122223333:broker:jobs:b-1', secret: s}"],
    "docdb": ["{cluster: orders, secret: s}"],
    "self-managed-kafka": ["{secret: s, vpc: true}"],
    "config": ["config-rule-abc123"],
    "secretsmanager": ["thing", "{secret: thing, superuser: admin}"],
}
CLUSTER = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/9bcf-4"
FOREIGN = CLUSTER.replace("111122223333", "999999999999")


@pytest.fixture(autouse=True)
def _fresh_tables():
    yield
    for cached in CACHED:
        cached.cache_clear()


def function_of(body: str):
    return parse_spec(HEAD + body, "spec.yaml").functions[0]


def holds(function, permission_set) -> bool | None:
    lines = prove_calls(function, permission_set, {})
    outcomes = {line.holds for line in lines}
    return False if False in outcomes else None if None in outcomes else True


# Many rows are used by the same specs. It is asked only while the tables are whole.
@cache
def proved(body: str):
    """The function of a spec and its permission set; None if the spec is refused, or if not all of it is proved."""
    try:
        function = function_of(body)
        permission_set = generate(function, TARGET)
    except IamglueError:
        return None
    return (function, permission_set) if holds(function, permission_set) else None


def remove(monkeypatch, table: str, row: dict[str, str]) -> None:
    """Take one row out of a table, for the proof alone."""
    rows = {name: tuple(kept for kept in table_rows(name) if kept is not row) for name in (table,)}
    monkeypatch.setattr(call_tables, "table_rows", lambda name: rows.get(name) or table_rows(name))
    for cached in CACHED:
        cached.cache_clear()


def bodies(table: str, row: dict[str, str]) -> list[str]:
    """Specs that use a row."""
    if table == "calls":
        kind, do = "", f"\n  do: {row['word']}" if row["word"] else ""
        if row["service"] == "athena":
            return [f"{row['list']}:\n- athena: {QUERY}\n  do: {row['word'][1:]}\n{NO_LOGS}"]
        if row["word"].startswith("@"):
            kind, do = f"/{row['word'][1:]}", ""
        names = (NAMES.get(row["service"] + kind, "thing"), "'*'")
        # Without the role that they pass, these calls are not known.
        role = "\n  pass_role: worker" if row["service"] in ("ecs", "scheduler") else ""
        return [
            f"{row['list']}:\n- {row['service']}{kind}: {name}{do}{options}\n{NO_LOGS}"
            for name in names
            for options in dict.fromkeys(("", role))
        ]
    if table == "call_keys":
        return [
            f"{access}:\n- {row['service']}: thing\n  do: '{row['service']}:{action}'\n  key: {KEY}\n{NO_LOGS}"
            for action in row["actions"].split()
            for access in ("reads", "writes")
        ]
    if table == "call_operations":
        service = client_prefix(row["client"])
        return [
            f"{access}:\n- {service}{kind}: {name}\n  do: {row['operation']}\n{role}{NO_LOGS}"
            for access in ("reads", "writes")
            for role in ("", "  pass_role: worker\n")
            for kind, name in [("", "thing"), ("", "'*'"), ("/table", "{DatabaseName: d, TableName: t}")]
        ]
    if table == "call_arns":
        words = {"logs": "reads:\n- logs: thing\n", "es": "reads:\n- es: thing\n"}
        words["secretsmanager"] = "reads:\n- secretsmanager: thing\n"
        return [words[row["service"]] + NO_LOGS]
    return list(lambda_bodies(row["part"]))


def lambda_bodies(part: str):
    kind, _, name = part.partition(" ")
    if kind == "trigger":
        for source in TRIGGERS.get(name, ["thing"]):
            for cluster in (CLUSTER, FOREIGN):
                yield f"triggers:\n- {name}: {source.replace('CLUSTER', cluster)}\n{NO_LOGS}"
        yield f"triggers:\n- {name}: thing\n  consumer: reader\n{NO_LOGS}"
    elif kind == "destination":
        yield f"settings: {{logs: false, on_failure: {{{name}: thing}}}}\n"
    elif name == "s3_files":
        mounted = "{id: fs-1, access_point: fsap-1, write: true, bucket: thing}"
        yield f"settings: {{file_system: {mounted}, logs: false}}\n"
    else:
        values = {
            "logs": "{create: true}",
            "environment_key": KEY,
            "file_system": "{id: fs-1, access_point: fsap-1, write: true}",
        }
        logs = "" if name == "logs" else ", logs: false"
        yield f"settings: {{{name}: {values.get(name, 'true')}{logs}}}\n"


TABLES = ("calls", "call_keys", "call_arns", "call_operations", "lambda_calls")
# A row that says that nothing is asked for has nothing to prove: `generate` refuses its operation.
ROWS = [(table, row) for table in TABLES for row in table_rows(table) if row.get("actions") != "-"]


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{t}-{'-'.join(list(r.values())[:3])}" for t, r in ROWS])
def test_a_proof_misses_any_row_that_is_taken_out(monkeypatch, table, row):
    cases = [case for body in bodies(table, row) if (case := proved(body))]
    assert cases
    remove(monkeypatch, table, row)
    assert any(holds(function, permission_set) is not True for function, permission_set in cases)
