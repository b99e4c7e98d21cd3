"""Policies that a configuration takes from other files, with `file` or `templatefile`, and what is said of them.

https://developer.hashicorp.com/terraform/language/functions/file
"""

from __future__ import annotations

import os
import re

from iamglue.errors import Location
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.policy.source.nodes import Node
from iamglue.readers.terraform.string_templates import expression_text

_CALL = re.compile(r"(?:core::)?(?:template)?file\(")
_LITERAL_PATH = re.compile(rf'{_CALL.pattern}\s*"(?:\$\{{path\.module\}}/)?([^"$%\\]+)"')


def unknown_policy(address: str, node: Node, *, is_in_other_file: bool, is_trust: bool) -> NotEvaluated:
    """Says that a policy is not known before deployment; a trust policy grants the role no access."""
    name, file = expression_text(node.text), _named_file(node)
    if is_in_other_file:
        reason = f"`{node.text}` is in another file"
    elif file not in ("", name) and not os.path.isfile(file):  # noqa: PTH113 - pathlib raises for some texts
        reason = f"cannot read `{file}`"
    else:
        reason = f"{f'`{name}`' if name else 'it'} is not known before deployment"
    what, subject = f"the value at {node.location}", Subject("policy", address)
    kind, is_unknown = NotEvaluatedKind.UNDECIDABLE, not is_trust
    return NotEvaluated(kind, subject, what, reason, policies_unknown=is_unknown, unread_file=file)


def _named_file(node: Node) -> str:
    """The file that an unknown value is read from: its path, or the call if the path is not known; empty for others."""
    literal = _LITERAL_PATH.match(node.text)
    if literal is not None:
        return os.path.normpath(os.path.join(os.path.dirname(node.path), literal[1]))  # noqa: PTH118, PTH120
    return expression_text(node.text) if _CALL.match(node.text) else ""


def policy_of_file(subject: Subject, where: Location | None, path: str) -> NotEvaluated:
    """Says that a policy is in a file which is checked by itself only; `where` is the block that names the file."""
    file = os.path.normpath(path)
    what = f"the policy of the block at {where}" if where else "a policy"
    reason = f"it is in `{file}`, which is not checked with this file: check it too, with `iamglue lint {file}`"
    return NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, what, reason, unread_file=file)
