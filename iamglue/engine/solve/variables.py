"""Policies with values put in for their policy variables, to look for requests that show a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iamglue.engine.evaluate.substitution import has_variables
from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.policy.model import MatchList, Statement
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.patterns.wildcards import has_wildcard

# So many of the texts that conditions name are tried for a variable.
_TRIED = 4


@dataclass(frozen=True, slots=True)
class AccessInstance:
    """An access without variables, and the context keys that stand for those it had."""

    access: Access
    values: tuple[tuple[str, tuple[str, ...]], ...]

    def with_context(self, context: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """A context found for the access, with the keys of its variables that the context leaves open."""
        given = {key.lower() for key in context}
        return {**{key: values for key, values in self.values if key.lower() not in given}, **context}


def has_policy_variables(access: Access) -> bool:
    """Whether a statement holds a policy variable."""
    return any(leaf.variables and any(map(has_variables, _texts(leaf.statement))) for leaf in access.terms)


def instantiate_variables(access: Access) -> Iterator[AccessInstance]:
    """The access with each variable a text that nothing else has, and with none of the variables' keys present."""
    names = {
        token.name
        for leaf in access.terms
        if leaf.variables
        for text in _texts(leaf.statement)
        for token in tokenize(text)
        if token.kind is TokenKind.VARIABLE
    }
    keys = {name: name.partition(",")[0].strip().lower() for name in names}
    fresh = {key: f"someone{at}" for at, key in enumerate(sorted(set(keys.values())))}
    wanted = {key: _named(access, key) for key in fresh}
    for at in range(1 + max(map(len, wanted.values()), default=0)):
        # First texts that nothing else has, then those that conditions on the same keys ask for.
        texts = {key: [text, *wanted[key]][min(at, len(wanted[key]))] for key, text in fresh.items()}
        changed = _changed(access, {name: texts[key] for name, key in keys.items()}, {})
        written = {key: name.partition(",")[0].strip() for name, key in sorted(keys.items(), reverse=True)}
        yield AccessInstance(changed, tuple((written[key], (text,)) for key, text in texts.items()))
    yield AccessInstance(_changed(access, None, {}), ())


def _named(access: Access, key: str) -> list[str]:
    """Plain texts that conditions compare a key with, a few of them."""
    values = (
        value
        for leaf in access.terms
        for condition in leaf.statement.conditions
        if condition.key.lower() == key
        for value in condition.values
    )
    return sorted({value for value in values if value and not has_wildcard(value) and "${" not in value})[:_TRIED]


def _changed(access: Access, values: dict[str, str] | None, done: dict[StatementTerm, StatementTerm]) -> Access:
    if access.term is None:
        return replace(access, parts=tuple(_changed(part, values, done) for part in access.parts))
    leaf = access.term
    if not leaf.variables or not any(map(has_variables, _texts(leaf.statement))):
        return access
    if leaf not in done:
        done[leaf] = leaf.with_statement(_filled(leaf.statement, values))
    return Access(access.op, term=done[leaf])


def _filled(statement: Statement, values: dict[str, str] | None) -> Statement:
    resources = statement.resources
    if resources is not None:
        resources = MatchList(_all_filled(resources.values, values), resources.negated)
    conditions = tuple(replace(each, values=_all_filled(each.values, values)) for each in statement.conditions)
    return replace(statement, resources=resources, conditions=conditions)


def _all_filled(texts: tuple[str, ...], values: dict[str, str] | None) -> tuple[str, ...]:
    if values is None:
        # A text with a variable that has no value matches nothing.
        return tuple(text if not has_variables(text) else _NOTHING for text in texts)
    return tuple(_one_filled(text, values) for text in texts)


_NOTHING = "arn:nothing:has:this:text:at all"


def _one_filled(text: str, values: dict[str, str]) -> str:
    return "".join(values[t.name] if t.kind is TokenKind.VARIABLE else t.text for t in tokenize(text))


def _texts(statement: Statement) -> Iterable[str]:
    if statement.resources is not None:
        yield from statement.resources.values
    for condition in statement.conditions:
        yield from condition.values
