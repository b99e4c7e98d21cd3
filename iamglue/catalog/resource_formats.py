"""ARN formats in parts, with our sourced corrections of the reference, and additional resource types of actions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from iamglue.catalog.services import ResourceType, find_service
from iamglue.catalog.tables import table_rows
from iamglue.policy.patterns.variables import hide_separators, show_separators

_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
# Variables that are filled from the function's own scope if they are a whole field.
_REGION, _PARTITION = "${Region}", "${Partition}"
# Calls name these with their type: `alias/app` of KMS, `/hostedzone/Z1` and `/change/C1` of Route 53.
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
_TYPES_IN_NAMES = {"kms": ("alias/",), "route53": ("hostedzone/", "change/")}


@dataclass(frozen=True, slots=True)
class ArnFormat:
    """The fields of an ARN format, and the variables that a name or mapping must fill, in order."""

    partition: str
    service: str
    region: str
    account: str
    resource: str
    variables: tuple[str, ...]

    @property
    def text(self) -> str:
        """The format as written in the reference."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def has_region_field(self) -> bool:
        """Whether the Region is a variable field."""
        return self.region == _REGION

    @property
    def has_account_field(self) -> bool:
        """Whether the account is a variable field: `${Account}`, `${AccountId}`, `${VpcOwnerAccount}` and so on."""
        return self.account.startswith("${")

    @property
    def type_in_name(self) -> str:
        """What the ARN has before the name and calls may write with the name, such as `alias/`; "" for most types."""
        head = self.resource.partition("${")[0]
        return head if head in _TYPES_IN_NAMES.get(self.service, ()) else ""

    def resource_glob(self) -> str:
        """The resource part as a pattern, with `*` for every variable."""
        return _VARIABLE.sub("*", self.resource)

    def fill_resource(self, values: dict[str, str]) -> str:
        """The resource part with the variables of `values` filled in."""
        pieces = list(_format_pieces(self.resource))
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)

    def has_resource_form(self, resource: str) -> bool:
        """Whether a resource part has this format."""
        return _format_regex(self.resource).fullmatch(hide_separators(resource)) is not None

    def parse_resource(self, resource: str) -> dict[str, str] | None:
        """The values of the variables in a resource part of this format; None if it does not match the format."""
        match = _format_regex(self.resource).fullmatch(hide_separators(resource))
        if match is None:
            return None
        return dict(zip(_format_pieces(self.resource)[1::2], map(show_separators, match.groups()), strict=True))


@lru_cache(maxsize=4096)
def parse_arn_format(text: str) -> ArnFormat:
    """Parse a format as written in the Service Authorization Reference."""
    _, partition, name, region, account, resource = text.split(":", 5)
    return ArnFormat(partition, name, region, account, resource, tuple(_VARIABLE.findall(f"{name}:{resource}")))


def resource_type_formats(action: str, resource_type: ResourceType) -> tuple[ArnFormat, ...]:
    """The formats of a resource type for `action` (`prefix:Name`), with our corrections."""
    name = action.partition(":")[2].lower()
    corrections = _corrections().get((resource_type.service, resource_type.name.lower()), {})
    corrected = corrections.get(name) or corrections.get("*")
    return (parse_arn_format(corrected),) if corrected else tuple(map(parse_arn_format, resource_type.arn_formats))


def reference_type_formats(prefix: str, resource_type: str) -> tuple[str, ...]:
    """The formats of a resource type as written in the reference; () if there is no such type."""
    service = find_service(prefix)
    type_facts = service.resource_types.get(resource_type.lower()) if service else None
    return type_facts.arn_formats if type_facts else ()


@lru_cache(maxsize=4096)
def action_resource_types(action: str) -> Mapping[str, ResourceType]:
    """The resource types of `action` by the reference and our corrections, by lower-case name."""
    prefix, _, name = action.partition(":")
    service = find_service(prefix)
    if service is None:
        return {}
    names = [action_resource.name.lower() for action_resource in service.actions[name.lower()].resource_types]
    corrected = [type_name for type_name, corrections in _corrections_of(prefix) if name.lower() in corrections]
    additional = _additional_types_by_action().get((prefix, name.lower()), ())
    added = service.resource_types if "*" in additional else additional
    type_names = dict.fromkeys([*names, *corrected, *added])
    return MappingProxyType({type_name: service.resource_types[type_name] for type_name in type_names})


@dataclass(frozen=True, slots=True)
class AdditionalResourceType:
    """A resource type that an action also requires; `variable_defaults` has variables that the name does not set."""

    resource_type: str
    variable_defaults: tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def additional_resource_types(action: str, resource_type: str) -> tuple[AdditionalResourceType, ...]:
    """The resource types that `action` requires together with `resource_type`, such as Glue's database and catalog."""
    prefix, _, name = action.partition(":")
    action_types = action_resource_types(action)
    return tuple(
        AdditionalResourceType(
            type_name, tuple((pair.partition("=")[0], pair.partition("=")[2]) for pair in row["fill"].split())
        )
        for row in table_rows("additional_resources")
        if row["service"] == prefix and row["resource_type"] == resource_type.lower()
        if row["actions"] == "*" or name in row["actions"].split()
        for type_name in row["joint"].split()
        if type_name in action_types or row["actions"] != "*"
    )


@cache
def corrected_formats(name: str) -> tuple[ArnFormat, ...]:
    """The formats with this service field in our corrections, of any service."""
    texts = dict.fromkeys(text for corrections in _corrections().values() for text in corrections.values())
    return tuple(arn_format for arn_format in map(parse_arn_format, texts) if arn_format.service == name)


@cache
def _corrections() -> dict[tuple[str, str], dict[str, str]]:
    """Corrected formats by action, for each service and resource type."""
    table: dict[tuple[str, str], dict[str, str]] = {}
    for row in table_rows("corrected_arn_formats"):
        corrections = table.setdefault((row["service"], row["resource_type"].lower()), {})
        corrections.update(dict.fromkeys(row["actions"].lower().split(), row["format"]))
    return table


@cache
def _corrections_of(prefix: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """The lower-case names of a service's corrected resource types, each with its corrected formats by action."""
    return tuple(
        (type_name, corrections) for (owner, type_name), corrections in _corrections().items() if owner == prefix
    )


@cache
def _additional_types_by_action() -> dict[tuple[str, str], tuple[str, ...]]:
    """The resource types of actions that are missing in the reference's data."""
    return {
        (row["service"], name): tuple(row["resource_types"].lower().split())
        for row in table_rows("extra_action_types")
        for name in row["actions"].lower().split()
    }


def has_corrections(prefix: str) -> bool:
    """Whether our corrections change a service's ARN formats or the resource types of its actions."""
    return bool(_corrections_of(prefix)) or any(service == prefix for service, _ in _additional_types_by_action())


@cache
def qualified_types(prefix: str, type_name: str) -> frozenset[str]:
    """The resource types, in lower case, of versions and aliases: AWS accepts their ARNs for actions on the type."""
    return frozenset(
        name
        for row in table_rows("qualified_types")
        if (row["service"], row["resource_type"].lower()) == (prefix, type_name.lower())
        for name in row["qualified_types"].lower().split(",")
    )


@cache
def untyped_arn_formats(prefix: str) -> tuple[tuple[str, str], ...]:
    """Lower-case names of a service's actions, each with the format of ARNs without a resource type that it accepts."""
    return tuple(
        (name, row["format"])
        for row in table_rows("extra_action_arns")
        if row["service"] == prefix
        for name in row["actions"].lower().split()
    )


@cache
def _format_pieces(resource: str) -> tuple[str, ...]:
    """The texts between the variables of a format's resource part, and the names of the variables, in turn."""
    return tuple(_VARIABLE.split(resource))


@cache
def _format_regex(resource: str) -> re.Pattern[str]:
    """A regex for the resource part of a format, with a group for each variable."""
    # Each variable except the last ends at the separator after it; the last may contain separators.
    pieces = _format_pieces(resource)
    pattern = [re.escape(pieces[0])]
    for at in range(1, len(pieces), 2):
        following = pieces[at + 1]
        pattern.append("(.+)" if at == len(pieces) - 2 or not following else f"([^{re.escape(following[0])}]+)")
        pattern.append(re.escape(following))
    return re.compile("".join(pattern), re.DOTALL)
