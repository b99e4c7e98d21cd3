"""A policy as written in a file, valid or not: the input of `lint`, every value with its location."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from weakref import ref

from iamglue.policy.conditions import parse_operator
from iamglue.policy.element_names import (
    STATEMENT_ELEMENT_SET,
    is_bare_statement,
    misspelled_document_elements,
    misspelled_statement_elements,
)
from iamglue.policy.model import VERSION_2012, Effect, Policy, Statement
from iamglue.policy.parsed_values import (
    ParsedCondition,
    ParsedMatchList,
    ParsedPrincipal,
    ParsedPrincipals,
    is_resolved,
    text_nodes,
)
from iamglue.policy.reader import PolicyReader
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax


class PolicyType(StrEnum):
    """The policy type, named as in `--type`. A trust policy is the resource-based policy of a role."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    SCP = "scp"
    RCP = "rcp"


_TYPES_WITH_PRINCIPAL = (PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.RCP)
_EFFECTS = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}


@dataclass(frozen=True, slots=True)
class ParameterValues:
    """Values that the user supplies: `values` of `--set`, by name."""

    values: tuple[tuple[str, str], ...] = ()

    def value(self, *names: str) -> str | None:
        """The value of the first parameter with one of these names, in any case; None if there is none."""
        wanted = {name.lower() for name in names}
        return next((value for name, value in self.values if name.lower() in wanted), None)


@dataclass(eq=False)
class ParsedPolicy:
    """One policy document of a file.

    `name` is its name in messages: the name of a role or bucket, empty for a file that contains only the policy.
    `resource_type` is the CloudFormation type of the resource that the policy is attached to (`AWS::S3::Bucket`), None
    if unknown. `owner` is the name of the role, user or group (`owner_kind`) that has the policy as an inline policy;
    `managed` is True for a managed policy. Neither is set if unknown.
    """

    node: Node
    type: PolicyType
    name: str = ""
    resource_type: str | None = None
    owner: str | None = None
    owner_kind: str = "role"
    managed: bool = False
    parameter_values: ParameterValues = field(default_factory=ParameterValues)

    @property
    def path(self) -> str:
        """The file as the user named it."""
        return self.node.source.path

    @property
    def names_principals(self) -> bool:
        """Whether statements of this policy type have a Principal."""
        return self.type in _TYPES_WITH_PRINCIPAL

    @cached_property
    def statement_nodes(self) -> tuple[Node, ...]:
        """The nodes under Statement, one for each statement, of any node kind.

        A bare list is a list of statements, a bare statement the only one. A misspelled `Statement` is accepted.
        """
        node = self.node if self.node.kind is NodeKind.LIST else self._statement_element
        if node is None:
            return (self.node,) if is_bare_statement(self.node) else ()
        return node.items if node.kind is NodeKind.LIST else (node,)

    @property
    def _statement_element(self) -> Node | None:
        statements = self.node.get("Statement")
        if statements is not None or self.node.kind is not NodeKind.MAP:
            return statements
        misspelled_key = misspelled_document_elements(self.node).get("Statement")
        return None if misspelled_key is None else self.node.get(misspelled_key.text)

    @cached_property
    def statements(self) -> tuple[ParsedStatement, ...]:
        """The statements that are maps."""
        numbered_nodes = enumerate(self.statement_nodes)
        return tuple(
            ParsedStatement(node, number, ref(self)) for number, node in numbered_nodes if node.kind is NodeKind.MAP
        )

    @cached_property
    def actions(self) -> tuple[tuple[ParsedStatement, Node], ...]:
        """Every string in Action and NotAction, with its statement."""
        return tuple(
            (statement, node) for statement in self.statements if statement.action for node in statement.action.values
        )

    @cached_property
    def resources(self) -> tuple[tuple[ParsedStatement, Node], ...]:
        """Every string in Resource and NotResource, with its statement."""
        return tuple(
            (statement, node)
            for statement in self.statements
            if statement.resource
            for node in statement.resource.values
        )

    @cached_property
    def conditions(self) -> tuple[tuple[ParsedStatement, ParsedCondition], ...]:
        """Every condition key under every operator, with its statement."""
        return tuple((statement, condition) for statement in self.statements for condition in statement.conditions)

    @cached_property
    def principals(self) -> tuple[tuple[ParsedStatement, ParsedPrincipal], ...]:
        """Every principal of Principal and NotPrincipal, with its statement."""
        return tuple(
            (statement, principal)
            for statement in self.statements
            if statement.principal
            for principal in statement.principal.values
        )

    @cached_property
    def version(self) -> str | None:
        """The value of Version; None if it is missing."""
        node = self.node.get("Version")
        return node.text if node is not None and node.kind is NodeKind.SCALAR else None

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` is a policy variable in this policy, not literal text."""
        return self.version == VERSION_2012

    @cached_property
    def value(self) -> Policy | None:
        """The policy for the engine, of version 2012-10-17 if it has parameters; None if invalid or partly unknown."""
        if any(node.kind is NodeKind.UNKNOWN for node in self.node.walk()):
            return None
        reader = PolicyReader(quoted=self.node.source.syntax is Syntax.JSON)
        policy = reader.policy(self.node)
        if reader.problems:
            return None
        return self._with_parameters(policy) if self.has_unresolved else policy

    @cached_property
    def has_unresolved(self) -> bool:
        """Whether part of some text is known only at deployment."""
        return any(node.unresolved for node in self.node.walk())

    def _with_parameters(self, policy: Policy) -> Policy | None:
        """The policy, with parameters in its unresolved texts; None if an action or a condition key is unresolved."""
        nodes = [node for _, node in self.actions]
        nodes += [node for _, condition in self.conditions for node in (condition.operator_node, condition.key)]
        return None if any(node.unresolved for node in nodes) else replace(policy, version=VERSION_2012)


@dataclass(eq=False)
class ParsedStatement:
    """One statement; `index` counts from 0. If an element is duplicated, the first one is used.

    Its reference to the policy is weak, so that both are freed at once: the caller must keep the policy alive.
    """

    node: Node
    index: int
    policy_ref: ref[ParsedPolicy]

    @property
    def policy(self) -> ParsedPolicy:
        """The policy that contains the statement. Raises ReferenceError if the policy was freed."""
        policy = self.policy_ref()
        if policy is None:
            raise ReferenceError("the statement's policy was freed")
        return policy

    @cached_property
    def elements(self) -> dict[str, tuple[Node, Node]]:
        """Key and value of each element, by name. The first duplicate is used, and a misspelled name is accepted."""
        elements = {pair[0].text: pair for pair in reversed(self.node.pairs)}
        if not elements.keys() <= STATEMENT_ELEMENT_SET:
            values = {id(key): value for key, value in self.node.pairs}
            for name, key in misspelled_statement_elements(self.node).items():
                elements.setdefault(name, (key, values[id(key)]))
        return elements

    def get(self, name: str) -> Node | None:
        """The value of an element, or None."""
        pair = self.elements.get(name)
        return None if pair is None else pair[1]

    def key(self, name: str) -> Node | None:
        """The key of an element, or None."""
        pair = self.elements.get(name)
        return None if pair is None else pair[0]

    @cached_property
    def sid(self) -> Node | None:
        """The Sid, if it is a scalar."""
        node = self.get("Sid")
        return node if node is not None and node.kind is NodeKind.SCALAR else None

    @cached_property
    def effect(self) -> Effect | None:
        """The Effect; None if it is missing, misspelled or unknown."""
        node = self.get("Effect")
        text = node.text if node is not None and node.kind is NodeKind.SCALAR else None
        return _EFFECTS.get(text or "")

    @cached_property
    def action(self) -> ParsedMatchList | None:
        """Action or NotAction; the former if both are there."""
        return self._match_list("Action")

    @cached_property
    def resource(self) -> ParsedMatchList | None:
        """Resource or NotResource; the former if both are there."""
        return self._match_list("Resource")

    @cached_property
    def principal(self) -> ParsedPrincipals | None:
        """Principal or NotPrincipal; the former if both are there."""
        element = self._plain_or_negated("Principal")
        if element is None:
            return None
        key, node, negated = element
        if node.kind is NodeKind.SCALAR:
            everyone = (ParsedPrincipal("*", node),) if node.text == "*" else ()
            return ParsedPrincipals(key, node, everyone, negated, is_resolved=True)
        values = [ParsedPrincipal(kind.text, text, kind) for kind, value in node.pairs for text in text_nodes(value)]
        all_resolved = is_resolved(node) and all(map(is_resolved, (value for _, value in node.pairs)))
        return ParsedPrincipals(key, node, tuple(values), negated, all_resolved)

    @cached_property
    def conditions(self) -> tuple[ParsedCondition, ...]:
        """Every condition key under every operator, in the order of the text."""
        return tuple(self._iter_conditions())

    @cached_property
    def is_conditional(self) -> bool:
        """Whether the statement has a Condition that is not empty, or is unknown."""
        node = self.get("Condition")
        return node is not None and (bool(node.pairs) or node.kind is NodeKind.UNKNOWN)

    @cached_property
    def value(self) -> Statement | None:
        """The statement as a value for the engine; None if it is malformed or partly unknown."""
        if any(node.kind is NodeKind.UNKNOWN for node in self.node.walk()):
            return None
        reader = PolicyReader(quoted=self.node.source.syntax is Syntax.JSON)
        statement = reader.statement(self.node)
        return None if reader.problems else statement

    def _match_list(self, name: str) -> ParsedMatchList | None:
        """The values of `name` or `Not<name>`; None if both are missing."""
        element = self._plain_or_negated(name)
        if element is None:
            return None
        key, node, negated = element
        return ParsedMatchList(key, node, text_nodes(node), negated, is_resolved(node))

    def _plain_or_negated(self, name: str) -> tuple[Node, Node, bool] | None:
        """Key and value of `name`, otherwise of `Not<name>`, and whether it is the negated one."""
        negated = f"Not{name}"
        plain_pair = self.elements.get(name)
        if plain_pair is not None:
            return (*plain_pair, False)
        negated_pair = self.elements.get(negated)
        return None if negated_pair is None else (*negated_pair, True)

    def _iter_conditions(self) -> Iterator[ParsedCondition]:
        node = self.get("Condition")
        for name, keys in node.pairs if node is not None else ():
            operator = parse_operator(name.text)
            for key, value in keys.pairs:
                yield ParsedCondition(name, operator, key, value, text_nodes(value, words=True), is_resolved(value))
