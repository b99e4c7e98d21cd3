"""The SQL and the table for Amazon Athena.

https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from iamglue.errors import IamglueError
from iamglue.infer.trail.engines.record_sql import EngineDialect, count_sql
from iamglue.infer.trail.reading import TrailPeriod

ATHENA = "athena"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)
_LOCATION = re.compile(r"s3://([a-z0-9.-]+)/((?:.*/)?AWSLogs(?:/o-[a-z0-9]+)?)/?", re.ASCII)
_ACCOUNT, _REGION = re.compile(r"[0-9]{12}", re.ASCII), re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]", re.ASCII)
# A log file may be of the day after its events: it is delivered within minutes.
_DELIVERY = timedelta(days=1)
_HINT = "such as DATABASE.TABLE or CATALOG.DATABASE.TABLE"
# The columns of a record that are read here; Athena's page has all but `managementevent` and `inscopeof`.
_IDENTITY = (
    "STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING, accesskeyid: STRING, "
    "username: STRING, sessioncontext: STRUCT<sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, "
    "accountid: STRING, username: STRING>>, inscopeof: STRUCT<issuertype: STRING, credentialsissuedto: STRING>>"
)
_COLUMNS = (
    ("eventversion", "STRING"),
    ("useridentity", _IDENTITY),
    *((name, "STRING") for name in ("eventtime", "eventsource", "eventname", "awsregion", "useragent", "errorcode")),
    ("requestparameters", "STRING"),
    ("resources", "ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>"),
    *((name, "STRING") for name in ("eventtype", "recipientaccountid", "managementevent", "eventcategory")),
)
_PARTITIONS = ("account", "region", "timestamp")


@dataclass(frozen=True, slots=True)
class AthenaTable:
    """A table of CloudTrail's records.

    `partitions` are its partition columns, `has_scope` and `has_management` whether it has the columns
    `useridentity.inscopeof` and `managementevent`.
    """

    database: str
    table: str
    catalog: str | None = None
    partitions: tuple[str, ...] = _PARTITIONS
    has_scope: bool = True
    has_management: bool = True

    @classmethod
    def from_name(cls, text: str) -> AthenaTable:
        """The table `[CATALOG.]DATABASE.TABLE`, as `table_ddl` makes it. Raises IamglueError for another text."""
        parts = text.split(".")
        if len(parts) not in (2, 3) or not all(map(_NAME.fullmatch, parts)):
            raise IamglueError(f"`{text}` is not the name of a table of Athena", hint=_HINT)
        return cls(parts[-2], parts[-1], parts[0] if len(parts) == 3 else None)


@dataclass(frozen=True, slots=True)
class AthenaScope:
    """Which records are counted: accounts and Regions (all if empty), days, both included, and the exact period."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    period: TrailPeriod = TrailPeriod()  # noqa: RUF009 - it is frozen

    def __post_init__(self) -> None:
        """Raise IamglueError for a text that is not an account or Region: they are put into the text of a query."""
        for text in self.accounts:
            if not _ACCOUNT.fullmatch(text):
                raise IamglueError(f"`{text}` is not the number of an account", hint="it has 12 digits")
        for text in self.regions:
            if not _REGION.fullmatch(text):
                raise IamglueError(f"`{text}` is not a Region", hint="such as eu-west-1")


def athena_sql(table: AthenaTable, scope: AthenaScope) -> str:
    """The query that counts the records of a table, with conditions on its partitions."""
    conditions = " AND ".join(_conditions(table, scope))
    where = f" WHERE {conditions}" if conditions else ""
    source = (
        f'(SELECT CAST(NULL AS VARCHAR) AS file, * FROM "{table.database}"."{table.table}"'  # noqa: S608 - checked
        f"{where}) AS logs"
    )
    return count_sql(_dialect(table), source, scope.period)


def table_ddl(table: AthenaTable, location: str, scope: AthenaScope) -> str:
    """The statement that makes a table whose accounts, Regions and days Athena computes. Raises IamglueError.

    `location` is the folder `AWSLogs` of the trail, of an organization with its ID: `s3://BUCKET/AWSLogs/o-abcd123456/`.
    """
    match = _LOCATION.fullmatch(location)
    if match is None:
        hint = "such as s3://BUCKET/AWSLogs/, or s3://BUCKET/AWSLogs/o-abcd123456/ of an organization"
        raise IamglueError(f"`{location}` is not the folder AWSLogs of a trail", hint=hint)
    if not scope.accounts or not scope.regions or not scope.since:
        raise IamglueError("a table needs --accounts, --regions and --since: Athena computes its partitions from them")
    root = f"s3://{match[1]}/{match[2]}/"
    columns = ",\n".join(f"  `{name}` {kind}" for name, kind in _COLUMNS)
    properties = {
        "projection.enabled": "true",
        "projection.account.type": "enum",
        "projection.account.values": ",".join(scope.accounts),
        "projection.region.type": "enum",
        "projection.region.values": ",".join(scope.regions),
        "projection.timestamp.type": "date",
        "projection.timestamp.format": "yyyy/MM/dd",
        "projection.timestamp.interval": "1",
        "projection.timestamp.interval.unit": "DAYS",
        "projection.timestamp.range": f"{_folder_day(scope.since)},NOW",
        "storage.location.template": f"{root}${{account}}/CloudTrail/${{region}}/${{timestamp}}",
    }
    lines = ",\n".join(f"  '{name}' = '{value}'" for name, value in properties.items())
    return (
        f"CREATE EXTERNAL TABLE `{table.database}`.`{table.table}` (\n{columns}\n)\n"
        "PARTITIONED BY (`account` STRING, `region` STRING, `timestamp` STRING)\n"
        "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'\n"
        "STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'\n"
        "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n"
        f"LOCATION '{root}'\nTBLPROPERTIES (\n{lines}\n)"
    )


def last_folder_day(until: str | None) -> str | None:
    """The last day of log files that may have events up to a day."""
    return str(date.fromisoformat(until) + _DELIVERY) if until else None


def _conditions(table: AthenaTable, scope: AthenaScope) -> Iterator[str]:
    """The conditions for accounts, Regions and days, on partitions where the table has them: these limit the cost."""
    for values, partition, column in (
        (scope.accounts, "account", "recipientaccountid"),
        (scope.regions, "region", "awsregion"),
    ):
        if values:
            yield f"{_membership_sql(partition if partition in table.partitions else column, values)}"
    if "timestamp" in table.partitions:
        last = last_folder_day(scope.until)
        if scope.since:
            yield f"\"timestamp\" >= '{_folder_day(scope.since)}'"
        if last:
            yield f"\"timestamp\" <= '{_folder_day(last)}'"


def _membership_sql(column: str, values: Sequence[str]) -> str:
    texts = ", ".join(f"'{value}'" for value in values)
    return f'"{column}" IN ({texts})'


def _folder_day(day: str) -> str:
    return day.replace("-", "/")


def _dialect(table: AthenaTable) -> EngineDialect:
    """The SQL of Athena; without `managementEvent`, the event's category says what it is."""
    category = "CASE eventcategory WHEN 'Management' THEN 'true' WHEN 'Data' THEN 'false' END"
    return EngineDialect(
        name=ATHENA,
        json_text="JSON_FORMAT(CAST({} AS JSON))",
        parameters="TRY(CAST(JSON_PARSE(requestparameters) AS MAP(VARCHAR, JSON)))",
        is_text="SUBSTR(JSON_FORMAT(v), 1, 1) = '\"'",
        text="JSON_EXTRACT_SCALAR(v, '$')",
        value_of_text="CAST({} AS JSON)",
        is_management="managementevent" if table.has_management else category,
        unparsed="requestparameters",
        has_scope=table.has_scope,
    )
