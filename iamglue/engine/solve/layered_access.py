"""What all policy layers together allow to one caller in one context, as sets of requests: any action, any resource.

The set is built from the grant paths that decide single requests (`grant_paths.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.grant_paths import GrantPath, PathRequirement, find_grant_paths
from iamglue.engine.evaluate.layer_evaluation import evaluate_layers
from iamglue.engine.evaluate.layer_results import LayerResult, evaluate_layer_for_any_resource
from iamglue.engine.evaluate.layers import Layer, Layers, without_unmatchable_resources
from iamglue.engine.evaluate.request import RequestContext
from iamglue.engine.evaluate.request_scope import RequestScope
from iamglue.engine.evaluate.substitution import substituted_pattern
from iamglue.engine.evaluate.version_variables import with_read_variables
from iamglue.engine.solve.access import EVERYTHING, NOTHING, Access, SetOperation, StatementTerm, union
from iamglue.policy.model import MatchList, Statement

CitedStatements = Iterable[tuple[Layer, StatementRef]]


@dataclass(frozen=True, slots=True)
class LayeredAccess:
    """The requests that are allowed for certain, and those that may be allowed. Both are equal if all is decided."""

    certain: Access
    possible: Access


def build_layered_access(layers: Layers, scope: RequestScope) -> LayeredAccess:
    """What the layers allow to the caller and in the context of `scope`, whatever its action and resource are.

    Correct for all requests that have the same scope otherwise: the same accounts, organization exemptions and required
    resource policy.
    """
    results = evaluate_layers(layers, scope, evaluate_layer_for_any_resource)
    paths = find_grant_paths(results, scope)
    builder = _AccessBuilder(scope.request.lowercase_context)
    certain_denies = builder.union((result.layer, ref) for result in results.present for ref in result.denies)
    possible_denies = builder.union(
        ((result.layer, ref) for result in results.present for ref in (*result.denies, *result.maybe_denies)),
        possible=True,
    )
    return LayeredAccess(
        union([builder.path_access(path) for path in paths]) - possible_denies,
        union([builder.path_access(path, possible=True) for path in paths]) - certain_denies,
    )


@dataclass(frozen=True, slots=True)
class _AccessBuilder:
    """Builds sets of requests from statements, of which only Action and Resource are left.

    A `possible` set has every request that a statement may apply to, other sets only those that it applies to.
    """

    context: RequestContext

    def path_access(self, path: GrantPath, *, possible: bool = False) -> Access:
        """The requests that meet every requirement of a path."""
        return reduce(
            and_, (self._requirement_access(requirement, possible=possible) for requirement in path.requirements)
        )

    def _requirement_access(self, requirement: PathRequirement, *, possible: bool) -> Access:
        """The requests that meet a requirement, by its layer's statements; all or none if it has no layer."""
        result: LayerResult | None = requirement.layer_result
        if result is None:
            return EVERYTHING if requirement.holds or (possible and requirement.holds is None) else NOTHING
        refs = (*result.allows, *result.maybe_allows) if possible else result.allows
        return self.union(((result.layer, ref) for ref in refs), possible=possible)

    def union(self, cited: CitedStatements, *, possible: bool = False) -> Access:
        """The requests that one of the statements applies to."""
        return union([self._statement_access(layer, ref, possible=possible) for layer, ref in cited])

    def _statement_access(self, layer: Layer, ref: StatementRef, *, possible: bool) -> Access:
        """The requests that Action and Resource match; Principal and conditions are known to match in the context."""
        policy = layer.policies[ref.policy]
        statement, variables = with_read_variables(policy.statements[ref.statement], policy.version)
        statement = replace(without_unmatchable_resources(statement, layer.kind), conditions=(), principals=None)
        if variables:
            resolved = self._with_values(statement, possible=possible)
            if resolved is None:
                return NOTHING
            statement = resolved
        if statement.resources is not None and not statement.resources.values:
            if not statement.resources.negated:
                return NOTHING
            statement = replace(statement, resources=MatchList(("*",)))
        return Access(SetOperation.STATEMENT, term=StatementTerm(statement, ref, variables))

    def _with_values(self, statement: Statement, *, possible: bool) -> Statement | None:
        """The statement with the context's values for policy variables; None if it applies to no request.

        A pattern whose value is undecided is widened or left out, so that the set is too large or too small. It is not
        documented whether NotResource matches if a variable has no value.
        """
        resources = statement.resources
        if resources is None:
            return statement
        values: list[str] = []
        for value in resources.values:
            pattern = substituted_pattern(value, self.context)
            if isinstance(pattern, str):
                values.append(pattern)
            elif resources.negated and not possible:
                return None
            elif pattern is None and not resources.negated and possible:
                values.append("*")
        return replace(statement, resources=MatchList(tuple(values), resources.negated))
