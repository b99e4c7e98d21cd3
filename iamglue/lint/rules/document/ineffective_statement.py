"""An Allow that can never take effect: its conditions contradict each other, or a Deny takes back all of it.

What looks allowed is not. Often one of two conditions was meant to stand in a statement of its own, or a Deny is wider
than it was meant to be. Both are proved, not guessed: no request at all gets through.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import compress

from iamglue.catalog.services import find_service
from iamglue.findings import Severity
from iamglue.lint.analysis.open_grants import quick_covers_action
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import resource_covers, resource_intersects
from iamglue.policy.model import Effect, MatchList, Statement
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.patterns.wildcards import has_wildcard, intersects_action, matches, matches_action

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY, PolicyType.RESOURCE, PolicyType.SCP}))
# Operators that some value always meets; a text that is no ARN or number is met by none.
_SATISFIABLE_OPERATORS = frozenset({"StringEquals", "StringLike", "StringNotEquals"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every Allow statement that no request gets through."""
    denies = [each for each in policy.statements if each.effect is Effect.DENY and not each.is_conditional]
    denies = [each for each in denies if each.action is not None]
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or statement.action is None:
            continue
        if len(statement.conditions) > 1 and _may_have_contradiction(statement) and _has_contradiction(statement):
            node = statement.get("Condition") or statement.node
            message = "the conditions contradict each other: no request meets all of them"
            yield RuleViolation(node, message, help="split the statement, or drop the wrong condition")
            continue
        overriding = _find_overriding_denies(statement, denies) if denies else ()
        if overriding:
            yield _overridden_violation(statement, overriding)


def _may_have_contradiction(statement: ParsedStatement) -> bool:
    by_key: dict[str, list[ParsedCondition]] = {}
    for condition in statement.conditions:
        by_key.setdefault(condition.key.text.lower(), []).append(condition)
    return any(len(conditions) > 1 and not _are_compatible(conditions) for conditions in by_key.values())


def _are_compatible(conditions: list[ParsedCondition]) -> bool:
    """Whether some value plainly meets all of the conditions on a key; False where that takes more than a look."""
    if all(
        condition.operator is not None and condition.operator.quantifier == "ForAllValues" for condition in conditions
    ):
        return True  # they hold where the request does not carry the key
    value_tests = [condition for condition in conditions if not _is_presence_test(condition)]
    if not all(
        condition.values and condition.operator and condition.operator.base in _SATISFIABLE_OPERATORS
        for condition in value_tests
    ):
        return False
    return len(value_tests) < 2 or (len(value_tests) == 2 and _have_common_value(*value_tests))


def _have_common_value(first: ParsedCondition, second: ParsedCondition) -> bool:
    """Whether a text of one condition meets another one, too; it does whatever is said of how many have to."""
    first_texts, second_texts = ({node.text for node in condition.values} for condition in (first, second))
    negated = [condition.operator is not None and "Not" in condition.operator.base for condition in (first, second)]
    if all(negated):
        return True
    if not any(negated):
        return not first_texts.isdisjoint(second_texts)
    return not (first_texts <= second_texts if negated[1] else second_texts <= first_texts)


def _is_presence_test(condition: ParsedCondition) -> bool:
    is_null = condition.operator is not None and condition.operator.base == "Null" and condition.values
    return bool(is_null) and all(node.text.lower() == "false" for node in condition.values)


def _has_contradiction(statement: ParsedStatement) -> bool:
    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415 - startup: only where keys stand twice

    value = statement.value
    if value is None:
        return False
    keys = [condition.key.text.lower() for condition in statement.conditions]
    repeated = tuple(condition for condition in value.conditions if keys.count(condition.key.lower()) > 1)
    # Any action on any resource will do: it is about the conditions alone.
    conditions_only = replace(
        value, actions=MatchList(("s3:GetObject",)), resources=MatchList(("*",)), principals=None, conditions=repeated
    )
    return prove_empty(statements_access((conditions_only,), statement.policy.version)).verdict is Verdict.EMPTY


def _find_overriding_denies(statement: ParsedStatement, denies: list[ParsedStatement]) -> tuple[ParsedStatement, ...]:
    """The Deny statements that together take back all of the statement; one alone where one is enough."""
    if not _may_override(statement, denies):
        return ()
    for deny in denies:
        if _may_override(statement, [deny]) and _is_overridden(statement, (deny,)):
            return (deny,)
    matching = tuple(deny for deny in denies if _matches_some_action(statement, deny))
    return matching if len(matching) > 1 and _is_overridden(statement, matching) else ()


def _matches_some_action(statement: ParsedStatement, deny: ParsedStatement) -> bool:
    actions = statement.action
    return actions is None or actions.negated or any(_matches_action(deny, node.text) for node in actions.values)


def _may_override(statement: ParsedStatement, denies: list[ParsedStatement]) -> bool:
    """Whether each action and resource of a statement meets a Deny: a first look, before anything is proved."""
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
    element = deny.action
    if element is None or element.negated:
        lowercase = text.lower()
        return element is not None and not (
            lowercase in element.lowercase
            or any(quick_covers_action(pattern, lowercase) for pattern in element.wildcards)
        )
    return any(intersects_action(node.text, text) for node in element.values)


def _matches_resource(deny: ParsedStatement, text: str) -> bool:
    element = deny.resource
    if element is None or element.negated:
        return element is None or not any(resource_covers(node.text, text) for node in element.values)
    return any(resource_intersects(node.text, text) for node in element.values)


def _is_overridden(statement: ParsedStatement, denies: tuple[ParsedStatement, ...]) -> bool:
    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415 - startup: only where a Deny may matter

    value = statement.value
    values = [each.value for each in denies]
    if value is None or None in values:
        return False
    if any(each.actions.negated for each in values if each is not None):
        # A NotAction would have every service read; the names that it is about are known.
        names = _expand_actions(value)
        if not names:
            return False
        value = replace(value, actions=MatchList(names))
        values = [each and _restrict_to_actions(each, names) for each in values]
    allowed = statements_access([value], statement.policy.version)
    denied = statements_access([each for each in values if each is not None], statement.policy.version)
    if prove_empty(allowed - denied).verdict is not Verdict.EMPTY:
        return False
    return prove_empty(allowed).verdict is Verdict.NON_EMPTY  # else it is not the Deny that empties it


def _expand_actions(value: Statement) -> tuple[str, ...]:
    """The actions that a statement's patterns stand for; none where that is not known without reading all services."""
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
    selected = (
        any(matches_action(pattern, name) for pattern in deny.actions.values) is not deny.actions.negated
        for name in names
    )
    return replace(deny, actions=MatchList(tuple(compress(names, selected))))


def _overridden_violation(statement: ParsedStatement, denies: tuple[ParsedStatement, ...]) -> RuleViolation:
    deny_names = " and ".join(_format_deny(deny) for deny in denies)
    verb = "takes" if len(denies) == 1 else "together take"
    return RuleViolation(
        statement.node, f"{deny_names} {verb} back all that this statement allows", help="remove it, or narrow the Deny"
    )


def _format_deny(deny: ParsedStatement) -> str:
    sid = f" `{deny.sid.text}`" if deny.sid is not None else ""
    return f"the Deny{sid} at line {deny.node.line}"


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
