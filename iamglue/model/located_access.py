"""What policies of files allow together, and the source of each of their statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, StatementTerm, access_of
from iamglue.engine.solve.narrowing import term_access
from iamglue.model.policy_file import PolicyFile, StatementSource
from iamglue.policy.model import Effect


@dataclass(frozen=True, slots=True)
class LocatedAccess:
    """An access expression, and the source of each of its statements."""

    access: Access
    sources: Mapping[StatementTerm, StatementSource]

    @classmethod
    def of(cls, files: Sequence[PolicyFile]) -> LocatedAccess:
        """What the policies allow together."""
        access = access_of_files(files)
        refs = {term: term.ref for term in access.terms}
        return cls(access, {term: files[ref.policy].statement_source(ref.statement) for term, ref in refs.items()})

    def allowed_by(self, witness: Request | None) -> tuple[StatementSource, ...]:
        """The Allow statements that match a request, without regard to any Deny; none without a request."""
        if witness is None:
            return ()
        return tuple(
            self.sources[term]
            for term in self.access.terms
            if term.statement.effect is Effect.ALLOW and term_access(term).contains(witness)
        )


def access_of_files(files: Sequence[PolicyFile]) -> Access:
    """What the policies of some files allow together."""
    return access_of([file.policy for file in files])
