"""One part of a bundle as a bare document, JSON or YAML: identity policy, trust policy, permissions or peers."""

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
    """`data` as JSON, indented by two, with a newline at its end."""
    return escape_json_output(json.dumps(data, indent=2)) + "\n"


DOCUMENT_WRITERS = {"json": json_text, "yaml": yaml_text}


def single_document_text(bundle: PermissionSet, file_format: str, only: str) -> str:
    """The part of `bundle` that `only` names. A function that needs nothing has a policy without statements.

    Raises IamglueError when the identity policy had to be split, as one document cannot hold several policies, and
    when a string holds what only a deployment knows.
    """
    documents = _documents(bundle, only)
    if len(documents) > 1:
        raise IamglueError(
            f"the policy of function {bundle.function} is split into {len(documents)} managed policies",
            hint="write one file for each with `-o DIR`, or choose a document format such as cloudformation",
        )
    return DOCUMENT_WRITERS[file_format](documents[0])


def single_document_files(bundle: PermissionSet, file_format: str, only: str) -> dict[str, str]:
    """The files that hold the part of `bundle` that `only` names: file name -> text.

    Raises IamglueError when the function's name cannot be the name of a file, and as `plain_text` does for strings.
    """
    if not _FILE_NAME.fullmatch(bundle.function):
        raise IamglueError(f"function {bundle.function!r} cannot name a file: expected letters, digits, - and _")
    documents = _documents(bundle, only)
    numbers = [f"-{number}" for number in range(1, len(documents) + 1)] if len(documents) > 1 else [""]
    names = [f"{bundle.function}.{only}{number}.{file_format}" for number in numbers]
    return {name: DOCUMENT_WRITERS[file_format](data) for name, data in zip(names, documents, strict=True)}


def _documents(bundle: PermissionSet, only: str) -> list[Any]:
    return [map_strings(data, require_known) for data in _chosen(bundle, only)]


def _chosen(bundle: PermissionSet, only: str) -> list[Any]:
    if only == "policy":
        policies = [named.policy for named in bundle.policies] or [Policy(())]
        return [policy_data(policy) for policy in policies]
    if only == "trust":
        return [policy_data(bundle.trust)]
    if only == "permissions":
        return [policy_data(permissions_policy(bundle))]
    if only == "peers":
        return [[{"where": peer.where, "policy": policy_data(peer.policy)} for peer in bundle.counterparts]]
    raise IamglueError(f"no part {only!r}: expected one of {', '.join(DOCUMENT_KINDS)}")
