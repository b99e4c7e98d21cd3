"""A policy as written in a file, valid or not: the input of `lint`, every value with its location."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from weakref import ref

from iamglue.errors import IamglueError
from iamglue.policy.element_names import (
    STATEMENT_ELEMENT_SET,
    elements_by_name,
    is_bare_statement,
    misspelled_document_elements,
    misspelled_statement_elements,
)
from iamglue.policy.model import VERSION_2012, Effect, MatchList, Policy, Statement
from iamglue.policy.parsed_values import (
    ParsedCondition,
    ParsedMatchList,
    ParsedPrincipal,
    ParsedPrincipals,
    has_unknown_part,
    items,
    parse_conditions,
    parse_match_list,
    parse_principals,
)
from iamglue.policy.problems import policy_problems, statement_problems
from iamglue.policy.source.nodes import Node, NodeKind


class PolicyType(StrEnum):
    """The policy type, named as in `--type`. A trust policy is the resource-based policy of a role."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    SCP = "scp"
    RCP = "rcp"


_TYPES_WITH_PRINCIPAL = (PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.RCP)
_SCALAR, _MAP = NodeKind.SCALAR, NodeKind.MAP  # access to Enum members is slow
_EFFECTS = {effect.value: effect for effect in Effect}


@dataclass(frozen=True, slots=True)
class ParameterValues:
    """Values that the user supplies: `values` of `--set`, by name, and the zone of `--trust`."""

    values: tuple[tuple[str, str], ...] = ()
    trust: tuple[str, ...] = ()

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
    `managed` is True for a managed policy. Neither is set if unknown. `reference_names` are the parameters (`Bucket`)
    that are the name, ID or URL of a resource of the same template, with the resource's type; and those that are a part
    of a name, with an empty text. `synthesized`: a program wrote the document, such as the CDK. `condition_cases`
    are the truths that the conditions of the template can have together; empty if they are not known.
    """

    node: Node
    type: PolicyType
    name: str = ""
    resource_type: str | None = None
    owner: str | None = None
    owner_kind: str = "role"
    managed: bool = False
    parameter_values: ParameterValues = field(default_factory=ParameterValues)
    synthesized: bool = False
    reference_names: Mapping[str, str] = field(default_factory=dict)
    condition_cases: tuple[Mapping[str, bool], ...] = ()

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
        return items(node)

    @property
    def _statement_element(self) -> Node | None:
        """The value of Statement, or of a key that is probably a misspelled `Statement`; None if there is neither."""
        statements = self.node.get("Statement")
        if statements is not None or self.node.kind is not NodeKind.MAP:
            return statements
        misspelled_key = misspelled_document_elements(self.node).get("Statement")
        return None if misspelled_key is None else self.node.get(misspelled_key.text)

    @cached_property
    def statements(self) -> tuple[ParsedStatement, ...]:
        """The statements that are maps."""
        nodes, policy = self.statement_nodes, ref(self)
        return tuple([ParsedStatement(node, number, policy) for number, node in enumerate(nodes) if node.kind is _MAP])

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
        return self._text("Version")

    def _text(self, name: str) -> str | None:
        """The scalar of a document element; None if it is missing."""
        node = self.node.get(name)
        return node.text if node is not None and node.kind is NodeKind.SCALAR else None

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` is a policy variable in this policy, not literal text."""
        return self.version == VERSION_2012

    @cached_property
    def value(self) -> Policy | None:
        """The policy for the engine; None if invalid or partly unknown."""
        if has_unknown_part(self.node) or self.problems:
            return None
        policy = self.to_policy()
        return self._with_parameters(policy) if self.has_unresolved else policy

    @cached_property
    def problems(self) -> tuple[IamglueError, ...]:
        """What makes the document invalid."""
        return policy_problems(self.node)

    def to_policy(self) -> Policy:
        """The policy as a value. It must have no problems."""
        statements = tuple([statement.to_statement() for statement in self.statements])
        return Policy(statements, self.version, self._text("Id"))

    @cached_property
    def has_unresolved(self) -> bool:
        """Whether part of some text is known only at deployment."""
        return any(node.unresolved for node in self.node.walk())

    def _with_parameters(self, policy: Policy) -> Policy | None:
        """The policy, with parameters in its unresolved texts; None if an action or a condition key is unresolved."""
        nodes = [node for _, node in self.actions]
        nodes += [node for _, condition in self.conditions for node in (condition.operator_node, condition.key)]
        return None if any(node.unresolved for node in nodes) else policy


@dataclass(eq=False)
class ParsedStatement:
    """One statement; `index` counts from 0. If an element is duplicated, the first one is used.

    `elements` has key and value of each element, by name; a misspelled name is accepted. `sid` is set if it is a
    scalar, `effect` is None if it is missing, misspelled or unknown. If both an element and its Not-form are there,
    `action`, `resource` and `principal` have the former. `conditions` has every condition key under every operator, in
    the order of the text.

    Its reference to the policy is weak, so that both are freed at once: the caller must keep the policy alive.
    """

    node: Node
    index: int
    policy_ref: ref[ParsedPolicy]
    elements: dict[str, tuple[Node, Node]] = field(init=False)
    sid: Node | None = field(init=False)
    effect: Effect | None = field(init=False)
    action: ParsedMatchList | None = field(init=False)
    resource: ParsedMatchList | None = field(init=False)
    principal: ParsedPrincipals | None = field(init=False)
    conditions: tuple[ParsedCondition, ...] = field(init=False)

    # Not computed on first use: the rules use them all, and that would take a twentieth of the time of lint.
    def __post_init__(self) -> None:
        self.elements = elements = _statement_elements(self.node)
        sid, effect, condition = self.get("Sid"), self.get("Effect"), self.get("Condition")
        self.sid = sid if sid is not None and sid.kind is _SCALAR else None
        self.effect = _EFFECTS.get(effect.text) if effect is not None and effect.kind is _SCALAR else None
        self.action = parse_match_list(elements, "Action")
        self.resource = parse_match_list(elements, "Resource")
        self.principal = parse_principals(elements)
        self.conditions = () if condition is None else parse_conditions(condition)

    @property
    def policy(self) -> ParsedPolicy:
        """The policy that contains the statement. Raises ReferenceError if the policy was freed."""
        policy = self.policy_ref()
        if policy is None:
            raise ReferenceError("the statement's policy was freed")
        return policy

    def get(self, name: str) -> Node | None:
        """The value of an element, or None."""
        pair = self.elements.get(name)
        return None if pair is None else pair[1]

    def key(self, name: str) -> Node | None:
        """The key of an element, or None."""
        pair = self.elements.get(name)
        return None if pair is None else pair[0]

    @cached_property
    def is_conditional(self) -> bool:
        """Whether the statement has a Condition that is not empty, or is unknown."""
        node = self.get("Condition")
        return node is not None and (bool(node.pairs) or node.kind is NodeKind.UNKNOWN)

    @cached_property
    def value(self) -> Statement | None:
        """The statement as a value for the engine; None if it is malformed or partly unknown."""
        is_valid = not has_unknown_part(self.node) and not statement_problems(self.node)
        return self.to_statement() if is_valid else None

    def to_statement(self) -> Statement:
        """The statement as a value. It must have no problems."""
        action, resource, principal, sid = self.action, self.resource, self.principal, self.sid
        return Statement(
            self.effect or Effect.DENY,
            action.to_match_list() if action else MatchList(()),
            resource.to_match_list() if resource else None,
            tuple(condition.to_condition() for condition in self.conditions),
            principal.to_principals() if principal else None,
            sid.text if sid else None,
        )


def _statement_elements(node: Node) -> dict[str, tuple[Node, Node]]:
    """Key and value of each element of a statement, by name; those with a misspelled name too."""
    elements = elements_by_name(node)
    if not elements.keys() <= STATEMENT_ELEMENT_SET:
        values = {id(key): value for key, value in node.pairs}
        for name, key in misspelled_statement_elements(node).items():
            elements.setdefault(name, (key, values[id(key)]))
    return elements
