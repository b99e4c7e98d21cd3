"""Messages that name no principal and seldom a resource: S3's `Access Denied`, SQS's, and those with an operation only.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-access-denied.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog import operations, services
from iamglue.catalog.partitions import infer_partition
from iamglue.model.denial import AccessDenial
from iamglue.readers.denials.message import DenialMessage
from iamglue.readers.denials.operation_names import (
    CalledOperation,
    canonical_action,
    find_operations,
    java_service,
    operation_action,
)
from iamglue.readers.denials.policy_types import ACTION_PATTERN

_DENIED = re.compile(
    r"access ?denied|forbidden|unauthorized|not\s+authorized|not\s+allowed|authorization ?error|\b403\b|is\s+denied",
    re.IGNORECASE,
)
# Denials of other systems than AWS: MySQL, Docker Hub, Kubernetes, Google Cloud, Jenkins.
_OTHER_SYSTEMS = re.compile(
    r"access denied for user '|access denied \(using password|\bpull access denied for|"
    r"\brequested access to the resource is denied|is forbidden: User \"|"
    r"(?:forbidden: )?(?:403 )?Permission '[\w.]+' denied on|access denied: \S+ is missing the",
    re.IGNORECASE,
)
# What the SDKs for Go and PHP write after the operation.
_DENIED_CODE = re.compile(r"StatusCode:\s*403|\b403\s+Forbidden|api\s+error\s+\w*(?:Denied|Forbidden|Unauthorized)")
# What is between the operation and its message.
_HEADING = re.compile(
    r"(?:An\s+error[^:]{1,200}operation(?:\s+\([^)]*\))?|[^\n]*(?:\n[^\n]*){0,4}?api\s+error\s+[\w.]+|Error[^\n]*\(client\)):\s*"
    r"(?:You\s+are\s+not\s+authorized\s+to\s+perform\s+this\s+operation\.\s*)?",
)
_QUEUE = re.compile(
    r"(?<!requested )access\s+to\s+the\s+resource\s+(?:(?P<url>https?://\S+)\s+)?is\s+denied", re.IGNORECASE
)
_QUEUE_URL = re.compile(
    r"https?://(?:sqs\.(?P<region>[a-z0-9-]+)|(?P<old_region>[a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<account>[0-9]{12})/(?P<name>[\w.-]*\w)"
)
# CloudFormation: `API: s3:PutBucketPolicy Access Denied`; others: `doesn't have permission to call iam:GetRole`.
_NAMED_ACTION = re.compile(
    rf"API:\s+(?P<api>{ACTION_PATTERN})\s+(?:access\s+denied|you\s+are\s+not\s+authorized)|"
    r"(?:do(?:es)?n['\u2019]t|do(?:es)?\s+not)\s+have\s+(?:the\s+)?(?:required\s+)?permissions?\s+to\s+"
    rf"(?:call|perform|execute|invoke)\s+(?:(?:the\s+)?action:?\s+)?[\"'`]?(?!arn:)(?P<call>{ACTION_PATTERN})",
    re.IGNORECASE,
)
# Other services write `AccessDeniedException`, and a message that names the action:
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_S3_CODES = ("AccessDenied", "403", "Forbidden")
_S3_WORDS = re.compile(r"\bAccess\s+Denied\b|\bForbidden\b")
_S3_CAVEAT = (
    "this message of Amazon S3 does not say why: also a policy of the bucket, its VPC endpoint or key, Block Public "
    "Access or the object's owner may deny it, and without s3:ListBucket a missing object gives the same message"
)
_UNNAMED_SERVICE_CAVEAT = (
    "the message does not name the service: the action is the only one of AWS's with the operation's name"
)
# How far after the operation its error message may begin; the message itself is in the rest of that line.
_MAX_LENGTH = 400


def find_queue_messages(text: str) -> Iterator[DenialMessage]:
    """Every `Access to the resource https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE is denied` of SQS."""
    for match in _QUEUE.finditer(text):
        url = _QUEUE_URL.fullmatch((match["url"] or "").rstrip("/"))
        region = (url["region"] or url["old_region"]) if url else None
        arn = (
            f"arn:{infer_partition(region) or 'aws'}:sqs:{region}:{url['account']}:{url['name']}"
            if url and region
            else None
        )
        called = _last_operation(text, match.start())
        action, caveat = operation_action("sqs", called.name) if called else (None, None)
        denial = AccessDenial(action=action, resource=arn, caveats=(caveat,) if caveat else ())
        yield DenialMessage(called.start if called else match.start(), match.end(), denial)


def find_named_actions(text: str) -> Iterator[DenialMessage]:
    """Every message that names only the action."""
    for match in _NAMED_ACTION.finditer(text):
        action = canonical_action((match["api"] or match["call"]).replace("\n", ""))
        yield DenialMessage(match.start(), match.end(), AccessDenial(action=action))


def find_denied_operations(text: str) -> Iterator[DenialMessage]:
    """Every denial that names only the operation: `An error occurred (...) when calling the O operation: ...`."""
    called = find_operations(text)
    ends = (*(operation.start for operation in called[1:]), len(text))
    for operation, end in zip(called, ends, strict=False):
        part = text[operation.start : min(end, operation.start + _MAX_LENGTH)]
        denied = _DENIED_CODE.search(part) if operation.code is None else _DENIED.search(operation.code)
        if denied:
            # A message with details that follows, perhaps after a line break, belongs to the operation.
            heading = _HEADING.match(part)
            length = max(len(part.partition("\n")[0]), denied.end(), heading.end() + 1 if heading else 0)
            yield DenialMessage(operation.start, operation.start + length, _operation_denial(operation, part))


def read_bare_denial(text: str) -> AccessDenial | None:
    """A message without any detail, such as `AccessDenied`; None if the text is not about a denial."""
    if not _DENIED.search(re.sub(r"\b403\b|is\s+denied", "", _OTHER_SYSTEMS.sub("", text))):
        return None
    trust_action = re.search(r"sts:AssumeRole\w*", text)
    is_s3 = java_service(text) == "s3" or "AmazonS3" in text or "S3ServiceException" in text
    return AccessDenial(
        action=canonical_action(trust_action[0]) if trust_action else None, caveats=(_S3_CAVEAT,) if is_s3 else ()
    )


def operation_denial(prefix: str, operation: str) -> AccessDenial:
    """The denial of an operation of a known service."""
    action, caveat = operation_action(prefix, operation)
    caveats = (*((caveat,) if caveat else ()), *((_S3_CAVEAT,) if prefix == "s3" else ()))
    return AccessDenial(action=action, operation=operation, caveats=caveats)


def _operation_denial(operation: CalledOperation, part: str) -> AccessDenial:
    """The denial of an operation, whose service the message may name, or its error code or words tell."""
    prefix = operation.prefix or java_service(part)
    if prefix is not None:
        return operation_denial(prefix, operation.name)
    if "UnauthorizedOperation" in part:  # the error code of EC2
        return operation_denial("ec2", operation.name)
    if operation.code in _S3_CODES and _S3_WORDS.search(part) and operations.operation_actions("s3", operation.name):
        return operation_denial("s3", operation.name)
    return _unnamed_service_denial(operation.name)


def _unnamed_service_denial(operation: str) -> AccessDenial:
    """The denial of an operation whose service is not known: the action if only one service has it."""
    owners = [prefix for prefix in services.service_prefixes() if operation.lower() in services.action_names(prefix)]
    if len(owners) == 1:
        action = canonical_action(f"{owners[0]}:{operation}")
        return AccessDenial(action=action, operation=operation, caveats=(_UNNAMED_SERVICE_CAVEAT,))
    caveat = (
        f"the message does not name the service: {len(owners)} services have an action {operation}" if owners else None
    )
    return AccessDenial(operation=operation, caveats=(caveat,) if caveat else ())


def _last_operation(text: str, position: int) -> CalledOperation | None:
    """The operation that was called nearest before a position."""
    nearby = find_operations(text[max(0, position - _MAX_LENGTH) : position])
    last = nearby[-1] if nearby else None
    return replace(last, start=max(0, position - _MAX_LENGTH) + last.start) if last else None
