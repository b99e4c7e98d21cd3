"""The schemas of a spec, format 1: its keys and the type of each value, as pydantic-core schemas."""

from __future__ import annotations

from pydantic_core import CoreSchema
from pydantic_core import core_schema as core

from iamglue.readers.spec.text_schemas import (
    ACCOUNT,
    CONDITIONS,
    ENTRY_RESOURCE,
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
    """Return the schema of a key; the description and the examples are for editors and the documentation."""
    metadata = {DESCRIPTION: description, **({EXAMPLES: list(examples)} if examples else {})}
    return core.typed_dict_field(schema, required=required, metadata=metadata)


def _mapping(name: str, description: str, keys: KeySchemas) -> CoreSchema:
    """Return the schema of a mapping that allows these keys only."""
    return core.typed_dict_schema(keys, extra_behavior="forbid", metadata={NAME: name, DESCRIPTION: description})


def _choice(name: str, description: str, options: KeySchemas, resource: CoreSchema = RESOURCE) -> CoreSchema:
    """Return the schema of a mapping with these options and a key that names a service or trigger."""
    metadata = {NAME: name, DESCRIPTION: description}
    return core.typed_dict_schema(options, extra_behavior="allow", extras_schema=resource, metadata=metadata)


_CONDITION_EXAMPLE = {"StringEquals": {"aws:ResourceTag/stage": "prod"}}
_WHY = _key(PROSE, "Why this is needed; shown by `--explain`.", "the daily report")
_KMS_KEY = _key(TEXT, "KMS key (ID, alias or ARN) that encrypts the data.", "alias/orders")
_ACCOUNT = _key(ACCOUNT, "The resource's account, if it is not the function's.", "210987654321")
_REGION = "The resource's Region, if it is not the function's."

DESTINATION_OPTIONS: KeySchemas = {
    "key": _KMS_KEY,
    "account": _ACCOUNT,
    "region": _key(REGION, _REGION, "us-east-1"),
    "why": _WHY,
}
DESTINATION = _choice(
    "Destination", "`SERVICE: RESOURCE` that Lambda sends events or failures to.", DESTINATION_OPTIONS
)
ENTRY_OPTIONS: KeySchemas = {
    "do": _key(TEXTS, "Verbs, SDK operations or IAM actions.", "query", ["get", "head"]),
    "key": _KMS_KEY,
    "account": _ACCOUNT,
    "region": _key(REGIONS, f"{_REGION} A list generates one ARN for each Region.", "us-east-1"),
    "when": _key(CONDITIONS, "Condition operator, condition key, values.", _CONDITION_EXAMPLE),
    "why": _WHY,
    "pass_role": _key(
        TEXTS,
        "The role, or roles, that the calls pass to a service: adds iam:PassRole on exactly these.",
        "nightly-task-role",
        ["nightly-task-role", "ecs-execution-role"],
    ),
    "passed_to": _key(
        TEXT,
        "The service that receives the role of `pass_role`, if iamglue does not know it.",
        "gamelift.amazonaws.com",
    ),
    "prefix": _key(TEXT, "s3: only object keys with this prefix.", "incoming/"),
    "missing_ok": _key(FLAG, "s3: a missing object returns 404 instead of 403 (adds s3:ListBucket).", True),
    "index": _key(TEXT, "dynamodb: query and scan read this index only, not the table.", "by-date"),
    "leading_keys": _key(VALUES, "dynamodb: only items with these partition keys.", "${aws:PrincipalTag/tenant}"),
    "attributes": _key(TEXTS, "dynamodb: only these attributes.", ["id", "status"]),
    "model": _key(
        TEXTS,
        "bedrock: the model, or cross-Region inference profile, behind an application inference profile or a knowledge "
        "base's answers.",
        "anthropic.claude-3-haiku-20240307-v1:0",
    ),
    "regions": _key(
        REGIONS, "bedrock: the Regions that a cross-Region profile routes to.", ["us-east-1", "us-east-2", "us-west-2"]
    ),
    "guardrail": _key(TEXT, "bedrock: the guardrail (ID or ARN) that the calls name.", "gr1abcd2efgh"),
    "access_point": _key(
        TEXT,
        "s3: the access point (name or ARN) through which the function uses the bucket; also a Multi-Region one.",
        "media-reader",
        "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
    ),
    "secret": _key(RESOURCE, "rds-data: the secret (name or ARN) that signs in to the cluster.", "shop/database"),
    "consumer": _key(TEXT, "kinesis: the enhanced fan-out consumer (name or ARN).", "dashboard"),
}
ATHENA_QUERY_KEYS: KeySchemas = {
    "workgroup": _key(TEXT, "The workgroup; `primary` by default.", "analytics"),
    "database": _key(TEXT, "The Glue database.", "sales", required=True),
    "tables": _key(TEXTS, 'The Glue tables; "*" for every table.', ["orders", "customers"], required=True),
    "results": _key(TEXT, "Where Athena writes the results.", "s3://query-results/nightly/"),
    "data": _key(TEXTS, "Where the tables' data is.", "s3://sales-data/orders/"),
}
ATHENA_QUERY = _mapping("AthenaQuery", "A query, with all that Athena reads and writes for it.", ATHENA_QUERY_KEYS)
TRIGGER_OPTIONS: KeySchemas = {
    "account": _key(ACCOUNT, "The source's account, if it is not the function's.", "210987654321"),
    "region": _key(REGION, "The source's Region, if it is not the function's.", "us-east-1"),
    "key": _KMS_KEY,
    "consumer": _key(TEXT, "kinesis: the enhanced fan-out consumer.", "orders-reader"),
    "name": _key(TEXT, "schedule, scheduler: the name of the rule or schedule, beside an expression.", "every-night"),
    "on_failure": _key(
        DESTINATION, "The destination of failed batches, for event sources that Lambda polls.", {"sqs": "failed-orders"}
    ),
    "why": _WHY,
}
LOGS_KEYS: KeySchemas = {
    "create": _key(FLAG, "false if the deployment creates the log group.", False),
    "group": _key(TEXT, "A log group other than /aws/lambda/FUNCTION.", "/orders"),
}
FILE_SYSTEM_KEYS: KeySchemas = {
    "id": _key(TEXT, "The file system's ID or ARN.", "fs-0123456789abcdef0", required=True),
    "access_point": _key(TEXT, "The access point's ID or ARN.", "fsap-0123456789abcdef0", required=True),
    "write": _key(FLAG, "Whether the function writes to it.", True),
    "bucket": _key(TEXT, "S3 Files: the bucket of the file system, which Lambda also reads directly.", "media"),
    "direct_reads": _key(
        FLAG, "S3 Files: false if Lambda never reads the bucket directly (DirectS3Read: DISABLED).", False
    ),
    "key": _key(TEXT, "S3 Files: KMS key (ID, alias or ARN) of the bucket's objects.", "alias/media"),
}
DURABLE_KEYS: KeySchemas = {
    "key": _key(TEXT, "KMS key (ID, alias or ARN) that encrypts the data of executions.", "alias/orders")
}
SETTINGS_KEYS: KeySchemas = {
    "logs": _key(
        flag_or_mapping(_mapping("Logs", "The function's log group.", LOGS_KEYS)),
        "Whether the function logs to CloudWatch (true by default), and to which log group.",
        False,
        {"group": "/orders"},
    ),
    "vpc": _key(FLAG, "The function is in a VPC.", True),
    "tracing": _key(FLAG, "X-Ray tracing is active.", True),
    "insights": _key(FLAG, "Lambda Insights is on.", True),
    "dead_letter": _key(DESTINATION, "The dead-letter queue or topic.", {"sqs": "failed-orders"}),
    "on_success": _key(DESTINATION, "The destination of results of asynchronous invocations.", {"lambda": "next-step"}),
    "on_failure": _key(DESTINATION, "The destination of failed asynchronous invocations.", {"sqs": "failed-orders"}),
    "environment_key": _key(
        TEXT, "KMS key that the code itself uses to decrypt environment variables.", "alias/environment"
    ),
    "file_system": _key(
        _mapping("FileSystem", "An EFS or S3 Files file system that the function mounts.", FILE_SYSTEM_KEYS),
        "An EFS or S3 Files file system that the function mounts.",
        {"id": "fs-0123456789abcdef0", "access_point": "fsap-0123456789abcdef0"},
        {"id": "fs-0123456789abcdef0", "access_point": "fsap-0123456789abcdef0", "bucket": "images-bucket"},
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
    "resources": _key(TEXTS, 'ARNs, or "*".', "arn:aws:s3:::images-bucket/*", required=True),
    "conditions": _key(CONDITIONS, "Condition operator, condition key, values.", _CONDITION_EXAMPLE),
    "why": _key(PROSE, "Why no other key of the spec can express this.", "a policy of the vendor", required=True),
}
_ENTRIES = core.list_schema(_choice("Entry", "`SERVICE: RESOURCE` and options.", ENTRY_OPTIONS, ENTRY_RESOURCE))
_TRIGGERS = core.list_schema(_choice("Trigger", "`TRIGGER: SOURCE` and options.", TRIGGER_OPTIONS))
BODY_KEYS: KeySchemas = {
    "description": _key(PROSE, "What the function does.", "Reads EXIF data from photographs."),
    "region": _key(REGION, "The function's Region.", "eu-west-1"),
    "account": _key(ACCOUNT, "The function's account.", "123456789012"),
    "partition": _key(PARTITION, "The function's partition; by default that of the Region.", "aws-cn"),
    "triggers": _key(_TRIGGERS, "What invokes the function.", [{"s3": "images-bucket"}]),
    "reads": _key(_ENTRIES, "What the function reads.", [{"s3": "images-bucket"}]),
    "writes": _key(_ENTRIES, "What the function writes.", [{"dynamodb": "exifDataTable"}]),
    "calls": _key(
        _ENTRIES,
        "What the function invokes: functions, state machines, models, KMS keys.",
        [{"lambda": "resize-image"}],
    ),
    "settings": _key(
        _mapping("Settings", "Settings of the function that require permissions of its role.", SETTINGS_KEYS),
        "Settings of the function that require permissions of its role.",
        {"vpc": True, "tracing": True},
    ),
    "raw": _key(
        core.list_schema(_mapping("Raw", "Actions, resources and conditions that are used unchanged.", RAW_KEYS)),
        "Statements that no other key of the spec can express; used unchanged.",
        [{"actions": "s3:GetObject", "resources": "arn:aws:s3:::images-bucket/*", "why": "a policy of the vendor"}],
    ),
}
_BODIES = core.dict_schema(FUNCTION_NAME, _mapping("Function", "What one function does.", BODY_KEYS), min_length=1)
SPEC_KEYS: KeySchemas = {
    "iamglue": _key(core.literal_schema([FORMAT]), "The format version.", 1, required=True),
    "function": _key(FUNCTION_NAME, "The function's name.", "exif-extractor"),
    "functions": _key(
        _BODIES,
        "Several functions by name; the keys next to this one apply to each of them.",
        {"exif-extractor": {"reads": [{"s3": "images-bucket"}]}},
    ),
    **BODY_KEYS,
}
SPEC = _mapping("Spec", "What Lambda functions read, write and call, and what triggers them.", SPEC_KEYS)
