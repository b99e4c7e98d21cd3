"""The policies found in a file so far, and what could not be read of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.parsed_file import Attachment, ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text, parse_embedded_document
from iamglue.readers.templates.intrinsics import IntrinsicResolver, conditional_branches
from iamglue.readers.templates.text_substitution import resolve_function_text
from iamglue.readers.text_budget import TextBudget


class PolicyCollector:
    """Collects what the readers of a file find."""

    def __init__(self, settings: ParameterValues) -> None:
        self.policies: list[ParsedPolicy] = []
        self.attachments: list[Attachment] = []
        self._settings = settings
        self._errors: list[IamglueError] = []
        self._duplicates: list[IamglueError] = []
        self._gaps: list[NotEvaluated] = []
        self.budget = TextBudget()

    def add(self, document: Node, type: PolicyType, name: str = "", **more: Any) -> None:
        """A policy whose document is a node as it is; `more` are further fields of WrittenPolicy."""
        self.policies.append(ParsedPolicy(document, type, name, parameter_values=self._settings, **more))

    def add_resolved(
        self, node: Node, resolver: IntrinsicResolver, type: PolicyType, name: str = "", **more: Any
    ) -> None:
        """The policies that the value of a template's property is: more than one where it is an Fn::If."""
        for document in self.resolve_documents(node, resolver):
            self.add(document, type, name, **more)

    def add_attachment(self, node: Node, owner: str, kind: str = "managed-policy") -> None:
        """A policy that is attached by name."""
        self.attachments.append(Attachment(node, owner, kind))

    def resolve_documents(self, node: Node, resolver: IntrinsicResolver) -> Iterator[Node]:
        """The documents that a value may be, functions carried out, texts read as the JSON that they hold."""
        for branch in conditional_branches(node):
            if branch.is_null:
                continue
            raw, inner = resolver.unresolved_text(branch), resolver.text_resolver(branch)
            if raw is not None and inner is not None and is_document_text(raw):
                yield from self._embedded(raw, inner)
                continue
            found = resolver.resolve(branch)
            if is_document_text(found):
                yield from self._embedded(found, IntrinsicResolver(texts=resolve_function_text, budget=self.budget))
            elif found.unresolved:
                yield _unknown(found)
            else:
                yield found

    def record_not_evaluated(self, name: str, what: str, reason: str) -> None:
        """Something that is not known before deployment."""
        self._gaps.append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("policy", name), what, reason))

    def build_file(
        self, path: str, text: str, problems: Iterable[IamglueError] = (), *, all_of_it: bool = False
    ) -> ParsedFile:
        """The file. `problems` are those of reading it; unless `all_of_it` is a policy, those within policies count."""
        inside = [each for each in problems if all_of_it or any(_is_in(each, one.node) for one in self.policies)]
        gaps = [_unread(error, path) for error in self._errors[1:]]
        return ParsedFile(
            path,
            text,
            tuple(self.policies),
            tuple(self.attachments),
            self._errors[0] if self._errors else None,
            (*inside, *self._duplicates),
            (*self._gaps, *gaps, *self.budget.not_evaluated(path)),
        )

    def _embedded(self, node: Node, resolver: IntrinsicResolver) -> Iterator[Node]:
        try:
            reading = parse_embedded_document(node)
        except IamglueError as error:
            if node.unresolved or resolver.resolve(node).unresolved:
                yield _unknown(node)  # what is put into it may be more than text
            else:
                self._errors.append(error)
            return
        self._duplicates += reading.problems
        yield resolver.resolve(reading.documents[0])


def _unread(error: IamglueError, path: str) -> NotEvaluated:
    return NotEvaluated(
        NotEvaluatedKind.FAILED, Subject("policy", path), f"the text at {error.location}", error.message
    )


def _unknown(node: Node) -> Node:
    return Node(NodeKind.UNKNOWN, node.source, node.start, node.end, node.text[:80])


def _is_in(problem: IamglueError, node: Node) -> bool:
    where = problem.location
    if where is None or where.line is None:
        return False
    return (
        node.source.line_and_column(node.start)
        <= (where.line, where.column or 1)
        < node.source.line_and_column(node.end)
    )
