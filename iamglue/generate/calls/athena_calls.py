"""What AWS checks for a query of Athena: in the workgroup, the Glue catalog, and the buckets of results and data.

Athena passes the caller's identity on to Glue and S3: https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.call_tables import word_actions
from iamglue.generate.calls.call import CallRequest, UnknownCallError
from iamglue.generate.calls.call_resources import SAMPLE, concrete_text
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry

# For a query, AWS checks its tables, and the database and the catalog above each:
# https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
_DEFAULT_STATEMENTS = {"reads": "select", "writes": "insert"}


def is_query(entry: AccessEntry) -> bool:
    """Whether the entry is a query of Athena: a mapping with its database."""
    return entry.service == "athena" and entry.resource.get("database") is not None


def query_requests(entry: AccessEntry, word: str, scope: DeploymentScope) -> Iterator[CallRequest]:
    """Yield the requests of a query whose statement is `word`. Raises UnknownCallError."""
    arns = _arns_of_parts(entry, scope)
    for statement in dict.fromkeys(("select", word or _DEFAULT_STATEMENTS.get(entry.access, ""))):
        access = "reads" if statement == "select" else entry.access
        checked_actions = word_actions("athena", access, f"@{statement}")
        if checked_actions is None:
            raise UnknownCallError(f"what a query with `{statement}` needs is not known")
        for checked in checked_actions:
            yield from (CallRequest(checked.action, arn) for arn in arns[checked.resource_type])


def _arns_of_parts(entry: AccessEntry, scope: DeploymentScope) -> dict[str, list[str]]:
    """A concrete ARN of each part of the query; a table's with those of its database and catalog."""
    values: dict[str, list[str]] = {}
    for name, value in entry.resource.variables:
        values.setdefault(name, []).append(concrete_text(value))
    here = f"{scope.region}:{scope.account}"
    catalog, (database,) = f"arn:{scope.partition}:glue:{here}", values["database"]
    parents = [f"{catalog}:database/{database}", f"{catalog}:catalog"]
    arns = {
        "workgroup": [
            f"arn:{scope.partition}:athena:{here}:workgroup/{name}" for name in values.get("workgroup", ["primary"])
        ],
        "database": parents,
        "table": [*(f"{catalog}:table/{database}/{table}" for table in values.get("tables", [])), *parents],
    }
    for part in ("results", "data"):
        places = [place.removeprefix("s3://") for place in values.get(part, [])]
        arns[f"{part}-bucket"] = [f"arn:{scope.partition}:s3:::{place.partition('/')[0]}" for place in places]
        arns[f"{part}-object"] = [
            f"arn:{scope.partition}:s3:::{place if '/' in place else f'{place}/'}{SAMPLE}" for place in places
        ]
    return arns
