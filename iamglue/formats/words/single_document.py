"""One part of a permission set as a JSON or YAML document: `policy`, `trust`, `permissions` or `peers`."""

from __future__ import annotations

import json
import re
from typing import Any

from iamglue.errors import IamglueError
from iamglue.formats.policies.document_mapping import map_strings, require_known
from iamglue.formats.policies.permissions import permissions_policy
from iamglue.formats.policies.yaml_writer import yaml_text
from iamglue.model.permission_set import PermissionSet
from iamglue.output_escaping import escape_json_output
from iamglue.policy.document import policy_data
from iamglue.policy.model import Policy

DOCUMENT_KINDS = ("policy", "trust", "permissions", "peers")
_FILE_NAME = re.compile(r"[A-Za-z0-9_-]+")


def json_text(data: Any) -> str:
    """`data` as JSON, indented by two spaces, with a newline at the end."""
    return escape_json_output(json.dumps(data, indent=2)) + "\n"


DOCUMENT_WRITERS = {"json": json_text, "yaml": yaml_text}


def single_document_text(permission_set: PermissionSet, file_format: str, only: str) -> str:
    """The part of the permission set that `only` names; for a function without access, a policy without statements.

    Raises IamglueError if the identity policy is split, because one document cannot contain several policies, and if a
    string contains an unknown parameter.
    """
    documents = _documents(permission_set, only)
    if len(documents) > 1:
        raise IamglueError(
            f"the policy of function {permission_set.function} is split into {len(documents)} managed policies",
            hint="write one file per policy with `-o DIR`, or choose a document format such as cloudformation",
        )
    return DOCUMENT_WRITERS[file_format](documents[0])


def single_document_files(permission_set: PermissionSet, file_format: str, only: str) -> dict[str, str]:
    """Files with the part of the permission set that `only` names: file name -> text.

    Raises IamglueError if the function's name is not a valid file name, or a string contains an unknown parameter.
    """
    if not _FILE_NAME.fullmatch(permission_set.function):
        raise IamglueError(
            f"function {permission_set.function!r} is not a valid file name: expected letters, digits, - and _"
        )
    documents = _documents(permission_set, only)
    numbers = [f"-{number}" for number in range(1, len(documents) + 1)] if len(documents) > 1 else [""]
    names = [f"{permission_set.function}.{only}{number}.{file_format}" for number in numbers]
    return {name: DOCUMENT_WRITERS[file_format](data) for name, data in zip(names, documents, strict=True)}


def _documents(permission_set: PermissionSet, only: str) -> list[Any]:
    """The documents of the part, with all parameters required to be known."""
    return [map_strings(data, require_known) for data in _part_data(permission_set, only)]


def _part_data(permission_set: PermissionSet, only: str) -> list[Any]:
    """Plain data of each document of the part. Raises IamglueError for an unknown part."""
    if only == "policy":
        policies = [named.policy for named in permission_set.policies] or [Policy(())]
        return [policy_data(policy) for policy in policies]
    if only == "trust":
        return [policy_data(permission_set.trust)]
    if only == "permissions":
        return [policy_data(permissions_policy(permission_set))]
    if only == "peers":
        return [[{"where": item.where, "policy": policy_data(item.policy)} for item in permission_set.counterparts]]
    raise IamglueError(f"{only!r} is not a valid part: expected one of {', '.join(DOCUMENT_KINDS)}")
