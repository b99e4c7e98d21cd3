"""The schemas of a spec, format 1: its keys and the type of each value, as pydantic-core schemas."""

from __future__ import annotations

from pydantic_core import CoreSchema
from pydantic_core import core_schema as core

from iamglue.readers.spec.text_schemas import (
    ACCOUNT,
    CONDITIONS,
    FLAG,
    FUNCTION_NAME,
    PARTITION,
    PROSE,
    REGION,
    REGIONS,
    RESOURCE,
    TEXT,
    TEXTS,
    VALUES,
    flag_or_mapping,
)

FORMAT = "1"
# Keys of `metadata`: the name of a mapping in the JSON Schema, its description and examples.
NAME, DESCRIPTION, EXAMPLES = "name", "description", "examples"
KeySchemas = dict[str, core.TypedDictField]


def _key(schema: CoreSchema, description: str, *examples: object, required: bool = False) -> core.TypedDictField:
    metadata = {DESCRIPTION: description, **({EXAMPLES: list(examples)} if examples else {})}
    return core.typed_dict_field(schema, required=required, metadata=metadata)


def _mapping(name: str, description: str, keys: KeySchemas) -> CoreSchema:
    """Return the schema of a mapping that allows these keys only."""
    return core.typed_dict_schema(keys, extra_behavior="forbid", metadata={NAME: name, DESCRIPTION: description})


def _choice(name: str, description: str, options: KeySchemas) -> CoreSchema:
    """Return the schema of a mapping with these options and a key that names a service or trigger."""
    metadata = {NAME: name, DESCRIPTION: description}
    return core.typed_dict_schema(options, extra_behavior="allow", extras_schema=RESOURCE, metadata=metadata)


_WHY = _key(PROSE, "Why this is needed; shown by `--explain`.")
_KMS_KEY = _key(TEXT, "KMS key (id, alias or ARN) that encrypts the data.")
_ACCOUNT = _key(ACCOUNT, "The resource's account, if it is not the function's.")
_REGION = "The resource's Region, if it is not the function's."

DESTINATION_OPTIONS: KeySchemas = {"key": _KMS_KEY, "account": _ACCOUNT, "region": _key(REGION, _REGION), "why": _WHY}
DESTINATION = _choice(
    "Destination", "`SERVICE: RESOURCE` that Lambda sends events or failures to.", DESTINATION_OPTIONS
)
ENTRY_OPTIONS: KeySchemas = {
    "do": _key(TEXTS, "Verbs, SDK operations or IAM actions.", "query", ["get", "head"]),
    "key": _KMS_KEY,
    "account": _ACCOUNT,
    "region": _key(REGIONS, f"{_REGION} A list generates one ARN for each Region."),
    "when": _key(CONDITIONS, "Condition operator, condition key, values."),
    "why": _WHY,
    "prefix": _key(TEXT, "s3: only object keys with this prefix.", "incoming/"),
    "missing_ok": _key(FLAG, "s3: a missing object returns 404 instead of 403 (adds s3:ListBucket)."),
    "index": _key(TEXT, "dynamodb: query and scan read this index only, not the table."),
    "leading_keys": _key(VALUES, "dynamodb: only items with these partition keys."),
    "attributes": _key(TEXTS, "dynamodb: only these attributes."),
    "access_point": _key(
        TEXT,
        "s3: the access point (name or ARN) through which the function uses the bucket; also a Multi-Region one.",
        "media-reader",
        "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
    ),
    "secret": _key(RESOURCE, "rds-data: the secret (name or ARN) that signs in to the cluster.", "shop/database"),
    "consumer": _key(TEXT, "kinesis: the enhanced fan-out consumer (name or ARN).", "dashboard"),
}
TRIGGER_OPTIONS: KeySchemas = {
    "account": _key(ACCOUNT, "The source's account, if it is not the function's."),
    "region": _key(REGION, "The source's Region, if it is not the function's."),
    "key": _KMS_KEY,
    "consumer": _key(TEXT, "kinesis: the enhanced fan-out consumer."),
    "on_failure": _key(DESTINATION, "The destination of failed batches, for event sources that Lambda polls."),
    "why": _WHY,
}
LOGS_KEYS: KeySchemas = {
    "create": _key(FLAG, "false if the deployment creates the log group."),
    "group": _key(TEXT, "A log group other than /aws/lambda/FUNCTION."),
}
FILE_SYSTEM_KEYS: KeySchemas = {
    "id": _key(TEXT, "The file system's id or ARN.", required=True),
    "access_point": _key(TEXT, "The access point's id or ARN.", required=True),
    "write": _key(FLAG, "Whether the function writes to it."),
    "bucket": _key(TEXT, "S3 Files: the bucket of the file system, which Lambda also reads directly.", "media"),
    "direct_reads": _key(FLAG, "S3 Files: false if Lambda never reads the bucket directly (DirectS3Read: DISABLED)."),
    "key": _key(TEXT, "S3 Files: KMS key (id, alias or ARN) of the bucket's objects.", "alias/media"),
}
DURABLE_KEYS: KeySchemas = {
    "key": _key(TEXT, "KMS key (id, alias or ARN) that encrypts the data of executions.", "alias/orders")
}
SETTINGS_KEYS: KeySchemas = {
    "logs": _key(
        flag_or_mapping(_mapping("Logs", "The function's log group.", LOGS_KEYS)),
        "Whether the function logs to CloudWatch (true by default), and to which log group.",
    ),
    "vpc": _key(FLAG, "The function is in a VPC."),
    "tracing": _key(FLAG, "X-Ray tracing is active."),
    "insights": _key(FLAG, "Lambda Insights is on."),
    "dead_letter": _key(DESTINATION, "The dead-letter queue or topic."),
    "on_success": _key(DESTINATION, "The destination of results of asynchronous invocations."),
    "on_failure": _key(DESTINATION, "The destination of failed asynchronous invocations."),
    "environment_key": _key(TEXT, "KMS key that the code itself uses to decrypt environment variables."),
    "file_system": _key(
        _mapping("FileSystem", "An EFS or S3 Files file system that the function mounts.", FILE_SYSTEM_KEYS),
        "An EFS or S3 Files file system that the function mounts.",
        {"id": "fs-0123456789abcdef0", "access_point": "fsap-0123456789abcdef0"},
    ),
    "durable": _key(
        flag_or_mapping(_mapping("Durable", "Settings of a durable function.", DURABLE_KEYS)),
        "The function is a durable function (DurableConfig).",
        True,
        {"key": "alias/orders"},
    ),
}
RAW_KEYS: KeySchemas = {
    "actions": _key(TEXTS, "IAM actions.", "s3:GetObject", required=True),
    "resources": _key(TEXTS, 'ARNs, or "*".', required=True),
    "conditions": _key(CONDITIONS, "Condition operator, condition key, values."),
    "why": _key(PROSE, "Why no other key of the spec can express this.", required=True),
}
_ENTRIES = core.list_schema(_choice("Entry", "`SERVICE: RESOURCE` and options.", ENTRY_OPTIONS))
_TRIGGERS = core.list_schema(_choice("Trigger", "`TRIGGER: SOURCE` and options.", TRIGGER_OPTIONS))
BODY_KEYS: KeySchemas = {
    "description": _key(PROSE, "What the function does."),
    "region": _key(REGION, "The function's Region.", "eu-west-1"),
    "account": _key(ACCOUNT, "The function's account.", "123456789012"),
    "partition": _key(PARTITION, "The function's partition; by default that of the Region."),
    "triggers": _key(_TRIGGERS, "What invokes the function."),
    "reads": _key(_ENTRIES, "What the function reads."),
    "writes": _key(_ENTRIES, "What the function writes."),
    "calls": _key(_ENTRIES, "What the function invokes: functions, state machines, models, KMS keys."),
    "settings": _key(
        _mapping("Settings", "Settings of the function that require permissions of its role.", SETTINGS_KEYS),
        "Settings of the function that require permissions of its role.",
    ),
    "raw": _key(
        core.list_schema(_mapping("Raw", "Actions, resources and conditions that are used unchanged.", RAW_KEYS)),
        "Statements that no other key of the spec can express; used unchanged.",
    ),
}
_BODIES = core.dict_schema(FUNCTION_NAME, _mapping("Function", "What one function does.", BODY_KEYS), min_length=1)
SPEC_KEYS: KeySchemas = {
    "iamglue": _key(core.literal_schema([FORMAT]), "The format version.", required=True),
    "function": _key(FUNCTION_NAME, "The function's name."),
    "functions": _key(_BODIES, "Several functions by name; the keys next to this one apply to each of them."),
    **BODY_KEYS,
}
SPEC = _mapping("Spec", "What Lambda functions read, write and call, and what triggers them.", SPEC_KEYS)
