"""Validates ARNs in a spec against the ARN formats of their resource type."""

from __future__ import annotations

import re

from iamglue.catalog.aws_owned_resources import is_aws_owned
from iamglue.catalog.partitions import infer_partition, partitions
from iamglue.catalog.resource_formats import ArnFormat, action_resource_types, parse_arn_format, qualified_types
from iamglue.catalog.services import ResourceType, find_service
from iamglue.errors import IamglueError, Location
from iamglue.model.spec import SpecResource
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.patterns.wildcards import intersects

ArnFields = tuple[str, str, str, str, str, str]
_ACCOUNT = re.compile(r"\d{12}")
_PLACEHOLDER = re.compile(r"<[^<>]*>|\[[A-Za-z _-]+\]")


def whole_arn_parameter(resource: SpecResource) -> str | None:
    """The `${Name}` of a resource that is written as `{Arn: ${Name}}`, else None."""
    variables = dict(resource.variables)
    return variables["Arn"] if set(variables) == {"Arn"} else None


def arn_fields(text: str) -> ArnFields:
    """The six fields of an ARN; colons inside `${...}` do not separate fields. Missing fields are empty.

    A text that is not an ARN has no fields: its colons are part of a name, such as the key of an S3 object.
    """
    parts = (*(split_arn_fields(text) if text.startswith("arn:") else ()), *[""] * ARN_FIELD_COUNT)
    return (parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])


def validated_arn(
    resource_type: ResourceType, formats: tuple[ArnFormat, ...], text: str, location: Location, *, partition: str = ""
) -> str:
    """The ARN, completed with the fixed suffix of its format (a log group's `:*`) if that is missing.

    `partition` is the function's partition, "" if it is not known. Raises IamglueError when a field is missing, is a
    placeholder, or does not match the format of the resource type.
    """
    check_arn_fields(text, location)
    fields = arn_fields(text)
    service_format = next((form for form in formats if form.service == fields[2]), None)
    if service_format:
        _check_location_fields(service_format, fields, resource_type, location)
    other_type = _more_specific_type(resource_type, text)
    for form in formats if other_type is None else ():
        ending = form.resource.rpartition("}")[2]
        for candidate in (text, text + ending) if ending else (text,):
            if _matches_format(form, arn_fields(candidate)):
                _check_partition(fields[1], partition, location)
                return candidate
    problem = f"is the ARN of {resource_type.service}/{other_type}, not" if other_type else "is not the ARN of"
    expected = " or ".join(_format_text(form) for form in formats)
    raise IamglueError(
        f"`{text}` {problem} a {resource_type.service}/{resource_type.name}; expected {expected}",
        hint=None if other_type else f"write the {resource_type.name}'s name: iamglue builds the ARN",
        location=location,
    )


def check_name_type(
    resource_type: ResourceType, action: str, resource: SpecResource, arn: str, location: Location
) -> None:
    """Raise IamglueError when the ARN that a name gives is that of another resource type, which the action lacks.

    `Users/index/by-date` as the name of a DynamoDB table gives the ARN of an index.
    """
    text = resource.text or ""
    if text.startswith("arn:") or not set("/:") & set(text):
        return
    other_type = _more_specific_type(resource_type, arn)
    if other_type is None or other_type.lower() in action_resource_types(action):
        return
    raise IamglueError(
        f"`{text}` names a {resource_type.service}/{other_type}, but `{action}` acts on a "
        f"{resource_type.service}/{resource_type.name}",
        location=location,
    )


def arn_resource_type(prefix: str, text: str) -> str | None:
    """The name of the most specific resource type of the service that the ARN matches; None if it matches none.

    None also for an ARN with wildcards.
    """
    service = find_service(prefix)
    if service is None or "*" in text or "?" in text:
        return None
    fields = arn_fields(text)
    matches = [
        (
            len(form.resource) - 1000 * len(form.variables),
            form.resource.count("/") + form.resource.count(":"),
            resource_type.name,
        )
        for resource_type in service.resource_types.values()
        for form in map(parse_arn_format, resource_type.arn_formats)
        if _matches_format(form, fields) and form.parse_resource(fields[5]) is not None
    ]
    return max(matches, key=lambda item: (item[1], item[0]))[2] if matches else None


def check_arn_fields(text: str, location: Location) -> None:
    """Raise IamglueError when `text` is not an ARN of six fields, or a field is a placeholder or not valid."""
    _, partition, name, region, account, resource = arn_fields(text)
    if not (partition and name and resource):
        raise IamglueError(
            f"`{text}` is not a complete ARN; expected arn:partition:service:region:account:resource",
            location=location,
        )
    placeholder = _PLACEHOLDER.search(text)
    if placeholder:
        raise IamglueError(
            f"`{placeholder[0]}` in `{text}` is a placeholder, so the ARN matches no resource",
            hint="write the real value, or a deployment parameter such as `${Name}`",
            location=location,
        )
    checks = (
        ("partition", partition, _is_partition),
        ("Region", region, _is_region),
        ("account", account, _is_account),
    )
    for label, value, is_valid in checks:
        if value and not _has_wildcard_or_variable(value) and not is_valid(value):
            raise IamglueError(f"`{value}` in `{text}` is not {_expected_text(label)}", location=location)


def _expected_text(label: str) -> str:
    expected = {"account": "a valid account ID of 12 digits", "partition": f"a partition ({', '.join(partitions())})"}
    return expected.get(label, "a valid Region such as eu-west-1")


def _is_partition(value: str) -> bool:
    return value in partitions()


def _is_region(value: str) -> bool:
    return infer_partition(value) is not None


def _is_account(value: str) -> bool:
    return bool(_ACCOUNT.fullmatch(value)) or value == "aws"


def _has_wildcard_or_variable(value: str) -> bool:
    """Whether the value of an ARN field is not literal, so that it cannot be checked."""
    return any(character in value for character in "*?$")


def _matches_format(form: ArnFormat, fields: ArnFields) -> bool:
    """Whether the service and resource of an ARN may match a format."""
    same_service = form.service == fields[2] or form.service.startswith("${")
    return same_service and bool(fields[5]) and intersects(form.resource_glob(), _as_glob(fields[5]))


def _as_glob(resource: str) -> str:
    """Replace parameters and variables with `*`."""
    return "".join(
        "*" if t.kind in (TokenKind.PARAMETER, TokenKind.VARIABLE, TokenKind.PSEUDO_PARAMETER) else t.text
        for t in tokenize(resource)
    )


def _more_specific_type(resource_type: ResourceType, text: str) -> str | None:
    """The more specific resource type that an ARN without wildcards matches; None for `resource_type`."""
    type_name = arn_resource_type(resource_type.service, text)
    same_types = {resource_type.name.lower(), *qualified_types(resource_type.service, resource_type.name)}
    if type_name is None or type_name.lower() in same_types:
        return None
    service = find_service(resource_type.service)
    other_type = service.resource_types[type_name.lower()] if service else resource_type
    globs = {parse_arn_format(text).resource_glob() for text in resource_type.arn_formats}
    return None if globs & {parse_arn_format(text).resource_glob() for text in other_type.arn_formats} else type_name


def _check_location_fields(form: ArnFormat, fields: ArnFields, resource_type: ResourceType, location: Location) -> None:
    """Raise IamglueError when the Region or account is missing, or present though the format has none."""
    _, _, service, region, account, resource = fields
    is_owned = is_aws_owned(service, resource)
    if is_owned and account:
        raise IamglueError(
            f"`{resource}` belongs to AWS, so its ARN has no account, but the ARN has the account `{account}`",
            hint=f"write its name, or arn:{fields[1]}:{service}:{region}::{resource}",
            location=location,
        )
    for label, value, has_field, fixed in (
        ("Region", region, form.has_region_field, form.region),
        ("account", account, form.has_account_field and not is_owned, form.account),
    ):
        if has_field and not value:
            raise IamglueError(
                f"the {label} is missing in the ARN; ARNs of {resource_type.service}/{resource_type.name} need one: "
                f"{_format_text(form)}",
                location=location,
            )
        if not has_field and not fixed and value:
            raise IamglueError(
                f"the ARN has the {label} `{value}`, but ARNs of {resource_type.service}/{resource_type.name} have "
                f"none: {_format_text(form)}",
                location=location,
            )


def _check_partition(partition: str, function_partition: str, location: Location) -> None:
    """Raise IamglueError for an ARN of another partition than the function's; patterns and parameters may be of any."""
    if (
        function_partition
        and not _has_wildcard_or_variable(function_partition)
        and not _has_wildcard_or_variable(partition)
        and partition != function_partition
    ):
        raise IamglueError(
            f"the ARN is of partition `{partition}` and the function of `{function_partition}`", location=location
        )


def _format_text(form: ArnFormat) -> str:
    return f"arn:{form.partition}:{form.service}:{form.region}:{form.account}:{form.resource}"
