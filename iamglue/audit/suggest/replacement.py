"""A role's policies in exchange for those that its functions need: what goes, what stays, what comes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.catalog.limits import MANAGED_POLICY, ROLE_INLINE_SUM
from iamglue.diff import Side
from iamglue.engine.compact.merging import merged
from iamglue.engine.compact.packing import packed
from iamglue.engine.solve.access import EVERYTHING, Access, access_of
from iamglue.engine.solve.comparison import Answer, compare
from iamglue.generate.requirements.sids import distinct
from iamglue.model.account import AttachedPolicy
from iamglue.model.need import Origin
from iamglue.model.permission_set import Explained
from iamglue.model.policy_file import PolicyFile
from iamglue.model.role_context import Case
from iamglue.policy.document import document, policy_size
from iamglue.policy.model import Effect, Policy, Statement
from iamglue.policy.patterns.variables import Kind, tokens

_NOT_ASKED = (Origin.ENVIRONMENT_KEY, Origin.LOGS)
_NAME = 120  # IAM takes 128 characters; room is left for a number


@dataclass(frozen=True, slots=True)
class Exchange:
    """A role's policies: those that go, those that stay, those that come; and what limits all of them.

    The new ones are `managed` where they do not fit beside the role's inline policies. `unread` says in words which
    documents could not be read.
    """

    role: str
    gone: tuple[AttachedPolicy, ...]
    kept: tuple[AttachedPolicy, ...]
    new: tuple[tuple[str, Policy], ...]
    managed: bool
    limits: tuple[tuple[PolicyFile, ...], ...]
    unread: tuple[str, ...]

    @classmethod
    def of(cls, case: Case) -> Exchange:
        """What goes is all but guard rails, and inline policies without a document, which nobody could restore."""
        own = case.role.policies
        kept = tuple(each for each in own if only_denies(each) or not (each.arn or each.text))
        gone = tuple(each for each in own if each not in kept)
        statements = _statements(case)
        inline = sum(policy_size(each.policy) if each.policy else len(each.text) for each in own if not each.arn)
        managed = inline + policy_size(Policy(statements)) > ROLE_INLINE_SUM
        documents = packed(statements, MANAGED_POLICY) if managed else (Policy(statements),) if statements else ()
        new = tuple(zip(_names(case, len(documents)), documents, strict=True))
        read = (*own, *(each for level in case.limits for each in level))
        unread = tuple(f"the document of {each.name} could not be read" for each in read if each.policy is None)
        limits = tuple(tuple(_files(level)) for level in case.limits if all(each.policy for each in level))
        return cls(case.role.name, gone, kept, new, managed, limits, unread)

    def side(self, when: str) -> Side:
        """The role's policies today, or as suggested, as a side of a comparison."""
        new = [PolicyFile(name, policy) for name, policy in self.new]
        read = [*_files(self.gone)] if when == "today" else new
        return Side(f"{self.role} {when}", (*read, *_files(self.kept)))

    @property
    def today(self) -> Access:
        """What the policies of today allow."""
        return access_of([file.policy for file in self.side("today").files])

    @property
    def then(self) -> Access:
        """What the policies as suggested allow."""
        return access_of([file.policy for file in self.side("as suggested").files])

    @property
    def within(self) -> Access:
        """What boundary and SCPs leave."""
        return reduce(and_, (access_of([file.policy for file in level]) for level in self.limits), EVERYTHING)


def _files(policies: Sequence[AttachedPolicy]) -> Iterator[PolicyFile]:
    return (PolicyFile(each.name, each.policy) for each in policies if each.policy is not None)


def only_denies(attached: AttachedPolicy) -> bool:
    """Whether a policy is a guard rail: it has statements, and all of them deny."""
    found = attached.policy
    return found is not None and bool(found.statements) and all(map(denies, found.statements))


def denies(statement: Statement) -> bool:
    """Whether the statement is a Deny."""
    return statement.effect is Effect.DENY


def needed(case: Case) -> tuple[Statement, ...]:
    """The statements of all that the role's functions need: what is declared, then what is undeclared."""
    return (*_declared(case), *(each.statement for _, each in undeclared(case)))


def undeclared(case: Case) -> tuple[tuple[str, Explained], ...]:
    """What the configuration of the functions asks for (what is polled for them, a VPC) and no spec declares.

    Whether and where a function logs is for its spec to say.
    """
    known = access_of([Policy(_declared(case))])
    asked = [(name, each) for name, bundle in case.configured for each in bundle.explained if _is_asked(each)]
    return tuple(pair for pair in asked if not _covers(known, pair[1].statement))


def _is_asked(explained: Explained) -> bool:
    return not all(reason.origin in _NOT_ASKED for reason in explained.reasons)


def _covers(known: Access, statement: Statement) -> bool:
    return compare(access_of([Policy((statement,))]), known).answer is Answer.NO_NEW_ACCESS


def _declared(case: Case) -> tuple[Statement, ...]:
    return tuple(each for _, bundle in case.needed for named in bundle.policies for each in named.policy.statements)


def deployment_knows(statement: Statement) -> bool:
    """Whether something in the statement is not known before the deployment."""
    text = json.dumps(document(Policy((statement,))))
    return any(token.kind in (Kind.PARAMETER, Kind.PSEUDO) for token in tokens(text))


def _statements(case: Case) -> tuple[Statement, ...]:
    """What all functions of the role need, equal statements of several functions made one, their Sids distinct."""
    found = needed(case)
    if len(case.needed) > 1 or len(found) > len(_declared(case)):
        found = merged(Policy(found)).statements
    sids = iter(distinct(each.sid for each in found if each.sid))
    return tuple(replace(each, sid=next(sids)) if each.sid else each for each in found)


def _names(case: Case, count: int) -> list[str]:
    """As `generate` names policies, for a shared role after the role, and unlike any policy that the role has."""
    (first, *others) = case.needed
    stem = f"{(case.role.name if others else first[0])[:_NAME]}-policy"
    taken = {each.name.lower() for each in case.role.policies}
    wanted = [stem] if count == 1 else [f"{stem}-{number}" for number in range(1, count + 1)]
    found: list[str] = []
    for each in wanted:
        name, number = each, 1
        while name.lower() in taken:
            number += 1
            name = f"{each}-{number}"
        taken.add(name.lower())
        found.append(name)
    return found
