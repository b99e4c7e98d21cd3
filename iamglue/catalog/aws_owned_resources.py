"""Resources that AWS owns and every account may use: their ARNs have no account, by `data/aws_owned_names.tsv`."""

from __future__ import annotations

from iamglue.catalog.tables import table_rows


def is_aws_owned(service: str, resource: str) -> bool:
    """Whether a resource part (`parameter/aws/service/...`) is a name that AWS reserves for its own resources."""
    lower = resource.lower()
    return any(lower.startswith(row["prefix"]) for row in table_rows("aws_owned_names") if row["service"] == service)
