"""An action that does not exist in the service.

IAM accepts such a policy, or rejects it without naming the correct action; in both cases nothing is granted. The help
names the nearest action, or, for an operation of the AWS SDK, the action that authorizes it: `s3:ListObjectsV2` is
authorized by `s3:ListBucket`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog import operations, services
from iamglue.catalog.unlisted_actions import is_unlisted_action
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.unlisted_or_wildcard_actions import unlisted_or_wildcard_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.action_names import ACTION_NAME_PATTERN, SERVICE_PREFIX
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.wildcards import compile_pattern, has_wildcard
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node
from iamglue.spelling import nearest_word

RULE = Rule(Severity.ERROR, codes=("INVALID_ACTION",))
# Common mistakes: another separator instead of the colon between service and action.
_WRONG_SEPARATOR = re.compile(f"({SERVICE_PREFIX})[./;=]({ACTION_NAME_PATTERN})")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions that a known service does not have, and values without a service."""
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
    """True for an action or a pattern that matches one, and for values that this rule cannot decide."""
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
    """The violation of an action without a prefix; the fix corrects another separator, as in `s3.GetObject`."""
    message = (
        f"`{node.text}` is not a valid action: the service prefix is missing" if node.text else "the action is empty"
    )
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
    """The violation of an action that its service does not have, which may be an operation of the SDK."""
    message = f"`{service.prefix}:{name}` does not exist: the service has no such action"
    if has_wildcard(name):
        return RuleViolation(node, f"`{service.prefix}:{name}` matches no action of the service")
    authorizing = operations.operation_actions(service.prefix, name) or ()
    if authorizing:
        help_ = f"`{name}` is an SDK operation; it is authorized by {', '.join(authorizing)}"
        edits = replace_scalar(node, authorizing[0]) if len(authorizing) == 1 else ()
        return RuleViolation(node, message, help=help_, fix=build_fix(f"write `{authorizing[0]}`", edits))
    suggestion = nearest_word(name, (action.name for action in service.actions.values()))
    if suggestion is None:
        return RuleViolation(node, message, help=f"run `iamglue services {service.prefix}` for a list of its actions")
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
