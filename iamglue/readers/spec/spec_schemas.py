"""The shape of a spec, format 1: which keys it has and what stands under each, as pydantic-core schemas."""

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
# In `metadata`: the name of a mapping in the JSON Schema, and the text that describes a part there.
NAME, DESCRIPTION, EXAMPLES = "name", "description", "examples"
KeySchemas = dict[str, core.TypedDictField]


def _key(schema: CoreSchema, description: str, *examples: object, required: bool = False) -> core.TypedDictField:
    metadata = {DESCRIPTION: description, **({EXAMPLES: list(examples)} if examples else {})}
    return core.typed_dict_field(schema, required=required, metadata=metadata)


def _mapping(name: str, description: str, keys: KeySchemas) -> CoreSchema:
    """A mapping of these keys and no others."""
    return core.typed_dict_schema(keys, extra_behavior="forbid", metadata={NAME: name, DESCRIPTION: description})


def _choice(name: str, description: str, options: KeySchemas) -> CoreSchema:
    """A mapping of these options and, beside them, a key that names a service or a trigger."""
    metadata = {NAME: name, DESCRIPTION: description}
    return core.typed_dict_schema(options, extra_behavior="allow", extras_schema=RESOURCE, metadata=metadata)


_WHY = _key(PROSE, "Why this is needed; kept in `--explain`.")
_KMS_KEY = _key(TEXT, "KMS key (id, alias or ARN) that the data is encrypted with.")
_ACCOUNT = _key(ACCOUNT, "The resource's account, when not the function's.")
_REGION = "The resource's Region, when not the function's."

DESTINATION_OPTIONS: KeySchemas = {"key": _KMS_KEY, "account": _ACCOUNT, "region": _key(REGION, _REGION), "why": _WHY}
DESTINATION = _choice(
    "Destination", "`SERVICE: RESOURCE` that Lambda sends events or failures to.", DESTINATION_OPTIONS
)
ENTRY_OPTIONS: KeySchemas = {
    "do": _key(TEXTS, "Verbs, SDK operations or IAM actions.", "query", ["get", "head"]),
    "key": _KMS_KEY,
    "account": _ACCOUNT,
    "region": _key(REGIONS, f"{_REGION} A list gives one ARN each."),
    "when": _key(CONDITIONS, "Condition operator, condition key, values."),
    "why": _WHY,
    "prefix": _key(TEXT, "s3: only keys that begin with this.", "incoming/"),
    "missing_ok": _key(FLAG, "s3: a missing key reads 404, not 403 (adds ListBucket)."),
    "index": _key(TEXT, "dynamodb: the index that query and scan read, and nothing else."),
    "leading_keys": _key(VALUES, "dynamodb: only items with these partition keys."),
    "attributes": _key(TEXTS, "dynamodb: only these attributes."),
}
TRIGGER_OPTIONS: KeySchemas = {
    "account": _key(ACCOUNT, "The source's account, when not the function's."),
    "region": _key(REGION, "The source's Region, when not the function's."),
    "key": _KMS_KEY,
    "consumer": _key(TEXT, "kinesis: the enhanced fan-out consumer."),
    "on_failure": _key(DESTINATION, "Where batches go that fail, of sources that Lambda polls."),
    "why": _WHY,
}
LOGS_KEYS: KeySchemas = {
    "create": _key(FLAG, "false when the deployment creates the log group."),
    "group": _key(TEXT, "A log group other than /aws/lambda/FUNCTION."),
}
FILE_SYSTEM_KEYS: KeySchemas = {
    "id": _key(TEXT, "The file system's id or ARN.", required=True),
    "access_point": _key(TEXT, "The access point's id or ARN.", required=True),
    "write": _key(FLAG, "Whether the function writes to it."),
}
SETTINGS_KEYS: KeySchemas = {
    "logs": _key(
        flag_or_mapping(_mapping("Logs", "How the function's log group comes to be.", LOGS_KEYS)),
        "Whether the function logs to CloudWatch (true when left out), and how.",
    ),
    "vpc": _key(FLAG, "The function is in a VPC."),
    "tracing": _key(FLAG, "X-Ray tracing is active."),
    "insights": _key(FLAG, "Lambda Insights is on."),
    "dead_letter": _key(DESTINATION, "The dead-letter queue or topic."),
    "on_success": _key(DESTINATION, "Where results of asynchronous invocations go."),
    "on_failure": _key(DESTINATION, "Where failed asynchronous invocations go."),
    "environment_key": _key(TEXT, "KMS key with which the code itself decrypts environment variables."),
    "file_system": _key(
        _mapping("FileSystem", "An EFS file system that the function mounts.", FILE_SYSTEM_KEYS),
        "An EFS file system that the function mounts.",
    ),
}
RAW_KEYS: KeySchemas = {
    "actions": _key(TEXTS, "IAM actions.", "s3:GetObject", required=True),
    "resources": _key(TEXTS, 'ARNs, or "*".', required=True),
    "conditions": _key(CONDITIONS, "Condition operator, condition key, values."),
    "why": _key(PROSE, "Why this cannot be said otherwise.", required=True),
}
_ENTRIES = core.list_schema(_choice("Entry", "`SERVICE: RESOURCE` with options beside it.", ENTRY_OPTIONS))
_TRIGGERS = core.list_schema(_choice("Trigger", "`TRIGGER: SOURCE` with options beside it.", TRIGGER_OPTIONS))
BODY_KEYS: KeySchemas = {
    "description": _key(PROSE, "What the function does."),
    "region": _key(REGION, "The function's Region.", "eu-west-1"),
    "account": _key(ACCOUNT, "The function's account.", "123456789012"),
    "partition": _key(PARTITION, "Follows from the Region when left out."),
    "triggers": _key(_TRIGGERS, "What invokes the function."),
    "reads": _key(_ENTRIES, "What it reads."),
    "writes": _key(_ENTRIES, "What it writes."),
    "calls": _key(_ENTRIES, "What it invokes rather than reads or writes: functions, state machines, models, keys."),
    "settings": _key(
        _mapping("Settings", "Settings of the function that ask something of its role.", SETTINGS_KEYS),
        "Settings of the function that ask something of its role.",
    ),
    "raw": _key(
        core.list_schema(_mapping("Raw", "Actions, resources and conditions taken as they stand.", RAW_KEYS)),
        "What cannot be said otherwise, taken as it stands.",
    ),
}
_BODIES = core.dict_schema(FUNCTION_NAME, _mapping("Function", "What one function does.", BODY_KEYS), min_length=1)
SPEC_KEYS: KeySchemas = {
    "iamglue": _key(core.literal_schema([FORMAT]), "The version of the format.", required=True),
    "function": _key(FUNCTION_NAME, "The function's name."),
    "functions": _key(_BODIES, "Several functions by name; what stands beside this key holds for each of them."),
    **BODY_KEYS,
}
SPEC = _mapping("Spec", "What Lambda functions are meant to read, write and call, and what triggers them.", SPEC_KEYS)
