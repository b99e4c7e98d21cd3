"""The policies found in a file so far, and what could not be read of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from iamglue.errors import IamglueError
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.parsed_file import Attachment, WrittenFile
from iamglue.policy.parsed_policy import PolicyType, Settings, WrittenPolicy
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.embedded import embedded_document, is_document_text
from iamglue.readers.templates.intrinsics import Resolver, branches
from iamglue.readers.templates.template_texts import given_text
from iamglue.readers.text_budget import TextBudget


class FoundPolicies:
    """Collects what the readers of a file find."""

    def __init__(self, settings: Settings) -> None:
        self.policies: list[WrittenPolicy] = []
        self.attachments: list[Attachment] = []
        self._settings = settings
        self._errors: list[IamglueError] = []
        self._duplicates: list[IamglueError] = []
        self._gaps: list[NotEvaluated] = []
        self.budget = TextBudget()

    def add(self, document: Node, type: PolicyType, name: str = "", **more: Any) -> None:
        """A policy whose document is a node as it is; `more` are further fields of WrittenPolicy."""
        self.policies.append(WrittenPolicy(document, type, name, settings=self._settings, **more))

    def add_at(self, node: Node, resolver: Resolver, type: PolicyType, name: str = "", **more: Any) -> None:
        """The policies that the value of a template's property is: more than one where it is an Fn::If."""
        for document in self.documents(node, resolver):
            self.add(document, type, name, **more)

    def attach(self, node: Node, owner: str, kind: str = "managed-policy") -> None:
        """A policy that is attached by name."""
        self.attachments.append(Attachment(node, owner, kind))

    def documents(self, node: Node, resolver: Resolver) -> Iterator[Node]:
        """The documents that a value may be, functions carried out, texts read as the JSON that they hold."""
        for branch in branches(node):
            if branch.is_null:
                continue
            raw, inner = resolver.raw_text(branch), resolver.of_text(branch)
            if raw is not None and inner is not None and is_document_text(raw):
                yield from self._embedded(raw, inner)
                continue
            found = resolver.resolved(branch)
            if is_document_text(found):
                yield from self._embedded(found, Resolver(texts=given_text, budget=self.budget))
            elif found.holes:
                yield _unknown(found)
            else:
                yield found

    def gap(self, name: str, what: str, reason: str) -> None:
        """Something that is not known before deployment."""
        self._gaps.append(NotEvaluated(Gap.UNDECIDABLE, Subject("policy", name), what, reason))

    def file(
        self, path: str, text: str, problems: Iterable[IamglueError] = (), *, all_of_it: bool = False
    ) -> WrittenFile:
        """The file. `problems` are those of reading it; unless `all_of_it` is a policy, those within policies count."""
        inside = [each for each in problems if all_of_it or any(_is_in(each, one.node) for one in self.policies)]
        gaps = [_unread(error, path) for error in self._errors[1:]]
        return WrittenFile(
            path,
            text,
            tuple(self.policies),
            tuple(self.attachments),
            self._errors[0] if self._errors else None,
            (*inside, *self._duplicates),
            (*self._gaps, *gaps, *self.budget.gaps(path)),
        )

    def _embedded(self, node: Node, resolver: Resolver) -> Iterator[Node]:
        try:
            reading = embedded_document(node)
        except IamglueError as error:
            if node.holes or resolver.resolved(node).holes:
                yield _unknown(node)  # what is put into it may be more than text
            else:
                self._errors.append(error)
            return
        self._duplicates += reading.problems
        yield resolver.resolved(reading.documents[0])


def _unread(error: IamglueError, path: str) -> NotEvaluated:
    return NotEvaluated(Gap.FAILED, Subject("policy", path), f"the text at {error.location}", error.message)


def _unknown(node: Node) -> Node:
    return Node(Shape.UNKNOWN, node.origin, node.start, node.end, node.text[:80])


def _is_in(problem: IamglueError, node: Node) -> bool:
    where = problem.location
    if where is None or where.line is None:
        return False
    return node.origin.place(node.start) <= (where.line, where.column or 1) < node.origin.place(node.end)
