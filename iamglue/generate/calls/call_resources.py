"""The concrete resource of a call: the name, pattern, ARN or mapping of the spec, with a sample for each wildcard."""

from __future__ import annotations

import re

from iamglue.catalog.call_tables import call_arn_format
from iamglue.catalog.resource_formats import ArnFormat, parse_arn_format
from iamglue.catalog.services import ResourceType, find_service
from iamglue.generate.calls.call import UnknownCallError
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecResource

SAMPLE = "sample"
# What AWS takes for a part that a name does not say:
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-group.html
_DEFAULTS = {("scheduler", "schedule"): {"GroupName": "default"}}
# A wildcard, or a policy variable or escape, whose braces may have one.
_WILDCARD = re.compile(r"\$\{[^{}]*\}|[*?]")
_SAMPLES = {"*": SAMPLE, "?": "a"}


def concrete_text(text: str) -> str:
    """`text` with a sample for `*` and a letter for `?`; policy variables and escapes stay."""
    return _WILDCARD.sub(lambda match: _SAMPLES.get(match[0], match[0]), text)


def concrete_arn(kind: ResourceType, resource: SpecResource, scope: DeploymentScope) -> str:
    """The ARN of one resource of the type that the spec's resource names."""
    reference = [parse_arn_format(text) for text in kind.arn_formats]
    in_request = call_arn_format(kind.service, kind.name.lower())
    text = concrete_text(resource.text or "")
    if text.startswith("arn:"):
        return _arn_of_arn(text, reference, in_request, kind)
    form = _matching_format(reference, resource)
    values = _values(form, text, dict(resource.variables), _DEFAULTS.get((kind.service, kind.name.lower()), {}))
    request_form = parse_arn_format(in_request) if in_request else form
    # A trigger's own ARN format may have other variables.
    return _fill_arn(request_form if set(request_form.variables) <= set(values) else form, values, scope)


def resource_type(service: str, name: str) -> ResourceType:
    """The resource type of AWS's reference with a name in any case. Raises UnknownCallError if there is none."""
    facts = find_service(service)
    kind = facts.resource_types.get(name.lower()) if facts else None
    if kind is None:
        raise UnknownCallError(f"AWS's reference has no resource type {service}/{name}")
    return kind


def _matching_format(formats: list[ArnFormat], resource: SpecResource) -> ArnFormat:
    """The first format that has all variables of a mapping; the first of all for a name."""
    names = {name for name, _ in resource.variables}
    return next((form for form in formats if names <= set(form.variables)), formats[0])


def _values(form: ArnFormat, text: str, variables: dict[str, str], defaults: dict[str, str]) -> dict[str, str]:
    """A value for each variable of the format: those of a mapping, the parts of a name, and samples."""
    if variables:
        given = {name: concrete_text(value) for name, value in variables.items()}
        return dict.fromkeys(form.variables, SAMPLE) | defaults | given
    head = form.resource.partition("${")[0]
    name = text.removeprefix("/") if head.endswith("/") else text
    parsed = form.parse_resource(head + name)
    if parsed is not None:
        return dict.fromkeys(form.variables, SAMPLE) | parsed
    rest = [variable for variable in form.variables if variable not in defaults]
    return defaults | dict(zip(rest, [name, *[SAMPLE] * len(rest)], strict=False))


def _fill_arn(form: ArnFormat, values: dict[str, str], scope: DeploymentScope) -> str:
    """The ARN in a format with these variables; Region and account are those of the scope, if the format has them."""
    region = scope.region if form.has_region_field else form.region
    account = scope.account if form.has_account_field else form.account
    return f"arn:{scope.partition}:{form.service}:{region}:{account}:{form.fill_resource(values)}"


def _arn_of_arn(text: str, formats: list[ArnFormat], in_request: str | None, kind: ResourceType) -> str:
    """The ARN of a request for the ARN in the spec, whose resource part may be that of a related type."""
    head, resource = ":".join(text.split(":", 5)[:5]), text.split(":", 5)[5]
    if (kind.service, kind.name.lower()) == ("s3", "object") and "/" not in resource:
        return f"{text}/{SAMPLE}"
    if (kind.service, kind.name.lower()) == ("s3", "bucket"):
        return f"{head}:{resource.partition('/')[0]}"
    if kind.service == "secretsmanager":
        # AWS adds a hyphen and six characters to a secret's name.
        return text if re.search("-[A-Za-z0-9]{6}$", resource) else f"{text}-AbCdEf"
    parsed = next((values for form in formats if (values := form.parse_resource(resource)) is not None), None)
    if in_request is None or parsed is None:
        return text
    form = parse_arn_format(in_request)
    if form.parse_resource(resource) is not None:
        return text
    # The ARN of a log group may end in `:*`.
    values = {name: value.removesuffix(f":{SAMPLE}") for name, value in parsed.items()}
    filled = form.fill_resource(dict.fromkeys(form.variables, SAMPLE) | values)
    return f"{head}:{filled}"
