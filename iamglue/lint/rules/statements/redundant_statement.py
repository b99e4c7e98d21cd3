"""Another statement of the same policy makes this statement unnecessary.

Access Analyzer reports a repeated statement, regardless of its Sid and of the order of its lists. This rule also
reports a statement if another statement covers all its requests, even if the two are written differently:
`s3:GetObject` on one bucket and `s3:Get*` on all buckets, or a condition and the same or a weaker condition. The rule
proves that a condition covers another one; it does not only compare the text. Redundant statements are a risk:
someone who later narrows one of the two may overlook the other.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.errors import NotEvaluatedError
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_cover import condition_covers
from iamglue.lint.analysis.covered_values import quick_covers_action
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import resource_covers
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.patterns.wildcards import covers, literal_prefix
from iamglue.policy.source.edits import Edits, remove_child
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_STATEMENT",), form=True)

# Comparing this many pairs takes some seconds. AWS quotas allow at most about 550 statements (150,000 pairs).
_MAX_PAIRS = 200_000
# Up to this many candidates are compared in policy order, so the message names the first that covers the statement.
_MAX_CANDIDATES = 64
_Content = tuple[object, ...]


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each statement that repeats an earlier statement or that another statement covers."""
    statements = [entry for entry in policy.statements if entry.effect and entry.action and entry.action.is_resolved]
    if len(statements) < 2:
        return
    index = _StatementIndex(statements)
    redundant: set[int] = set()
    pairs = 0
    for statement in reversed(statements):  # of two equal statements, report the later one
        for candidate in index.find_candidates(statement):
            pairs += 1
            if pairs > _MAX_PAIRS:
                raise NotEvaluatedError(
                    f"the policy has more than {_MAX_PAIRS:,} pairs of similar statements to compare"
                )
            if candidate is statement or candidate.index in redundant or not _may_cover(candidate, statement):
                continue
            is_equal = _content(statement) == _content(candidate)
            if (is_equal and _is_retained(candidate, statement)) or (
                not is_equal and _conditions_cover(candidate, statement)
            ):
                redundant.add(statement.index)
                yield _build_violation(statement, candidate, is_equal=is_equal)
                break


class _StatementIndex:
    """Statements by their first resource or by their actions, so that few pairs are compared."""

    def __init__(self, statements: list[ParsedStatement]) -> None:
        self.exact: dict[str, list[ParsedStatement]] = {
            entry.action.lowercase[0]: [] for entry in statements if entry.action and entry.action.lowercase
        }
        self.wild: dict[str, list[tuple[str, ParsedStatement]]] = {}
        self.by_resource = _ResourceIndex(statements)
        self.negated = [entry for entry in statements if entry.action and entry.action.negated]
        for statement in statements:
            element = statement.action
            if element is None or element.negated:
                continue
            for text in self.exact.keys() & set(element.lowercase).difference(element.wildcards):
                self.exact[text].append(statement)
            for text in element.wildcards:
                head = text.partition(":")[0]
                self.wild.setdefault("" if "*" in head or "?" in head else head, []).append((text, statement))

    def find_candidates(self, statement: ParsedStatement) -> Iterator[ParsedStatement]:
        """Yield statements with the same effect that may cover it, by its first resource or its first action."""
        element = statement.action
        if element is None or not element.values:
            return
        by_resource = self.by_resource.find_candidates(statement)
        if by_resource is not None and len(by_resource) <= _MAX_CANDIDATES:
            yield from (candidate for candidate in by_resource if candidate.effect is statement.effect)
            return
        first = element.lowercase[0]
        candidates = list(self.negated)
        if not element.negated:
            candidates += self.exact.get(first, ())
            wild = (*self.wild.get("", ()), *self.wild.get(first.partition(":")[0], ()))
            candidates += [candidate for text, candidate in wild if covers(text, first)]
        seen: set[int] = set()
        for candidate in candidates:
            if candidate.index not in seen and candidate.effect is statement.effect:
                seen.add(candidate.index)
                yield candidate


class _ResourceIndex:
    """Statements by the literal prefixes of their resources (the text before the first wildcard)."""

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

    def find_candidates(self, statement: ParsedStatement) -> list[ParsedStatement] | None:
        """Return statements that may cover the first resource, in policy order; None if any statement may."""
        element = statement.resource
        if element is None or element.negated or not element.values:
            return None
        first = element.values[0].text
        heads = (first[:end] for end in range(len(first) + 1))
        candidates = {candidate.index: candidate for head in heads for candidate in self._heads.get(head, ())}
        candidates |= {candidate.index: candidate for candidate in self._others}
        return [candidates[number] for number in sorted(candidates)]


def _is_retained(candidate: ParsedStatement, statement: ParsedStatement) -> bool:
    """Return whether, of two equal statements, the candidate is to be retained: the first, or the less conditional."""
    return candidate.index < statement.index or not statement.node.is_present_with(candidate.node)


@lru_cache(maxsize=512)
def _content(statement: ParsedStatement) -> _Content:
    """Return everything in a statement except the Sid; equal for lists in a different order."""
    action, resource = statement.action, statement.resource
    return (
        statement.effect,
        action and (action.negated, frozenset(action.lowercase)),
        resource and (resource.negated, resource.is_resolved, frozenset(node.text for node in resource.values)),
        *(_comparable_value(element) for element in map(statement.get, ("Principal", "NotPrincipal", "Condition"))),
    )


def _comparable_value(node: Node | None) -> object:
    """Return a hashable value that is equal for lists in a different order."""
    if node is None:
        return None
    if node.kind is NodeKind.UNKNOWN:
        return node  # equal only to itself
    if node.kind is NodeKind.SCALAR:
        return frozenset({node.text})
    if node.kind is NodeKind.LIST:
        return frozenset(item.text if item.kind is NodeKind.SCALAR else item for item in node.items)
    return frozenset((key.text, _comparable_value(value)) for key, value in node.pairs)


def _may_cover(general: ParsedStatement, specific: ParsedStatement) -> bool:
    """Return whether actions, resources and principals of `general` cover those of `specific`, in each deployment."""
    actions, specific_actions = general.action, specific.action
    if actions is None or specific_actions is None or not general.node.is_present_with(specific.node):
        return False
    if len(actions.values) == 1 < len(specific_actions.values) and "*" not in actions.values[0].text:
        return False
    keys = {condition.key.text.lower() for condition in specific.conditions}
    if any(condition.key.text.lower() not in keys for condition in general.conditions):
        return False
    if not _covers_element(actions, specific_actions, actions=True) or not _covers_element(
        general.resource, specific.resource, actions=False
    ):
        return False
    return not general.policy.names_principals or _content(general)[3:5] == _content(specific)[3:5]


def _conditions_cover(general: ParsedStatement, specific: ParsedStatement) -> bool:
    """Return whether the conditions of `general` hold whenever those of `specific` do."""
    if general.get("Condition") is None:
        return True
    if not general.conditions:
        return False
    undecided = False
    for condition in general.conditions:
        is_covered = condition_covers(condition, specific)
        if is_covered is False:
            return False
        undecided = undecided or is_covered is None
    # Without a proof, only conditions with the same operators are decided.
    return not undecided or _is_cover_proved(general, specific)


def _covers_element(general: ParsedMatchList | None, specific: ParsedMatchList | None, *, actions: bool) -> bool:
    """Return whether the actions (else the resources) of one element cover those of another."""
    if general is None or specific is None:
        return general is specific
    if general.negated or specific.negated:
        is_comparable = general.negated is specific.negated and general.is_resolved and specific.is_resolved
        return is_comparable and _value_set(general, actions=actions) == _value_set(specific, actions=actions)
    relation = quick_covers_action if actions else resource_covers
    if not specific.is_resolved or not specific.values:
        return False
    if actions and not general.wildcards and not general.is_conditional:
        return set(general.lowercase) >= set(specific.lowercase)
    return all(
        any(wide.is_present_with(narrow) and relation(wide.text, narrow.text) for wide in general.values)
        for narrow in specific.values
    )


def _value_set(element: ParsedMatchList, *, actions: bool) -> set[str]:
    """Return the values without their order; actions in lowercase, because they are not case-sensitive."""
    return set(element.lowercase) if actions else {node.text for node in element.values}


def _is_cover_proved(general: ParsedStatement, specific: ParsedStatement) -> bool:
    """Return whether a proof shows that the conditions of `general` hold whenever those of `specific` do."""
    from dataclasses import replace  # noqa: PLC0415 - startup: only if conditions are compared

    from iamglue.engine.compact.redundancy import statements_access  # noqa: PLC0415
    from iamglue.engine.solve.comparison import ComparisonAnswer, compare  # noqa: PLC0415
    from iamglue.policy.model import MatchList  # noqa: PLC0415

    values = (specific.value, general.value)
    if values[0] is None or values[1] is None:
        return False
    # Only the conditions differ here: compare them for one action on every resource, for any principal.
    action = MatchList(values[0].actions.values[:1])
    specific_statement, general_statement = (
        replace(statement, actions=action, resources=MatchList(("*",)), principals=None)
        for statement in values
        if statement
    )
    version = general.policy.version
    return (
        compare(
            statements_access((specific_statement,), version), statements_access((general_statement,), version)
        ).answer
        is ComparisonAnswer.NO_NEW_ACCESS
    )


def _build_violation(statement: ParsedStatement, covering: ParsedStatement, *, is_equal: bool) -> RuleViolation:
    """The violation of a statement; Access Analyzer has a code only for equal ones."""
    covering_name = f"`{covering.sid.text}`" if covering.sid is not None else "the statement"
    fix = build_fix("remove the statement", _removal_edits(statement), safe=True)
    if is_equal:
        message = f"this statement repeats {covering_name} on line {covering.node.line}"
        return RuleViolation(statement.node, message, help="remove one of them", code="REDUNDANT_STATEMENT", fix=fix)
    message = f"{covering_name} on line {covering.node.line} already covers this statement"
    return RuleViolation(statement.node, message, help="remove this statement, or narrow the other", code="", fix=fix)


def _removal_edits(statement: ParsedStatement) -> Edits:
    """Remove the statement from its list; empty if it is the only one, outside a list."""
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
_RETAINED = (
    '{"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::images/*"}'
)
BAD = (
    RuleExample(
        f'{{"Statement": [{_RETAINED},'
        ' {"Effect": "Allow", "Action": ["s3:putobject", "s3:GetObject"], "Resource": ["arn:aws:s3:::images/*"]}]}',
        codes=("REDUNDANT_STATEMENT",),
        fixed=f'{{"Statement": [{_RETAINED}]}}',
    ),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/in/*"},'
        f" {_RETAINED}]}}",
        codes=("",),
        fixed=f'{{"Statement": [{_RETAINED}]}}',
    ),
)
