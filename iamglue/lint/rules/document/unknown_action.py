"""An action that the service does not have.

IAM takes such a policy, or refuses it with a message that names no right word; either way nothing is granted. The
nearest right word is named, and for an operation of AWS's SDK the action that authorises it: `s3:ListObjectsV2` is
authorised by `s3:ListBucket`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog import operations, services
from iamglue.catalog.retired import is_retired
from iamglue.catalog.spelling import nearest
from iamglue.findings import Severity, fix
from iamglue.lint.analysis.unlisted_or_wildcard_actions import odd_actions
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.patterns.wildcards import compiled, is_pattern
from iamglue.policy.source.edits import rewritten
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.ERROR, codes=("INVALID_ACTION",))
# What people write between service and action instead of a colon.
_JOINED = re.compile(r"([A-Za-z0-9-]+)[./;=]([A-Za-z0-9*?]+)")


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every action of a known service that the service does not have."""
    for node in odd_actions(policy):
        text = node.text
        if _is_right(text) or node.holes:
            continue
        prefix, colon, name = text.partition(":")
        service = services.service(prefix) if colon else None
        if service is not None:
            yield _unknown(node, service, name)
        elif not colon:
            yield _no_action(node)


@lru_cache(maxsize=32768)
def _is_right(text: str) -> bool:
    """Whether this is an action, a pattern of some, or nothing that can be told here."""
    prefix, colon, name = text.partition(":")
    if not colon:
        return "${" in text or (text != "" and not text.strip("*"))
    service = services.service(prefix)
    if service is None or "${" in text:
        return True
    lower = name.lower()
    if lower in service.actions:
        return True
    if is_pattern(lower) and any(map(compiled(lower), service.actions)):
        return True
    return is_retired(prefix, name)


def _no_action(node: Node) -> Hit:
    told = f"`{node.text}` is no action: it names no service" if node.text else "an action is empty"
    found = _JOINED.fullmatch(node.text)
    if found and services.service(found[1]):
        right = f"{found[1]}:{found[2]}"
        return Hit(node, told, help=f"did you mean `{right}`?", fix=fix(f"write `{right}`", rewritten(node, right)))
    return Hit(node, told, help="write `service:Action`, such as `s3:GetObject`")


def _unknown(node: Node, service: services.Service, name: str) -> Hit:
    message = f"the service `{service.prefix}` has no action `{name}`"
    if is_pattern(name):
        return Hit(node, f"no action of the service `{service.prefix}` matches `{name}`")
    authorising = operations.actions_for(service.prefix, name) or ()
    if authorising:
        told = f"`{name}` is an operation of the SDK; it is authorised by {', '.join(authorising)}"
        edits = rewritten(node, authorising[0]) if len(authorising) == 1 else ()
        return Hit(node, message, help=told, fix=fix(f"write `{authorising[0]}`", edits))
    near = nearest(name, (action.name for action in service.actions.values()))
    if near is None:
        return Hit(node, message, help=f"`iamglue services {service.prefix}` lists its actions")
    right = f"{service.prefix}:{near}"
    return Hit(node, message, help=f"did you mean `{right}`?", fix=fix(f"write `{right}`", rewritten(node, right)))


GOOD = (
    Case('{"Effect": "Allow", "Action": ["s3:GetObject", "S3:getobject", "s3:Get*"], "Resource": "*"}'),
    Case('{"Effect": "Allow", "Action": "*", "Resource": "*"}'),
    Case('{"Effect": "Allow", "Action": "budgets:DescribeBudgets", "Resource": "*"}'),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:ListObjectsV2", "Resource": "arn:aws:s3:::images"}',
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images"}',
    ),
    Case('{"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "arn:aws:s3:::images/*"}'),
    Case('{"Effect": "Allow", "Action": ["s3:Fetch*", ""], "Resource": "*"}', codes=("INVALID_ACTION",) * 2),
    Case(
        '{"Effect": "Allow", "Action": "s3.GetObject", "Resource": "arn:aws:s3:::images/*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
)
