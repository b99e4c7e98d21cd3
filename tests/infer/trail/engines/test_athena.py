"""Athena: its query, its table, and its API; moto answers with results that are put in a queue."""

from __future__ import annotations

import json
import re

import boto3
import pytest
import requests
import sqlglot
from botocore.stub import Stubber
from infer.trail.trail_records import ACCOUNT, create_table, get_object, log_file, record, session
from moto import mock_aws

from iamglue.aws import athena, trail_bucket
from iamglue.errors import NotEvaluatedError
from iamglue.infer.trail.engines.record_groups import GROUP_COLUMNS

BUCKET, REGION = "trail-logs", "eu-west-1"
TEMPLATE = f"s3://{BUCKET}/AWSLogs/${{account}}/CloudTrail/${{region}}/${{timestamp}}"
COLUMNS = {
    "useridentity": "struct<type:string,inscopeof:struct<issuertype:string,credentialsissuedto:string>>",
    "eventsource": "string",
    "eventname": "string",
    "managementevent": "string",
}
DAYS = ("--since", "2026-01-05", "--until", "2026-01-06")


@pytest.fixture
def aws(monkeypatch):
    """A bucket, and a table of it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(athena.time, "sleep", lambda _: None)
    trail_bucket._client.cache_clear()
    with mock_aws():
        place = {"LocationConstraint": REGION}
        boto3.client("s3", region_name=REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
        glue = boto3.client("glue", region_name=REGION)
        glue.create_database(DatabaseInput={"Name": "logs"})
        make_table(glue)
        yield
    trail_bucket._client.cache_clear()


def make_table(glue, name="trail", columns=COLUMNS, partitions=("account", "region", "timestamp"), template=TEMPLATE):
    glue.create_table(
        DatabaseName="logs",
        TableInput={
            "Name": name,
            "StorageDescriptor": {
                "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
                "Location": f"s3://{BUCKET}/AWSLogs/",
            },
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in partitions],
            "Parameters": {
                "storage.location.template": template,
                "projection.account.values": ACCOUNT,
                "projection.region.values": f"{REGION},us-east-1",
            },
        },
    )


def queue(*groups):
    """Put the rows that Athena gives next in moto's queue."""
    header = {"Data": [{"VarCharValue": name} for name in (*GROUP_COLUMNS, "count", "first", "last")]}
    rows = [{"Data": [{} if value is None else {"VarCharValue": str(value)} for value in group]} for group in groups]
    result = {"rows": [header, *rows], "column_info": []}
    answer = requests.post(
        "http://motoapi.amazonaws.com/moto-api/static/athena/query-results",
        json={"region": REGION, "results": [result]},
        timeout=5,
    )
    assert answer.status_code == 201


def group(event, count=1):
    """The row of Athena for records that are all like this one."""
    identity = event["userIdentity"]
    flag = event.get("managementEvent")
    values = {
        "day": event["eventTime"][:10],
        "recipient": event["recipientAccountId"],
        "region": event["awsRegion"],
        "source": event["eventSource"],
        "name": event["eventName"],
        "event_type": event["eventType"],
        "error": event.get("errorCode"),
        "is_management": None if flag is None else str(flag).lower(),
        "kind": identity["type"],
        "arn": identity["arn"],
        "account": identity["accountId"],
        "issuer": identity["sessionContext"]["sessionIssuer"]["arn"],
        "agent": "AWS_Lambda_" if "AWS_Lambda_" in event["userAgent"] else None,
        "resources": json.dumps([item["ARN"] for item in event.get("resources") or ()]),
        "parameters": json.dumps(event["requestParameters"]),
    }
    return (*(values.get(name) for name in GROUP_COLUMNS), count, event["eventTime"], event["eventTime"])


def upload(folder):
    client = boto3.client("s3", region_name=REGION)
    for path in folder.rglob("*.gz"):
        client.upload_file(str(path), BUCKET, str(path.relative_to(folder)))


def test_the_usage_of_athenas_rows_is_that_of_the_files(aws, trail, tmp_path):
    events = (get_object(), create_table(errorCode="AccessDenied"), record("ConsoleLogin", "signin"))
    log_file(tmp_path, *events)
    upload(tmp_path)
    queue(*map(group, events))
    ran = trail("--athena", "logs.trail", *DAYS, "--yes", "--output-location", "s3://results/")
    assert (ran.code, ran.output) == (0, trail(tmp_path, *DAYS).output)


def test_what_the_query_reads_and_costs_is_shown_and_without_an_answer_it_is_not_run(aws, trail, tmp_path, monkeypatch):
    size = sum(
        log_file(tmp_path, create_table(), day=day, number=at).stat().st_size
        for at, day in enumerate(("2026/01/05", "2026/01/06", "2026/02/01"))
        if at < 2
    )
    upload(tmp_path)
    monkeypatch.setattr(athena.Athena, "rows", lambda *_: pytest.fail("the query was run"))
    ran = trail("--athena", "logs.trail", *DAYS)
    assert ran.code == 2
    assert f"Athena will read {size / 1e9:,.3f} GB in 2 files: about $0.00, at $5.00 per TB" in ran.notes
    assert "give --yes" in ran.notes


@pytest.mark.parametrize(
    ("partitions", "template"),
    [((), ""), (("accountid", "timestamp"), f"s3://{BUCKET}/AWSLogs/${{accountid}}/CloudTrail/${{timestamp}}")],
    ids=["no partition", "a partition of another name"],
)
def test_what_a_query_reads_is_never_less_than_what_its_partitions_leave(partitions, template, aws, trail, tmp_path):
    """A table that the console of CloudTrail makes has no partition: Athena reads all of it, whatever the days are."""
    paths = [log_file(tmp_path, create_table(), day=day) for day in ("2025/06/05", "2026/01/05")]
    upload(tmp_path)
    make_table(boto3.client("glue", region_name=REGION), "other", partitions=partitions, template=template)
    ran = trail("--athena", "logs.other", *DAYS)
    expected = paths if not partitions else paths[1:]
    size = sum(path.stat().st_size for path in expected)
    assert f"Athena will read {size / 1e9:,.3f} GB in {len(expected)} files" in ran.notes


def test_all_pages_of_the_results_are_read(aws):
    """Only the first page has the names of the columns.

    https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
    """
    client = boto3.client("athena", region_name=REGION)
    lines = [["name"], *([f"row {number}"] for number in range(2500))]
    pages = [lines[:1000], lines[1000:2000], lines[2000:]]
    with Stubber(client) as stubber:
        for number, page in enumerate(pages):
            rows = [{"Data": [{"VarCharValue": text} for text in line]} for line in page]
            response = {"ResultSet": {"Rows": rows}, **({"NextToken": f"page {number + 1}"} if number < 2 else {})}
            expected = {"QueryExecutionId": "q", **({"NextToken": f"page {number}"} if number else {})}
            stubber.add_response("get_query_results", response, expected)
        found = list(athena.Athena(athena.AthenaOptions(region=REGION))._pages(client, "q"))
        stubber.assert_no_pending_responses()
    assert found == [tuple(line) for line in lines[1:]]


def test_a_page_that_cannot_be_read_is_no_result(aws):
    client = boto3.client("athena", region_name=REGION)
    with Stubber(client) as stubber:
        rows = [{"Data": [{"VarCharValue": "name"}]}, {"Data": [{}]}]
        stubber.add_response("get_query_results", {"ResultSet": {"Rows": rows}, "NextToken": "2"})
        stubber.add_client_error("get_query_results", "ThrottlingException")
        pages = athena.Athena(athena.AthenaOptions(region=REGION))._pages(client, "q")
        assert next(pages) == (None,)
        with pytest.raises(NotEvaluatedError):
            next(pages)


@pytest.mark.parametrize(
    ("state", "words"), [("FAILED", "has failed: no space"), ("CANCELLED", "was cancelled: no space")]
)
def test_a_query_that_fails_is_reported_with_the_reason_of_aws(state, words, aws, trail, monkeypatch):
    from moto.athena.models import AthenaBackend

    def end(self, execution_id):
        execution = self.executions[execution_id]
        execution.status = state
        return execution

    monkeypatch.setattr(AthenaBackend, "get_query_execution", end)
    request = athena.Athena._request

    def with_reason(self, action, send):
        response = request(self, action, send)
        if action == "athena:GetQueryExecution":
            response["QueryExecution"]["Status"]["StateChangeReason"] = "no space"
        return response

    monkeypatch.setattr(athena.Athena, "_request", with_reason)
    ran = trail("--athena", "logs.trail", *DAYS, "--yes", "--output-location", "s3://results/")
    assert (ran.code, ran.output) == (3, "")
    assert words in ran.notes


def test_a_table_that_is_not_there_is_reported_with_exit_code_3(aws, trail):
    ran = trail("--athena", "logs.none", "--yes")
    assert (ran.code, ran.output) == (3, "")
    assert "glue:GetTable" in ran.notes


def test_a_table_without_records_is_an_error(aws, trail):
    make_table(boto3.client("glue", region_name=REGION), "other", {"name": "string"})
    ran = trail("--athena", "logs.other", "--yes")
    assert ran.code == 2
    assert "is not a table of CloudTrail" in ran.notes


def test_the_query_is_sql_of_athena_and_prunes_by_account_region_and_day(trail):
    options = ("--accounts", ACCOUNT, "--regions", REGION, *DAYS)
    ran = trail("--athena", "logs.trail", "--print-sql", *options)
    query = sqlglot.parse_one(ran.output, read="athena")
    conditions = query.find(sqlglot.exp.With).sql(dialect="athena")
    assert f"\"account\" IN ('{ACCOUNT}') AND \"region\" IN ('{REGION}')" in conditions
    assert "\"timestamp\" >= '2026/01/05' AND \"timestamp\" <= '2026/01/07'" in conditions
    assert [column.alias_or_name for column in query.selects] == [*GROUP_COLUMNS, "count", "first", "last"]


def test_the_table_projects_accounts_regions_and_days_of_an_organizations_trail(trail):
    location = f"s3://{BUCKET}/AWSLogs/o-abcd123456/"
    ran = trail(location, "--athena", "logs.trail", "--print-ddl", "--accounts", ACCOUNT, "--regions", REGION, *DAYS)
    assert ran.code == 0
    assert isinstance(sqlglot.parse_one(ran.output, read="athena"), sqlglot.exp.Create)
    properties = dict(re.findall(r"'([a-z.]+)' = '([^']*)'", ran.output))
    assert properties["storage.location.template"] == f"{location}${{account}}/CloudTrail/${{region}}/${{timestamp}}"
    assert properties["projection.timestamp.range"] == "2026/01/05,NOW"


@pytest.mark.parametrize(
    "options",
    [
        ("--accounts", "1; drop table x"),
        ("--regions", "x' OR '1'='1"),
    ],
)
def test_what_is_no_account_or_region_does_not_come_into_a_query(options, trail):
    ran = trail("--athena", "logs.trail", "--print-sql", *options)
    assert (ran.code, ran.output) == (2, "")


@pytest.mark.parametrize("name", ["trail", "a.b.c.d", 'logs."trail', "logs.trail; select 1"])
def test_what_is_no_name_of_a_table_is_an_error(name, trail):
    assert trail("--athena", name, "--print-sql").code == 2


def test_a_store_cannot_take_what_athena_counted(trail, tmp_path):
    ran = trail("--athena", "logs.trail", "--store", tmp_path)
    assert ran.code == 2
    assert "give no PATH, --store or --spark" in ran.notes


def test_sessions_that_are_no_functions_are_not_rows_of_their_own(aws, trail, tmp_path):
    events = (record("ListBuckets", userIdentity=session("0", userAgent="x"), userAgent="x"),)
    queue(*(group(event, 40) for event in events))
    ran = trail("--athena", "logs.trail", *DAYS, "--yes", "--output-location", "s3://results/")
    assert [(row["function"], row["count"]) for row in ran.usage["access"]] == [(None, 40)]
