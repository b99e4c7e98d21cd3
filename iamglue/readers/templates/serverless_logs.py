"""The statements that the Serverless Framework adds to roles so that functions can write their logs.

https://github.com/serverless/serverless/blob/v3/lib/plugins/aws/package/lib/merge-iam-templates.js
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.template_functions import WITHOUT_LOGS

_LOGS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"
_CREATE = ("logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource")


def log_property(function: Node) -> dict[str, str]:
    """The property of a function that is kept from writing logs, WITHOUT_LOGS; empty for others."""
    return {WITHOUT_LOGS: "true"} if _has_disabled_logs(function) else {}


def _has_disabled_logs(function: Node) -> bool:
    setting = function.get("disableLogs")
    return setting is not None and setting.text == "true"


def log_statements(names: Iterable[str]) -> list[dict[str, Any]]:
    """The statements that allow functions with these names, or patterns of names, to write their logs."""
    groups = [f"{_LOGS}{name}" for name in names]
    return [
        {"Effect": "Allow", "Action": list(_CREATE), "Resource": [f"{group}:*" for group in groups]},
        {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": [f"{group}:*:*" for group in groups]},
    ]


def shared_log_statements(functions: Iterable[tuple[Node, Node]], prefix: str) -> list[dict[str, Any]]:
    """The statements for logs in the role that functions share; `prefix` is how the framework begins their names.

    One pattern covers all functions whose names begin so; a Deny takes out those with `disableLogs`. Functions with
    other names are listed, without those.
    """
    names: dict[bool, list[str]] = {True: [], False: []}
    for key, function in functions:
        name = function.get("name")
        names[not _has_disabled_logs(function)].append(f"{prefix}-{key.text}" if name is None else name.text)
    others = [name for name in names[True] if not name.startswith(prefix)]
    if len(others) == len(names[True]):
        return log_statements(others) if others else []
    denied = [f"{_LOGS}{name}:*" for name in names[False] if name.startswith(prefix)]
    deny = [{"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": denied}] if denied else []
    return [*log_statements([*others, f"{prefix}*"]), *deny]
