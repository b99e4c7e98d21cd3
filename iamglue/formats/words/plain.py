"""One part of a bundle as a bare document, JSON or YAML: identity policy, trust policy, permissions or peers."""

from __future__ import annotations

import json
import re
from typing import Any

from iamglue.errors import IamglueError
from iamglue.formats.policies.mapping import known, mapped
from iamglue.formats.policies.permissions import permissions_policy
from iamglue.formats.policies.yaml import yaml_text
from iamglue.inert import inert_json
from iamglue.model.permission_set import Bundle
from iamglue.policy.document import document
from iamglue.policy.model import Policy

PARTS = ("policy", "trust", "permissions", "peers")
_FILE_NAME = re.compile(r"[A-Za-z0-9_-]+")


def json_text(data: Any) -> str:
    """`data` as JSON, indented by two, with a newline at its end."""
    return inert_json(json.dumps(data, indent=2)) + "\n"


WRITERS = {"json": json_text, "yaml": yaml_text}


def plain_text(bundle: Bundle, file_format: str, only: str) -> str:
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
    return WRITERS[file_format](documents[0])


def plain_files(bundle: Bundle, file_format: str, only: str) -> dict[str, str]:
    """The files that hold the part of `bundle` that `only` names: file name -> text.

    Raises IamglueError when the function's name cannot be the name of a file, and as `plain_text` does for strings.
    """
    if not _FILE_NAME.fullmatch(bundle.function):
        raise IamglueError(f"function {bundle.function!r} cannot name a file: expected letters, digits, - and _")
    documents = _documents(bundle, only)
    numbers = [f"-{number}" for number in range(1, len(documents) + 1)] if len(documents) > 1 else [""]
    names = [f"{bundle.function}.{only}{number}.{file_format}" for number in numbers]
    return {name: WRITERS[file_format](data) for name, data in zip(names, documents, strict=True)}


def _documents(bundle: Bundle, only: str) -> list[Any]:
    return [mapped(data, known) for data in _chosen(bundle, only)]


def _chosen(bundle: Bundle, only: str) -> list[Any]:
    if only == "policy":
        policies = [named.policy for named in bundle.policies] or [Policy(())]
        return [document(policy) for policy in policies]
    if only == "trust":
        return [document(bundle.trust)]
    if only == "permissions":
        return [document(permissions_policy(bundle))]
    if only == "peers":
        return [[{"where": peer.where, "policy": document(peer.policy)} for peer in bundle.peers]]
    raise IamglueError(f"no part {only!r}: expected one of {', '.join(PARTS)}")
