"""Collector for the policies of a file, its attachments, and the parts that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.parsed_file import Attachment, ParsedFile
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text, parse_embedded_document
from iamglue.readers.templates.conditional_values import labelled_branches
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.text_substitution import resolve_function_text
from iamglue.readers.text_budget import TextBudget


class PolicyCollector:
    """Collects the results of the readers of one file.

    `reference_names`, `synthesized` and `condition_cases` are those of every ParsedPolicy of the file.
    """

    def __init__(self, settings: ParameterValues) -> None:
        self.policies: list[ParsedPolicy] = []
        self.attachments: list[Attachment] = []
        self.settings = settings
        self._errors: list[IamglueError] = []
        self._duplicates: list[IamglueError] = []
        self._not_evaluated: list[NotEvaluated] = []
        self.budget = TextBudget()
        self.reference_names: Mapping[str, str] = {}
        self.synthesized = False
        self.condition_cases: tuple[Mapping[str, bool], ...] = ()

    def add(self, document: Node, type: PolicyType, name: str = "", **fields: Any) -> None:
        """Add the policy whose document is this node; `fields` are further fields of ParsedPolicy."""
        fields |= {"parameter_values": self.settings, "reference_names": self.reference_names}
        fields |= {"synthesized": self.synthesized, "condition_cases": self.condition_cases}
        self.policies.append(ParsedPolicy(document, type, name, **fields))

    def add_resolved(
        self, node: Node, resolver: IntrinsicResolver, type: PolicyType, name: str = "", **fields: Any
    ) -> None:
        """Add the policies that a property's value can be: an Fn::If has more than one."""
        for document in self.resolve_documents(node, resolver):
            self.add(document, type, name, **fields)

    def add_attachment(
        self, node: Node, owner: str, kind: str = "managed-policy", arguments: Node | None = None
    ) -> None:
        """Add a policy that is attached by name or ARN, or a SAM policy template with its arguments."""
        self.attachments.append(Attachment(node, owner, kind, arguments))

    def resolve_documents(self, node: Node, resolver: IntrinsicResolver) -> Iterator[Node]:
        """The documents that a value can be, with intrinsic functions resolved and JSON texts parsed.

        Each has the branches of Fn::If that it is in.
        """
        for branch, labels in labelled_branches(node, node.branches):
            for document in self._documents(branch, resolver):
                yield replace(document, branches=document.branches | labels) if labels else document

    def _documents(self, branch: Node, resolver: IntrinsicResolver) -> Iterator[Node]:
        """The documents that a value without Fn::If can be."""
        intrinsic = parse_intrinsic(branch)
        if intrinsic is not None and intrinsic[0] == "Fn::ToJsonString":
            yield from self.resolve_documents(intrinsic[1], resolver)
            return
        if branch.is_null:
            return
        unresolved, text_resolver = resolver.unresolved_text(branch), resolver.text_resolver(branch)
        if unresolved is not None and text_resolver is not None and is_document_text(unresolved):
            yield from self._parse_embedded(unresolved, text_resolver)
            return
        resolved = resolver.resolve(branch)
        if is_document_text(resolved):
            yield from self._parse_embedded(
                resolved, IntrinsicResolver(texts=resolve_function_text, budget=self.budget)
            )
        elif resolved.unresolved:
            yield _unknown_node(resolved)
        else:
            yield resolved

    def record_not_evaluated(self, name: str, what: str, reason: str) -> None:
        """Record a value that is not known before deployment."""
        self._not_evaluated.append(NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("policy", name), what, reason))

    def build_file(
        self, path: str, text: str, problems: Iterable[IamglueError] = (), *, include_all: bool = False
    ) -> ParsedFile:
        """The parsed file. Of the parser's `problems`, those inside policies are included; all with `include_all`."""
        inside = [
            problem
            for problem in problems
            if include_all or any(_is_inside(problem, policy.node) for policy in self.policies)
        ]
        failures = [unreadable_text(error, path) for error in self._errors[1:]]
        return ParsedFile(
            path,
            text,
            tuple(self.policies),
            tuple(self.attachments),
            self._errors[0] if self._errors else None,
            (*inside, *self._duplicates),
            (*self._not_evaluated, *failures, *self.budget.not_evaluated(path)),
        )

    def _parse_embedded(self, node: Node, resolver: IntrinsicResolver) -> Iterator[Node]:
        """The document in a text; UNKNOWN if it depends on unknown values. Malformed text is recorded as an error."""
        try:
            reading = parse_embedded_document(node)
        except IamglueError as error:
            if node.unresolved or resolver.resolve(node).unresolved:
                # A substituted value may be more than text, so the JSON may be valid after deployment.
                yield _unknown_node(node)
            else:
                self._errors.append(error)
            return
        self._duplicates += reading.problems
        yield resolver.resolve(reading.documents[0])


def unreadable_text(error: IamglueError, path: str) -> NotEvaluated:
    """The gap for a policy document of a file that cannot be read: what it grants is not known."""
    return NotEvaluated(
        NotEvaluatedKind.FAILED, Subject("policy", path), f"the text at {error.location}", error.message
    )


def _unknown_node(node: Node) -> Node:
    """The UNKNOWN node that replaces a node, with the beginning of its text."""
    return Node(NodeKind.UNKNOWN, node.source, node.start, node.end, node.text[:80])


def _is_inside(problem: IamglueError, node: Node) -> bool:
    """Whether the location of a problem is inside a node."""
    location = problem.location
    if location is None or location.line is None:
        return False
    return (
        node.source.line_and_column(node.start)
        <= (location.line, location.column or 1)
        < node.source.line_and_column(node.end)
    )
