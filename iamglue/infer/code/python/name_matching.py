"""Calls that look like calls of the SDK, on objects of which the type is not known: by the names that they use."""

from __future__ import annotations

import ast
from dataclasses import replace

from iamglue.catalog.sdk_methods import method_clients
from iamglue.infer.code.python.abstract_objects import ArgumentValues, Site, Values
from iamglue.infer.code.python.extern import ExternObject
from iamglue.infer.code.python.records import RequestRecord
from iamglue.infer.code.python.sdk_clients import TRANSFERS, ClientObject, transfer
from iamglue.infer.code.python.sdk_parameters import fitting_operations
from iamglue.infer.code.sdk_models import required_members

# Methods of clients that make no request by themselves.
_WITHOUT_REQUESTS = frozenset({"get_paginator", "get_waiter", "generate_presigned_url"})
_MAX_CANDIDATES = 8


def check_call(
    node: ast.Call, receivers: Values | None, functions: Values, arguments: ArgumentValues, at: Site
) -> None:
    """Record a call of something that is not known if it looks like one of the SDK.

    Clients take keywords alone, so all keywords must be members of the operation's input, and there must be one that
    is written as AWS writes them, or a name that only AWS has.
    """
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    problem = next((function.problem for function in functions if function.problem), "")
    if problem and not name.startswith("_") and name not in _WITHOUT_REQUESTS:
        at.doubt(problem)
        return
    if not name or (functions and all(function.is_known for function in functions)):
        return
    if receivers is not None and receivers and all(_is_not_aws(obj) for obj in receivers):
        return
    if name in TRANSFERS and _is_transfer(name, arguments, at):
        before = len(at.machine.records[at.unit].requests)
        transfer(ClientObject("s3"), name, arguments, at)
        requests = at.machine.records[at.unit].requests
        requests[before:] = [replace(request, by_name=True) for request in requests[before:]]
        return
    if arguments.positional or arguments.more_positional or not method_clients(name):
        return
    keywords = frozenset(arguments.keywords)
    candidates = fitting_operations(name, keywords)
    if not _looks_like_aws(name, keywords, candidates, receivers, arguments, at):
        return
    if len(candidates) == 1:
        client, operation = candidates[0]
        at.request(
            RequestRecord(
                at.node, at.path, client, operation, dict(arguments.keywords), arguments.more_keywords, by_name=True
            )
        )
    elif candidates:
        names = tuple(f"{client}.{operation}" for client, operation in candidates[:_MAX_CANDIDATES])
        at.doubt("the client is not known, and several services have such a call", names)


def _looks_like_aws(
    name: str,
    keywords: frozenset[str],
    candidates: list[tuple[str, str]],
    receivers: Values | None,
    arguments: ArgumentValues,
    at: Site,
) -> bool:
    """Whether a call has a keyword as only AWS writes them, or a name of several words in a program with an SDK."""
    is_library = any(isinstance(obj, ExternObject) for obj in receivers or ())
    if any(keyword[0].isupper() for keyword in keywords):
        return True
    has_words = "_" in name and at.machine.program.uses_sdk and not is_library
    if keywords:
        return has_words
    if arguments.more_keywords:
        return has_words
    return has_words and receivers is not None and len(candidates) == 1 and not required_members(*candidates[0])


def _is_not_aws(obj: object) -> bool:
    return isinstance(obj, ExternObject) and obj.is_known


def _is_transfer(name: str, arguments: ArgumentValues, at: Site) -> bool:
    """Whether the arguments are those of a transfer: `upload_file(path, bucket, key)`; `copy` is too usual a name."""
    if name == "generate_presigned_post":
        return "Bucket" in arguments.keywords
    if name == "copy" or not at.machine.program.uses_sdk:
        return {"CopySource", "Bucket"} <= arguments.keywords.keys()
    return len(arguments.positional) + len({"Bucket", "Key", "Filename", "Fileobj"} & arguments.keywords.keys()) >= 3
