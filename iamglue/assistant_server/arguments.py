"""The arguments of the tools, with their descriptions and limits: clients get them as JSON Schema.

Assistants often pass an object where a text of JSON is expected, a text of JSON where a list is expected, or one item
without its list. What is meant is clear then, so these are read too.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from iamglue.assistant_server.lenient_values import as_entries, as_list, as_mapping, as_text, as_texts, as_value
from iamglue.catalog.triggers import trigger_names
from iamglue.readers.spec.spec_schemas import ENTRY_OPTIONS, SETTINGS_KEYS

MAX_TEXT = 200_000
_MAX_NAME = 2_048
_MAX_ITEMS = 50
_MAX_VALUES = 500

Name = Annotated[str, Field(max_length=_MAX_NAME)]
_Document = BeforeValidator(as_text)
PolicyText = Annotated[
    str, Field(max_length=MAX_TEXT, description="An IAM policy document, as JSON or YAML text."), _Document
]
PolicyTexts = Annotated[
    list[PolicyText],
    Field(
        max_length=_MAX_ITEMS, description="IAM policy documents as JSON or YAML texts; they are evaluated together."
    ),
    BeforeValidator(as_texts),
]
SpecText = Annotated[
    str, Field(max_length=MAX_TEXT, description="A spec of iamglue, as YAML text; `draft_spec` writes one."), _Document
]
SourceText = Annotated[str, Field(max_length=MAX_TEXT, description="The whole text of the file."), _Document]
OptionalPolicyTexts = Annotated[
    list[PolicyText] | None,
    Field(max_length=_MAX_ITEMS, description="Identity policies as JSON or YAML texts; they are evaluated together."),
    BeforeValidator(as_texts),
]
MessageText = Annotated[
    str,
    Field(
        max_length=MAX_TEXT, description="An access denied message, a log with such messages, or a CloudTrail event."
    ),
    _Document,
]
SourceKind = Annotated[
    Literal["policy", "template", "terraform", "spec"],
    Field(description="`template` is CloudFormation, SAM or serverless.yml; `spec` is a spec of iamglue."),
]
PolicyTypeName = Annotated[
    Literal["identity", "resource", "trust", "scp", "rcp"] | None,
    Field(description="The type of a policy that does not show it; by default it follows from the statements."),
]
RuleNames = Annotated[
    list[Name] | None,
    Field(max_length=_MAX_ITEMS, description="Names of rules, such as unknown-action."),
    BeforeValidator(as_list),
]
Function = Annotated[Name, Field(description="The name of the Lambda function.")]
FunctionChoice = Annotated[Name | None, Field(description="Which function of a spec of several.")]
Region = Annotated[Name | None, Field(description="The Region of the function, such as eu-west-1.")]
Account = Annotated[Name | None, Field(description="The account of the function, 12 digits.")]
Partition = Annotated[Name | None, Field(description="The AWS partition, if it does not follow from the Region.")]
Value = Annotated[str, Field(max_length=_MAX_NAME), BeforeValidator(as_value)]
Parameters = Annotated[
    dict[Name, Value] | None,
    Field(max_length=_MAX_ITEMS, description="Values of the parameters ${Name}."),
    BeforeValidator(as_mapping),
]
Entries = Annotated[
    list[dict[Name, Any]] | None,
    Field(
        max_length=_MAX_ITEMS,
        description="Entries of a spec: one key is the service, its value the resource; options are beside it. "
        'Examples: {"s3": "images-bucket"}, {"dynamodb": "exif", "do": ["get", "query"]}, '
        '{"s3": "BUCKET/in/*", "do": "get"}. `do` is an operation (PutItem), an action, or a verb of the service; '
        f"other options are {', '.join(sorted(set(ENTRY_OPTIONS) - {'do'}))}. Write names that the user gave, or a "
        "deployment parameter such as ${BucketName}; do not invent names.",
    ),
    BeforeValidator(as_entries),
]
Triggers = Annotated[
    list[dict[Name, Any]] | None,
    Field(
        max_length=_MAX_ITEMS,
        description='What invokes the function. Examples: {"s3": "images-bucket"}, {"sqs": "jobs"}, '
        f'{{"schedule": "rate(1 hour)"}}. The triggers are {", ".join(sorted(trigger_names()))}.',
    ),
    BeforeValidator(as_list),
]
Settings = Annotated[
    dict[Name, Any] | None,
    Field(
        description='Settings of the function that need permissions. Example: {"vpc": true, "tracing": true}. The '
        f"settings are {', '.join(sorted(SETTINGS_KEYS))}."
    ),
    BeforeValidator(as_mapping),
]
PolicyFormat = Annotated[
    Literal["json", "yaml", "cloudformation", "sam", "terraform", "serverless", "aws-cli"],
    Field(description="The format of the output."),
]
ActionName = Annotated[Name, Field(description="An action such as s3:GetObject; * and ? are wildcards.")]
ResourceArn = Annotated[
    Name, Field(description="The ARN of the resource; * and ? are wildcards, and * alone means that there is none.")
]
OptionalAction = Annotated[Name | None, Field(description="The action, if the message does not contain it.")]
OptionalResource = Annotated[Name | None, Field(description="The resource's ARN, if the message does not contain it.")]
Principal = Annotated[Name | None, Field(description="Who makes the request: an ARN, a service, or * for anyone.")]
ResourceAccount = Annotated[Name | None, Field(description="The resource's account, if its ARN does not contain it.")]
Context = Annotated[
    dict[Name, Value | Annotated[list[Value], Field(max_length=_MAX_VALUES)]] | None,
    Field(max_length=_MAX_ITEMS, description="Condition keys of the request, with a value or a list of values each."),
    BeforeValidator(as_mapping),
]
Boundary = Annotated[
    str,
    Field(max_length=MAX_TEXT, description="The permissions boundary, as JSON or YAML text; empty for none."),
    _Document,
]
Session = Annotated[
    str, Field(max_length=MAX_TEXT, description="The session policy, as JSON or YAML text; empty for none."), _Document
]
Levels = Annotated[
    list[PolicyText | Annotated[list[PolicyText], Field(max_length=_MAX_ITEMS)]] | None,
    Field(
        max_length=_MAX_ITEMS,
        description="One item for each level of the organization, the root first: the text of the level's policy. A "
        "level with several policies, such as FullAWSAccess and another one, is a list of their texts. Every level "
        "must allow a request.",
    ),
    BeforeValidator(as_texts),
]
ResourcePolicy = Annotated[
    str,
    Field(max_length=MAX_TEXT, description="The resource-based policy or trust policy, as text; empty for none."),
    _Document,
]
EndpointPolicy = Annotated[
    str,
    Field(max_length=MAX_TEXT, description="The policy of the VPC endpoint of the request, as text; empty for none."),
    _Document,
]
ManagementAccount = Annotated[
    Name | None, Field(description="The organization's management account, which no SCP and RCP limits.")
]
BlockPublicAccess = Annotated[bool, Field(description="Whether S3 Block Public Access is on for the bucket.")]
Unsafe = Annotated[bool, Field(description="Apply also fixes that are not proved to allow nothing new.")]
Compact = Annotated[bool, Field(description="Shorten the policy by wildcards that match no other current action.")]
Prove = Annotated[bool, Field(description="Prove that the policy allows every call of the function and nothing else.")]
Description = Annotated[Name | None, Field(description="What the function does, in a sentence.")]
Service = Annotated[Name | None, Field(description="The IAM prefix of a service, such as s3.")]
ActionPattern = Annotated[
    Name | None, Field(description="A pattern of action names, such as Get*, or s3:*Tagging across services.")
]
AccessLevel = Annotated[
    Literal["Read", "List", "Write", "Tagging", "Permissions management"] | None,
    Field(description="Only actions of this access level."),
]
ResourceTypeName = Annotated[Name | None, Field(description="Only actions on this resource type, such as bucket.")]
KeyName = Annotated[Name | None, Field(description="Only actions that support this condition key.")]
