"""Converts the resource of an entry (a name, a pattern, an ARN or an ARN format's variables) to ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from iamglue.catalog.aws_owned_resources import is_aws_owned
from iamglue.catalog.resource_formats import ArnFormat, parse_arn_format
from iamglue.catalog.services import ResourceType
from iamglue.catalog.tables import table_rows
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.arn_validation import arn_fields, validated_arn, whole_arn_parameter
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecResource
from iamglue.policy.patterns.variables import hide_separators
from iamglue.spelling import did_you_mean

# The suffix of a secret's ARN, and an end that is as likely to be a word or number of the name.
_SUFFIX, _WORD = r"-[A-Za-z0-9?]{6}$", r"-([a-z]{6}|[0-9]{6})$"
# The ARN of a rule on the default event bus has no bus.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
_RULE, _DEFAULT_BUS_RULE = "rule/", "rule/default/"


@dataclass(frozen=True, slots=True)
class ResourceScopes:
    """The scopes of a resource: the function's scope with the account and Regions of the entry.

    `is_explicit`: the entry names an account or Region.
    """

    scopes: tuple[DeploymentScope, ...]
    is_explicit: bool
    location: Location


def resource_scopes(
    scope: DeploymentScope, location: Location, *, account: str | None = None, regions: Iterable[str] = ()
) -> ResourceScopes:
    """The scopes of a resource: one for each of `regions`, or that of the function's Region if it is empty."""
    region_names = tuple(regions)
    account_scope = replace(scope, account=account or scope.account)
    scopes = tuple(replace(account_scope, region=region) for region in region_names) or (account_scope,)
    return ResourceScopes(scopes, bool(account or region_names), location)


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

    Raises IamglueError when the name, mapping or ARN does not match the type's ARN format.
    """
    target_scopes = resource_scopes(scope, location, account=account, regions=regions)
    return resource_arns_in_formats(
        resource_type, tuple(map(parse_arn_format, resource_type.arn_formats)), resource, target_scopes
    )


def resource_arns_in_formats(
    resource_type: ResourceType, formats: tuple[ArnFormat, ...], resource: SpecResource, target_scopes: ResourceScopes
) -> tuple[str, ...]:
    """Like `resource_arns`, with ARN formats chosen by the caller."""
    parameter = whole_arn_parameter(resource)
    if parameter:
        return (parameter + _parameter_suffix(resource_type, formats[0]),)
    if resource.text is not None and resource.text.startswith("arn:"):
        if target_scopes.is_explicit:
            raise IamglueError(
                "`account` and `region` are not allowed with an ARN, which contains its account and Region",
                hint="remove these options, or write the resource's name instead of its ARN",
                location=target_scopes.location,
            )
        partition = target_scopes.scopes[0].partition
        arn = validated_arn(resource_type, formats, resource.text, target_scopes.location, partition=partition)
        return _with_suffix(resource_type, arn)
    chosen, values = match_arn_format(resource_type, formats, resource, target_scopes.location)
    return fill_arn_format(chosen, values, target_scopes)


def fill_arn_format(form: ArnFormat, values: dict[str, str], target_scopes: ResourceScopes) -> tuple[str, ...]:
    """The ARNs of a format with the values of its variables, one for each scope."""
    service = values.get(form.service.removeprefix("${").removesuffix("}"), form.service)
    resource = form.fill_resource(values)
    if service == "events" and resource.startswith(_DEFAULT_BUS_RULE):
        resource = _RULE + resource.removeprefix(_DEFAULT_BUS_RULE)
    has_account = form.has_account_field and not is_aws_owned(service, resource)
    arns = []
    for scope in target_scopes.scopes:
        region = scope.region if form.has_region_field else form.region
        account = scope.account if has_account else "" if form.has_account_field else form.account
        arns.append(f"arn:{scope.partition}:{service}:{region}:{account}:{resource}")
    return tuple(dict.fromkeys(arns))


def match_arn_format(
    resource_type: ResourceType, formats: tuple[ArnFormat, ...], resource: SpecResource, location: Location
) -> tuple[ArnFormat, dict[str, str]]:
    """The only format that matches a resource, and the values of its variables.

    Raises IamglueError when no format or several formats match.
    """
    if resource.text is not None and resource.text.startswith("arn:"):
        return _match_arn(resource_type, formats, resource.text, location)
    if resource.variables:
        return _match_variables(resource_type, formats, dict(resource.variables), location)
    matches = [
        (form, values)
        for form in formats
        if (values := _name_variables(resource_type, form, resource.text or "")) is not None
    ]
    if len(matches) != 1:
        raise _ambiguous_error(resource_type, formats, resource.text or "", location)
    return matches[0]


def _match_arn(
    resource_type: ResourceType, formats: tuple[ArnFormat, ...], text: str, location: Location
) -> tuple[ArnFormat, dict[str, str]]:
    """The first format that an ARN has, with the values of its variables. Raises IamglueError if it has none."""
    part = arn_fields(text)[5]
    for form in formats:
        values = form.parse_resource(part)
        if values is not None:
            return form, values
    raise _ambiguous_error(resource_type, formats, text, location)


def _match_variables(
    resource_type: ResourceType, formats: tuple[ArnFormat, ...], variables: dict[str, str], location: Location
) -> tuple[ArnFormat, dict[str, str]]:
    """The first ARN format that the variables fit, with its values. Raises IamglueError if they fit none."""
    matching = [form for form in formats if set(variables) <= set(form.variables)]
    if not matching:
        known = {name for form in formats for name in form.variables}
        invalid_name = (
            next(name for name in variables if name not in known) if set(variables) - known else next(iter(variables))
        )
        raise IamglueError(
            f"`{invalid_name}` is not a variable of {resource_type.service}/{resource_type.name}; "
            f"the variables are {_variables_text(formats)}",
            hint=did_you_mean(invalid_name, known),
            location=location,
        )
    for form in matching:
        values = _defaults(resource_type) | variables
        missing = [name for name in form.variables if name not in values]
        if not missing:
            return form, {
                name: values[name] + _missing_suffix(resource_type, name, values[name]) for name in form.variables
            }
    missing_names = ", ".join(f"`{name}`" for name in matching[0].variables if name not in variables)
    raise IamglueError(f"{resource_type.service}/{resource_type.name} also needs {missing_names}", location=location)


def _name_variables(resource_type: ResourceType, form: ArnFormat, text: str) -> dict[str, str] | None:
    """The variables that a bare name fills; None if it does not fill all of them."""
    if not form.variables:
        return {} if text == "*" else None
    if text == "*":
        return dict.fromkeys(form.variables, "*")
    head, _, _ = form.resource.partition("${")
    # IAM writes one slash only if the name begins with one and the format ends with one (SSM parameters).
    name = text[1:] if head.endswith("/") and text.startswith("/") else text
    name = name.removeprefix(form.type_in_name)
    if len(form.variables) == 1:
        only = form.variables[0]
        return {only: name + _suffix(resource_type, only, name)} if f"${{{only}}}" in form.resource else None
    values = form.parse_resource(head + name)
    if values is not None:
        return values
    defaults = _defaults(resource_type)
    rest = [variable for variable in form.variables if variable not in defaults]
    return {**defaults, rest[0]: name} if len(rest) == 1 and "/" not in hide_separators(name) else None


def _defaults(resource_type: ResourceType) -> dict[str, str]:
    return {row["variable"]: row["default"] for row in _name_rows(resource_type) if row["default"]}


def _suffix(resource_type: ResourceType, variable: str, name: str) -> str:
    """The suffix that AWS adds to a name, such as `-??????` for a secret; "" if there is none."""
    added = next((row["suffix"] for row in _name_rows(resource_type) if row["variable"] == variable), "")
    return "" if name.endswith(("*", added)) else added


def _missing_suffix(resource_type: ResourceType, variable: str, value: str) -> str:
    """The suffix that AWS adds to a name, unless the value of the variable has one already."""
    return "" if re.search(_SUFFIX, value) and not re.search(_WORD, value) else _suffix(resource_type, variable, value)


def _with_suffix(resource_type: ResourceType, arn: str) -> tuple[str, ...]:
    """An ARN, completed with the suffix that AWS adds to names if it is missing, as in a secret's partial ARN.

    Both forms if the end of the ARN may be the suffix or part of the name: six lower-case letters or six digits.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    suffix = next((row["suffix"] for row in _name_rows(resource_type) if row["suffix"]), "")
    ending = re.search(r"[^:/]*$", arn)
    last = ending[0] if ending else ""
    if not suffix or last.endswith(("*", suffix)) or "${" in last:
        return (arn,)
    if not re.search(_SUFFIX, last):
        return (arn + suffix,)
    return (arn, arn + suffix) if re.search(_WORD, last) else (arn,)


def _name_rows(resource_type: ResourceType) -> list[dict[str, str]]:
    """The rows of `name_defaults.tsv` about a type: values that a name leaves out, and suffixes that AWS adds to it."""
    return [
        row
        for row in table_rows("name_defaults")
        if (row["service"], row["resource_type"]) == (resource_type.service, resource_type.name)
    ]


def _parameter_suffix(resource_type: ResourceType, form: ArnFormat) -> str:
    """The suffix to add to a whole-ARN parameter: `/*` for an S3 bucket's objects, `:*` for a log group."""
    reference = parse_arn_format(resource_type.arn_formats[0])
    extra = form.resource.removeprefix(reference.resource) if form.resource.startswith(reference.resource) else ""
    return "/*" if resource_type.service == "s3" and resource_type.name == "object" else extra


def _variables_text(formats: tuple[ArnFormat, ...]) -> str:
    """The variables of formats as mappings, for messages."""
    shapes = ["{" + ", ".join(f"{name}: ..." for name in form.variables) + "}" for form in formats]
    return " or ".join(dict.fromkeys(shapes))


def _ambiguous_error(
    resource_type: ResourceType, formats: tuple[ArnFormat, ...], text: str, location: Location
) -> IamglueError:
    """The error for a name that fits no ARN format or several: how to write the variables instead."""
    if not any(form.variables for form in formats):
        return IamglueError(
            f"`{text}` is not a valid name of {resource_type.service}/{resource_type.name}, which has only one ARN",
            hint='write "*"',
            location=location,
        )
    what = f"`{text}` does not identify {_with_article(f'{resource_type.service}/{resource_type.name}')}"
    names = formats[0].variables
    if len(formats) != 1 or len(names) != 2:
        hint = f"write the variables of its ARN: {_variables_text(formats)}"
        return IamglueError(what, hint=hint, location=location)
    first, second = map(_variable_words, names)
    unknown_id = "; an ID that you do not know is `*`" if any(name.endswith("Id") for name in names) else ""
    return IamglueError(
        f"{what}, whose ARN names {first} and {second}",
        hint=f"write `{{{names[0]}: {text}, {names[1]}: ...}}` if `{text}` is {first}, or "
        f"`{{{names[0]}: ..., {names[1]}: {text}}}` if it is {second}{unknown_id}",
        location=location,
    )


def _variable_words(name: str) -> str:
    """The variable of an ARN format in words: `DatabaseName` is a database."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    words = words.removesuffix(" name") if words != "name" and not words.endswith("friendly name") else words
    return _with_article(words)


def _with_article(words: str) -> str:
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"
