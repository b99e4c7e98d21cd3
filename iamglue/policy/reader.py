"""The elements of a policy document, from a tree of nodes to values, with every fault and its place.

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
# After so many problems the nearest right word is not looked for: a file of nonsense is to be refused quickly.
_HINTS = 200
_LITERALS = frozenset({"true", "false", "null"})
_WRAP = 'a policy document is {"Version": "2012-10-17", "Statement": [...]}'


class PolicyReader:
    """Reads a policy from nodes; `problems` collects what is wrong, and reading goes on past it.

    `quoted` says that texts stand in quotes, as in JSON, so that a bare word is no text.
    """

    def __init__(self, *, quoted: bool) -> None:
        self.problems: list[IamglueError] = []
        self._quoted = quoted

    def policy(self, node: Node) -> Policy:
        """The policy of a whole document."""
        if node.kind is not NodeKind.MAP:
            found = "a list" if node.kind is NodeKind.LIST else "text"
            self._wrong(node, f"expected a policy document, found {found}", _WRAP)
            return Policy(())
        self._known_keys(node, DOCUMENT_ELEMENTS, "a policy document")
        statements = node.get("Statement")
        if statements is None and not _misspelt(node, "Statement"):
            self._wrong(node, "the policy has no `Statement`", _WRAP)
        return Policy(
            tuple(self.statement(each) for each in self._listed(statements)),
            self._version(node.get("Version")),
            self._optional_text(node.get("Id"), "Id"),
        )

    def _version(self, node: Node | None) -> str | None:
        if node is None:
            return None
        text = self._text(node, "Version")
        if text is not None and text not in (VERSION_2012, VERSION_2008):
            self._wrong(node, f"unknown version `{text}`", f"versions are {VERSION_2012} and, older, {VERSION_2008}")
        return text

    def statement(self, node: Node) -> Statement:
        """The statement of a map."""
        if node.kind is not NodeKind.MAP:
            self._wrong(node, "expected a statement, which is a map of elements such as Effect and Action")
            return Statement(Effect.DENY, MatchList(()))
        self._known_keys(node, STATEMENT_ELEMENTS, "a statement")
        principals = self._either(node, "Principal")
        resources = self._either(node, "Resource")
        if resources is None and principals is None and not _misspelt(node, "Resource"):
            self._wrong(node, "the statement has no `Resource`", 'write "Resource": "*" for every resource')
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
            if not _misspelt(node, "Effect"):
                self._wrong(node, "the statement has no `Effect`", "it is Allow or Deny")
            return Effect.DENY
        text = self._text(effect, "Effect")
        if text in _EFFECTS:
            return Effect(text)
        if text is not None:
            hint = did_you_mean(text, _EFFECTS) or "it is Allow or Deny"
            self._wrong(effect, f"`Effect` is `Allow` or `Deny`, spelt so; found `{text}`", hint)
        return Effect.DENY

    def _actions(self, node: Node) -> MatchList:
        found = self._either(node, "Action")
        if found is None:
            if not _misspelt(node, "Action"):
                self._wrong(node, "the statement has no `Action`", 'write "Action": ["service:Name"]')
            return MatchList(())
        name, element = found
        values: list[str] = []
        for each in self._listed(element):
            text = self._text(each, name)
            if text is None:
                continue
            if text.count(":") != 1 and text.strip("*"):
                self._wrong(each, f"`{text}` is no action", "an action is `service:Name` or `*`")
            values.append(text)
        return MatchList(tuple(values), name == "NotAction")

    def _either(self, node: Node, name: str) -> tuple[str, Node] | None:
        plain, negated = node.get(name), node.get(f"Not{name}")
        if plain is not None and negated is not None:
            place = node.key(f"Not{name}") or negated
            self._wrong(place, f"`{name}` and `Not{name}` stand in one statement", "keep one, or write two statements")
        if plain is not None:
            return name, plain
        return None if negated is None else (f"Not{name}", negated)

    def _principals(self, name: str, node: Node) -> tuple[Principal, ...]:
        if node.kind is not NodeKind.MAP:
            if node.kind is NodeKind.SCALAR and node.text == "*" and node.tag is None:
                return (EVERYONE,)
            self._wrong(node, f'`{name}` is "*" or a map such as {{"AWS": "..."}} or {{"Service": "..."}}')
            return ()
        self._known_keys(node, _PRINCIPAL_KINDS, f"`{name}`")
        return tuple(
            Principal(kind.text, value) for kind, values in node.pairs for value in self._texts(values, kind.text)
        )

    def _conditions(self, node: Node | None) -> tuple[Condition, ...]:
        if node is None:
            return ()
        found: list[Condition] = []
        for name, keys in self._pairs(node, "Condition", "operators"):
            named = parse_operator(name.text)
            if named is None:
                hint = operator_hint(name.text) if len(self.problems) < _HINTS else None
                self._wrong(name, f"unknown condition operator `{name.text}`", hint)
            for key, values in self._pairs(keys, name.text, "condition keys"):
                texts = self._texts(values, key.text, words=True)
                if named is None:
                    continue
                if any((each.operator, each.key) == (named, key.text) for each in found):
                    self._wrong(key, f"`{named}` on `{key.text}` stands twice in the statement")
                found.append(Condition(named, key.text, texts))
        return tuple(found)

    def _pairs(self, node: Node, name: str, of: str) -> Iterable[tuple[Node, Node]]:
        if node.kind is not NodeKind.MAP:
            self._wrong(node, f"`{name}` is a map of {of}, found {_described(node)}")
        return node.pairs

    def _listed(self, node: Node | None) -> tuple[Node, ...]:
        if node is None:
            return ()
        return node.items if node.kind is NodeKind.LIST else (node,)

    def _texts(self, node: Node, name: str, *, words: bool = False) -> tuple[str, ...]:
        texts = (self._text(each, name, words=words) for each in self._listed(node))
        return tuple(text for text in texts if text is not None)

    def _optional_text(self, node: Node | None, name: str) -> str | None:
        return None if node is None else self._text(node, name)

    def _text(self, node: Node, name: str, *, words: bool = False) -> str | None:
        """The text of a scalar; with `words`, numbers and Booleans count as text, as in condition values."""
        bare = node.plain and (self._quoted or node.text in _LITERALS) and not (words and node.text != "null")
        if node.kind is NodeKind.SCALAR and not node.is_null and not bare and node.tag is None:
            return node.text
        self._wrong(node, f"`{name}` takes text, found {_described(node)}")
        return None

    def _known_keys(self, node: Node, known: tuple[str, ...], where: str) -> None:
        for key, _ in node.pairs:
            if key.text not in known:
                near = did_you_mean(key.text, known) if len(self.problems) < _HINTS else None
                hint = near or f"{where} has {', '.join(known)}"
                self._wrong(key, f"{where} has no element `{key.text}`", hint)

    def _wrong(self, node: Node, message: str, hint: str | None = None) -> None:
        self.problems.append(IamglueError(message, hint=hint, location=node.location))


def _misspelt(node: Node, name: str) -> bool:
    """Whether a key was meant to be `name`: it is reported as unknown, and `name` is not reported as missing."""
    elements = (*DOCUMENT_ELEMENTS, *STATEMENT_ELEMENTS)
    unknown = [key.text for key, _ in node.pairs if key.text not in elements]
    return any(nearest_choice(word, elements) in (name, f"Not{name}") for word in unknown[:_HINTS])


def _described(node: Node) -> str:
    if node.kind is not NodeKind.SCALAR:
        return f"a {node.kind.value}"
    if node.tag is not None:
        return f"the tag `{node.tag}`"
    return "nothing" if not node.text else f"`{node.text}`" if node.plain else "text"
