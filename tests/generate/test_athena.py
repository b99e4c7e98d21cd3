"""An entry for an Athena query grants all that Athena reads and writes for it with the function's permissions."""

import pytest
from support.generated import HEAD, bundle_of, grants, problems_of, statements_of

from iamglue.catalog.athena_queries import query_statements
from iamglue.catalog.tables import table_rows
from iamglue.generate.prove import prove
from iamglue.generate.requirements import athena_queries
from iamglue.readers.spec.reader import parse_spec
from iamglue.readers.spec.spec_schemas import ATHENA_QUERY_KEYS

GLUE = "arn:aws:glue:eu-west-1:111122223333"
QUERY = "{workgroup: w, database: d, tables: [a, b], results: s3://out/x/, data: [s3://inputs/y/, in2]}"


def granted_on(body, arn):
    return {action.partition(":")[2] for action, resource in grants(body) if resource == arn}


def test_a_query_grants_its_workgroup_catalog_results_and_data():
    body = f"reads:\n- athena: {QUERY}"
    starts = {"GetQueryExecution", "GetQueryResults", "StartQueryExecution", "StopQueryExecution"}
    assert granted_on(body, "arn:aws:athena:eu-west-1:111122223333:workgroup/w") == starts
    tables = {"BatchGetPartition", "GetPartition", "GetPartitions", "GetTable", "GetTables"}
    assert granted_on(body, f"{GLUE}:table/d/a") == granted_on(body, f"{GLUE}:table/d/b") == tables
    assert granted_on(body, f"{GLUE}:database/d") == tables | {"GetDatabase", "GetDatabases"}
    assert granted_on(body, f"{GLUE}:catalog") == tables | {"GetDatabase", "GetDatabases"}
    assert granted_on(body, "arn:aws:s3:::out") == {"GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"}
    writes = {"AbortMultipartUpload", "GetObject", "ListMultipartUploadParts", "PutObject"}
    assert granted_on(body, "arn:aws:s3:::out/x/*") == writes
    assert granted_on(body, "arn:aws:s3:::inputs") == granted_on(body, "arn:aws:s3:::in2")
    assert granted_on(body, "arn:aws:s3:::inputs") == {"GetBucketLocation", "ListBucket"}
    assert granted_on(body, "arn:aws:s3:::inputs/y/*") == granted_on(body, "arn:aws:s3:::in2/*") == {"GetObject"}


@pytest.mark.parametrize(
    ("statement", "table", "data"),
    [
        ("insert", {"BatchCreatePartition", "CreatePartition", "UpdateTable"}, {"PutObject"}),
        ("create-table", {"BatchCreatePartition", "CreatePartition", "CreateTable"}, {"PutObject"}),
        ("drop_table", {"DeletePartition", "DeleteTable"}, set()),
    ],
)
def test_a_statement_that_writes_grants_what_it_changes_besides_reading(statement, table, data):
    body = f"writes:\n- athena: {QUERY}\n  do: {statement}"
    read = f"reads:\n- athena: {QUERY}"
    assert granted_on(body, f"{GLUE}:table/d/a") - granted_on(read, f"{GLUE}:table/d/a") == table
    assert data <= granted_on(body, "arn:aws:s3:::inputs/y/*") - granted_on(read, "arn:aws:s3:::inputs/y/*")
    assert ("PutObject" in granted_on(body, "arn:aws:s3:::inputs/y/*")) == bool(data)


def test_a_query_runs_in_the_primary_workgroup_unless_it_names_one():
    assert granted_on('reads:\n- athena: {database: d, tables: "*"}', f"{GLUE}:table/d/*")
    assert granted_on(
        "reads:\n- athena: {database: d, tables: a}", "arn:aws:athena:eu-west-1:111122223333:workgroup/primary"
    )


def test_the_key_of_a_query_encrypts_its_objects_through_s3():
    statements = statements_of(f"reads:\n- athena: {QUERY}\n  key: alias/data")
    (key,) = [each for each in statements if each["Sid"].startswith("Kms")]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert key["Condition"]["StringEquals"] == {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}


def test_a_query_in_another_account_and_region_leaves_the_buckets_arns_alone():
    granted = grants(f'reads:\n- athena: {QUERY}\n  account: "999988887777"\n  region: us-east-1')
    assert ("s3:GetObject", "arn:aws:s3:::in2/*") in granted
    assert ("glue:GetTable", "arn:aws:glue:us-east-1:999988887777:table/d/a") in granted


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ("reads:\n- athena: {database: d}", "also needs `tables`", "tables: [orders]"),
        ("reads:\n- athena: {workgroup: w}", "also needs `database` and `tables`", "database: sales"),
        ("reads:\n- athena: {database: d, tables: t, result: r}", "not a key of an Athena query", "results"),
        ("reads:\n- athena: {database: [a, b], tables: t}", "has one `database`", "two entries"),
        ("calls:\n- athena: {database: d, tables: t}", "belongs in `reads`", "move"),
        ("reads:\n- athena: {database: d, tables: t}\n  do: insert", "expected select", ""),
        ("reads:\n- athena: {database: d, tables: t, data: 'ftp://x'}", "not a place in S3", ""),
        ("reads:\n- athena: primary", "needs `do`", "database: sales"),
        ("reads:\n- dynamodb: {TableName: [a, b]}", "found a list", "each `TableName`"),
        (
            "reads:\n- glue: sales\n  do: GetTable",
            "names a database and a table",
            "{DatabaseName: sales, TableName: ...}",
        ),
        ("reads:\n- glue: sales\n  do: get_partitions", "names a database and a table", "TableName: sales}"),
    ],
)
def test_what_is_missing_is_asked_for_in_words(body, message, hint):
    (error,) = problems_of(body)
    assert message in error.message
    assert hint in " ".join([error.hint or "", *error.choices])
    assert error.location.line == 6


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("reads:\n- athena: {database: d, tables: t}", "`results: s3://"),
        ("reads:\n- athena: {database: d, tables: t}", "`data: s3://"),
        ("reads:\n- athena: {database: d, tables: t}", "lakeformation:GetDataAccess"),
        ("calls:\n- athena: w\n  do: start_query_execution", "as one entry"),
        ("calls:\n- athena: w\n  do: start-query-execution", "as one entry"),
        ("calls:\n- athena: w\n  do: StartQueryExecutionCommand", "as one entry"),
    ],
)
def test_what_a_query_may_also_need_is_a_note(body, note):
    assert note in "".join(bundle_of(body).notes)


def test_a_table_of_the_catalog_comes_with_its_database_and_catalog():
    assert grants('reads:\n- glue: {DatabaseName: sales, TableName: "*"}\n  do: GetTables') == {
        ("glue:GetTables", f"{GLUE}:{part}") for part in ("catalog", "database/sales", "table/sales/*")
    }
    assert grants("reads:\n- glue: sales\n  do: GetDatabase") == {
        ("glue:GetDatabase", f"{GLUE}:{part}") for part in ("catalog", "database/sales")
    }


@pytest.mark.parametrize("statement", query_statements("writes"))
def test_a_query_is_proved(statement):
    body = f"writes:\n- athena: {QUERY}\n  do: {statement}\n  key: alias/data"
    table = prove(parse_spec(HEAD + body, "spec.yaml").functions[0], bundle_of(body))
    assert {line.holds for line in table.lines} == {True}


def test_the_schema_names_the_keys_that_a_query_has():
    assert set(ATHENA_QUERY_KEYS) == set(athena_queries.QUERY_KEYS)


def test_every_row_of_the_table_has_a_source():
    assert [
        row
        for row in table_rows("athena_queries")
        if "AWS managed policy" not in row["source"] and "https://" not in row["source"]
    ] == []
