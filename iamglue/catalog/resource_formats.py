"""ARN formats in parts, with our sourced corrections to the reference, and the resources an action needs together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.catalog.services import ResourceType, find_service
from iamglue.catalog.tables import table_rows

_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
# What the function's own place fills in, wherever it stands as a whole field.
_REGION, _PARTITION = "${Region}", "${Partition}"


@dataclass(frozen=True, slots=True)
class ArnFormat:
    """The six fields of an ARN format, and the variables that a name or mapping must fill, in order."""

    partition: str
    service: str
    region: str
    account: str
    resource: str
    variables: tuple[str, ...]

    @property
    def text(self) -> str:
        """The format as the reference writes it."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def has_region_field(self) -> bool:
        """Whether the Region is a field to fill."""
        return self.region == _REGION

    @property
    def has_account_field(self) -> bool:
        """Whether the account is a field to fill: `${Account}`, `${AccountId}`, `${VpcOwnerAccount}` and so on."""
        return self.account.startswith("${")

    def resource_glob(self) -> str:
        """The resource part as a pattern, every variable a `*`."""
        return _VARIABLE.sub("*", self.resource)

    def fill_resource(self, values: dict[str, str]) -> str:
        """The resource part with the variables of `values` filled in."""
        return _VARIABLE.sub(lambda match: values[match[1]], self.resource)

    def parse_resource(self, resource: str) -> dict[str, str] | None:
        """The variables' values in a resource part of this format, or None when it has another form."""
        found = _reader(self.resource).fullmatch(resource)
        return dict(zip(_VARIABLE.findall(self.resource), found.groups(), strict=True)) if found else None


@lru_cache(maxsize=4096)
def parse_arn_format(text: str) -> ArnFormat:
    """The parts of a format as the Service Authorization Reference writes it."""
    _, partition, name, region, account, resource = text.split(":", 5)
    return ArnFormat(partition, name, region, account, resource, tuple(_VARIABLE.findall(f"{name}:{resource}")))


def resource_type_formats(action: str, resource_type: ResourceType) -> tuple[ArnFormat, ...]:
    """The formats of a resource type as `action` (`prefix:Name`) is checked against them."""
    name = action.partition(":")[2].lower()
    own = _corrections().get((resource_type.service, resource_type.name.lower()), {})
    corrected = own.get(name) or own.get("*")
    return (parse_arn_format(corrected),) if corrected else tuple(map(parse_arn_format, resource_type.arn_formats))


def reference_type_formats(prefix: str, resource_type: str) -> tuple[str, ...]:
    """The formats of a resource type as the reference writes them; none where there is no such type."""
    found = find_service(prefix)
    kind = found.resource_types.get(resource_type.lower()) if found else None
    return kind.arn_formats if kind else ()


def action_resource_types(action: str) -> dict[str, ResourceType]:
    """The resource types that `action` takes by the reference and by our corrections, by their lower-case names."""
    prefix, _, name = action.partition(":")
    found = find_service(prefix)
    if found is None:
        return {}
    names = [taken.name.lower() for taken in found.actions[name.lower()].resource_types]
    extra = [kind for kind, own in _corrections_of(prefix) if name.lower() in own]
    more = _also_taken().get((prefix, name.lower()), ())
    others = found.resource_types if "*" in more else more
    return {kind: found.resource_types[kind] for kind in dict.fromkeys([*names, *extra, *others])}


@dataclass(frozen=True, slots=True)
class AdditionalResourceType:
    """A resource type that an action needs besides the named one; `fill` gives the variables the name lacks."""

    resource_type: str
    variable_defaults: tuple[tuple[str, str], ...]


def additional_resource_types(action: str, resource_type: str) -> tuple[AdditionalResourceType, ...]:
    """What AWS asks `action` for together with a resource of `resource_type`: Glue's database and catalog, say."""
    prefix, _, name = action.partition(":")
    taken = action_resource_types(action)
    return tuple(
        AdditionalResourceType(
            kind, tuple((pair.partition("=")[0], pair.partition("=")[2]) for pair in row["fill"].split())
        )
        for row in table_rows("joint")
        if row["service"] == prefix and row["resource_type"] == resource_type.lower()
        if row["actions"] == "*" or name in row["actions"].split()
        for kind in row["joint"].split()
        if kind in taken or row["actions"] != "*"
    )


@cache
def corrected_formats(name: str) -> tuple[ArnFormat, ...]:
    """The formats with this service field that our corrections name, whatever the service they are of."""
    texts = dict.fromkeys(text for own in _corrections().values() for text in own.values())
    return tuple(each for each in map(parse_arn_format, texts) if each.service == name)


@cache
def _corrections() -> dict[tuple[str, str], dict[str, str]]:
    table: dict[tuple[str, str], dict[str, str]] = {}
    for row in table_rows("shapes"):
        own = table.setdefault((row["service"], row["resource_type"].lower()), {})
        own.update(dict.fromkeys(row["actions"].lower().split(), row["format"]))
    return table


@cache
def _corrections_of(prefix: str) -> tuple[tuple[str, dict[str, str]], ...]:
    return tuple((kind, own) for (owner, kind), own in _corrections().items() if owner == prefix)


@cache
def _also_taken() -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (row["service"], name): tuple(row["resource_types"].lower().split())
        for row in table_rows("taken_types")
        for name in row["actions"].lower().split()
    }


def has_corrections(prefix: str) -> bool:
    """Whether some format of a service's resource types, or what an action takes, differs from the reference's."""
    return bool(_corrections_of(prefix)) or any(service == prefix for service, _ in _also_taken())


@cache
def untyped_arn_formats(prefix: str) -> tuple[tuple[str, str], ...]:
    """Names of a service's actions in lower case, each with the format of ARNs of no resource type that it takes."""
    return tuple(
        (name, row["format"])
        for row in table_rows("taken_arns")
        if row["service"] == prefix
        for name in row["actions"].lower().split()
    )


@cache
def _reader(resource: str) -> re.Pattern[str]:
    # Each variable but the last stops at the separator behind it, so that the last takes what may hold one.
    pieces = _VARIABLE.split(resource)
    pattern = [re.escape(pieces[0])]
    for at in range(1, len(pieces), 2):
        following = pieces[at + 1]
        pattern.append("(.+)" if at == len(pieces) - 2 or not following else f"([^{re.escape(following[0])}]+)")
        pattern.append(re.escape(following))
    return re.compile("".join(pattern), re.DOTALL)
