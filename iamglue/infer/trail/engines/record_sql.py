"""The SQL that counts records on an engine: one aggregation, and one table of the counted fields.

Names of fields and functions are those that Spark and Athena (Trino) have in common; what differs is in EngineDialect.
What is shortened here (objects of S3, names of sessions that are no function's) is shortened by the flat rows too, and
in the same way when it is shortened already: `folding.py` and `flat_keys.py`.

https://spark.apache.org/docs/latest/api/sql/
https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot

from iamglue.infer.trail.aggregation import usage_sql
from iamglue.infer.trail.engines.parameter_names import UNNEEDED_NAME, parameter_names
from iamglue.infer.trail.engines.record_groups import GROUP_COLUMNS
from iamglue.infer.trail.reading import TrailPeriod

# The aggregation is written in this dialect.
_WRITTEN_IN = "duckdb"
_TIME = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
_DOMAIN = "[.]amazonaws[.]com([.]cn)?$"
_S3_OBJECT, _S3_TOP_OBJECT = "^(arn:[^:/]*:s3:::[^/]*/[^/]*/).*", "^(arn:[^:/]*:s3:::[^/]*/)[^/]+$"
_KEY, _TOP_KEY = "^(/?[^/]*/).*", "^[^/]+$"
_OTHER_SESSION = (
    "/(i-[0-9a-f]{8,17}|[0-9a-f]{32}|[0-9]+|(botocore|aws-cli|awscli|AWSCLI)-[Ss]ession[^/]*|aws-sdk-[^/]*|"
    "aws-go-sdk-[^/]*)$"
)
_AGENT = "AWS_Lambda_"


@dataclass(frozen=True, slots=True)
class EngineDialect:
    """What differs between engines; each is SQL of the engine.

    `json_text` makes JSON of an array or map of `{}`. `parameters` is the map of the request's parameters; `is_text`
    and `text` are for its values `v`, and `value_of_text` makes such a value; `unparsed` is for what is not a map.
    `is_management` is the text of `managementEvent`, `has_scope` whether there is a column for `inScopeOf`.
    """

    name: str
    json_text: str
    parameters: str
    is_text: str
    text: str
    value_of_text: str
    is_management: str
    unparsed: str
    has_scope: bool = True


def count_sql(dialect: EngineDialect, source: str, period: TrailPeriod) -> str:
    """The SQL that counts the records of `source`, a table of records with a column `file`: columns of RecordGroup."""
    return f"WITH {_records_sql(dialect, source)} {transpiled(_groups_sql(period), dialect.name)}"


def engine_usage_sql(table: str, dialect: str, since: str | None, until: str | None) -> str:
    """The SQL of the usage over a table of flat rows, in the dialect of an engine."""
    return transpiled(usage_sql(table, since=since, until=until), dialect)


def transpiled(sql: str, dialect: str) -> str:
    """Our SQL in the dialect of an engine."""
    written: str = sqlglot.transpile(sql, read=_WRITTEN_IN, write=dialect)[0]
    return written


def _groups_sql(period: TrailPeriod) -> str:
    """The SQL that groups the table `records`, of a period if it has one."""
    keys = ", ".join(f'"{name}"' for name in GROUP_COLUMNS)
    ends = [f"\"time\" >= '{period.since}'"] if period.since else []
    ends += [f"\"time\" < '{period.until}'"] if period.until else []
    # A time that is written otherwise is compared when it is read.
    where = f' WHERE "time" IS NULL OR "day" = "time" OR ({" AND ".join(ends)})' if ends else ""
    return (
        f'SELECT {keys}, COUNT(*) AS "count", MIN("time") AS "first", '  # noqa: S608 - our own names, checked times
        f'MAX("time") AS "last" FROM records{where} GROUP BY {keys}'
    )


def _records_sql(dialect: EngineDialect, source: str) -> str:
    """The tables `needed` and `records` of a WITH clause."""
    fields = _fields(dialect)
    names = {"time": "eventtime", **fields}
    quote = "`" if dialect.name == "spark" else '"'
    columns = ", ".join(f"{sql} AS {quote}{name}{quote}" for name, sql in names.items())
    rows = ", ".join(f"('{name}', ',{','.join(needed)},')" for name, needed in parameter_names().items())
    return (
        f"needed AS (SELECT * FROM (VALUES {rows}) AS listed (source_name, names)), "  # noqa: S608 - our own names
        f"records AS (SELECT {columns} FROM {source} LEFT JOIN needed "
        f"ON needed.source_name = LOWER(REGEXP_REPLACE(eventsource, '{_DOMAIN}', '')))"
    )


def _fields(dialect: EngineDialect) -> dict[str, str]:
    """The SQL of each column of GROUP_COLUMNS."""
    identity = "useridentity"
    agent = f"CASE WHEN POSITION('{_AGENT}' IN useragent) > 0 THEN '{_AGENT}' END"
    scope = f"{identity}.inscopeof"
    fields = {
        "file": "file",
        "day": f"CASE WHEN REGEXP_LIKE(eventtime, '{_TIME}') THEN SUBSTR(eventtime, 1, 10) ELSE eventtime END",
        "recipient": "recipientaccountid",
        "region": "awsregion",
        "source": "eventsource",
        "name": "eventname",
        "event_type": "eventtype",
        "error": "errorcode",
        "is_management": dialect.is_management,
        "kind": f"{identity}.type",
        "arn": (
            f"CASE WHEN {identity}.type = 'AssumedRole' AND COALESCE(POSITION('{_AGENT}' IN useragent), 0) = 0 "
            f"THEN REGEXP_REPLACE({identity}.arn, '{_OTHER_SESSION}', '/0') ELSE {identity}.arn END"
        ),
        "account": f"{identity}.accountid",
        "user": f"CASE WHEN {identity}.type = 'IAMUser' THEN {identity}.username END",
        "via": f"{identity}.invokedby",
        "issuer": f"{identity}.sessioncontext.sessionissuer.arn",
        "scope_type": f"{scope}.issuertype" if dialect.has_scope else "CAST(NULL AS VARCHAR)",
        "scope": f"{scope}.credentialsissuedto" if dialect.has_scope else "CAST(NULL AS VARCHAR)",
        "agent": agent,
        "resources": dialect.json_text.format(
            f"ARRAY_SORT(ARRAY_DISTINCT(TRANSFORM(resources, r -> {_arn('r.arn')})))"
        ),
        "parameters": _parameters(dialect),
    }
    return {name: fields[name] for name in GROUP_COLUMNS}


def _arn(arn: str) -> str:
    """An object of S3 as its bucket and the first part of its key."""
    return f"REGEXP_REPLACE(REGEXP_REPLACE({arn}, '{_S3_OBJECT}', '$1*'), '{_S3_TOP_OBJECT}', '$1*')"


def _parameters(dialect: EngineDialect) -> str:
    """The parameters that may be needed, with short keys of S3's objects."""
    key = f"REGEXP_REPLACE(REGEXP_REPLACE({dialect.text}, '{_KEY}', '$1*'), '{_TOP_KEY}', '*')"
    is_key = f"k = 'key' AND needed.source_name IN ('s3', 's3express') AND {dialect.is_text}"
    is_needed = (
        "CASE WHEN needed.names IS NULL "
        f"THEN NOT REGEXP_LIKE(k, '{UNNEEDED_NAME}') ELSE POSITION(CONCAT(',', k, ',') IN needed.names) > 0 END"
    )
    chosen = f"MAP_FILTER({dialect.parameters}, (k, v) -> {is_needed})"
    short = (
        f"TRANSFORM_VALUES({chosen}, (k, v) -> CASE WHEN {is_key} THEN {dialect.value_of_text.format(key)} ELSE v END)"
    )
    return f"COALESCE({dialect.json_text.format(short)}, {dialect.unparsed})"
