"""Builds policies from node trees and reports every problem with its location.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.errors import IamglueError
from iamglue.policy.conditions import Condition, parse_operator
from iamglue.policy.element_names import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS
from iamglue.policy.model import (
    EVERYONE,
    VERSION_2008,
    VERSION_2012,
    Effect,
    MatchList,
    Policy,
    Principal,
    Principals,
    Statement,
)
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.spelling import did_you_mean, nearest_choice, operator_hint

_PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_EFFECTS = tuple(effect.value for effect in Effect)
# After this many problems, no more suggestions are searched for: a file of nonsense must be rejected quickly.
_MAX_PROBLEMS_WITH_HINTS = 200
_BARE_LITERALS = frozenset({"true", "false", "null"})
_DOCUMENT_HINT = 'a policy document is {"Version": "2012-10-17", "Statement": [...]}'


class PolicyReader:
    """Builds a policy from nodes; `problems` collects what is wrong, and reading continues after a problem.

    With `quoted`, strings must be quoted, as in JSON, so an unquoted word is not a string.
    """

    def __init__(self, *, quoted: bool) -> None:
        self.problems: list[IamglueError] = []
        self._is_quoted = quoted

    def policy(self, node: Node) -> Policy:
        """Build the policy of a whole document."""
        if node.kind is not NodeKind.MAP:
            actual = "a list" if node.kind is NodeKind.LIST else "a string"
            self._add_problem(node, f"expected a policy document, found {actual}", _DOCUMENT_HINT)
            return Policy(())
        self._check_keys(node, DOCUMENT_ELEMENTS, "a policy document")
        statements = node.get("Statement")
        if statements is None and not _has_misspelt_key(node, "Statement"):
            self._add_problem(node, "the policy has no `Statement`", _DOCUMENT_HINT)
        return Policy(
            tuple(self.statement(statement) for statement in self._items(statements)),
            self._version(node.get("Version")),
            self._optional_text(node.get("Id"), "Id"),
        )

    def _version(self, node: Node | None) -> str | None:
        if node is None:
            return None
        text = self._text(node, "Version")
        if text is not None and text not in (VERSION_2012, VERSION_2008):
            self._add_problem(
                node, f"`{text}` is not a valid policy version", f"write {VERSION_2012}, or {VERSION_2008}"
            )
        return text

    def statement(self, node: Node) -> Statement:
        """Build the statement of a map."""
        if node.kind is not NodeKind.MAP:
            self._add_problem(node, "expected a statement: a map of elements such as Effect and Action")
            return Statement(Effect.DENY, MatchList(()))
        self._check_keys(node, STATEMENT_ELEMENTS, "a statement")
        principals = self._plain_or_negated(node, "Principal")
        resources = self._plain_or_negated(node, "Resource")
        if resources is None and principals is None and not _has_misspelt_key(node, "Resource"):
            self._add_problem(node, "the statement has no `Resource`", 'write "Resource": "*" for every resource')
        return Statement(
            self._effect(node),
            self._actions(node),
            resources and MatchList(self._texts(resources[1], resources[0]), resources[0] == "NotResource"),
            self._conditions(node.get("Condition")),
            principals and Principals(self._principals(*principals), principals[0] == "NotPrincipal"),
            self._optional_text(node.get("Sid"), "Sid"),
        )

    def _effect(self, node: Node) -> Effect:
        effect = node.get("Effect")
        if effect is None:
            if not _has_misspelt_key(node, "Effect"):
                self._add_problem(node, "the statement has no `Effect`", "write Allow or Deny")
            return Effect.DENY
        text = self._text(effect, "Effect")
        if text in _EFFECTS:
            return Effect(text)
        if text is not None:
            hint = did_you_mean(text, _EFFECTS) or "write Allow or Deny"
            self._add_problem(effect, f"`Effect` must be `Allow` or `Deny` (case-sensitive), found `{text}`", hint)
        return Effect.DENY

    def _actions(self, node: Node) -> MatchList:
        named_element = self._plain_or_negated(node, "Action")
        if named_element is None:
            if not _has_misspelt_key(node, "Action"):
                self._add_problem(node, "the statement has no `Action`", 'write "Action": ["service:Name"]')
            return MatchList(())
        name, element = named_element
        values: list[str] = []
        for item in self._items(element):
            text = self._text(item, name)
            if text is None:
                continue
            if text.count(":") != 1 and text.strip("*"):
                self._add_problem(item, f"`{text}` is not a valid action", "write `service:Name` or `*`")
            values.append(text)
        return MatchList(tuple(values), name == "NotAction")

    def _plain_or_negated(self, node: Node, name: str) -> tuple[str, Node] | None:
        """Name and value of `name` or `Not<name>`; None if both are missing. Having both is a problem."""
        plain, negated = node.get(name), node.get(f"Not{name}")
        if plain is not None and negated is not None:
            position = node.key(f"Not{name}") or negated
            self._add_problem(
                position, f"the statement has both `{name}` and `Not{name}`", "keep one, or write two statements"
            )
        if plain is not None:
            return name, plain
        return None if negated is None else (f"Not{name}", negated)

    def _principals(self, name: str, node: Node) -> tuple[Principal, ...]:
        if node.kind is not NodeKind.MAP:
            if node.kind is NodeKind.SCALAR and node.text == "*" and node.tag is None:
                return (EVERYONE,)
            self._add_problem(node, f'`{name}` must be "*" or a map such as {{"AWS": "..."}} or {{"Service": "..."}}')
            return ()
        self._check_keys(node, _PRINCIPAL_KINDS, f"`{name}`")
        return tuple(
            Principal(kind.text, value) for kind, values in node.pairs for value in self._texts(values, kind.text)
        )

    def _conditions(self, node: Node | None) -> tuple[Condition, ...]:
        if node is None:
            return ()
        conditions: list[Condition] = []
        for name, keys in self._pairs(node, "Condition", "operators"):
            operator = parse_operator(name.text)
            if operator is None:
                hint = operator_hint(name.text) if len(self.problems) < _MAX_PROBLEMS_WITH_HINTS else None
                self._add_problem(name, f"unknown condition operator `{name.text}`", hint)
            for key, values in self._pairs(keys, name.text, "condition keys"):
                texts = self._texts(values, key.text, words=True)
                if operator is None:
                    continue
                if any((condition.operator, condition.key) == (operator, key.text) for condition in conditions):
                    self._add_problem(key, f"`{operator}` on `{key.text}` is listed twice in the statement")
                conditions.append(Condition(operator, key.text, texts))
        return tuple(conditions)

    def _pairs(self, node: Node, name: str, content: str) -> Iterable[tuple[Node, Node]]:
        """The pairs of a map; a node of another kind is a problem."""
        if node.kind is not NodeKind.MAP:
            self._add_problem(node, f"`{name}` must be a map of {content}, found {_node_description(node)}")
        return node.pairs

    def _items(self, node: Node | None) -> tuple[Node, ...]:
        if node is None:
            return ()
        return node.items if node.kind is NodeKind.LIST else (node,)

    def _texts(self, node: Node, name: str, *, words: bool = False) -> tuple[str, ...]:
        """The strings of a value or list; values of other types are problems."""
        texts = (self._text(item, name, words=words) for item in self._items(node))
        return tuple(text for text in texts if text is not None)

    def _optional_text(self, node: Node | None, name: str) -> str | None:
        return None if node is None else self._text(node, name)

    def _text(self, node: Node, name: str, *, words: bool = False) -> str | None:
        """The string of a scalar; with `words`, numbers and Booleans are accepted, as in condition values."""
        is_bare = (
            node.plain and (self._is_quoted or node.text in _BARE_LITERALS) and not (words and node.text != "null")
        )
        if node.kind is NodeKind.SCALAR and not node.is_null and not is_bare and node.tag is None:
            return node.text
        self._add_problem(node, f"`{name}` must be a string, found {_node_description(node)}")
        return None

    def _check_keys(self, node: Node, known: tuple[str, ...], where: str) -> None:
        """Report keys that are not in `known`."""
        for key, _ in node.pairs:
            if key.text not in known:
                near = did_you_mean(key.text, known) if len(self.problems) < _MAX_PROBLEMS_WITH_HINTS else None
                hint = near or f"valid names are {', '.join(known)}"
                self._add_problem(key, f"`{key.text}` is not a valid element of {where}", hint)

    def _add_problem(self, node: Node, message: str, hint: str | None = None) -> None:
        self.problems.append(IamglueError(message, hint=hint, location=node.location))


def _has_misspelt_key(node: Node, name: str) -> bool:
    """Whether a key is probably a misspelled `name`.

    Then it is reported as unknown, and `name` is not reported as missing.
    """
    elements = (*DOCUMENT_ELEMENTS, *STATEMENT_ELEMENTS)
    unknown = [key.text for key, _ in node.pairs if key.text not in elements]
    return any(nearest_choice(word, elements) in (name, f"Not{name}") for word in unknown[:_MAX_PROBLEMS_WITH_HINTS])


def _node_description(node: Node) -> str:
    """A node in words, for "found ..." in messages."""
    if node.kind is not NodeKind.SCALAR:
        return f"a {node.kind.value}"
    if node.tag is not None:
        return f"the tag `{node.tag}`"
    return "nothing" if not node.text else f"`{node.text}`" if node.plain else "a string"
