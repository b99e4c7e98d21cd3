"""From an action on an ARN, as policies have it, to the entry that a spec would have: the inverse of `generate`.

Spellings are tried from the shortest to the ARN itself; the first that generates the same is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.resource_formats import ArnFormat, action_resource_types, resource_type_formats
from iamglue.catalog.services import ResourceType, find_action
from iamglue.catalog.tables import table_rows
from iamglue.catalog.verbs import default_verb
from iamglue.errors import Location
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.condition_options import condition_options
from iamglue.infer.entry_grants import entry_grants
from iamglue.infer.entry_words import Wording, action_list, single_wordings
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, AccessList, SpecResource
from iamglue.policy.arns import Arn, parse_arn
from iamglue.policy.patterns.wildcards import has_wildcard

_Options = dict[str, str | tuple[str, ...] | None]


def find_entry(
    grant: AtomicGrant,
    scope: DeploymentScope,
    location: Location,
    granted: frozenset[AtomicGrant] | set[AtomicGrant] | None = None,
) -> AccessEntry | None:
    """The shortest entry of one action that generates `grant`, in a function of `scope`; None if no entry does.

    Its `do` is the action, or the verb that means it where only the verb takes the resource.

    The entry generates nothing that is not in `granted`, which is the grant alone by default: some actions are checked
    on several resources at once, which one entry names.
    """
    facts = find_action(grant.action)
    if facts is None:
        return None
    allowed = {grant} if granted is None else granted
    exact = AtomicGrant(str(facts), grant.resource, grant.conditions)
    named = [Wording(place, (exact.action,), frozenset()) for place in (action_list(exact.action), AccessList.CALLS)]
    for entry in _candidates(exact, location, scope):
        # Some actions take a resource only by their verb: the namespace of `cloudwatch:PutMetricData`.
        for wording in (*named, *single_wordings(exact.action)):
            grants = entry_grants(replace(entry, access=wording.access, do=wording.words), scope)
            if grants and exact in grants and grants <= allowed:
                return replace(entry, access=wording.access, do=wording.words or _default_word(entry, wording))
    return None


def _default_word(entry: AccessEntry, wording: Wording) -> tuple[str, ...]:
    verb = default_verb(entry.service, wording.access)
    return (verb.name,) if verb else entry.do


def _candidates(grant: AtomicGrant, location: Location, scope: DeploymentScope) -> Iterator[AccessEntry]:
    """Entries that may generate a grant: each spelling of the resource with each reading of the conditions."""
    service = grant.action.partition(":")[0]
    plain = AccessEntry(AccessList.CALLS, service, SpecResource("*"), location, do=(grant.action,))
    for entry in _with_resources(plain, grant, scope):
        yield from condition_options(entry, grant.conditions)


def _with_resources(plain: AccessEntry, grant: AtomicGrant, scope: DeploymentScope) -> Iterator[AccessEntry]:
    """Entries for each way to name the grant's resource: by the types of the action, by its ARN, and untyped."""
    kinds = action_resource_types(grant.action)
    arn = parse_arn(grant.resource)
    if arn is None:
        yield from _without_arn(plain, grant.resource)
        return
    for kind in kinds.values():
        for form in resource_type_formats(grant.action, kind):
            values = form.parse_resource(arn.resource) if form.service in (arn.service, "${Service}") else None
            if values is not None:
                yield from _named_entries(plain, kind, form, values, arn, scope)
    whole = replace(plain, resource=SpecResource(grant.resource))
    for form_end in (grant.resource, grant.resource.removesuffix(":*"), grant.resource.removesuffix("-??????")):
        yield replace(whole, resource=SpecResource(form_end))
    yield from (replace(whole, resource_type=kind.name) for kind in kinds.values())


def _without_arn(plain: AccessEntry, resource: str) -> Iterator[AccessEntry]:
    """Entries for "*", and for a parameter of the deployment that is a whole ARN."""
    if resource == "*":
        yield plain
    elif resource.startswith("${"):
        parameter, _, _ = resource.partition("}")
        yield replace(plain, resource=SpecResource(variables=(("Arn", parameter + "}"),)))


def _named_entries(
    plain: AccessEntry,
    kind: ResourceType,
    form: ArnFormat,
    values: dict[str, str],
    arn: Arn,
    scope: DeploymentScope,
) -> Iterator[AccessEntry]:
    """Entries that say a resource by its name or variables, with its account and Region where `scope` has others."""
    options = _location_options(form, arn, scope)
    if options is None or arn.partition != scope.partition:
        return
    for entry in _spellings(plain, kind, form, values):
        for typed in (entry, replace(entry, resource_type=kind.name)):
            yield replace(typed, **options)  # type: ignore[arg-type]  # each has its field's type


def _location_options(form: ArnFormat, arn: Arn, scope: DeploymentScope) -> _Options | None:
    """The options `account` and `regions` of a resource; None if an entry with a name cannot say its location."""
    options: _Options = {}
    if form.has_account_field and arn.account != scope.account:
        if has_wildcard(arn.account):
            return None
        options["account"] = arn.account or None
    if form.has_region_field and arn.region != scope.region:
        if not arn.region or has_wildcard(arn.region):
            return None
        options["regions"] = (arn.region,)
    return options


def _spellings(
    plain: AccessEntry, kind: ResourceType, form: ArnFormat, values: dict[str, str]
) -> Iterator[AccessEntry]:
    """Yield the entries for an ARN's values, by the ways in which a spec can write such a resource."""
    if kind.service == "s3" and kind.name == "object":
        yield from _object_spellings(plain, values)
    if kind.service == "dynamodb" and kind.name == "index":
        yield replace(plain, resource=SpecResource(values["TableName"]), index=values["IndexName"])
    if kind.service == "kinesis" and kind.name == "consumer":
        yield replace(plain, resource=SpecResource(values["StreamName"]), consumer=values["ConsumerName"])
    defaults = _defaults(kind)
    named = {name: value for name, value in values.items() if defaults.get(name) != value}
    if len(named) == 1:
        yield from (replace(plain, resource=SpecResource(text)) for text in _names(kind, form, *named.items()))
    if set(values.values()) == {"*"}:
        yield replace(plain, resource=SpecResource("*"))
    if len(values) > 1:
        yield replace(plain, resource=SpecResource(variables=tuple(named.items())))
        yield replace(plain, resource=SpecResource(variables=tuple(values.items())))


def _object_spellings(plain: AccessEntry, values: dict[str, str]) -> Iterator[AccessEntry]:
    """Objects as bucket, bucket and prefix, or bucket and key."""
    bucket, key = values["BucketName"], values["ObjectName"]
    if key == "*":
        yield replace(plain, resource=SpecResource(bucket))
    elif key.endswith("*") and not has_wildcard(key[:-1]):
        yield replace(plain, resource=SpecResource(bucket), prefix=key[:-1])
    yield replace(plain, resource=SpecResource(f"{bucket}/{key}"))


def _names(kind: ResourceType, form: ArnFormat, variable: tuple[str, str]) -> Iterator[str]:
    """The names that mean a value: without the ending that AWS adds, with the slash that a parameter's name has."""
    name, value = variable
    ending = next((row["suffix"] for row in _name_rows(kind) if row["variable"] == name and row["suffix"]), "")
    if ending and value.endswith(ending):
        yield value.removesuffix(ending)
    # A parameter with a slash in its name has one in front of it, which its ARN does not repeat:
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
    if form.resource.startswith("parameter/") and "/" in value:
        yield f"/{value}"
    yield value


def _defaults(kind: ResourceType) -> dict[str, str]:
    return {row["variable"]: row["default"] for row in _name_rows(kind) if row["default"]}


def _name_rows(kind: ResourceType) -> list[dict[str, str]]:
    rows = table_rows("name_defaults")
    return [row for row in rows if (row["service"], row["resource_type"]) == (kind.service, kind.name)]
