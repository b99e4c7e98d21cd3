"""The members of `requestParameters` that the resources of any event of a source need.

An engine drops others before it groups, so that its groups grow with what is distinct. It keeps too many rather than
too few: the rows are reduced to what each kind of event needs afterwards, by the same code as for files that are read.
So the names are listed for the sources of most records; of others only tokens and positions in lists are dropped.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from __future__ import annotations

import re
from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.catalog.trail_events import EventSource, find_event_source, source_operations
from iamglue.infer.trail.event_actions import event_actions
from iamglue.infer.trail.folding import UNUSED_MEMBERS

# Services with data events that functions use, and those that are called for most of their requests.
LISTED_SOURCES = ("dynamodb", "kinesis", "kms", "lambda", "logs", "s3", "secretsmanager", "sns", "sqs", "ssm", "sts")
# The end of names, in any case, that name no resource: `nextToken`, `clientRequestToken`, `maxResults`, `marker`.
UNNEEDED_NAME = "(?i)(token|marker|maxresults|maxitems|maxrecords|pagesize)$"
_DOMAIN = ".amazonaws.com"
# Names are put into the text of a query: none has another character.
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]+", re.ASCII)


@cache
def parameter_names() -> dict[str, tuple[str, ...]]:
    """The listed event sources, without `.amazonaws.com`, with the sorted names that their events need."""
    sources = map(find_event_source, LISTED_SOURCES)
    return {source.name: _source_names(source) for source in sources if source is not None}


def _source_names(source: EventSource) -> tuple[str, ...]:
    """The sorted names that the events of a source need, without those that differ in every request."""
    rows = (row for row in table_rows("trail_events") if row["event_source"] == source.name)
    listed = [name for row in rows for name in row["events"].split()]
    names = {
        path.partition(".")[0]
        for event in (*source_operations(source), *listed)
        for path in event_actions(f"{source.name}{_DOMAIN}", event, "AwsApiCall").parameters
    }
    return tuple(sorted(name for name in names - UNUSED_MEMBERS if _PLAIN.fullmatch(name)))
