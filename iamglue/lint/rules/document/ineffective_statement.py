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
_MET = frozenset({"StringEquals", "StringLike", "StringNotEquals"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every Allow statement that no request gets through."""
    denies = [each for each in policy.statements if each.effect is Effect.DENY and not each.is_conditional]
    denies = [each for each in denies if each.action is not None]
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or statement.action is None:
            continue
        if len(statement.conditions) > 1 and _may_contradict(statement) and _contradicts(statement):
            node = statement.get("Condition") or statement.node
            message = "the conditions contradict each other: no request meets all of them"
            yield RuleViolation(node, message, help="split the statement, or drop the wrong condition")
            continue
        found = _shadowing(statement, denies) if denies else ()
        if found:
            yield _shadowed(statement, found)


def _may_contradict(statement: ParsedStatement) -> bool:
    by_key: dict[str, list[ParsedCondition]] = {}
    for each in statement.conditions:
        by_key.setdefault(each.key.text.lower(), []).append(each)
    return any(len(found) > 1 and not _go_together(found) for found in by_key.values())


def _go_together(conditions: list[ParsedCondition]) -> bool:
    """Whether some value plainly meets all of the conditions on a key; False where that takes more than a look."""
    if all(each.operator is not None and each.operator.quantifier == "ForAllValues" for each in conditions):
        return True  # they hold where the request does not carry the key
    rest = [each for each in conditions if not _is_presence(each)]
    if not all(each.values and each.operator and each.operator.base in _MET for each in rest):
        return False
    return len(rest) < 2 or (len(rest) == 2 and _share_a_value(*rest))


def _share_a_value(one: ParsedCondition, other: ParsedCondition) -> bool:
    """Whether a text of one condition meets another one, too; it does whatever is said of how many have to."""
    texts, others = ({node.text for node in each.values} for each in (one, other))
    negated = [each.operator is not None and "Not" in each.operator.base for each in (one, other)]
    if all(negated):
        return True
    if not any(negated):
        return not texts.isdisjoint(others)
    return not (texts <= others if negated[1] else others <= texts)


def _is_presence(condition: ParsedCondition) -> bool:
    is_null = condition.operator is not None and condition.operator.base == "Null" and condition.values
    return bool(is_null) and all(node.text.lower() == "false" for node in condition.values)


def _contradicts(statement: ParsedStatement) -> bool:
    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415 - startup: only where keys stand twice

    value = statement.value
    if value is None:
        return False
    keys = [each.key.text.lower() for each in statement.conditions]
    twice = tuple(each for each in value.conditions if keys.count(each.key.lower()) > 1)
    # Any action on any resource will do: it is about the conditions alone.
    bare = replace(
        value, actions=MatchList(("s3:GetObject",)), resources=MatchList(("*",)), principals=None, conditions=twice
    )
    return prove_empty(statements_access((bare,), statement.policy.version)).verdict is Verdict.EMPTY


def _shadowing(statement: ParsedStatement, denies: list[ParsedStatement]) -> tuple[ParsedStatement, ...]:
    """The Deny statements that together take back all of the statement; one alone where one is enough."""
    if not _meet(statement, denies):
        return ()
    for each in denies:
        if _meet(statement, [each]) and _takes_back(statement, (each,)):
            return (each,)
    some = tuple(each for each in denies if _meets_some(statement, each))
    return some if len(some) > 1 and _takes_back(statement, some) else ()


def _meets_some(statement: ParsedStatement, deny: ParsedStatement) -> bool:
    actions = statement.action
    return actions is None or actions.negated or any(_meets_action(deny, node.text) for node in actions.values)


def _meet(statement: ParsedStatement, denies: list[ParsedStatement]) -> bool:
    """Whether each action and resource of a statement meets a Deny: a first look, before anything is proved."""
    actions, resources = statement.action, statement.resource
    if actions is None or not actions.values:
        return False
    if not actions.negated and not all(any(_meets_action(each, n.text) for each in denies) for n in actions.values):
        return False
    if resources is None or resources.negated:
        return True
    return all(any(_meets_resource(each, node.text) for each in denies) for node in resources.values)


def _meets_action(deny: ParsedStatement, text: str) -> bool:
    element = deny.action
    if element is None or element.negated:
        lower = text.lower()
        return element is not None and not (
            lower in element.lowercase or any(quick_covers_action(x, lower) for x in element.wildcards)
        )
    return any(intersects_action(node.text, text) for node in element.values)


def _meets_resource(deny: ParsedStatement, text: str) -> bool:
    element = deny.resource
    if element is None or element.negated:
        return element is None or not any(resource_covers(node.text, text) for node in element.values)
    return any(resource_intersects(node.text, text) for node in element.values)


def _takes_back(statement: ParsedStatement, denies: tuple[ParsedStatement, ...]) -> bool:
    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.proof import Verdict, prove_empty  # noqa: PLC0415 - startup: only where a Deny may matter

    value = statement.value
    values = [each.value for each in denies]
    if value is None or None in values:
        return False
    if any(each.actions.negated for each in values if each is not None):
        # A NotAction would have every service read; the names that it is about are known.
        names = _names(value)
        if not names:
            return False
        value = replace(value, actions=MatchList(names))
        values = [each and _by_name(each, names) for each in values]
    allowed = statements_access([value], statement.policy.version)
    against = statements_access([each for each in values if each is not None], statement.policy.version)
    if prove_empty(allowed - against).verdict is not Verdict.EMPTY:
        return False
    return prove_empty(allowed).verdict is Verdict.NON_EMPTY  # else it is not the Deny that empties it


def _names(value: Statement) -> tuple[str, ...]:
    """The actions that a statement's patterns stand for; none where that is not known without reading all services."""
    if value.actions.negated or any(has_wildcard(text.partition(":")[0]) for text in value.actions.values):
        return ()
    found: dict[str, None] = {}
    for text in value.actions.values:
        prefix, _, name = text.lower().partition(":")
        known = find_service(prefix)
        if has_wildcard(name):
            found.update({f"{prefix}:{each}": None for each in (known.actions if known else ()) if matches(name, each)})
        else:
            found[text] = None
    return tuple(found)


def _by_name(deny: Statement, names: tuple[str, ...]) -> Statement:
    hit = (
        any(matches_action(each, name) for each in deny.actions.values) is not deny.actions.negated for name in names
    )
    return replace(deny, actions=MatchList(tuple(compress(names, hit))))


def _shadowed(statement: ParsedStatement, denies: tuple[ParsedStatement, ...]) -> RuleViolation:
    lines = " and ".join(_named(each) for each in denies)
    verb = "takes" if len(denies) == 1 else "together take"
    return RuleViolation(
        statement.node, f"{lines} {verb} back all that this statement allows", help="remove it, or narrow the Deny"
    )


def _named(deny: ParsedStatement) -> str:
    name = f" `{deny.sid.text}`" if deny.sid is not None else ""
    return f"the Deny{name} at line {deny.node.line}"


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
