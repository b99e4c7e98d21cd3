"""A statement that another one of the same policy makes unnecessary.

Access Analyzer reports a statement that stands twice, whatever its Sid and the order of its lists. Besides, a
statement is reported whose every request another statement covers already, however differently the two are written:
`s3:GetObject` on one bucket beside `s3:Get*` on all of them, a condition beside the same or a weaker one. Whether a
condition covers another is proved, not read off the text. Someone who narrows one of the two later will miss the other.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.errors import NotEvaluatedError
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_cover import condition_covers
from iamglue.lint.analysis.open_grants import quick_covers_action
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import resource_covers
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.patterns.wildcards import covers, literal_prefix
from iamglue.policy.source.edits import Edits, remove_child
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_STATEMENT",))

# So many pairs take some seconds. A policy within AWS's quotas has at most some 550 statements, and 150,000 pairs.
_PAIRS = 200_000
# A policy's order decides which of so few that cover a statement is named.
_FEW = 64
_Said = tuple[object, ...]


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every statement that an earlier one repeats, or another one covers."""
    statements = [each for each in policy.statements if each.effect and each.action and each.action.is_resolved]
    if len(statements) < 2:
        return
    index = _Index(statements)
    dropped: set[int] = set()
    pairs = 0
    for statement in reversed(statements):  # where two say the same, the first stays
        for other in index.near(statement):
            pairs += 1
            if pairs > _PAIRS:
                raise NotEvaluatedError(f"more than {_PAIRS:,} pairs of statements are alike enough to be compared")
            if other is statement or other.index in dropped or not _may_cover(other, statement):
                continue
            same = _said(statement) == _said(other)
            if (same and other.index < statement.index) or (not same and _conditions_cover(other, statement)):
                dropped.add(statement.index)
                yield _hit(statement, other, same=same)
                break


class _Index:
    """Statements by what a first look at their actions can tell, so that few pairs are compared."""

    def __init__(self, statements: list[ParsedStatement]) -> None:
        self.exact: dict[str, list[ParsedStatement]] = {
            each.action.lowercase[0]: [] for each in statements if each.action and each.action.lowercase
        }
        self.wild: dict[str, list[tuple[str, ParsedStatement]]] = {}
        self.by_resource = _ByResource(statements)
        self.negated = [each for each in statements if each.action and each.action.negated]
        for statement in statements:
            element = statement.action
            if element is None or element.negated:
                continue
            for text in self.exact.keys() & set(element.lowercase).difference(element.wildcards):
                self.exact[text].append(statement)
            for text in element.wildcards:
                head = text.partition(":")[0]
                self.wild.setdefault("" if "*" in head or "?" in head else head, []).append((text, statement))

    def near(self, statement: ParsedStatement) -> Iterator[ParsedStatement]:
        """The statements of the same effect that may cover it, by its first resource or its first action."""
        element = statement.action
        if element is None or not element.values:
            return
        covering = self.by_resource.covering(statement)
        if covering is not None and len(covering) <= _FEW:
            yield from (each for each in covering if each.effect is statement.effect)
            return
        first = element.lowercase[0]
        found = list(self.negated)
        if not element.negated:
            found += self.exact.get(first, ())
            wild = (*self.wild.get("", ()), *self.wild.get(first.partition(":")[0], ()))
            found += [each for text, each in wild if covers(text, first)]
        seen: set[int] = set()
        for each in found:
            if each.index not in seen and each.effect is statement.effect:
                seen.add(each.index)
                yield each


class _ByResource:
    """Statements by what their resources begin with, up to the first wildcard."""

    def __init__(self, statements: list[ParsedStatement]) -> None:
        self._heads: dict[str, list[ParsedStatement]] = {}
        self._others: list[ParsedStatement] = []
        for statement in statements:
            element = statement.resource
            if element is None or element.negated:
                self._others.append(statement)
                continue
            for head in {literal_prefix(node.text) for node in element.values}:
                self._heads.setdefault(head, []).append(statement)

    def covering(self, statement: ParsedStatement) -> list[ParsedStatement] | None:
        """Those that may cover the first resource of a statement, in the order of the policy; None: any may."""
        element = statement.resource
        if element is None or element.negated or not element.values:
            return None
        first = element.values[0].text
        heads = (first[:end] for end in range(len(first) + 1))
        found = {each.index: each for head in heads for each in self._heads.get(head, ())}
        found |= {each.index: each for each in self._others}
        return [found[number] for number in sorted(found)]


@lru_cache(maxsize=512)
def _said(statement: ParsedStatement) -> _Said:
    """All that a statement says but its Sid, the same for lists in another order."""
    action, resource = statement.action, statement.resource
    return (
        statement.effect,
        action and (action.negated, frozenset(action.lowercase)),
        resource and (resource.negated, resource.is_resolved, frozenset(node.text for node in resource.values)),
        *(_plain(each) for each in map(statement.get, ("Principal", "NotPrincipal", "Condition"))),
    )


def _plain(node: Node | None) -> object:
    if node is None:
        return None
    if node.kind is NodeKind.UNKNOWN:
        return node  # equal to nothing but itself
    if node.kind is NodeKind.SCALAR:
        return frozenset({node.text})
    if node.kind is NodeKind.LIST:
        return frozenset(each.text if each.kind is NodeKind.SCALAR else each for each in node.items)
    return frozenset((key.text, _plain(value)) for key, value in node.pairs)


def _may_cover(general: ParsedStatement, specific: ParsedStatement) -> bool:
    """Whether the actions, resources and principals of one statement cover those of another."""
    one, other = general.action, specific.action
    if one is None or other is None or (len(one.values) == 1 < len(other.values) and "*" not in one.values[0].text):
        return False
    keys = {each.key.text.lower() for each in specific.conditions}
    if any(each.key.text.lower() not in keys for each in general.conditions):
        return False
    if not _covers_element(one, other, actions=True):
        return False
    if not _covers_element(general.resource, specific.resource, actions=False):
        return False
    return not general.policy.names_principals or _said(general)[3:5] == _said(specific)[3:5]


def _conditions_cover(general: ParsedStatement, specific: ParsedStatement) -> bool:
    """Whether one statement's conditions hold wherever another's do: read off where both use the same operators."""
    if general.get("Condition") is None:
        return True
    if not general.conditions:
        return False
    doubtful = False
    for each in general.conditions:
        found = condition_covers(each, specific)
        if found is False:
            return False
        doubtful = doubtful or found is None
    return not doubtful or _proved(general, specific)


def _covers_element(general: ParsedMatchList | None, specific: ParsedMatchList | None, *, actions: bool) -> bool:
    if general is None or specific is None:
        return general is specific
    if general.negated or specific.negated:
        one, other = (
            set(each.lowercase) if actions else {node.text for node in each.values} for each in (general, specific)
        )
        return general.negated is specific.negated and one == other and general.is_resolved and specific.is_resolved
    relation = quick_covers_action if actions else resource_covers
    if not specific.is_resolved or not specific.values:
        return False
    if actions and not general.wildcards:
        return set(general.lowercase) >= set(specific.lowercase)
    return all(any(relation(one.text, other.text) for one in general.values) for other in specific.values)


def _proved(general: ParsedStatement, specific: ParsedStatement) -> bool:
    from dataclasses import replace  # noqa: PLC0415 - startup: only where conditions are to be compared

    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.comparison import ComparisonAnswer, compare  # noqa: PLC0415
    from iamglue.policy.model import MatchList  # noqa: PLC0415

    values = (specific.value, general.value)
    if values[0] is None or values[1] is None:
        return False
    # What actions and resources cover is known: one action is enough, on whatever it is for.
    action = MatchList(values[0].actions.values[:1])
    one, other = (
        replace(each, actions=action, resources=MatchList(("*",)), principals=None) for each in values if each
    )
    version = general.policy.version
    return (
        compare(statements_access((one,), version), statements_access((other,), version)).answer
        is ComparisonAnswer.NO_NEW_ACCESS
    )


def _hit(statement: ParsedStatement, other: ParsedStatement, *, same: bool) -> RuleViolation:
    named = f"`{other.sid.text}`" if other.sid is not None else "the statement"
    drop = build_fix("remove the statement", _removed(statement), safe=True)
    if same:
        message = f"the statement says the same as {named} at line {other.node.line}"
        return RuleViolation(statement.node, message, help="remove one of them", code="REDUNDANT_STATEMENT", fix=drop)
    message = f"{named} at line {other.node.line} covers all of this statement"
    return RuleViolation(statement.node, message, help="remove this one, or narrow the other", code="", fix=drop)


def _removed(statement: ParsedStatement) -> Edits:
    parent = statement.policy.node.get("Statement")
    return remove_child(parent, statement.node) if parent is not None and parent.kind is NodeKind.LIST else ()


GOOD = (
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"},'
        ' {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::texts/*"}]}'
    ),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*",'
        ' "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}},'
        ' {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::images/*",'
        ' "Condition": {"StringEquals": {"aws:PrincipalTag/team": "b"}}}]}'
    ),
)
_KEPT = (
    '{"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::images/*"}'
)
BAD = (
    RuleExample(
        f'{{"Statement": [{_KEPT},'
        ' {"Effect": "Allow", "Action": ["s3:putobject", "s3:GetObject"], "Resource": ["arn:aws:s3:::images/*"]}]}',
        codes=("REDUNDANT_STATEMENT",),
        fixed=f'{{"Statement": [{_KEPT}]}}',
    ),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/in/*"},'
        f" {_KEPT}]}}",
        codes=("",),
        fixed=f'{{"Statement": [{_KEPT}]}}',
    ),
)
