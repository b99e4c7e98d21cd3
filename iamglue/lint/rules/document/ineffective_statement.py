"""An Allow statement that never takes effect: its conditions contradict each other, or a Deny overrides all of it.

The policy looks as if it grants access, but does not. Often one of two conditions belongs in a statement of its own, or
a Deny is broader than intended. Both problems are proved, not guessed: no request is allowed by the statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import compress

from iamglue.catalog.services import find_service
from iamglue.findings import Severity
from iamglue.lint.analysis.covered_values import quick_covers_action
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import resource_covers, resource_intersects
from iamglue.policy.model import Effect, MatchList, Statement
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.patterns.wildcards import has_wildcard, intersects_action, matches, matches_action

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY, PolicyType.RESOURCE, PolicyType.SCP}))
# For these operators every policy value can be matched. A malformed ARN or number under other operators cannot.
_SATISFIABLE_OPERATORS = frozenset({"StringEquals", "StringLike", "StringNotEquals"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Allow statements that allow no request."""
    denies = [
        statement
        for statement in policy.statements
        if statement.effect is Effect.DENY and not statement.is_conditional and statement.action is not None
    ]
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or statement.action is None:
            continue
        if len(statement.conditions) > 1 and _may_have_contradiction(statement) and _has_contradiction(statement):
            node = statement.get("Condition") or statement.node
            message = "the conditions contradict each other: no request matches all of them"
            yield RuleViolation(node, message, help="split the statement, or remove the wrong condition")
            continue
        present = [deny for deny in denies if deny.node.is_present_with(statement.node)]
        overriding = _find_overriding_denies(statement, present) if present else ()
        if overriding:
            yield _overridden_violation(statement, overriding)


def _may_have_contradiction(statement: ParsedStatement) -> bool:
    """True if several conditions test the same key and are not trivially compatible."""
    by_key: dict[str, list[ParsedCondition]] = {}
    for condition in statement.conditions:
        by_key.setdefault(condition.key.text.lower(), []).append(condition)
    return any(len(conditions) > 1 and not _are_compatible(conditions) for conditions in by_key.values())


def _are_compatible(conditions: list[ParsedCondition]) -> bool:
    """True if some value trivially matches all conditions on a key; False if that needs a proof."""
    if all(
        condition.operator is not None and condition.operator.quantifier == "ForAllValues" for condition in conditions
    ):
        return True  # true for a request without the key
    value_tests = [condition for condition in conditions if not _is_presence_test(condition)]
    if not all(
        condition.values and condition.operator and condition.operator.base in _SATISFIABLE_OPERATORS
        for condition in value_tests
    ):
        return False
    return len(value_tests) < 2 or (len(value_tests) == 2 and _have_common_value(*value_tests))


def _have_common_value(first: ParsedCondition, second: ParsedCondition) -> bool:
    """True if a value of one condition also matches the other. Quantifiers do not matter for a single value."""
    first_texts, second_texts = ({node.text for node in condition.values} for condition in (first, second))
    negated = [condition.operator is not None and "Not" in condition.operator.base for condition in (first, second)]
    if all(negated):
        return True
    if not any(negated):
        return not first_texts.isdisjoint(second_texts)
    return not (first_texts <= second_texts if negated[1] else second_texts <= first_texts)


def _is_presence_test(condition: ParsedCondition) -> bool:
    """True for `Null` with `false`: the key must be present."""
    is_null = condition.operator is not None and condition.operator.base == "Null" and condition.values
    return bool(is_null) and all(node.text.lower() == "false" for node in condition.values)


def _has_contradiction(statement: ParsedStatement) -> bool:
    """True if it is proved that no request matches the conditions on the keys that occur more than once."""
    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415 - startup: only if a key occurs twice

    value = statement.value
    if value is None:
        return False
    keys = [condition.key.text.lower() for condition in statement.conditions]
    repeated = tuple(condition for condition in value.conditions if keys.count(condition.key.lower()) > 1)
    # The proof is about the conditions only, so any action and resource will do.
    conditions_only = replace(
        value, actions=MatchList(("s3:GetObject",)), resources=MatchList(("*",)), principals=None, conditions=repeated
    )
    return prove_empty(statements_access((conditions_only,), statement.policy.version)).verdict is Verdict.EMPTY


def _find_overriding_denies(statement: ParsedStatement, denies: list[ParsedStatement]) -> tuple[ParsedStatement, ...]:
    """Deny statements that together override the whole statement; a single one if it is enough. Empty if none do."""
    if not _may_override(statement, denies):
        return ()
    for deny in denies:
        if _may_override(statement, [deny]) and _is_overridden(statement, (deny,)):
            return (deny,)
    matching = tuple(deny for deny in denies if _matches_some_action(statement, deny))
    return matching if len(matching) > 1 and _is_overridden(statement, matching) else ()


def _matches_some_action(statement: ParsedStatement, deny: ParsedStatement) -> bool:
    """True if the Deny matches an action of the statement, or the statement has NotAction."""
    actions = statement.action
    return actions is None or actions.negated or any(_matches_action(deny, node.text) for node in actions.values)


def _may_override(statement: ParsedStatement, denies: list[ParsedStatement]) -> bool:
    """True if every action and resource of the statement overlaps with a Deny. A cheap filter before the proof."""
    actions, resources = statement.action, statement.resource
    if actions is None or not actions.values:
        return False
    if not actions.negated and not all(
        any(_matches_action(deny, node.text) for deny in denies) for node in actions.values
    ):
        return False
    if resources is None or resources.negated:
        return True
    return all(any(_matches_resource(deny, node.text) for deny in denies) for node in resources.values)


def _matches_action(deny: ParsedStatement, text: str) -> bool:
    """True if the Deny may match requests that `text` matches."""
    element = deny.action
    if element is None or element.negated:
        lowercase = text.lower()
        return element is not None and not (
            lowercase in element.lowercase
            or any(quick_covers_action(pattern, lowercase) for pattern in element.wildcards)
        )
    return any(intersects_action(node.text, text) for node in element.values)


def _matches_resource(deny: ParsedStatement, text: str) -> bool:
    """True if the Deny may match resources that `text` matches."""
    element = deny.resource
    if element is None or element.negated:
        return element is None or not any(resource_covers(node.text, text) for node in element.values)
    return any(resource_intersects(node.text, text) for node in element.values)


def _is_overridden(statement: ParsedStatement, denies: tuple[ParsedStatement, ...]) -> bool:
    """True if it is proved that the Deny statements leave nothing of what the statement allows."""
    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415 - startup: only if a Deny may matter

    value = statement.value
    values = [deny.value for deny in denies]
    if value is None or None in values:
        return False
    if any(deny.actions.negated for deny in values if deny is not None):
        # For a NotAction the engine would load every service. The statement's own actions are enough.
        names = _expand_actions(value)
        if not names:
            return False
        value = replace(value, actions=MatchList(names))
        values = [deny and _restrict_to_actions(deny, names) for deny in values]
    allowed = statements_access([value], statement.policy.version)
    denied = statements_access([deny for deny in values if deny is not None], statement.policy.version)
    if prove_empty(allowed - denied).verdict is not Verdict.EMPTY:
        return False
    return prove_empty(allowed).verdict is Verdict.NON_EMPTY  # otherwise the statement is empty without the Deny


def _expand_actions(value: Statement) -> tuple[str, ...]:
    """Names of all actions that the statement matches. Empty if that needs the actions of all services."""
    if value.actions.negated or any(has_wildcard(text.partition(":")[0]) for text in value.actions.values):
        return ()
    names: dict[str, None] = {}
    for text in value.actions.values:
        prefix, _, name = text.lower().partition(":")
        service = find_service(prefix)
        if has_wildcard(name):
            names.update(
                {
                    f"{prefix}:{candidate}": None
                    for candidate in (service.actions if service else ())
                    if matches(name, candidate)
                }
            )
        else:
            names[text] = None
    return tuple(names)


def _restrict_to_actions(deny: Statement, names: tuple[str, ...]) -> Statement:
    """The Deny with its Action or NotAction replaced by those of `names` that it matches."""
    selected = (
        any(matches_action(pattern, name) for pattern in deny.actions.values) is not deny.actions.negated
        for name in names
    )
    return replace(deny, actions=MatchList(tuple(compress(names, selected))))


def _overridden_violation(statement: ParsedStatement, denies: tuple[ParsedStatement, ...]) -> RuleViolation:
    """The violation of a statement that Deny statements leave nothing of."""
    deny_names = " and ".join(_format_deny(deny, statement) for deny in denies)
    verb = "overrides" if len(denies) == 1 else "together override"
    return RuleViolation(
        statement.node,
        f"{deny_names} {verb} everything that this statement allows",
        help="remove the statement, or narrow the Deny",
    )


def _format_deny(deny: ParsedStatement, statement: ParsedStatement) -> str:
    """The Deny by its line, or by its number if all is in one line, as in the policies that AWS returns."""
    sid = f" `{deny.sid.text}`" if deny.sid is not None else ""
    is_one_line = deny.node.line == statement.node.line
    return f"the Deny{sid} {f'of statement {deny.index + 1}' if is_one_line else f'at line {deny.node.line}'}"


GOOD = (
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"StringLike": {"aws:PrincipalTag/team": "a*"}, "StringNotEquals": {"aws:PrincipalTag/team": "all"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"},'
        ' {"Sid": "NoReads", "Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"StringEquals": {"aws:PrincipalTag/team": "a"}, "StringNotEquals": {"aws:PrincipalTag/team": "a"}}}'
    ),
)
