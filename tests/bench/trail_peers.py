"""What others take for decoding and counting the records of `trail.py`: programs that get the folder of the log files.

To compare what is the same, each groups by what `infer trail` counts by, in the form of these records: day, account,
Region, source, name and type of the event, identity, role and session, whether the user agent is that of a function,
service, error, data event, ARNs with objects of S3 as bucket and first prefix, the four parameters that name resources;
and gives number, first and last time of each group. That is still less than is done here: nothing is checked, cleaned
or chosen by the kind of event. DuckDB gets the types of the fields, so that it need not look for them.

- "three fields" is much less work, and bound by reading JSON: it is shown, and has no limit. Here this is done by the
  same types as "two fields".
- polars groups each file for itself.
- trailscraper has no step that counts: `select` and `generate` give the statements of the records. Its files have `[]`
  for `"resources": null`, at which it fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from isal import igzip

_DUCKDB = """
import duckdb, sys
duckdb.sql("set threads = 1")
kinds = '''{'Records': 'STRUCT(eventTime VARCHAR, recipientAccountId VARCHAR, awsRegion VARCHAR, eventSource VARCHAR,
    eventName VARCHAR, eventType VARCHAR, userAgent VARCHAR, errorCode VARCHAR, managementEvent BOOLEAN,
    userIdentity STRUCT("type" VARCHAR, arn VARCHAR, invokedBy VARCHAR,
        sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR))),
    resources STRUCT(ARN VARCHAR)[],
    requestParameters STRUCT(bucketName VARCHAR, "key" VARCHAR, tableName VARCHAR, queueUrl VARCHAR))[]'}'''
logs = f"read_json('{sys.argv[1]}/**/*.gz', columns={kinds})"
rows = duckdb.sql(f"select unnest(Records) r from {logs}")
"""
_DUCKDB_SAME = (
    _DUCKDB
    + r"""
duckdb.sql('''copy (select r.eventTime[:10], r.recipientAccountId, r.awsRegion, r.eventSource, r.eventName, r.eventType,
    r.userIdentity.type, r.userIdentity.sessionContext.sessionIssuer.arn, r.userIdentity.arn, r.userIdentity.invokedBy,
    contains(r.userAgent, 'AWS_Lambda_'), r.errorCode, r.managementEvent,
    list_transform(r.resources, lambda x: regexp_replace(x.ARN, '^(arn:aws:s3:::[^/]+/[^/]+/).*', '\\1*'))::VARCHAR,
    r.requestParameters.bucketName, split_part(r.requestParameters."key", '/', 1), r.requestParameters.tableName,
    r.requestParameters.queueUrl, count(*), min(r.eventTime), max(r.eventTime)
    from rows group by all) to '/dev/null' (format csv)''')
"""
)
_DUCKDB_THREE = (
    _DUCKDB + "duckdb.sql('select r.eventSource, r.eventName, r.userIdentity.arn, count(*) from rows group by all')."
    "fetchall()\n"
)
_POLARS = """
import gzip, sys, polars
from pathlib import Path
field = polars.col
identity = field("userIdentity").struct
for path in sorted(Path(sys.argv[1]).rglob("*.gz")):
    whole = polars.read_json(gzip.decompress(path.read_bytes()), infer_schema_length=None)
    rows = whole.explode("Records").unnest("Records")
    parameters = field("requestParameters").struct
    arns = field("resources").list.eval(
        polars.element().struct.field("ARN").str.replace("^(arn:aws:s3:::[^/]+/[^/]+/).*", "${1}*")
    )
    rows.group_by(
        field("eventTime").str.head(10), "recipientAccountId", "awsRegion", "eventSource", "eventName", "eventType",
        identity.field("type"), identity.field("arn").alias("session"),
        identity.field("sessionContext").struct.field("sessionIssuer").struct.field("arn").alias("role"),
        field("userAgent").str.contains("AWS_Lambda_", literal=True), "managementEvent", arns.list.join(" "),
        parameters.field("bucketName"), parameters.field("key").str.split("/").list.first(),
        parameters.field("tableName"), parameters.field("queueUrl"),
    ).agg(polars.len(), field("eventTime").min().alias("first"), field("eventTime").max().alias("last"))
"""
_TRAILSCRAPER = """
import io, sys
from unittest import mock
from trailscraper.cli import root_group
output = io.TextIOWrapper(io.BytesIO())
with mock.patch.object(sys, "stdout", output):
    root_group(["select", "--log-dir", sys.argv[1]], standalone_mode=False)
output.seek(0)
with mock.patch.object(sys, "stdin", output):
    root_group(["generate"], standalone_mode=False)
"""


@dataclass(frozen=True)
class Peer:
    """A program of a package. `factor` is how often our time it takes at least, None where it does less work."""

    name: str
    package: str
    program: str
    factor: float | None
    # The largest number of records that it gets; its time for each is the same.
    most: int = 1_000_000_000


PEERS = (
    Peer("polars", "polars", _POLARS, 1.3),
    Peer("DuckDB read_json", "duckdb", _DUCKDB_SAME, 8.0),
    Peer("DuckDB read_json, three fields", "duckdb", _DUCKDB_THREE, None),
    Peer("trailscraper", "trailscraper", _TRAILSCRAPER, 30.0, 20_000),
)


def trailscraper_logs(logs: Path, folder: Path, most: int) -> Path:
    """A folder with the first log files as trailscraper takes them."""
    folder.mkdir()
    for path in sorted(logs.iterdir())[:most]:
        data = igzip.decompress(path.read_bytes()).replace(b'"resources":null', b'"resources":[]')
        (folder / path.name).write_bytes(igzip.compress(data, 3))
    return folder
