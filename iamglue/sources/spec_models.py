"""The shape of a spec, format 1: which keys it has and what stands under each. Validates, and gives the JSON Schema."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field

from iamglue.sources.spec_texts import (
    FLAG,
    MAPPING,
    Account,
    Conditions,
    Flag,
    FunctionName,
    Named,
    Partition,
    Prose,
    Region,
    Regions,
    Text,
    Texts,
    Values,
    flag_or_mapping,
)

FORMAT = "1"

_Why = Annotated[Prose | None, Field(description="Why this is needed; kept in `--explain`.")]
_Key = Annotated[Text | None, Field(description="KMS key (id, alias or ARN) that the data is encrypted with.")]
_ElsewhereAccount = Annotated[Account | None, Field(description="The resource's account, when not the function's.")]


class _Closed(BaseModel):
    # Models are built with the one that holds them all, not one by one: that halves the time at startup.
    model_config = ConfigDict(extra="forbid", defer_build=True)


class _Keyed(BaseModel):
    """A mapping with one key of its own choice, a service or a trigger, beside its options."""

    model_config = ConfigDict(extra="allow", defer_build=True)
    __pydantic_extra__: dict[str, Named]


class EntryModel(_Keyed):
    """`SERVICE: RESOURCE` with options beside it."""

    do: Annotated[
        Texts | None, Field(description="Verbs, SDK operations or IAM actions.", examples=["query", ["get", "head"]])
    ] = None
    key: _Key = None
    account: _ElsewhereAccount = None
    region: Annotated[Regions | None, Field(description="The resource's Region, when not the function's.")] = None
    when: Annotated[Conditions | None, Field(description="Condition operator -> condition key -> values.")] = None
    why: _Why = None
    prefix: Annotated[Text | None, Field(description="s3: only keys that begin with this.")] = None
    missing_ok: Annotated[Flag, Field(description="s3: a missing key reads 404, not 403 (adds ListBucket).")] = False
    index: Annotated[Text | None, Field(description="dynamodb: the index that query and scan read.")] = None
    leading_keys: Annotated[Values | None, Field(description="dynamodb: only items with these partition keys.")] = None
    attributes: Annotated[Texts | None, Field(description="dynamodb: only these attributes.")] = None


class DestinationModel(_Keyed):
    """`SERVICE: RESOURCE` that Lambda sends events or failures to."""

    key: _Key = None
    account: _ElsewhereAccount = None
    region: Annotated[Region | None, Field(description="The resource's Region, when not the function's.")] = None
    why: _Why = None


class TriggerModel(_Keyed):
    """`TRIGGER: SOURCE` with options beside it."""

    account: Annotated[Account | None, Field(description="The source's account, when not the function's.")] = None
    region: Annotated[Region | None, Field(description="The source's Region, when not the function's.")] = None
    key: _Key = None
    consumer: Annotated[Text | None, Field(description="kinesis: the enhanced fan-out consumer.")] = None
    on_failure: Annotated[DestinationModel | None, Field(description="Where failed batches go.")] = None
    why: _Why = None


class LogsModel(_Closed):
    """How the function's log group comes to be."""

    create: Annotated[Flag, Field(description="false when the deployment creates the group.")] = True
    group: Annotated[Text | None, Field(description="A group other than /aws/lambda/FUNCTION.")] = None


class FileSystemModel(_Closed):
    """An EFS file system that the function mounts."""

    id: Annotated[Text, Field(description="The file system's id or ARN.")]
    access_point: Annotated[Text, Field(description="The access point's id or ARN.")]
    write: Annotated[Flag, Field(description="Whether the function writes to it.")] = False


class SettingsModel(_Closed):
    """Settings of the function that ask something of its role."""

    logs: Annotated[
        Annotated[Flag, FLAG] | Annotated[LogsModel, MAPPING],
        Discriminator(flag_or_mapping),
        Field(description="Whether the function logs to CloudWatch (true by default), and how."),
    ] = True
    vpc: Annotated[Flag, Field(description="The function is in a VPC.")] = False
    tracing: Annotated[Flag, Field(description="X-Ray tracing is active.")] = False
    insights: Annotated[Flag, Field(description="Lambda Insights is on.")] = False
    dead_letter: Annotated[DestinationModel | None, Field(description="The dead-letter queue or topic.")] = None
    on_success: Annotated[DestinationModel | None, Field(description="Destination of successes.")] = None
    on_failure: Annotated[DestinationModel | None, Field(description="Destination of failures.")] = None
    environment_key: Annotated[
        Text | None, Field(description="KMS key with which the code itself decrypts its environment variables.")
    ] = None
    file_system: Annotated[FileSystemModel | None, Field(description="An EFS file system it mounts.")] = None


class RawModel(_Closed):
    """Actions, resources and conditions taken as they stand."""

    actions: Annotated[Texts, Field(description="IAM actions.", examples=["s3:GetObject"])]
    resources: Annotated[Texts, Field(description='ARNs or "*".')]
    conditions: Annotated[Conditions | None, Field(description="Operator -> condition key -> values.")] = None
    why: Annotated[Prose, Field(description="Why this cannot be said otherwise.")]


class BodyModel(_Closed):
    """What one function is meant to do."""

    description: Annotated[Prose | None, Field(description="What the function does.")] = None
    region: Annotated[Region | None, Field(description="The function's Region.", examples=["eu-west-1"])] = None
    account: Annotated[Account | None, Field(description="The function's account.")] = None
    partition: Annotated[Partition | None, Field(description="Follows from the Region when left out.")] = None
    triggers: Annotated[list[TriggerModel], Field(description="What invokes the function.")] = []
    reads: Annotated[list[EntryModel], Field(description="What it reads.")] = []
    writes: Annotated[list[EntryModel], Field(description="What it writes.")] = []
    calls: Annotated[list[EntryModel], Field(description="What it invokes: functions, models, keys.")] = []
    settings: Annotated[SettingsModel | None, Field(description="Settings that ask something of the role.")] = None
    raw: Annotated[list[RawModel], Field(description="What cannot be said otherwise, as it stands.")] = []


class SpecModel(BodyModel):
    """A spec of iamglue, format 1."""

    iamglue: Annotated[Literal["1"], Field(description="The version of the format.")]
    function: Annotated[FunctionName | None, Field(description="The function's name.")] = None
    functions: Annotated[
        dict[FunctionName, BodyModel] | None,
        Field(description="Several functions by name; what stands beside this key holds for each.", min_length=1),
    ] = None
