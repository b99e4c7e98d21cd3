"""What one statement's condition says of another's, as far as a look at their texts tells it."""

from __future__ import annotations

from iamglue.policy.arns import resource_covers
from iamglue.policy.parsed_policy import ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.patterns.wildcards import covers

_COMPARED = frozenset({"StringEquals", "StringLike", "Bool"})
_TEXTS = ("StringEquals", "StringLike")
_ARNS = ("ArnEquals", "ArnLike")


def condition_covers(condition: ParsedCondition, specific: ParsedStatement) -> bool | None:
    """Whether a condition holds wherever the conditions of a statement do; None where it takes more than a look."""
    operator, key = condition.operator, condition.key.text.lower()
    if operator is None or not condition.is_resolved:
        return None
    on_key = [each for each in specific.conditions if each.is_resolved and each.key.text.lower() == key]
    for each in on_key:
        if each.operator == operator and operator.base in _COMPARED:
            return _same_covers(condition, each)
        if each.operator == operator and operator.base == "Null" and _texts(each) == _texts(condition):
            return True
    if len(on_key) == 1 and _plainly_exceeds(on_key[0], condition):
        return False
    return None


def _texts(condition: ParsedCondition) -> list[str]:
    return [node.text for node in condition.values]


def _same_covers(general: ParsedCondition, specific: ParsedCondition) -> bool:
    """Whether one condition covers another one by the same operator."""
    given = {one.text for one in general.values}
    is_like = general.operator is not None and general.operator.base == "StringLike"
    patterns = given if is_like else ()  # to the others, a star is a star
    return bool(specific.values) and all(
        two.text in given or any(covers(one, two.text) for one in patterns) for two in specific.values
    )


def _plainly_exceeds(specific: ParsedCondition, general: ParsedCondition) -> bool:
    """Whether some value of the key meets the only condition on it of a statement, but not one of another statement.

    Most pairs of different operators are this plain: roles passed to one service and to another.
    """
    one, two = general.operator, specific.operator
    if one is None or two is None or one.quantifier or two.quantifier or not (general.values and specific.values):
        return False
    if one.base == "Null":
        return _differs_in_presence(general, specific)
    given, asked = _texts(general), _texts(specific)
    if one.base == "StringNotEquals" and two.base == "StringEquals":
        return not set(given).isdisjoint(asked)
    if any("${" in text for text in (*given, *asked)):
        return False
    if one.base in _ARNS and two.base in _ARNS:
        return any(not any(resource_covers(each, text) for each in given) for text in asked)
    both_texts = one.base in _TEXTS and two.base in _TEXTS
    return both_texts and any(not _is_covered(text, given, one.base, two.base) for text in asked)


def _differs_in_presence(null: ParsedCondition, other: ParsedCondition) -> bool:
    """Whether one says that the key is absent, and the other that it is there or what it is; or the other way round."""
    says = {node.text.lower() for node in null.values}
    if other.operator is None or len(says) > 1:
        return False
    if other.operator.base == "Null":
        return len(other.values) == 1 and other.values[0].text.lower() not in says
    return says == {"true"} and other.operator.base in (*_TEXTS, *_ARNS) and not other.operator.if_exists


def _is_covered(text: str, given: list[str], one: str, two: str) -> bool:
    """Whether a text is among those given, or may be: a star that is a star to one operator only is not looked into."""
    if text in given or (two == "StringEquals" and ("*" in text or "?" in text)):
        return True
    return one == "StringLike" and any(covers(each, text) for each in given)
