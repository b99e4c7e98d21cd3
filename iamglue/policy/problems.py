"""What is wrong with a policy document or statement: every problem, with its location.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from iamglue.errors import IamglueError
from iamglue.policy.conditions import Operator, parse_operator
from iamglue.policy.element_names import (
    DOCUMENT_ELEMENTS,
    PRINCIPAL_KINDS,
    STATEMENT_ELEMENTS,
    elements_by_name,
    plain_or_negated,
)
from iamglue.policy.model import VERSION_2008, VERSION_2012, Effect
from iamglue.policy.parsed_values import is_text, items
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.spelling import did_you_mean, nearest_choice, operator_hint

_EFFECTS = tuple(effect.value for effect in Effect)
_SCALAR, _MAP = NodeKind.SCALAR, NodeKind.MAP  # access to an Enum member is slow, and an export has many values
# After this many problems, no more suggestions are searched for: a file of nonsense must be rejected quickly.
_MAX_PROBLEMS_WITH_HINTS = 200
_DOCUMENT_HINT = 'a policy document is {"Version": "2012-10-17", "Statement": [...]}'


def policy_problems(node: Node) -> tuple[IamglueError, ...]:
    """The problems of a policy document; none if it is valid."""
    check = _Check()
    check.policy(node)
    return tuple(check.problems)


def statement_problems(node: Node) -> tuple[IamglueError, ...]:
    """The problems of a statement; none if it is valid."""
    check = _Check()
    check.statement(node)
    return tuple(check.problems)


class _Check:
    """Collects `problems`, and continues after each."""

    def __init__(self) -> None:
        self.problems: list[IamglueError] = []

    def policy(self, node: Node) -> None:
        """Check a whole document."""
        if node.kind is not _MAP:
            actual = "a list" if node.kind is NodeKind.LIST else "a string"
            self._add_problem(node, f"expected a policy document, found {actual}", _DOCUMENT_HINT)
            return
        self._check_keys(node, DOCUMENT_ELEMENTS, "a policy document")
        elements = elements_by_name(node)
        if "Statement" in elements:
            for statement in items(elements["Statement"][1]):
                self.statement(statement)
        elif not _has_misspelt_key(node, "Statement"):
            self._add_problem(node, "the policy has no `Statement`", _DOCUMENT_HINT)
        if "Version" in elements:
            self._check_version(elements["Version"][1])
        if "Id" in elements:
            self._check_text(elements["Id"][1], "Id")

    def _check_version(self, node: Node) -> None:
        """Report a Version that is not a string, or not one of the two that IAM knows."""
        if self._check_text(node, "Version") and node.text not in (VERSION_2012, VERSION_2008):
            self._add_problem(
                node, f"`{node.text}` is not a valid policy version", f"write {VERSION_2012}, or {VERSION_2008}"
            )

    def statement(self, node: Node) -> None:
        """Check a statement."""
        if node.kind is not _MAP:
            self._add_problem(node, "expected a statement: a map of elements such as Effect and Action")
            return
        self._check_keys(node, STATEMENT_ELEMENTS, "a statement")
        elements = elements_by_name(node)
        principal = self._plain_or_negated(elements, "Principal")
        resource = self._plain_or_negated(elements, "Resource")
        if resource is None and principal is None and not _has_misspelt_key(node, "Resource"):
            self._add_problem(node, "the statement has no `Resource`", 'write "Resource": "*" for every resource')
        self._check_effect(node, elements)
        self._check_actions(node, self._plain_or_negated(elements, "Action"))
        if resource is not None:
            self._check_texts(*resource)
        if "Condition" in elements:
            self._check_conditions(elements["Condition"][1])
        if principal is not None:
            self._check_principals(*principal)
        if "Sid" in elements:
            self._check_text(elements["Sid"][1], "Sid")

    def _plain_or_negated(self, elements: dict[str, tuple[Node, Node]], name: str) -> tuple[str, Node] | None:
        """Name and value of `name` or `Not<name>`; None if both are missing. Having both is a problem."""
        element = plain_or_negated(elements, name)
        if element is None:
            return None
        key, node, negated = element
        if not negated and f"Not{name}" in elements:
            self._add_problem(
                elements[f"Not{name}"][0],
                f"the statement has both `{name}` and `Not{name}`",
                "keep one, or write two statements",
            )
        return key.text, node

    def _check_effect(self, node: Node, elements: dict[str, tuple[Node, Node]]) -> None:
        """Report a wrong Effect, and a missing one unless a misspelled key is reported in its place."""
        if "Effect" not in elements:
            if not _has_misspelt_key(node, "Effect"):
                self._add_problem(node, "the statement has no `Effect`", "write Allow or Deny")
            return
        effect = elements["Effect"][1]
        if self._check_text(effect, "Effect") and effect.text not in _EFFECTS:
            hint = did_you_mean(effect.text, _EFFECTS) or "write Allow or Deny"
            self._add_problem(
                effect, f"`Effect` must be `Allow` or `Deny` (case-sensitive), found `{effect.text}`", hint
            )

    def _check_actions(self, node: Node, action: tuple[str, Node] | None) -> None:
        """Report actions that are neither `service:Name` nor `*`, and a missing Action without a misspelled key."""
        if action is None:
            if not _has_misspelt_key(node, "Action"):
                self._add_problem(node, "the statement has no `Action`", 'write "Action": ["service:Name"]')
            return
        name, element = action
        for item in items(element):
            if self._check_text(item, name) and item.text.count(":") != 1 and item.text.strip("*"):
                self._add_problem(item, f"`{item.text}` is not a valid action", "write `service:Name` or `*`")

    def _check_principals(self, name: str, node: Node) -> None:
        """Report a principal that is neither `*` nor a map of strings by the known kinds; a bare ARN is not allowed."""
        if node.kind is _MAP:
            self._check_keys(node, PRINCIPAL_KINDS, f"`{name}`")
            for kind, values in node.pairs:
                self._check_texts(kind.text, values)
        elif node.kind is not _SCALAR or node.text != "*" or node.tag is not None:
            self._add_problem(node, f'`{name}` must be "*" or a map such as {{"AWS": "..."}} or {{"Service": "..."}}')

    def _check_conditions(self, node: Node) -> None:
        """Report what is malformed, and a key that one operator has twice, in whatever case it is written."""
        conditions: set[tuple[Operator, str]] = set()
        self._check_map(node, "Condition", "operators")
        for name, keys in node.pairs:
            operator = parse_operator(name.text)
            if operator is None:
                hint = operator_hint(name.text) if len(self.problems) < _MAX_PROBLEMS_WITH_HINTS else None
                self._add_problem(name, f"unknown condition operator `{name.text}`", hint)
            self._check_map(keys, name.text, "condition keys")
            for key, values in keys.pairs:
                self._check_texts(key.text, values, words=True)
                if operator is None:
                    continue
                if (operator, key.text) in conditions:
                    self._add_problem(key, f"`{operator}` on `{key.text}` is listed twice in the statement")
                conditions.add((operator, key.text))

    def _check_map(self, node: Node, name: str, content: str) -> None:
        if node.kind is not _MAP:
            self._add_problem(node, f"`{name}` must be a map of {content}, found {_node_description(node)}")

    def _check_texts(self, name: str, node: Node, *, words: bool = False) -> None:
        """Check that a value is a string or a list of strings."""
        for item in items(node):
            self._check_text(item, name, words=words)

    def _check_text(self, node: Node, name: str, *, words: bool = False) -> bool:
        """Whether a value is a string; another one is a problem. `words` as in `is_text`."""
        # Only templates know what a tag means: what they make of it has none. Nearly all values are quoted strings.
        if node.tag is None and ((node.kind is _SCALAR and not node.plain) or is_text(node, words=words)):
            return True
        self._add_problem(node, f"`{name}` must be a string, found {_node_description(node)}")
        return False

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
    if node.kind is NodeKind.UNKNOWN:
        return "a value that is not known"
    if node.kind is not NodeKind.SCALAR:
        return f"a {node.kind.value}"
    if node.tag is not None:
        return f"the tag `{node.tag}`"
    return "nothing" if not node.text else f"`{node.text}`" if node.plain else "a string"
