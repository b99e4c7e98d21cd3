"""ARNs as users write them: checked against the ARN formats of the resource type they are given for."""

from __future__ import annotations

import re

from iamglue.catalog.partitions import infer_partition, partitions
from iamglue.catalog.resource_formats import ArnFormat, parse_arn_format
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
    """The `${Name}` that stands for a whole ARN, or None."""
    given = dict(resource.variables)
    return given["Arn"] if set(given) == {"Arn"} else None


def arn_fields(text: str) -> ArnFields:
    """The six fields of an ARN; colons inside `${...}` do not part them. Missing fields are empty."""
    parts = (*split_arn_fields(text), *[""] * ARN_FIELD_COUNT)
    return (parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])


def validated_arn(
    kind: ResourceType, formats: tuple[ArnFormat, ...], text: str, location: Location, *, partition: str = ""
) -> str:
    """`text`, with the ending its format fixes (a log group's `:*`) when that was left out.

    `partition` is the function's, when it is known.

    Raises IamglueError where a field is missing, is a placeholder, or is not of the type's format.
    """
    check_arn_fields(text, location)
    fields = arn_fields(text)
    own = next((form for form in formats if form.service == fields[2]), None)
    if own:
        _check_place(own, fields, kind, location)
    other = _other_type(kind, text)
    for form in formats if other is None else ():
        ending = form.resource.rpartition("}")[2]
        for candidate in (text, text + ending) if ending else (text,):
            if _fits(form, arn_fields(candidate)):
                _check_partition(fields[1], partition, location)
                return candidate
    what = f"is the ARN of {kind.service}/{other}, not" if other else "is not the ARN of"
    expected = " or ".join(_shown(form) for form in formats)
    raise IamglueError(
        f"`{text}` {what} a {kind.service}/{kind.name}; expected {expected}",
        hint=None if other else f"write only the {kind.name}'s name and its ARN is made for you",
        location=location,
    )


def arn_resource_type(prefix: str, text: str) -> str | None:
    """The name of the service's resource type whose ARN `text` is, the most specific one; None when it is of none."""
    found = find_service(prefix)
    if found is None or "*" in text or "?" in text:
        return None
    fields = arn_fields(text)
    fitting = [
        (
            len(form.resource) - 1000 * len(form.variables),
            form.resource.count("/") + form.resource.count(":"),
            kind.name,
        )
        for kind in found.resource_types.values()
        for form in map(parse_arn_format, kind.arn_formats)
        if _fits(form, fields) and form.parse_resource(fields[5]) is not None
    ]
    return max(fitting, key=lambda item: (item[1], item[0]))[2] if fitting else None


def check_arn_fields(text: str, location: Location) -> None:
    """Raise IamglueError when `text` is no ARN of six fields or a field of it is a placeholder or impossible."""
    _, partition, name, region, account, resource = arn_fields(text)
    if not (partition and name and resource):
        raise IamglueError(
            f"`{text}` is not a whole ARN; expected arn:partition:service:region:account:resource", location=location
        )
    found = _PLACEHOLDER.search(text)
    if found:
        raise IamglueError(
            f"`{found[0]}` in `{text}` is a placeholder",
            hint="write the real value, or a deployment parameter such as `${Name}`",
            location=location,
        )
    checks = (
        ("partition", partition, _is_partition),
        ("Region", region, _is_region),
        ("account", account, _is_account),
    )
    for label, value, right in checks:
        if value and not _open(value) and not right(value):
            raise IamglueError(f"`{value}` in `{text}` is not {_expected(label)}", location=location)


def _expected(label: str) -> str:
    wanted = {"account": "an account id of 12 digits", "partition": f"a partition ({', '.join(partitions())})"}
    return wanted.get(label, "a Region such as eu-west-1")


def _is_partition(value: str) -> bool:
    return value in partitions()


def _is_region(value: str) -> bool:
    return infer_partition(value) is not None


def _is_account(value: str) -> bool:
    return bool(_ACCOUNT.fullmatch(value)) or value == "aws"


def _open(value: str) -> bool:
    return any(character in value for character in "*?$")


def _fits(form: ArnFormat, fields: ArnFields) -> bool:
    same_service = form.service == fields[2] or form.service.startswith("${")
    return same_service and bool(fields[5]) and intersects(form.resource_glob(), _as_glob(fields[5]))


def _as_glob(resource: str) -> str:
    return "".join(
        "*" if t.kind in (TokenKind.PARAMETER, TokenKind.VARIABLE, TokenKind.PSEUDO_PARAMETER) else t.text
        for t in tokenize(resource)
    )


def _other_type(kind: ResourceType, text: str) -> str | None:
    """The more specific type that a literal ARN belongs to, when it is not the one asked for."""
    found = arn_resource_type(kind.service, text)
    if found is None or found.lower() == kind.name.lower():
        return None
    same = find_service(kind.service)
    other = same.resource_types[found.lower()] if same else kind
    globs = {parse_arn_format(text).resource_glob() for text in kind.arn_formats}
    return None if globs & {parse_arn_format(text).resource_glob() for text in other.arn_formats} else found


def _check_place(form: ArnFormat, fields: ArnFields, kind: ResourceType, location: Location) -> None:
    _, _, _, region, account, _ = fields
    for label, value, taken, fixed in (
        ("Region", region, form.has_region_field, form.region),
        ("account", account, form.has_account_field, form.account),
    ):
        if taken and not value:
            raise IamglueError(
                f"the ARN has no {label}, and ARNs of {kind.service}/{kind.name} need one: {_shown(form)}",
                location=location,
            )
        if not taken and not fixed and value:
            raise IamglueError(
                f"ARNs of {kind.service}/{kind.name} have no {label}, got `{value}`: {_shown(form)}",
                location=location,
            )


def _check_partition(partition: str, own: str, location: Location) -> None:
    if own and not _open(own) and not _open(partition) and partition != own:
        raise IamglueError(f"the ARN is of partition `{partition}` and the function of `{own}`", location=location)


def _shown(form: ArnFormat) -> str:
    return f"arn:{form.partition}:{form.service}:{form.region}:{form.account}:{form.resource}"
