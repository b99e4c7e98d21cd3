"""The elements of a policy document and of a statement: their names, and how to find them in a map.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.spelling import nearest_choice

DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
DOCUMENT_ELEMENT_SET = frozenset(DOCUMENT_ELEMENTS)
STATEMENT_ELEMENT_SET = frozenset(STATEMENT_ELEMENTS)
# A map is read as a bare statement only if it has one of these: Sid and Condition alone prove too little.
_STATEMENT_MARKERS = frozenset(STATEMENT_ELEMENTS) - {"Sid", "Condition"}
# Names that people write instead of Sid and that are not similar enough to be found by spelling.
_SID_SPELLINGS = frozenset({"id", "statementid", "statement-id", "statement_id", "statement"})
# Limits the time for a file of nonsense: comparing names is slow.
_MAX_UNKNOWN_KEYS = 50


def elements_by_name(node: Node) -> dict[str, tuple[Node, Node]]:
    """Key and value of each element of a document or statement; of duplicates the first."""
    return {pair[0].text: pair for pair in reversed(node.pairs)}


def plain_or_negated(elements: dict[str, tuple[Node, Node]], name: str) -> tuple[Node, Node, bool] | None:
    """Key and value of `name`, otherwise of `Not<name>`, and whether it is the latter; None if both are missing."""
    if name in elements:
        return (*elements[name], False)
    negated = elements.get(f"Not{name}")
    return None if negated is None else (*negated, True)


def is_document(node: Node) -> bool:
    """Whether a map is a policy document, not a statement."""
    statements = node.get("Statement")
    return statements is not None and statements.kind is not NodeKind.SCALAR


def is_bare_statement(node: Node) -> bool:
    """Whether a map that should be a document has the elements of a statement."""
    if node.kind is not NodeKind.MAP or is_document(node):
        return False
    return any(
        key.text in _STATEMENT_MARKERS for key, _ in node.pairs
    ) and "Statement" not in misspelled_document_elements(node)


def has_template_transform(node: Node) -> bool:
    """Whether a template adds elements to the map: `Fn::Transform` or YAML's `<<`."""
    return any(key.text.startswith(("Fn::", "<<")) for key, _ in node.pairs)


def misspelled_document_elements(node: Node) -> dict[str, Node]:
    """The unknown keys of a document, by the element that each probably means."""
    return _misspelled_elements(node, DOCUMENT_ELEMENTS)


def misspelled_statement_elements(node: Node) -> dict[str, Node]:
    """The unknown keys of a statement, by the element that each probably means."""
    return _misspelled_elements(node, STATEMENT_ELEMENTS)


def _misspelled_elements(node: Node, names: tuple[str, ...]) -> dict[str, Node]:
    """The first unknown key for each intended element."""
    misspelled: dict[str, Node] = {}
    known = {*DOCUMENT_ELEMENTS, *STATEMENT_ELEMENTS} if names is DOCUMENT_ELEMENTS else STATEMENT_ELEMENT_SET
    unknown = [(key, value) for key, value in node.pairs if key.text not in known]
    for key, value in unknown[:_MAX_UNKNOWN_KEYS]:
        name = _intended_element(key.text, value, names)
        if name is not None:
            misspelled.setdefault(name, key)
    return misspelled


def _intended_element(word: str, value: Node, names: tuple[str, ...]) -> str | None:
    """The element of `names` that an unknown key probably means; None if no element is similar."""
    if names is STATEMENT_ELEMENTS:
        if word.lower() in _SID_SPELLINGS:
            return "Sid" if value.kind is NodeKind.SCALAR else None
        if word == "Version":
            return None
    return nearest_choice(word.strip(), names)
