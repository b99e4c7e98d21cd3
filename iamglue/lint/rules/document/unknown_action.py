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
from iamglue.catalog.spelling import nearest_word
from iamglue.catalog.unlisted_actions import is_unlisted_action
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.unlisted_or_wildcard_actions import unlisted_or_wildcard_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.wildcards import compile_pattern, has_wildcard
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.ERROR, codes=("INVALID_ACTION",))
# What people write between service and action instead of a colon.
_WRONG_SEPARATOR = re.compile(r"([A-Za-z0-9-]+)[./;=]([A-Za-z0-9*?]+)")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every action of a known service that the service does not have."""
    for node in unlisted_or_wildcard_actions(policy):
        text = node.text
        if _is_known_or_undecided(text) or node.unresolved:
            continue
        prefix, colon, name = text.partition(":")
        service = services.find_service(prefix) if colon else None
        if service is not None:
            yield _unknown_violation(node, service, name)
        elif not colon:
            yield _missing_service_violation(node)


@lru_cache(maxsize=32768)
def _is_known_or_undecided(text: str) -> bool:
    """Whether this is an action, a pattern of some, or nothing that can be told here."""
    prefix, colon, name = text.partition(":")
    if not colon:
        return "${" in text or (text != "" and not text.strip("*"))
    service = services.find_service(prefix)
    if service is None or "${" in text:
        return True
    lowercase = name.lower()
    if lowercase in service.actions:
        return True
    if has_wildcard(lowercase) and any(map(compile_pattern(lowercase), service.actions)):
        return True
    return is_unlisted_action(prefix, name)


def _missing_service_violation(node: Node) -> RuleViolation:
    message = f"`{node.text}` is no action: it names no service" if node.text else "an action is empty"
    match = _WRONG_SEPARATOR.fullmatch(node.text)
    if match and services.find_service(match[1]):
        correction = f"{match[1]}:{match[2]}"
        return RuleViolation(
            node,
            message,
            help=f"did you mean `{correction}`?",
            fix=build_fix(f"write `{correction}`", replace_scalar(node, correction)),
        )
    return RuleViolation(node, message, help="write `service:Action`, such as `s3:GetObject`")


def _unknown_violation(node: Node, service: services.Service, name: str) -> RuleViolation:
    message = f"the service `{service.prefix}` has no action `{name}`"
    if has_wildcard(name):
        return RuleViolation(node, f"no action of the service `{service.prefix}` matches `{name}`")
    authorizing = operations.operation_actions(service.prefix, name) or ()
    if authorizing:
        help_ = f"`{name}` is an operation of the SDK; it is authorised by {', '.join(authorizing)}"
        edits = replace_scalar(node, authorizing[0]) if len(authorizing) == 1 else ()
        return RuleViolation(node, message, help=help_, fix=build_fix(f"write `{authorizing[0]}`", edits))
    suggestion = nearest_word(name, (action.name for action in service.actions.values()))
    if suggestion is None:
        return RuleViolation(node, message, help=f"`iamglue services {service.prefix}` lists its actions")
    correction = f"{service.prefix}:{suggestion}"
    return RuleViolation(
        node,
        message,
        help=f"did you mean `{correction}`?",
        fix=build_fix(f"write `{correction}`", replace_scalar(node, correction)),
    )


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": ["s3:GetObject", "S3:getobject", "s3:Get*"], "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "budgets:DescribeBudgets", "Resource": "*"}'),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListObjectsV2", "Resource": "arn:aws:s3:::images"}',
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images"}',
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Allow", "Action": ["s3:Fetch*", ""], "Resource": "*"}', codes=("INVALID_ACTION",) * 2),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3.GetObject", "Resource": "arn:aws:s3:::images/*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
)
