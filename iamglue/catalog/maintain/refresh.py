"""For maintainers: compares our tables with AWS's data, and writes the generated tables.

`python -m iamglue.catalog.maintain.refresh operations [CLIENT...]` prints the operations that have no action.
`python -m iamglue.catalog.maintain.refresh methods` writes `data/boto3_methods.tsv`.
`python -m iamglue.catalog.maintain.refresh managed-policies` writes `managed_policies.*`,
`broad_managed_policies.tsv` and `one_click_documents.tsv.xz` there.
Nothing imports this module, so only this module may import botocore, boto3's data and moto.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from moto.iam.aws_managed_policies import aws_managed_policies_data

from iamglue.catalog.broad_policies import (
    EVERY_SERVICE,
    broad_managed_policies,
    content_digest,
    find_broad_policy,
)
from iamglue.catalog.operations import client_operation_actions, client_prefix
from iamglue.catalog.services import reference_date
from iamglue.catalog.tables import table_rows
from iamglue.policy.document import read_policy
from iamglue.risk.service_shares import service_shares
from iamglue.spelling import did_you_mean

_DATA = Path(__file__).parents[1] / "data"
_WAITERS = "botocore waiters-2.json"
_RESOURCES = "boto3 resources-1.json"


@dataclass(frozen=True, slots=True)
class OperationCoverage:
    """How the actions of a client's operations are found; `unlisted` operations are known to have no action."""

    client: str
    by_name: tuple[str, ...]
    by_table: tuple[str, ...]
    unlisted: tuple[str, ...]
    unmatched: tuple[str, ...]

    @property
    def total(self) -> int:
        """The number of operations of the client."""
        return len(self.by_name) + len(self.by_table) + len(self.unlisted) + len(self.unmatched)


def boto3_clients() -> tuple[str, ...]:
    """Every boto3 client, sorted."""
    return tuple(sorted(_session().get_available_services()))


def client_operations(client: str) -> tuple[str, ...]:
    """The operations of a client, as botocore spells them."""
    return tuple(_session().get_service_model(client).operation_names)


def operation_coverage(client: str) -> OperationCoverage:
    """How the operations of a client find their actions."""
    table = {row["operation"] for row in table_rows("operations") if row["client"] == client}
    unlisted = {row["operation"] for row in table_rows("operations_without_action") if row["client"] == client}
    coverage: dict[str, list[str]] = {"table": [], "name": [], "unlisted": [], "without": []}
    for name in client_operations(client):
        if name in table:
            coverage["table"].append(name)
        elif client_operation_actions(client, name) is not None:
            coverage["name"].append(name)
        else:
            coverage["unlisted" if name in unlisted else "without"].append(name)
    return OperationCoverage(client, *(tuple(coverage[key]) for key in ("name", "table", "unlisted", "without")))


def method_rows() -> tuple[tuple[str, str, str, str], ...]:
    """Client, method, operations and source of every boto3 waiter and resource method, sorted.

    Methods of a service resource that are operations with the same name are left out.
    """
    rows = {row for client in boto3_clients() for row in (*_waiter_rows(client), *_resource_rows(client))}
    return tuple(sorted(row for row in rows if row[1] != xform_name(row[2])))


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _waiter_operations(client: str) -> Mapping[str, str]:
    """The operation that each waiter of a client calls."""
    try:
        model = _session().get_waiter_model(client)
    except (UnknownServiceError, ValueError):
        return {}
    return {name: model.get_waiter(name).operation for name in model.waiter_names}


def _waiter_rows(client: str) -> Iterator[tuple[str, str, str, str]]:
    for waiter, operation in _waiter_operations(client).items():
        yield client, xform_name(waiter), operation, _WAITERS


@cache
def _resource_loader() -> Loader:
    """The loader of boto3's data. It keeps the list of services, which takes 20 ms to read and 400 clients ask for."""
    return Loader(extra_search_paths=[str(_boto3_data())])


def _resource_rows(client: str) -> Iterator[tuple[str, str, str, str]]:
    """The methods of boto3's resources (`s3.Bucket`) for a client; none if boto3 has no resources for it."""
    if client not in _resource_loader().list_available_services("resources-1"):
        return
    model = _resource_loader().load_service_model(client, "resources-1")
    resource_models: Mapping[str, Any] = model["resources"]
    for name, operation in _methods(model["service"], resource_models, _waiter_operations(client)):
        yield client, name, operation, _RESOURCES
    for resource, resource_model in resource_models.items():
        for name, operation in _methods(resource_model, resource_models, _waiter_operations(client)):
            yield client, f"{resource}.{name}", operation, _RESOURCES


def _methods(
    resource_model: Mapping[str, Any], resource_models: Mapping[str, Any], waiter_operations: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The methods of a boto3 resource and the operations that they call."""
    if "load" in resource_model:
        yield "load", resource_model["load"]["request"]["operation"]
        yield "reload", resource_model["load"]["request"]["operation"]
    for name, action in resource_model.get("actions", {}).items():
        yield xform_name(name), action["request"]["operation"]
    for name, waiter in resource_model.get("waiters", {}).items():
        yield f"wait_until_{xform_name(name)}", waiter_operations[waiter["waiterName"]]
    for name, collection in resource_model.get("hasMany", {}).items():
        if "request" not in collection:
            continue
        listed = collection["request"]["operation"]
        yield xform_name(name), listed
        for batch, action in resource_models[collection["resource"]["type"]].get("batchActions", {}).items():
            yield f"{xform_name(name)}.{xform_name(batch)}", f"{listed} {action['request']['operation']}"


def _boto3_data() -> Path:
    """The folder of boto3's data. Raises ModuleNotFoundError if it is not installed."""
    # Only the data is needed, so boto3 is located but not imported.
    spec = find_spec("boto3")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("boto3")
    return Path(spec.origin).parent / "data"


def _print_operations(names: Sequence[str]) -> None:
    """Print the operations of these clients, or of all, that have no action, and how many have one."""
    coverages = [operation_coverage(client) for client in names or boto3_clients()]
    for coverage in coverages:
        if coverage.unmatched or coverage.unlisted:
            print(f"{coverage.client} ({client_prefix(coverage.client) or 'no prefix'})")  # noqa: T201 - a program that prints
        for title, operations in (("without an action", coverage.unmatched), ("known to have none", coverage.unlisted)):
            if operations:
                print(f"  {title}: {' '.join(operations)}")  # noqa: T201 - a program that prints
    total, named = sum(coverage.total for coverage in coverages), sum(len(coverage.by_name) for coverage in coverages)
    table, unlisted = (
        sum(len(coverage.by_table) for coverage in coverages),
        sum(len(coverage.unlisted) for coverage in coverages),
    )
    without = sum(len(coverage.unmatched) for coverage in coverages)
    print(  # noqa: T201 - a program that prints
        f"{total} operations of {len(coverages)} clients: {named} by name, {table} by table,"
        f" {without} without an action, {unlisted} known to have none in AWS's reference of {reference_date()}"
    )


def _write_methods() -> None:
    """Write the operations of boto3's waiters and resource methods, which other names call."""
    command = "python -m iamglue.catalog.maintain.refresh methods"
    head = f"# boto3's waiters and resource methods -> operations. By `{command}`.\n"
    lines = ["client\tmethod\toperation\tsource", *("\t".join(row) for row in method_rows())]
    (_DATA / "boto3_methods.tsv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def managed_policies() -> dict[str, dict[str, Any]]:
    """Every AWS managed policy as moto has it: path, default version, dates and document by name, sorted."""
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {
        name: {
            "path": row["Path"],
            "version": row["DefaultVersionId"],
            "created": row["CreateDate"][:10],
            "updated": row["UpdateDate"][:10],
            "document": row["Document"],
        }
        for name, row in sorted(policies.items())
    }


def _write_managed_policies() -> None:
    """Write the names of all policies, the table of the broad ones, and both parts of the snapshot."""
    policies = managed_policies()
    newest = max(row["updated"] for row in policies.values())
    head = f"# AWS managed policies of {newest}, by moto {version_of('moto')}: path and name of each.\n"
    names = "".join(f"{row['path']}{name}\n" for name, row in policies.items())
    (_DATA / "managed_policies.txt").write_text(head + names, encoding="utf-8")
    broad_managed_policies.cache_clear()
    _write_broad_policies(policies)
    # Templates mostly attach these: unpacking all policies takes longer than reading many templates.
    broad = broad_managed_policies().keys()
    _pack("one_click_documents", {name: row for name, row in policies.items() if name in broad})
    _pack("managed_policies", {name: row for name, row in policies.items() if name not in broad})


def broad_policy_rows(policies: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Name, digest and shares (`sqs 10/12 sns 1/11`) of each policy that is too broad for a function."""
    for name, row in policies.items():
        policy = read_policy(json.dumps(row["document"]), f"{name}.json")
        shares = service_shares(policy)
        if find_broad_policy(name, shares, row["path"]) is not None:
            broad = (share for share in shares if share.is_broad)
            texts = (
                "*" if share == EVERY_SERVICE else f"{share.service} {share.allowed}/{share.total}" for share in broad
            )
            yield name, content_digest(policy), " ".join(texts)


def _write_broad_policies(policies: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the table of the broad policies; `table_rows` reads it again afterwards."""
    head = (
        "# AWS managed policies that are too broad for a function: a digest of the statements, and how many of the\n"
        "# write and data actions of services they allow on every resource (`*`: every action). By\n"
        "# `python -m iamglue.catalog.maintain.refresh managed-policies`, from moto's documents and the Service\n"
        "# Authorization Reference: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html\n"
    )
    lines = ["name\tdigest\tshares", *map("\t".join, broad_policy_rows(policies))]
    (_DATA / "broad_managed_policies.tsv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    table_rows.cache_clear()


def _pack(name: str, policies: dict[str, dict[str, Any]]) -> None:
    """Write policies to a compressed table."""
    # One line per policy, name and JSON: only a few are needed at a time, and parsing all is slow.
    lines = (
        f"{policy_name}\t{json.dumps(row, separators=(',', ':'), sort_keys=True)}\n"
        for policy_name, row in policies.items()
    )
    # A fixed preset and no timestamp, so that the same policies give the same bytes.
    packed = lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME)
    (_DATA / f"{name}.tsv.xz").write_bytes(packed)


def main() -> None:
    """Run the command given by the arguments."""
    parser = argparse.ArgumentParser(prog="python -m iamglue.catalog.maintain.refresh", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    report = commands.add_parser("operations", help="print the operations that have no action")
    report.add_argument("clients", nargs="*", metavar="CLIENT", help="boto3 clients; all when none")
    commands.add_parser("methods", help="write data/boto3_methods.tsv")
    commands.add_parser(
        "managed-policies", help="write data/managed_policies.*, broad_managed_policies.tsv and one_click_documents.*"
    )
    arguments = parser.parse_args()
    if arguments.command == "operations":
        for name in set(arguments.clients) - set(boto3_clients()):
            parser.error(
                f"boto3 has no client `{name}`; {did_you_mean(name, boto3_clients()) or 'see boto3 for its clients'}"
            )
        _print_operations(arguments.clients)
    elif arguments.command == "managed-policies":
        _write_managed_policies()
    else:
        _write_methods()


if __name__ == "__main__":
    main()
