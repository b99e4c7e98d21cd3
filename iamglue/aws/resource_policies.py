"""Reads the resource-based policies of buckets, keys, queues, topics, tables, secrets, functions and layer versions."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.aws.api_client import ApiClient
from iamglue.aws.functions import RESOURCE_POLICY
from iamglue.aws.subject_reader import SubjectReader
from iamglue.catalog.tables import table_rows
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.wildcards import has_wildcard

_PolicyText = tuple[str, str | None]  # the action that reads the policy, and the policy's text, None without policy


def read_resource_policy(client: ApiClient, arn: str) -> tuple[AttachedPolicy | None, tuple[NotEvaluated, ...]]:
    """Read the policy of a resource; returns None if it has no policy or was not read, and what was not read."""
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT or fields[2] not in _services_with_policies():
        return None, ()
    reader = SubjectReader(client, Subject("resource", arn, arn), fields[3] or None)
    is_access_point = fields[2] == "s3" and fields[5].startswith("accesspoint/")
    read = None if is_access_point else _READERS.get(fields[2])
    if read is None:
        reader.record_not_evaluated(
            RESOURCE_POLICY,
            "the audit does not read resource-based policies of this service",
            NotEvaluatedKind.UNDECIDABLE,
        )
    elif has_wildcard(arn):
        reader.record_not_evaluated(
            RESOURCE_POLICY, "the ARN is a pattern, which may match several resources", NotEvaluatedKind.UNDECIDABLE
        )
    else:
        action, text = read(reader, arn, fields[5])
        if text:
            return reader.attached_policy(action, RESOURCE_POLICY, text), tuple(reader.not_evaluated)
    return None, tuple(reader.not_evaluated)


def _services_with_policies() -> frozenset[str]:
    """The services whose resources may have a policy."""
    return frozenset(row["service"] for row in table_rows("resource_policies"))


def _read_bucket_policy(reader: SubjectReader, arn: str, name: str) -> _PolicyText:
    del arn
    return _fetch_policy(reader, "s3:GetBucketPolicy", "Policy", Bucket=name.partition("/")[0])


def _read_key_policy(reader: SubjectReader, arn: str, name: str) -> _PolicyText:
    """The policy of a key; that of an alias is its key's, which takes another request."""
    key: str | None = arn
    if name.startswith("alias/"):
        response = reader.fetch("kms:DescribeKey", KeyId=arn)
        key = response["KeyMetadata"]["Arn"] if response else None
    action = "kms:GetKeyPolicy"
    return _fetch_policy(reader, action, "Policy", KeyId=key, PolicyName="default") if key else (action, None)


def _read_queue_policy(reader: SubjectReader, arn: str, name: str) -> _PolicyText:
    """The policy of a queue, whose URL takes another request."""
    action = "sqs:GetQueueAttributes"
    url = reader.fetch("sqs:GetQueueUrl", QueueName=name, QueueOwnerAWSAccountId=split_arn_fields(arn)[4])
    if url is None:
        return action, None
    # A queue without a policy has no attribute Policy; QueueArn is requested so that the response is never empty.
    response = reader.fetch(action, QueueUrl=url["QueueUrl"], AttributeNames=["Policy", "QueueArn"])
    return action, (response or {}).get("Attributes", {}).get("Policy")


def _read_topic_policy(reader: SubjectReader, arn: str, name: str) -> _PolicyText:
    """The policy of a topic, also for the ARN of a subscription."""
    action = "sns:GetTopicAttributes"
    topic = ":".join((*split_arn_fields(arn)[:5], name.partition(":")[0]))  # without the ID of a subscription
    response = reader.fetch(action, TopicArn=topic)
    return action, (response or {}).get("Attributes", {}).get("Policy")


def _read_secret_policy(reader: SubjectReader, arn: str, name: str) -> _PolicyText:
    del name
    return _fetch_policy(reader, "secretsmanager:GetResourcePolicy", "ResourcePolicy", SecretId=arn)


def _read_table_policy(reader: SubjectReader, arn: str, name: str) -> _PolicyText:
    """The policy of a table, also for the ARN of an index or stream."""
    table = "/".join(name.split("/")[:2])  # an index or stream has the policy of its table
    table_arn = ":".join((*split_arn_fields(arn)[:5], table))
    return _fetch_policy(reader, "dynamodb:GetResourcePolicy", "Policy", ResourceArn=table_arn)


def _read_function_policy(reader: SubjectReader, arn: str, name: str) -> _PolicyText:
    """The policy of a function, version or alias, each of which has its own, or of a layer version."""
    if name.startswith("layer:"):
        return _read_layer_policy(reader, arn)
    _, _, qualifier = name.removeprefix("function:").partition(":")
    function_arn = arn.removesuffix(f":{qualifier}") if qualifier else arn
    parameters = {"Qualifier": qualifier} if qualifier else {}
    return _fetch_policy(reader, "lambda:GetPolicy", "Policy", FunctionName=function_arn, **parameters)


def _read_layer_policy(reader: SubjectReader, arn: str) -> _PolicyText:
    """The policy of a layer version.

    https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html
    """
    action = "lambda:GetLayerVersionPolicy"
    layer, _, version = arn.rpartition(":")
    if not version.isdecimal():
        reason = "the ARN is that of a layer, and only its versions have policies"
        reader.record_not_evaluated(RESOURCE_POLICY, reason, NotEvaluatedKind.UNDECIDABLE)
        return action, None
    return _fetch_policy(reader, action, "Policy", LayerName=layer, VersionNumber=int(version))


def _fetch_policy(reader: SubjectReader, action: str, key: str, /, **parameters: str | int) -> _PolicyText:
    response = reader.fetch(action, owned=False, **parameters)
    return action, response.get(key) if response else None


_READERS: dict[str, Callable[[SubjectReader, str, str], _PolicyText]] = {
    "dynamodb": _read_table_policy,
    "kms": _read_key_policy,
    "lambda": _read_function_policy,
    "s3": _read_bucket_policy,
    "secretsmanager": _read_secret_policy,
    "sns": _read_topic_policy,
    "sqs": _read_queue_policy,
}
