"""The replacement of a role's policies by those that its functions need: removed, retained and added policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.catalog.limits import MANAGED_POLICY_SIZE, ROLE_INLINE_POLICIES_SIZE
from iamglue.diff import DiffSide
from iamglue.engine.compact.merging import merge_statements
from iamglue.engine.compact.packing import pack_statements
from iamglue.engine.solve.access import EVERYTHING, Access, access_of, access_of_statement
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.generate.requirements.sids import unique_sids
from iamglue.model.account import AttachedPolicy
from iamglue.model.permission_set import ExplainedStatement
from iamglue.model.policy_file import PolicyFile
from iamglue.model.required_access import NeedOrigin
from iamglue.model.role_context import RoleContext
from iamglue.policy.document import policy_data, policy_size
from iamglue.policy.model import Effect, Policy, Statement
from iamglue.policy.patterns.variables import has_named_parameters

_NOT_DECLARED = (NeedOrigin.ENVIRONMENT_KEY, NeedOrigin.LOGS)
_NAME = 120  # IAM accepts 128 characters; this leaves room for a number


@dataclass(frozen=True, slots=True)
class PolicyReplacement:
    """Policies to remove, retain and add, and the policies that limit the role.

    The new policies are `managed` if they do not fit next to the role's inline policies. `unread` lists the documents
    that could not be read, as texts.
    """

    role: str
    removed: tuple[AttachedPolicy, ...]
    retained: tuple[AttachedPolicy, ...]
    added: tuple[tuple[str, Policy], ...]
    managed: bool
    limits: tuple[tuple[PolicyFile, ...], ...]
    unread: tuple[str, ...]

    @classmethod
    def from_context(cls, context: RoleContext) -> PolicyReplacement:
        """Remove all policies except deny-only ones, and inline ones without a document (not restorable)."""
        policies = context.role.policies
        retained = tuple(policy for policy in policies if is_deny_only(policy) or not (policy.arn or policy.text))
        removed = tuple(policy for policy in policies if policy not in retained)
        statements = _merged_statements(context)
        inline = sum(
            policy_size(policy.policy) if policy.policy else len(policy.text) for policy in policies if not policy.arn
        )
        managed = inline + policy_size(Policy(statements)) > ROLE_INLINE_POLICIES_SIZE
        documents = (
            pack_statements(statements, MANAGED_POLICY_SIZE) if managed else (Policy(statements),) if statements else ()
        )
        new = tuple(zip(_policy_names(context, len(documents)), documents, strict=True))
        read = (*policies, *(policy for level in context.limits for policy in level))
        unread = tuple(f"the document of {policy.name} could not be read" for policy in read if policy.policy is None)
        limits = tuple(tuple(_files(level)) for level in context.limits if all(policy.policy for policy in level))
        return cls(context.role.name, removed, retained, new, managed, limits, unread)

    def side(self, when: str) -> DiffSide:
        """The role's policies as one side of a comparison; `when` is "today" or "as suggested"."""
        new = [PolicyFile(name, policy) for name, policy in self.added]
        read = [*_files(self.removed)] if when == "today" else new
        return DiffSide(f"{self.role} {when}", (*read, *_files(self.retained)))

    @property
    def current_access(self) -> Access:
        """The access by the current policies."""
        return access_of([file.policy for file in self.side("today").files])

    @property
    def proposed_access(self) -> Access:
        """The access by the suggested policies."""
        return access_of([file.policy for file in self.side("as suggested").files])

    @property
    def limiting_access(self) -> Access:
        """The access that the boundary and SCPs allow."""
        return reduce(and_, (access_of([file.policy for file in level]) for level in self.limits), EVERYTHING)


def _files(policies: Sequence[AttachedPolicy]) -> Iterator[PolicyFile]:
    return (PolicyFile(policy.name, policy.policy) for policy in policies if policy.policy is not None)


def is_deny_only(attached: AttachedPolicy) -> bool:
    """Whether a policy has statements and all of them deny."""
    policy = attached.policy
    return policy is not None and bool(policy.statements) and all(map(is_deny, policy.statements))


def is_deny(statement: Statement) -> bool:
    """Whether the statement is a Deny."""
    return statement.effect is Effect.DENY


def required_statements(context: RoleContext) -> tuple[Statement, ...]:
    """The statements that the role's functions need: declared ones, then undeclared ones."""
    return (*_declared_statements(context), *(explained.statement for _, explained in undeclared_requirements(context)))


def undeclared_requirements(context: RoleContext) -> tuple[tuple[str, ExplainedStatement], ...]:
    """What the functions' configuration requires (event sources, a VPC) and no spec declares.

    Logs are not included: the spec decides whether and where a function logs.
    """
    known = access_of([Policy(_declared_statements(context))])
    required = [
        (name, explained)
        for name, statements in context.required_by_configuration
        for explained in statements
        if _is_required(explained)
    ]
    return tuple(pair for pair in required if not _is_covered(known, pair[1].statement))


def _is_required(explained: ExplainedStatement) -> bool:
    return not all(reason.origin in _NOT_DECLARED for reason in explained.reasons)


def _is_covered(known: Access, statement: Statement) -> bool:
    return compare(access_of_statement(statement), known).answer is ComparisonAnswer.NO_NEW_ACCESS


def _declared_statements(context: RoleContext) -> tuple[Statement, ...]:
    """The statements of the policies that the specs' functions need."""
    return tuple(
        statement
        for _, bundle in context.required_by_spec
        for named in bundle.policies
        for statement in named.policy.statements
    )


def has_deploy_time_values(statement: Statement) -> bool:
    """Whether the statement has values that are known only at deployment."""
    text = json.dumps(policy_data(Policy((statement,))))
    return has_named_parameters(text)


def _merged_statements(context: RoleContext) -> tuple[Statement, ...]:
    """The required statements, with equal statements of several functions merged and unique Sids."""
    statements = required_statements(context)
    if len(context.required_by_spec) > 1 or len(statements) > len(_declared_statements(context)):
        statements = merge_statements(Policy(statements)).statements
    sids = iter(unique_sids(statement.sid for statement in statements if statement.sid))
    return tuple(replace(statement, sid=next(sids)) if statement.sid else statement for statement in statements)


def _policy_names(context: RoleContext, count: int) -> list[str]:
    """Names as `generate` uses them (for a shared role, after the role) that no policy of the role has."""
    (first, *others) = context.required_by_spec
    stem = f"{(context.role.name if others else first[0])[:_NAME]}-policy"
    taken = {policy.name.lower() for policy in context.role.policies}
    wanted = [stem] if count == 1 else [f"{stem}-{number}" for number in range(1, count + 1)]
    names: list[str] = []
    for policy in wanted:
        name, number = policy, 1
        while name.lower() in taken:
            number += 1
            name = f"{policy}-{number}"
        taken.add(name.lower())
        names.append(name)
    return names
