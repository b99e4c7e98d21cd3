"""Runs a query of Amazon Athena, describes its table, and lists what it would read.

https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryExecution.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from iamglue.aws.collect_request import CollectRequest
from iamglue.aws.failures import classify_error, sanitize_text
from iamglue.aws.session import open_clients
from iamglue.aws.trail_bucket import BucketTrail
from iamglue.errors import NotEvaluatedError
from iamglue.model.trail_files import SkippedFile

_ERRORS = (BotoCoreError, ClientError, OSError, ResponseParserError, ValueError)
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 10.0
_ACCOUNT, _REGION, _DAY = "${account}", "${region}", "${timestamp}"
_TIMESTAMP = "timestamp"
_NOTHING = "nothing was counted"


@dataclass(frozen=True, slots=True)
class AthenaOptions:
    """How a query is run: where its results are written, or the workgroup that says so."""

    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    workgroup: str | None = None
    output_location: str | None = None


@dataclass(frozen=True, slots=True)
class TableDescription:
    """What the Glue Data Catalog says of a table."""

    columns: dict[str, str]
    partitions: tuple[str, ...]
    location: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class ScanEstimate:
    """Objects and bytes that a query reads, and the listings that failed."""

    files: int
    size: int
    failed: tuple[SkippedFile, ...]


class Athena:
    """Athena of one account and Region."""

    def __init__(self, options: AthenaOptions) -> None:
        self._options = options
        self._clients = open_clients(
            CollectRequest(
                functions=("",), region=options.region, profile=options.profile, endpoint_url=options.endpoint_url
            )
        )

    def describe_table(self, database: str, table: str) -> TableDescription:
        """Describe a table. Raises NotEvaluatedError with AWS's reason."""
        client = self._clients.get("glue")
        response = self._request("glue:GetTable", lambda: client.get_table(DatabaseName=database, Name=table))
        described = response["Table"]
        storage = described.get("StorageDescriptor", {})
        return TableDescription(
            {column["Name"].lower(): column.get("Type", "").lower() for column in storage.get("Columns", ())},
            tuple(column["Name"].lower() for column in described.get("PartitionKeys", ())),
            storage.get("Location", ""),
            described.get("Parameters", {}),
        )

    def estimate(
        self,
        table: TableDescription,
        accounts: Sequence[str],
        regions: Sequence[str],
        days: tuple[str | None, str | None],
    ) -> ScanEstimate:
        """List the objects of a table in the folders of accounts, Regions and days, if they are its partitions."""
        files = size = 0
        failed: list[SkippedFile] = []
        for prefix in _prefixes(table, accounts, regions):
            trail = BucketTrail.from_uri(
                prefix,
                region=self._options.region,
                profile=self._options.profile,
                endpoint_url=self._options.endpoint_url,
                days=days if _TIMESTAMP in table.partitions else (None, None),
            )
            for item in trail.files():
                if not isinstance(item, SkippedFile):
                    files, size = files + 1, size + item.size
                elif item.is_failure:
                    failed.append(item)
        return ScanEstimate(files, size, tuple(failed))

    def rows(self, sql: str, database: str, catalog: str | None) -> Iterator[tuple[str | None, ...]]:
        """Run a query and yield its rows. Raises NotEvaluatedError with AWS's reason if it fails or is cancelled."""
        client = self._clients.get("athena")
        request: dict[str, Any] = {
            "QueryString": sql,
            "QueryExecutionContext": {"Database": database, **({"Catalog": catalog} if catalog else {})},
        }
        if self._options.workgroup:
            request["WorkGroup"] = self._options.workgroup
        if self._options.output_location:
            request["ResultConfiguration"] = {"OutputLocation": self._options.output_location}
        started = self._request("athena:StartQueryExecution", lambda: client.start_query_execution(**request))
        execution = str(started["QueryExecutionId"])
        try:
            self._wait(client, execution)
        except KeyboardInterrupt:
            with suppress(*_ERRORS):
                client.stop_query_execution(QueryExecutionId=execution)
            raise
        yield from self._pages(client, execution)

    def _wait(self, client: Any, execution: str) -> None:
        """Wait until a query ends; the requests become rarer."""
        wait = _FIRST_WAIT
        while True:
            response = self._request(
                "athena:GetQueryExecution", lambda: client.get_query_execution(QueryExecutionId=execution)
            )
            status = response["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return
            if status["State"] not in ("QUEUED", "RUNNING"):
                reason = sanitize_text(status.get("StateChangeReason") or "AWS gives no reason")
                ended = "was cancelled" if status["State"] == "CANCELLED" else f"has {status['State'].lower()}"
                raise NotEvaluatedError(f"the query {execution} of Athena {ended}: {reason}", hint=_NOTHING)
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT)

    def _pages(self, client: Any, execution: str) -> Iterator[tuple[str | None, ...]]:
        """Yield the rows of all pages; the first row of the first page has the names of the columns."""
        token: str | None = None
        is_header = True
        while True:
            page = {"QueryExecutionId": execution, **({"NextToken": token} if token else {})}
            response = self._request("athena:GetQueryResults", lambda page=page: client.get_query_results(**page))
            for row in response["ResultSet"]["Rows"]:
                if not is_header:
                    yield tuple(value.get("VarCharValue") for value in row["Data"])
                is_header = False
            token = response.get("NextToken")
            if not token:
                return

    def _request(self, action: str, send: Any) -> dict[str, Any]:
        """Send a request and return its response. Raises NotEvaluatedError with AWS's reason."""
        try:
            response: dict[str, Any] = send()
        except _ERRORS as error:
            reason = classify_error(error, action).reason
            raise NotEvaluatedError(f"Athena could not be asked: {reason}", hint=_NOTHING) from error
        return response


def _prefixes(table: TableDescription, accounts: Sequence[str], regions: Sequence[str]) -> Iterator[str]:
    """The folders of a table above those of its days."""
    template = table.parameters.get("storage.location.template", "").partition(_DAY)[0] or table.location
    template = template if template.endswith("/") else f"{template}/"
    for account in (accounts or _values(table, "account")) if _ACCOUNT in template else ("",):
        for region in (regions or _values(table, "region")) if _REGION in template else ("",):
            # What other columns select is not known: all below is counted.
            yield template.replace(_ACCOUNT, account).replace(_REGION, region).partition("${")[0]


def _values(table: TableDescription, column: str) -> tuple[str, ...]:
    """The values that the table projects of a partition column. Raises NotEvaluatedError if it does not list them."""
    values = table.parameters.get(f"projection.{column}.values", "")
    if not values:
        message = f"the table does not list the values of `{column}`, so that what the query reads is not known"
        raise NotEvaluatedError(message, hint=f"give --{column}s")
    return tuple(value.strip() for value in values.split(","))
