"""Entries that stand for several: what AWS checks on more than one resource, or on another than the one named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from iamglue.generate.requirements.arn_validation import whole_arn_parameter
from iamglue.generate.requirements.database_access import data_api_parts, database_user_parts
from iamglue.generate.requirements.parameter_paths import parameter_parts
from iamglue.generate.requirements.phone_numbers import phone_parts
from iamglue.generate.requirements.s3_access_points import access_point_parts
from iamglue.generate.requirements.s3_directory_buckets import (
    directory_bucket_parts,
    directory_bucket_session_parts,
    is_directory_bucket,
)
from iamglue.generate.requirements.state_machines import state_machine_parts
from iamglue.generate.requirements.stream_consumers import consumer_parts
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, SpecResource


def entry_parts(entry: AccessEntry, scope: DeploymentScope) -> tuple[AccessEntry, ...]:
    """The entries, each about one kind of resource, whose needs are the needs of `entry`.

    Most entries are returned unchanged. Raises IamglueError (or MultipleErrors) at the entry's location.
    """
    literal = whole_arn_parameter(entry.resource) or ""
    if literal.startswith("arn:"):
        entry = replace(entry, resource=SpecResource(literal))
    if entry.service == "s3" and not is_directory_bucket(entry.resource):
        return access_point_parts(entry, scope)
    build = _PARTS.get(entry.service)
    return build(entry) if build else (entry,)


_PARTS: dict[str, Callable[[AccessEntry], tuple[AccessEntry, ...]]] = {
    "kinesis": consumer_parts,
    "rds-data": data_api_parts,
    "rds-db": database_user_parts,
    "s3": directory_bucket_parts,
    "s3express": directory_bucket_session_parts,
    "sns": phone_parts,
    "ssm": parameter_parts,
    "states": state_machine_parts,
}
