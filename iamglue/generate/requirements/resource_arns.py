"""From what an entry names (a name, a pattern, an ARN or an ARN format's variables) to ARNs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from iamglue.catalog.resource_formats import ArnFormat, parse_arn_format
from iamglue.catalog.services import ResourceType
from iamglue.catalog.spelling import did_you_mean
from iamglue.catalog.tables import table_rows
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.arn_validation import arn_fields, validated_arn, whole_arn_parameter
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecResource


@dataclass(frozen=True, slots=True)
class ResourceScopes:
    """Where a resource may be: the function's scope with the entry's own account and Regions put in."""

    scopes: tuple[DeploymentScope, ...]
    is_explicit: bool
    location: Location


def resource_scopes(
    scope: DeploymentScope, location: Location, *, account: str | None = None, regions: Iterable[str] = ()
) -> ResourceScopes:
    """The scopes of a resource: one for each of `regions`, or the function's own Region when there are none."""
    named = tuple(regions)
    own = replace(scope, account=account or scope.account)
    found = tuple(replace(own, region=region) for region in named) or (own,)
    return ResourceScopes(found, bool(account or named), location)


def resource_arns(
    resource_type: ResourceType,
    resource: SpecResource,
    scope: DeploymentScope,
    location: Location,
    *,
    account: str | None = None,
    regions: Iterable[str] = (),
) -> tuple[str, ...]:
    """The ARNs of a resource of `resource_type`, one for each Region.

    Raises IamglueError where the name, mapping or ARN does not fit the type's ARN format.
    """
    where = resource_scopes(scope, location, account=account, regions=regions)
    return resource_arns_in_formats(
        resource_type, tuple(map(parse_arn_format, resource_type.arn_formats)), resource, where
    )


def resource_arns_in_formats(
    kind: ResourceType, formats: tuple[ArnFormat, ...], resource: SpecResource, where: ResourceScopes
) -> tuple[str, ...]:
    """As `resource_arns`, for formats that the caller has chosen."""
    parameter = whole_arn_parameter(resource)
    if parameter:
        return (parameter + _ending(kind, formats[0]),)
    if resource.text is not None and resource.text.startswith("arn:"):
        if where.is_explicit:
            raise IamglueError(
                "an ARN says its own account and Region, so `account` and `region` do not go with it",
                hint="take these options away, or write the resource's name instead of its ARN",
                location=where.location,
            )
        own = where.scopes[0].partition
        return (validated_arn(kind, formats, resource.text, where.location, partition=own),)
    chosen, values = match_arn_format(kind, formats, resource, where.location)
    return fill_arn_format(chosen, values, where)


def fill_arn_format(form: ArnFormat, values: dict[str, str], where: ResourceScopes) -> tuple[str, ...]:
    """The ARNs of a format with its variables' values, one for each scope."""
    service = values.get(form.service.removeprefix("${").removesuffix("}"), form.service)
    found = []
    for scope in where.scopes:
        region = scope.region if form.has_region_field else form.region
        account = scope.account if form.has_account_field else form.account
        found.append(f"arn:{scope.partition}:{service}:{region}:{account}:{form.fill_resource(values)}")
    return tuple(dict.fromkeys(found))


def match_arn_format(
    kind: ResourceType, formats: tuple[ArnFormat, ...], resource: SpecResource, location: Location
) -> tuple[ArnFormat, dict[str, str]]:
    """The one format that a resource means and its variables' values.

    Raises IamglueError where no format, or more than one, fits.
    """
    if resource.text is not None and resource.text.startswith("arn:"):
        return _of_arn(kind, formats, resource.text, location)
    if resource.variables:
        return _mapped(kind, formats, dict(resource.variables), location)
    named = [(form, values) for form in formats if (values := _named(kind, form, resource.text or "")) is not None]
    if len(named) != 1:
        raise _unclear(kind, formats, resource.text or "", location)
    return named[0]


def _of_arn(
    kind: ResourceType, formats: tuple[ArnFormat, ...], text: str, location: Location
) -> tuple[ArnFormat, dict[str, str]]:
    part = arn_fields(text)[5]
    for form in formats:
        values = form.parse_resource(part)
        if values is not None:
            return form, values
    raise _unclear(kind, formats, text, location)


def _mapped(
    kind: ResourceType, formats: tuple[ArnFormat, ...], given: dict[str, str], location: Location
) -> tuple[ArnFormat, dict[str, str]]:
    fitting = [form for form in formats if set(given) <= set(form.variables)]
    if not fitting:
        known = {name for form in formats for name in form.variables}
        wrong = next(name for name in given if name not in known) if set(given) - known else next(iter(given))
        raise IamglueError(
            f"`{wrong}` is not a variable of {kind.service}/{kind.name}; it has {_listed(formats)}",
            hint=did_you_mean(wrong, known),
            location=location,
        )
    for form in fitting:
        values = _defaults(kind) | given
        missing = [name for name in form.variables if name not in values]
        if not missing:
            return form, {name: values[name] for name in form.variables}
    lacking = ", ".join(f"`{name}`" for name in fitting[0].variables if name not in given)
    raise IamglueError(f"{kind.service}/{kind.name} also needs {lacking}", location=location)


def _named(kind: ResourceType, form: ArnFormat, text: str) -> dict[str, str] | None:
    """The variables that a bare name fills, or None when it does not say them all."""
    if not form.variables:
        return {} if text == "*" else None
    if text == "*":
        return dict.fromkeys(form.variables, "*")
    head, _, _ = form.resource.partition("${")
    # IAM writes no second slash where the name begins with one and the format ends with one (SSM parameters).
    name = text[1:] if head.endswith("/") and text.startswith("/") else text
    if len(form.variables) == 1:
        only = form.variables[0]
        return {only: name + _suffix(kind, only, name)} if f"${{{only}}}" in form.resource else None
    values = form.parse_resource(head + name)
    if values is not None:
        return values
    defaults = _defaults(kind)
    rest = [variable for variable in form.variables if variable not in defaults]
    return {**defaults, rest[0]: name} if len(rest) == 1 and "/" not in name else None


def _defaults(kind: ResourceType) -> dict[str, str]:
    return {row["variable"]: row["default"] for row in _rows(kind) if row["default"]}


def _suffix(kind: ResourceType, variable: str, name: str) -> str:
    added = next((row["suffix"] for row in _rows(kind) if row["variable"] == variable), "")
    return "" if name.endswith(("*", added)) else added


def _rows(kind: ResourceType) -> list[dict[str, str]]:
    return [row for row in table_rows("names") if (row["service"], row["resource_type"]) == (kind.service, kind.name)]


def _ending(kind: ResourceType, form: ArnFormat) -> str:
    """What follows the ARN that a parameter stands for: an S3 bucket's objects, a log group's `:*`."""
    reference = parse_arn_format(kind.arn_formats[0])
    extra = form.resource.removeprefix(reference.resource) if form.resource.startswith(reference.resource) else ""
    return "/*" if kind.service == "s3" and kind.name == "object" else extra


def _listed(formats: tuple[ArnFormat, ...]) -> str:
    shapes = ["{" + ", ".join(f"{name}: ..." for name in form.variables) + "}" for form in formats]
    return " or ".join(dict.fromkeys(shapes))


def _unclear(kind: ResourceType, formats: tuple[ArnFormat, ...], text: str, location: Location) -> IamglueError:
    if not any(form.variables for form in formats):
        return IamglueError(
            f'{kind.service}/{kind.name} has one ARN only and takes no name but "*", got `{text}`',
            hint='write "*" for it',
            location=location,
        )
    return IamglueError(
        f"`{text}` does not say which {kind.service}/{kind.name} is meant",
        hint=f"write its variables: {_listed(formats)}",
        location=location,
    )
