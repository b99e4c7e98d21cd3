"""What a rule in Python needs: the public API for packages with entry points of the group `iamglue.rules`.

A rule is a module with a docstring, `RULE`, and `check`; see docs/own-rules.md and examples/rule-pack.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.findings import Confidence, Fix, NotEvaluatedKind, Severity
from iamglue.lint.own_rules.policy_check import UndecidedRule, describe_request
from iamglue.lint.own_rules.policy_statements import policy_statements
from iamglue.lint.own_rules.role_rule import AuditedRole, RoleProblem, RoleRequest, UndecidedRole
from iamglue.lint.rule import Rule, RuleExample, RuleModule, RuleViolation
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import MatchList, Policy, Statement
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.source.nodes import Node
from iamglue.readers.policy_texts import read_policies
from iamglue.risk.forbidden_requests import ForbiddenRequests, find_forbidden_grant
from iamglue.risk.zone_access import requests_with

__all__ = [
    "AllowedRequest",
    "AuditedRole",
    "Condition",
    "Confidence",
    "Fix",
    "Node",
    "NotEvaluatedKind",
    "ParsedPolicy",
    "ParsedStatement",
    "Policy",
    "PolicyType",
    "Request",
    "RoleProblem",
    "RoleRequest",
    "Rule",
    "RuleExample",
    "RuleModule",
    "RuleViolation",
    "Severity",
    "Statement",
    "UndecidedRole",
    "UndecidedRule",
    "build_condition",
    "describe_request",
    "example_problems",
    "find_allowed_requests",
]


@dataclass(frozen=True, slots=True)
class AllowedRequest:
    """A statement that allows a request, or may do so for a `reason`; `request` is then None. `node` is its place.

    `kind` is that of the undecided result to report: FAILED if the analysis reached its limit.
    """

    node: Node
    request: Request | None
    reason: str = ""
    kind: NotEvaluatedKind = NotEvaluatedKind.UNDECIDABLE


def find_allowed_requests(
    policy: ParsedPolicy,
    actions: Iterable[str],
    resources: Iterable[str] = ("*",),
    *,
    unless: Iterable[Condition] = (),
) -> Iterator[AllowedRequest]:
    """The statements of a policy that allow a request for these actions on these resources, after all Deny statements.

    Both may be patterns. Requests that meet all conditions of `unless` do not count, if there are any. If nothing is
    yielded, it is proved that the policy allows no such request.
    """
    names, permitted = tuple(actions), tuple(unless)
    of_one = policy.type in (PolicyType.RESOURCE, PolicyType.TRUST)
    excluded = (requests_with(MatchList(names), *permitted),) if permitted else ()
    forbidden = ForbiddenRequests(names, tuple(resources), excluded, of_one_resource=of_one)
    statements = policy_statements(policy)
    for unread in statements.unread:
        yield AllowedRequest(unread.node, None, unread.reason)
    for statement, term in statements.allows:
        grant = find_forbidden_grant(term, statements.evaluated_with(statement, term), (), forbidden)
        if grant is not None:
            kind = NotEvaluatedKind.of(is_failure=grant.is_failure)
            yield AllowedRequest(statement.node, grant.witness, grant.reason, kind)


def example_problems(rule: RuleModule) -> list[str]:
    """What is wrong with the examples of a rule, for its test: empty if each of GOOD is clean and each of BAD is not.

    A rule that raises, or that does not decide an example, has a problem as well.
    """
    problems = [] if (rule.__doc__ or "").strip() else ["the module has no docstring: it is the page of the rule"]
    for name, examples in (("GOOD", rule.GOOD), ("BAD", rule.BAD)):
        problems += [] if examples else [f"{name} has no example"]
        for number, example in enumerate(examples):
            problem = _example_problem(rule, example, is_good=name == "GOOD")
            problems += [f"{name}[{number}]: {problem}"] if problem else []
    return problems


def _example_problem(rule: RuleModule, example: RuleExample, *, is_good: bool) -> str:
    """What is wrong with one example, empty if nothing is: a bad one must give a violation, not an undecided result."""
    file = read_policies(
        "example.yaml", _document(example.text), example.type, ParameterValues(example.parameter_values)
    )
    if len(file.policies) != 1 or file.policies[0].problems:
        return "it is not a valid policy or statement"
    if file.policies[0].type not in rule.RULE.types:
        return f"RULE is not about {example.type} policies"
    try:
        results = list(rule.check(file.policies[0]))
    except Exception as error:  # noqa: BLE001 - the test of a rule shows what the rule raises
        return f"check raises {type(error).__name__}: {error}"
    if is_good:
        return f"expected nothing, found: {results[0]}" if results else ""
    return "" if any(isinstance(result, RuleViolation) for result in results) else "expected a violation, found none"


def _document(text: str) -> str:
    """The text of a policy; a statement alone becomes a policy."""
    if "Statement" in text:
        return text
    if text.lstrip().startswith("{"):
        return f'{{"Version": "2012-10-17", "Statement": [{text}]}}'
    return f"Version: '2012-10-17'\nStatement:\n  -\n{textwrap.indent(textwrap.dedent(text).strip(), '    ')}\n"
