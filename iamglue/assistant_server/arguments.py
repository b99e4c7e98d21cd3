"""The arguments of the tools, with their descriptions and limits: clients get them as JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

MAX_TEXT = 200_000
_MAX_NAME = 2_048
_MAX_ITEMS = 50

Name = Annotated[str, Field(max_length=_MAX_NAME)]
PolicyText = Annotated[str, Field(max_length=MAX_TEXT, description="An IAM policy document, as JSON or YAML text.")]
PolicyTexts = Annotated[
    list[PolicyText],
    Field(
        max_length=_MAX_ITEMS, description="IAM policy documents as JSON or YAML texts; they are evaluated together."
    ),
]
SpecText = Annotated[str, Field(max_length=MAX_TEXT, description="A spec of iamglue, as YAML text.")]
SourceText = Annotated[str, Field(max_length=MAX_TEXT, description="The whole text of the file.")]
OptionalPolicyTexts = Annotated[
    list[PolicyText] | None,
    Field(max_length=_MAX_ITEMS, description="Identity policies as JSON or YAML texts; they are evaluated together."),
]
MessageText = Annotated[
    str,
    Field(
        max_length=MAX_TEXT, description="An access denied message, a log with such messages, or a CloudTrail event."
    ),
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
    list[Name] | None, Field(max_length=_MAX_ITEMS, description="Names of rules, such as unknown-action.")
]
Function = Annotated[Name, Field(description="The name of the Lambda function.")]
FunctionChoice = Annotated[Name | None, Field(description="Which function of a spec of several.")]
Region = Annotated[Name | None, Field(description="The Region of the function, such as eu-west-1.")]
Account = Annotated[Name | None, Field(description="The account of the function, 12 digits.")]
Partition = Annotated[Name | None, Field(description="The AWS partition, if it does not follow from the Region.")]
Parameters = Annotated[
    dict[Name, Name] | None, Field(max_length=_MAX_ITEMS, description="Values of the parameters ${Name}.")
]
Entries = Annotated[
    list[dict[Name, Any]] | None,
    Field(
        max_length=_MAX_ITEMS,
        description="Entries of a spec: one key is the service, its value the resource; options stand beside it. "
        'Examples: {"s3": "images-bucket"}, {"dynamodb": "exif", "do": ["get", "query"]}, '
        '{"s3": "BUCKET/in/*", "do": "get"}. Write names that the user gave, or a deployment parameter such as '
        "${BucketName}; do not invent names.",
    ),
]
Triggers = Annotated[
    list[dict[Name, Any]] | None,
    Field(
        max_length=_MAX_ITEMS,
        description='What invokes the function. Examples: {"s3": "images-bucket"}, {"sqs": "jobs"}, '
        '{"schedule": "rate(1 hour)"}.',
    ),
]
Settings = Annotated[
    dict[Name, Any] | None,
    Field(description='Settings that need permissions. Example: {"vpc": true, "tracing": true}.'),
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
    dict[Name, Name | list[Name]] | None,
    Field(max_length=_MAX_ITEMS, description="Condition keys of the request, with a value or a list of values each."),
]
# Not `str | None`: the SDK would parse a JSON text of that type, and pass what it contains.
Boundary = Annotated[
    str, Field(max_length=MAX_TEXT, description="The permissions boundary, as JSON or YAML text; empty for none.")
]
Session = Annotated[
    str, Field(max_length=MAX_TEXT, description="The session policy, as JSON or YAML text; empty for none.")
]
Levels = Annotated[
    list[PolicyText] | None,
    Field(max_length=_MAX_ITEMS, description="One policy for each level of the organization, the root first."),
]
ResourcePolicy = Annotated[
    str, Field(max_length=MAX_TEXT, description="The resource-based policy or trust policy, as text; empty for none.")
]
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
