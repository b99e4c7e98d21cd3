"""A policy as it is written in a file, faults and all: what `lint` reads, every value with its place."""

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
    """What a policy is for, in the words of `--type`. A trust policy is the resource policy of a role."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    SCP = "scp"
    RCP = "rcp"


_NAMING_PRINCIPALS = (PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.RCP)
_EFFECTS = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}


@dataclass(frozen=True, slots=True)
class ParameterValues:
    """What the user says besides: `values` of `--set`, by name."""

    values: tuple[tuple[str, str], ...] = ()

    def value(self, *names: str) -> str | None:
        """The value given under one of these names, in any case."""
        wanted = {name.lower() for name in names}
        return next((value for name, value in self.values if name.lower() in wanted), None)


@dataclass(eq=False)
class ParsedPolicy:
    """One policy document of a file.

    `name` is what messages call it: a role's or bucket's name, empty for a file that is a policy. `resource_type` is
    the CloudFormation type of what the policy is attached to, where that is known (`AWS::S3::Bucket`). `owner` names
    the role, user or group (`owner_kind`) that the policy is an inline policy of; `managed`: it is a managed policy.
    Neither is set where that is not known.
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
        """Whether statements of this kind of policy have a Principal."""
        return self.type in _NAMING_PRINCIPALS

    @cached_property
    def statement_nodes(self) -> tuple[Node, ...]:
        """What stands under Statement, one node a statement, whatever each is.

        A bare list is a list of statements, the elements of one without a document are one, and a misspelt
        `Statement` counts as meant.
        """
        node = self.node if self.node.kind is NodeKind.LIST else self._statement_element
        if node is None:
            return (self.node,) if is_bare_statement(self.node) else ()
        return node.items if node.kind is NodeKind.LIST else (node,)

    @property
    def _statement_element(self) -> Node | None:
        found = self.node.get("Statement")
        if found is not None or self.node.kind is not NodeKind.MAP:
            return found
        meant = misspelled_document_elements(self.node).get("Statement")
        return None if meant is None else self.node.get(meant.text)

    @cached_property
    def statements(self) -> tuple[ParsedStatement, ...]:
        """The statements that are maps."""
        found = enumerate(self.statement_nodes)
        return tuple(ParsedStatement(node, number, ref(self)) for number, node in found if node.kind is NodeKind.MAP)

    @cached_property
    def actions(self) -> tuple[tuple[ParsedStatement, Node], ...]:
        """Every text of Action and NotAction, with its statement."""
        return tuple((each, node) for each in self.statements if each.action for node in each.action.values)

    @cached_property
    def resources(self) -> tuple[tuple[ParsedStatement, Node], ...]:
        """Every text of Resource and NotResource, with its statement."""
        return tuple((each, node) for each in self.statements if each.resource for node in each.resource.values)

    @cached_property
    def conditions(self) -> tuple[tuple[ParsedStatement, ParsedCondition], ...]:
        """Every condition key under every operator, with its statement."""
        return tuple((each, found) for each in self.statements for found in each.conditions)

    @cached_property
    def principals(self) -> tuple[tuple[ParsedStatement, ParsedPrincipal], ...]:
        """Every principal of Principal and NotPrincipal, with its statement."""
        return tuple((each, one) for each in self.statements if each.principal for one in each.principal.values)

    @cached_property
    def version(self) -> str | None:
        """The text of Version; None when there is none."""
        node = self.node.get("Version")
        return node.text if node is not None and node.kind is NodeKind.SCALAR else None

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` is a policy variable here rather than plain text."""
        return self.version == VERSION_2012

    @cached_property
    def value(self) -> Policy | None:
        """The policy as a value for the algebra; None when it is malformed or some of it is not known.

        What is known at deployment only stands in it as parameters, which a policy of version 2008-10-17 has none of:
        it is given as one of version 2012-10-17 then.
        """
        if any(each.kind is NodeKind.UNKNOWN for each in self.node.walk()):
            return None
        elements = PolicyReader(quoted=self.node.source.syntax is Syntax.JSON)
        policy = elements.policy(self.node)
        if elements.problems or policy is None or not self.has_unresolved:
            return None if elements.problems else policy
        return self._with_parameters(policy)

    @cached_property
    def has_unresolved(self) -> bool:
        """Whether a part of some text is known at deployment only."""
        return any(each.unresolved for each in self.node.walk())

    def _with_parameters(self, policy: Policy) -> Policy | None:
        """The policy with parameters where its texts have holes; None where they decide more than a value."""
        actions = [node for _, node in self.actions]
        keys = [node for _, each in self.conditions for node in (each.operator_node, each.key)]
        return None if any(node.unresolved for node in (*actions, *keys)) else replace(policy, version=VERSION_2012)


@dataclass(eq=False)
class ParsedStatement:
    """One statement; `number` counts from 0. Where an element stands twice, the first counts.

    Its policy is held weakly, so that both are freed without a search for circles; whoever uses it holds the policy.
    """

    node: Node
    index: int
    policy_ref: ref[ParsedPolicy]

    @property
    def policy(self) -> ParsedPolicy:
        """The policy that the statement is one of."""
        found = self.policy_ref()
        if found is None:
            raise ReferenceError("the statement's policy is gone")
        return found

    @cached_property
    def elements(self) -> dict[str, tuple[Node, Node]]:
        """The elements by name: key and value, of those that stand twice the first; a misspelt one counts as meant."""
        found = {pair[0].text: pair for pair in reversed(self.node.pairs)}
        if not found.keys() <= STATEMENT_ELEMENT_SET:
            values = {id(key): value for key, value in self.node.pairs}
            for name, key in misspelled_statement_elements(self.node).items():
                found.setdefault(name, (key, values[id(key)]))
        return found

    def get(self, name: str) -> Node | None:
        """The value of an element, or None."""
        found = self.elements.get(name)
        return None if found is None else found[1]

    def key(self, name: str) -> Node | None:
        """The key of an element, or None."""
        found = self.elements.get(name)
        return None if found is None else found[0]

    @cached_property
    def sid(self) -> Node | None:
        """The Sid, if it is a scalar."""
        node = self.get("Sid")
        return node if node is not None and node.kind is NodeKind.SCALAR else None

    @cached_property
    def effect(self) -> Effect | None:
        """The Effect; None when it is missing, misspelt or not known."""
        node = self.get("Effect")
        text = node.text if node is not None and node.kind is NodeKind.SCALAR else None
        return _EFFECTS.get(text or "")

    @cached_property
    def action(self) -> ParsedMatchList | None:
        """Action or NotAction; the former if both are there."""
        return self._element("Action")

    @cached_property
    def resource(self) -> ParsedMatchList | None:
        """Resource or NotResource; the former if both are there."""
        return self._element("Resource")

    @cached_property
    def principal(self) -> ParsedPrincipals | None:
        """Principal or NotPrincipal; the former if both are there."""
        found = self._either("Principal")
        if found is None:
            return None
        key, node, negated = found
        if node.kind is NodeKind.SCALAR:
            everyone = (ParsedPrincipal("*", node),) if node.text == "*" else ()
            return ParsedPrincipals(key, node, everyone, negated, is_resolved=True)
        values = [ParsedPrincipal(kind.text, v, kind) for kind, of in node.pairs for v in text_nodes(of)]
        whole = is_resolved(node) and all(map(is_resolved, (of for _, of in node.pairs)))
        return ParsedPrincipals(key, node, tuple(values), negated, whole)

    @cached_property
    def conditions(self) -> tuple[ParsedCondition, ...]:
        """Every condition key under every operator, in the order of the text."""
        return tuple(self._conditions())

    @cached_property
    def is_conditional(self) -> bool:
        """Whether the statement has a Condition that says anything, or that is not known."""
        node = self.get("Condition")
        return node is not None and (bool(node.pairs) or node.kind is NodeKind.UNKNOWN)

    @cached_property
    def value(self) -> Statement | None:
        """The statement as a value for the algebra; None when it is malformed or some of it is not known."""
        if any(each.kind is NodeKind.UNKNOWN for each in self.node.walk()):
            return None
        elements = PolicyReader(quoted=self.node.source.syntax is Syntax.JSON)
        found = elements.statement(self.node)
        return None if elements.problems else found

    def _element(self, name: str) -> ParsedMatchList | None:
        found = self._either(name)
        if found is None:
            return None
        key, node, negated = found
        return ParsedMatchList(key, node, text_nodes(node), negated, is_resolved(node))

    def _either(self, name: str) -> tuple[Node, Node, bool] | None:
        negated = f"Not{name}"
        plain = self.elements.get(name)
        if plain is not None:
            return (*plain, False)
        other = self.elements.get(negated)
        return None if other is None else (*other, True)

    def _conditions(self) -> Iterator[ParsedCondition]:
        node = self.get("Condition")
        for name, keys in node.pairs if node is not None else ():
            named = parse_operator(name.text)
            for key, of in keys.pairs:
                yield ParsedCondition(name, named, key, of, text_nodes(of, words=True), is_resolved(of))
