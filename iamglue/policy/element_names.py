"""The elements of a document and of a statement, and which of them a wrong word was meant to be.

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
DOCUMENT_ELEMENT_SET = frozenset(DOCUMENT_ELEMENTS)
STATEMENT_ELEMENT_SET = frozenset(STATEMENT_ELEMENTS)
# Without one of these at the top level, nobody meant to write a statement there.
_TELLING = frozenset(STATEMENT_ELEMENTS) - {"Sid", "Condition"}
# What people write for Sid besides words like it.
_SIDS = frozenset({"id", "statementid", "statement-id", "statement_id", "statement"})
# More unknown words than this are nonsense, and comparing them all would take long.
_MOST = 50


def is_document(node: Node) -> bool:
    """Whether a map is a policy document rather than a statement."""
    found = node.get("Statement")
    return found is not None and found.kind is not NodeKind.SCALAR


def is_bare_statement(node: Node) -> bool:
    """Whether the elements of a statement stand where a document's should."""
    if node.kind is not NodeKind.MAP or is_document(node):
        return False
    return any(key.text in _TELLING for key, _ in node.pairs) and "Statement" not in misspelled_document_elements(node)


def has_template_transform(node: Node) -> bool:
    """Whether a template puts more elements into a map: `Fn::Transform`, YAML's `<<`."""
    return any(key.text.startswith(("Fn::", "<<")) for key, _ in node.pairs)


def misspelled_document_elements(node: Node) -> dict[str, Node]:
    """The unknown keys of a document by the element that each was meant to be."""
    return _meant(node, DOCUMENT_ELEMENTS)


def misspelled_statement_elements(node: Node) -> dict[str, Node]:
    """The unknown keys of a statement by the element that each was meant to be."""
    return _meant(node, STATEMENT_ELEMENTS)


def _meant(node: Node, names: tuple[str, ...]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    known = {*DOCUMENT_ELEMENTS, *STATEMENT_ELEMENTS} if names is DOCUMENT_ELEMENTS else STATEMENT_ELEMENT_SET
    unknown = [(key, value) for key, value in node.pairs if key.text not in known]
    for key, value in unknown[:_MOST]:
        name = _right_word(key.text, value, names)
        if name is not None:
            found.setdefault(name, key)
    return found


def _right_word(word: str, value: Node, names: tuple[str, ...]) -> str | None:
    if names is STATEMENT_ELEMENTS:
        if word.lower() in _SIDS:
            return "Sid" if value.kind is NodeKind.SCALAR else None
        if word == "Version":
            return None
    return nearest_choice(word.strip(), names)
