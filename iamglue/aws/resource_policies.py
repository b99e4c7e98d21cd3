"""Resource-based policies of what a spec names: buckets, keys, queues, topics, tables, secrets, functions."""

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

_Found = tuple[str, str | None]  # the action, and the policy's text where there is one


def read_resource_policy(calls: ApiClient, arn: str) -> tuple[AttachedPolicy | None, tuple[NotEvaluated, ...]]:
    """The policy of the resource with this ARN; None where it has none or it could not be read."""
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT or fields[2] not in _with_policies():
        return None, ()
    reader = SubjectReader(calls, Subject("resource", arn, arn), fields[3] or None)
    ask = _READS.get(fields[2])
    if ask is None:
        reader.record_not_evaluated(
            RESOURCE_POLICY,
            "the audit does not read policies of this service's resources",
            NotEvaluatedKind.UNDECIDABLE,
        )
    elif has_wildcard(arn):
        reader.record_not_evaluated(
            RESOURCE_POLICY, "a pattern may name several resources", NotEvaluatedKind.UNDECIDABLE
        )
    else:
        action, text = ask(reader, arn, fields[5])
        if text:
            return reader.attached_policy(action, RESOURCE_POLICY, text), tuple(reader.not_evaluated)
    return None, tuple(reader.not_evaluated)


def _with_policies() -> frozenset[str]:
    """The services whose resources may have a policy."""
    return frozenset(row["service"] for row in table_rows("resource_policies"))


def _bucket(reader: SubjectReader, arn: str, name: str) -> _Found:
    del arn
    return _named(reader, "s3:GetBucketPolicy", "Policy", Bucket=name.partition("/")[0])


def _key(reader: SubjectReader, arn: str, name: str) -> _Found:
    key: str | None = arn
    if name.startswith("alias/"):
        answer = reader.fetch("kms:DescribeKey", KeyId=arn)
        key = answer["KeyMetadata"]["Arn"] if answer else None
    action = "kms:GetKeyPolicy"
    return _named(reader, action, "Policy", KeyId=key, PolicyName="default") if key else (action, None)


def _queue(reader: SubjectReader, arn: str, name: str) -> _Found:
    action = "sqs:GetQueueAttributes"
    url = reader.fetch("sqs:GetQueueUrl", QueueName=name, QueueOwnerAWSAccountId=split_arn_fields(arn)[4])
    if url is None:
        return action, None
    # A queue without a policy has no such attribute; that it is a queue at all, its ARN tells.
    answer = reader.fetch(action, QueueUrl=url["QueueUrl"], AttributeNames=["Policy", "QueueArn"])
    return action, (answer or {}).get("Attributes", {}).get("Policy")


def _topic(reader: SubjectReader, arn: str, name: str) -> _Found:
    action = "sns:GetTopicAttributes"
    topic = ":".join((*split_arn_fields(arn)[:5], name.partition(":")[0]))  # without the id of a subscription
    answer = reader.fetch(action, TopicArn=topic)
    return action, (answer or {}).get("Attributes", {}).get("Policy")


def _secret(reader: SubjectReader, arn: str, name: str) -> _Found:
    del name
    return _named(reader, "secretsmanager:GetResourcePolicy", "ResourcePolicy", SecretId=arn)


def _table(reader: SubjectReader, arn: str, name: str) -> _Found:
    table = "/".join(name.split("/")[:2])  # an index or stream has its table's
    own = ":".join((*split_arn_fields(arn)[:5], table))
    return _named(reader, "dynamodb:GetResourcePolicy", "Policy", ResourceArn=own)


def _function(reader: SubjectReader, arn: str, name: str) -> _Found:
    _, _, qualifier = name.removeprefix("function:").partition(":")
    own = arn.removesuffix(f":{qualifier}") if qualifier else arn
    given = {"Qualifier": qualifier} if qualifier else {}
    return _named(reader, "lambda:GetPolicy", "Policy", FunctionName=own, **given)


def _named(reader: SubjectReader, action: str, key: str, /, **given: str) -> _Found:
    answer = reader.fetch(action, owned=False, **given)
    return action, answer.get(key) if answer else None


_READS: dict[str, Callable[[SubjectReader, str, str], _Found]] = {
    "dynamodb": _table,
    "kms": _key,
    "lambda": _function,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
