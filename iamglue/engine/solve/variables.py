"""Accesses with values in place of policy variables, used to find requests that show a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.engine.evaluate.substitution import has_variables
from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.engine.solve.principal_keys import PRINCIPAL_ARN, PRINCIPAL_TYPE, USERNAME
from iamglue.policy.model import MatchList, Statement
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.patterns.wildcards import has_wildcard

# The number of texts from conditions that are tried for a variable.
_MAX_VALUES = 4


@dataclass(frozen=True, slots=True)
class AccessInstance:
    """An access without variables, and the context keys for the values that replaced them."""

    access: Access
    values: tuple[tuple[str, tuple[str, ...]], ...]

    def with_context(self, context: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """The context of a found request, with the keys of replaced variables that it does not set itself."""
        present = {key.lower() for key in context}
        return {**{key: values for key, values in self.values if key.lower() not in present}, **context}


def has_policy_variables(access: Access) -> bool:
    """Whether a statement has a policy variable."""
    return any(term.variables and any(map(has_variables, _statement_texts(term.statement))) for term in access.terms)


def instantiate_variables(access: Access, *, any_context: bool = False) -> Iterator[AccessInstance]:
    """The access with each variable replaced by a unique text, by texts from conditions, and by nothing.

    The unique texts are values that requests can have, but with `any_context` they may be any text.
    """
    names = {
        token.name
        for term in access.terms
        if term.variables
        for text in _statement_texts(term.statement)
        for token in tokenize(text)
        if token.kind is TokenKind.VARIABLE
    }
    keys = {name: name.partition(",")[0].strip().lower() for name in names}
    unique_texts = _unique_texts(sorted(set(keys.values())), any_context=any_context)
    compared_texts = {key: _values_in_conditions(access, key) for key in unique_texts}
    for index in range(1 + max(map(len, compared_texts.values()), default=0)):
        # First unique texts, then the texts that conditions on the same keys compare with.
        texts = {
            key: [text, *compared_texts[key]][min(index, len(compared_texts[key]))]
            for key, text in unique_texts.items()
        }
        replaced = _replace_in_access(access, {name: texts[key] for name, key in keys.items()}, {})
        spellings = {key: name.partition(",")[0].strip() for name, key in sorted(keys.items(), reverse=True)}
        yield AccessInstance(replaced, tuple((spellings[key], (text,)) for key, text in texts.items()))
    yield AccessInstance(_replace_in_access(access, None, {}), ())


def _unique_texts(keys: Sequence[str], *, any_context: bool) -> dict[str, str]:
    """For each key a text that is like its values, and that hardly any policy names; those of the principal agree."""
    texts = {key: f"someone{index}" for index, key in enumerate(keys)}
    if any_context:
        return texts
    account, name = "444455556666", texts.get(USERNAME, "someone")
    kind, user_id = (
        ("user", "AIDACKCEVSQ6C2EXAMPLE") if USERNAME in texts else ("role", "AROADBQP57FF2AEXAMPLE:someone")
    )
    known = {
        **{key: account for key in keys if key.endswith("account")},
        **{key: f"o-someone{index:04}" for index, key in enumerate(keys) if key.endswith("orgid")},
        PRINCIPAL_ARN: f"arn:aws:iam::{account}:{kind}/{name}",
        PRINCIPAL_TYPE: "User" if USERNAME in texts else "AssumedRole",
        "aws:userid": user_id,
        "aws:requestedregion": "us-east-1",
        "aws:currenttime": "2026-01-01T00:00:00Z",
        "aws:epochtime": "1767225600",
    }
    return {key: known.get(key, text) for key, text in texts.items()}


def _values_in_conditions(access: Access, key: str) -> list[str]:
    """Some literal texts that conditions compare a key with."""
    values = (
        value
        for term in access.terms
        for condition in term.statement.conditions
        if condition.key.lower() == key
        for value in condition.values
    )
    return sorted({value for value in values if value and not has_wildcard(value) and "${" not in value})[:_MAX_VALUES]


def _replace_in_access(
    access: Access, values: dict[str, str] | None, replaced_terms: dict[StatementTerm, StatementTerm]
) -> Access:
    """The access with variables replaced; None for `values` means that no key is present."""
    if access.term is None:
        return replace(access, parts=tuple(_replace_in_access(part, values, replaced_terms) for part in access.parts))
    term = access.term
    if not term.variables or not any(map(has_variables, _statement_texts(term.statement))):
        return access
    if term not in replaced_terms:
        replaced_terms[term] = term.with_statement(_replace_in_statement(term.statement, values))
    return Access(access.op, term=replaced_terms[term])


def _replace_in_statement(statement: Statement, values: dict[str, str] | None) -> Statement:
    """The statement with variables replaced in Resource and in the values of conditions."""
    resources = statement.resources
    if resources is not None:
        resources = MatchList(_replace_in_texts(resources.values, values), resources.negated)
    conditions = tuple(
        replace(condition, values=_replace_in_texts(condition.values, values)) for condition in statement.conditions
    )
    return replace(statement, resources=resources, conditions=conditions)


def _replace_in_texts(texts: tuple[str, ...], values: dict[str, str] | None) -> tuple[str, ...]:
    """The texts with variables replaced; with None for `values`, texts with variables match nothing."""
    if values is None:
        # A text with a variable that has no value matches nothing.
        return tuple(text if not has_variables(text) else _MATCHES_NOTHING for text in texts)
    return tuple(_replace_in_text(text, values) for text in texts)


_MATCHES_NOTHING = "arn:nothing:has:this:text:at all"


def _replace_in_text(text: str, values: dict[str, str]) -> str:
    return "".join(values[token.name] if token.kind is TokenKind.VARIABLE else token.text for token in tokenize(text))


def _statement_texts(statement: Statement) -> Iterable[str]:
    """The texts of a statement that may contain variables."""
    if statement.resources is not None:
        yield from statement.resources.values
    for condition in statement.conditions:
        yield from condition.values
