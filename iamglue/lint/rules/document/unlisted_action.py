"""An action that AWS uses or used, but does not list in its reference.

The service may be gone (`iotevents`, `evidently`), the action renamed (`dms`), or AWS may only use it in policies of
its own. Such an action is no misspelling, but for a policy of one's own it most likely does nothing: look in the
service's documentation for what has taken its place, and remove it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog import services
from iamglue.catalog.unlisted_actions import is_unlisted_action, retired_services
from iamglue.findings import Severity
from iamglue.lint.analysis.unlisted_or_wildcard_actions import unlisted_or_wildcard_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.wildcards import has_wildcard, matches

RULE = Rule(Severity.SUGGESTION)
_HELP = "remove it, unless the service's documentation says that it is still in use"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every action that left the reference, or never was in it."""
    for node in unlisted_or_wildcard_actions(policy):
        message = _unlisted_message(node.text)
        if message:
            yield RuleViolation(node, message, help=_HELP)


@lru_cache(maxsize=32768)
def _unlisted_message(text: str) -> str | None:
    prefix, colon, name = text.partition(":")
    if not colon or "${" in text:
        return None
    service = services.find_service(prefix)
    if service is None:
        is_retired = prefix.lower() in retired_services()
        return f"the service of `{text}` is not in AWS's reference, or no longer" if is_retired else None
    lowercase = name.lower()
    if lowercase in service.actions or not is_unlisted_action(prefix, name):
        return None
    if has_wildcard(lowercase) and any(matches(lowercase, known) for known in service.actions):
        return None
    return f"the action `{text}` is not in AWS's reference, or no longer"


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": ["budgets:ViewBudget", "dms:*"], "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "dyanmodb:PutItem", "Resource": "*"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "budgets:DescribeBudgets", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "codestar:*", "Resource": "*"}'),
)
