"""An action that AWS uses or used but does not list in its reference.

The service may be retired (`iotevents`, `evidently`), the action renamed (`dms`), or AWS may use it only in its own
policies. Such an action is not a typing error, but it most likely has no effect in your policy. Look in the
documentation of the service for its replacement, and remove it. A few actions (`apigateway:TagResource`) do have an
effect: AWS names them when it denies a request. Keep these.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog import services
from iamglue.catalog.unlisted_actions import is_denial_message_action, is_unlisted_action, retired_services
from iamglue.findings import Severity
from iamglue.lint.analysis.unlisted_or_wildcard_actions import unlisted_or_wildcard_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.wildcards import has_wildcard, matches

RULE = Rule(Severity.SUGGESTION)
_HELP = "remove it, unless the documentation of the service says that it is still in use"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions that are not, or no longer, in the reference."""
    for node in unlisted_or_wildcard_actions(policy):
        if is_denial_message_action(node.text):
            text = f"`{node.text}` is not in AWS's reference, but AWS names it when it denies a request"
            yield RuleViolation(node, text, help="keep it if the request is made")
            continue
        message = _unlisted_message(node.text)
        if message:
            yield RuleViolation(node, message, help=_HELP)


@lru_cache(maxsize=32768)
def _unlisted_message(text: str) -> str | None:
    """The message for an unlisted action; None for a listed one, a misspelled one, or a pattern that matches one."""
    prefix, colon, name = text.partition(":")
    if not colon or "${" in text:
        return None
    service = services.find_service(prefix)
    if service is None:
        is_retired = prefix.lower() in retired_services()
        return (
            f"`{text}` most likely has no effect: its service is not, or no longer, in AWS's reference"
            if is_retired
            else None
        )
    lowercase = name.lower()
    if lowercase in service.actions or not is_unlisted_action(prefix, name):
        return None
    if has_wildcard(lowercase) and any(matches(lowercase, known) for known in service.actions):
        return None
    return f"`{text}` most likely has no effect: it is not, or no longer, in AWS's reference"


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": ["budgets:ViewBudget", "dms:*"], "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "dyanmodb:PutItem", "Resource": "*"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "budgets:DescribeBudgets", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "codestar:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "apigateway:TagResource", "Resource": "*"}'),
)
