"""The flat columns of CloudTrail's events: one row stands for all events that are the same in every text column.

The same columns are in the store's Parquet files, in `--format parquet`, and in the tables that SQL engines read. Every
text is empty where the record does not contain it, never null.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from typing import NamedTuple


class FlatKey(NamedTuple):
    """What events of one row have in common, in the order of the columns."""

    # The date of `eventTime` (UTC), `2026-01-31`.
    day: str
    # `recipientAccountId`, else the account of the identity.
    account: str
    region: str
    # `eventSource`, `eventName` and `eventType` as they are in the record.
    source: str
    name: str
    event_type: str
    # `userIdentity.type`.
    principal_type: str
    # The ARN of the role (`sessionContext.sessionIssuer.arn`), or of the user or root; only a role's name if the record
    # has no more.
    principal: str
    # The session's name where it may be the name of a function.
    session: str
    # How the session is known to be a function's: `issuer` (inScopeOf) or `agent` (userAgent); empty if it is not.
    session_evidence: str
    # `userIdentity.invokedBy`: the service that made the request with the permissions of the role (forward access).
    via: str
    # `errorCode`.
    error: str
    # "true" for a data event (`managementEvent` is false), "false" for a management event, "" if it is not known.
    is_data: str
    # JSON: sorted ARNs of `resources`, with objects of S3 as bucket and first prefix.
    resources: str
    # JSON: the members of `requestParameters` that name the resources of the event's actions, sorted.
    parameters: str


KEY_COLUMNS = FlatKey._fields
# The texts of a FlatKey in their order, neighbouring ones in one with tabs between them: a text that many keys share is
# made, and its hash computed, once.
RowKey = tuple[str, ...]
# name -> SQL type, in the order of the columns: the key, how many events it is, their first and last `eventTime`.
COLUMN_TYPES = {**dict.fromkeys(KEY_COLUMNS, "VARCHAR"), "count": "BIGINT", "first": "VARCHAR", "last": "VARCHAR"}
# The columns that the aggregation keeps apart: all but the day and the error, which become the period and `denied`.
USAGE_COLUMNS = tuple(name for name in KEY_COLUMNS if name not in ("day", "error"))

# Error codes that say that IAM denied the request. Every other error is of an allowed request, also those that may mean
# something else, such as a wrong password (`NotAuthorizedException` of Cognito).
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
DENIED_ERRORS = (
    "AccessDenied",
    "AccessDeniedException",
    "AccessForbidden",
    "AuthorizationError",
    "AuthorizationErrorException",
    "AuthorizationException",
    "Client.UnauthorizedOperation",
    "CloudHsmAccessDeniedException",
    "ForbiddenException",
    "InsufficientPrivilegesException",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "UnauthorizedOperation",
)
